"""A Postfix of its own and a scripted SMTP server, for the tests of the examples.

Everything lives in one temporary directory and on ports of 127.0.0.1 that were free; the Postfix of the system, if there is one, is
not touched. Standard library only.
"""

import contextlib
import os
import pathlib
import pwd
import shutil
import signal
import smtplib
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
import time

MAIN_CF = """
compatibility_level = 3.6
queue_directory = {home}/queue
data_directory = {home}/data
maillog_file = {home}/log/mail.log
maillog_file_prefixes = {home}/log
myhostname = mx.sender.example
mydomain = sender.example
mydestination =
local_recipient_maps =
alias_maps =
alias_database =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_peername_lookup = no
smtpd_tls_security_level = none
smtp_tls_security_level = none
smtp_dns_support_level = disabled
smtp_host_lookup = native
relayhost = [127.0.0.1]:{relay_port}
# One recipient a session, so that the scripted server can refuse each where and as it likes.
default_destination_recipient_limit = 1
notify_classes =
"""

MASTER_CF = """
127.0.0.1:{smtp_port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
postlog unix-dgram n - n - 1 postlogd
"""

ENDINGS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


class Failure(Exception):
    """A test has failed, or cannot run here."""


def require(condition, why):
    """Fails with `why` unless the condition holds."""
    if not condition:
        raise Failure(why)


def wait_for(what, check, seconds=20.0):
    """Calls `check` until it gives something true, and returns that."""
    deadline = time.monotonic() + seconds
    while True:
        result = check()
        if result:
            return result
        require(time.monotonic() < deadline, f"waited {seconds:.0f} s in vain for {what}")
        time.sleep(0.05)


def free_port():
    """A port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def is_listening(port):
    """Whether somebody listens on that port."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


@contextlib.contextmanager
def temporary_directory():
    """A directory that other users can reach, as Postfix changes its user. Removed at the end."""
    with tempfile.TemporaryDirectory(prefix="nondelivery-") as name:
        os.chmod(name, 0o755)
        yield pathlib.Path(name)


def run_test(test):
    """Runs `test`, which raises `Failure`, and turns its outcome into the exit status. A signal that ends it cleans up as well."""

    def end(received, _):
        for number in ENDINGS:
            signal.signal(number, signal.SIG_IGN)
        sys.exit(128 + received)

    for number in ENDINGS:
        signal.signal(number, end)
    name = pathlib.Path(sys.argv[0]).resolve().parent.name
    begin = time.monotonic()
    try:
        test()
    except (Failure, OSError, smtplib.SMTPException, subprocess.SubprocessError) as error:
        print(f"{name}: FAILED: {error}", file=sys.stderr)
        sys.exit(1)
    print(f"{name}: ok, {time.monotonic() - begin:.1f} s")


class _Session(socketserver.StreamRequestHandler):
    """One SMTP session: enough of RFC 5321 for Postfix."""

    timeout = 30

    def handle(self):
        self.reply("220 mx.recipient.example ESMTP")
        while True:
            line = self.rfile.readline(4096)
            if not line:
                return
            verb, _, argument = line.decode("latin-1").strip().partition(" ")
            verb = verb.upper()
            if verb in ("EHLO", "HELO"):
                self.reply("250-mx.recipient.example\n250-8BITMIME\n250 ENHANCEDSTATUSCODES")
            elif verb == "MAIL":
                self.sender, self.recipients = self.address(argument), []
                self.reply("250 2.1.0 ok")
            elif verb == "RCPT":
                self.rcpt(self.address(argument))
            elif verb == "DATA":
                self.data()
            elif verb in ("RSET", "NOOP"):
                self.reply("250 2.0.0 ok")
            elif verb == "QUIT":
                self.reply("221 2.0.0 bye")
                return
            else:
                self.reply("502 5.5.1 what?")

    def rcpt(self, recipient):
        stage, refusal = self.server.refusals.get(recipient, ("", ""))
        if stage == "RCPT":
            self.reply(refusal)
        else:
            self.recipients.append(recipient)
            self.reply("250 2.1.5 ok")

    def data(self):
        self.reply("354 go on")
        lines = []
        while True:
            line = self.rfile.readline()
            if not line:
                return
            if line == b".\r\n":
                break
            lines.append(line[1:] if line.startswith(b".") else line)
        refused = [r for r in map(self.server.refusals.get, self.recipients) if r]
        if refused:
            self.reply(refused[0][1])
            return
        self.server.accepted.append((self.sender, self.recipients, b"".join(lines)))
        self.reply("250 2.0.0 queued")

    def reply(self, text):
        self.wfile.write(text.replace("\n", "\r\n").encode() + b"\r\n")

    @staticmethod
    def address(argument):
        return argument.partition("<")[2].partition(">")[0]


class SmtpServer(socketserver.ThreadingTCPServer):
    """Refuses the recipients in `refusals` (address: (stage, reply)) and keeps all other messages in `accepted`."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, refusals=None):
        super().__init__(("127.0.0.1", 0), _Session)
        self.refusals = refusals or {}
        self.accepted = []
        self.port = self.server_address[1]

    def handle_error(self, request, client_address):
        """A client that goes away without QUIT is none of our business."""

    def __enter__(self):
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


class Postfix:
    """A running Postfix with its own configuration, queue, data and log below `home`."""

    def __init__(self, home, relay_port, main_cf="", master_cf=""):
        require(os.geteuid() == 0, "Postfix can only be started by root")
        self.command = shutil.which("postfix", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
        require(self.command, "there is no postfix: apt-get install postfix")
        self.home, self.smtp_port = home, free_port()
        self.config, self.log_file = home / "etc", home / "log" / "mail.log"
        owner = pwd.getpwnam("postfix")
        for name in ("etc", "queue", "data", "log"):
            (home / name).mkdir()
        os.chown(home / "data", owner.pw_uid, owner.pw_gid)
        values = {"home": home, "relay_port": relay_port, "smtp_port": self.smtp_port}
        (self.config / "main.cf").write_text(MAIN_CF.format(**values) + main_cf)
        (self.config / "master.cf").write_text(MASTER_CF.format(**values) + master_cf)

    def __enter__(self):
        try:
            self.postfix("start")
            wait_for("Postfix to listen", lambda: is_listening(self.smtp_port))
        except BaseException as error:
            self.__exit__(type(error), error, None)
            raise
        return self

    def __exit__(self, kind, *_):
        if kind is not None:
            print(f"--- the end of the log of Postfix:\n{self.log()[-4000:]}\n---", file=sys.stderr)
        subprocess.run([self.command, "-c", self.config, "stop"], capture_output=True, check=False, timeout=30)
        with contextlib.suppress(Failure):
            wait_for("the processes of Postfix to end", lambda: not self.processes())

    def postfix(self, action):
        """Runs postfix(1) for this instance."""
        done = subprocess.run([self.command, "-c", self.config, action], capture_output=True, check=False, timeout=30)
        require(done.returncode == 0, f"postfix {action}: {(done.stdout + done.stderr).decode(errors='replace')}")

    def processes(self):
        """The processes that work in this instance's queue."""
        queue = os.path.realpath(self.home / "queue")
        found = []
        for link in pathlib.Path("/proc").glob("[0-9]*/cwd"):
            with contextlib.suppress(OSError):
                if os.readlink(link) == queue:
                    found.append(link.parent.name)
        return found

    def retry_until(self, what, check, seconds=20.0):
        """Makes Postfix try what is deferred, until `check` gives something true."""

        def attempt():
            self.postfix("flush")
            with contextlib.suppress(Failure):
                return wait_for(what, check, 2)

        return wait_for(what, attempt, seconds)

    def configure(self, setting):
        """Changes main.cf, and makes Postfix read it."""
        # A message that is being delivered meanwhile would rest for a minute.
        wait_for("an empty active queue", lambda: self.queued("incoming", "active") == 0)
        with (self.config / "main.cf").open("a") as main_cf:
            main_cf.write(setting + "\n")
        self.postfix("reload")

    def log(self):
        """What Postfix has logged so far."""
        try:
            return self.log_file.read_text(errors="replace")
        except FileNotFoundError:
            return ""

    def queued(self, *queues):
        """How many messages are in these queues."""
        return sum(path.is_file() for queue in queues for path in (self.home / "queue" / queue).rglob("*"))

    def send(self, sender, recipients, message):
        """Hands a message over by SMTP."""
        with smtplib.SMTP("127.0.0.1", self.smtp_port, local_hostname="client.example", timeout=20) as client:
            refused = client.sendmail(sender, recipients, message)
        require(not refused, f"Postfix refused {refused}")
