#!/usr/bin/env python3
"""Asks a real Exim what replies mean, with `exim -be`, and lets it deliver a message that is refused.

Usage: test.py DIRECTORY, where ndr_exim.so is. Has to run as root, as Exim does.

Exim is $EXIM or what is installed; when neither is there, as Debian does not install two mail servers at once, the package
exim4-daemon-heavy is downloaded with apt-get and unpacked in the temporary directory.
"""

import contextlib
import os
import pathlib
import pwd
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "postfix"))

from mailserver import SmtpServer, require, run_test, temporary_directory, wait_for

USER = "Debian-exim"
SPARE_ID = 64999

# The ACL and the transport as in README.md.
CONFIGURATION = r"""
primary_hostname = mx.sender.example
spool_directory = {home}/spool
log_file_path = {home}/spool/%slog
exim_path = {exim}
keep_environment =
tls_advertise_hosts =
disable_ipv6

NDR = {module}

begin acl

acl_refused:
  accept condition = ${{if eq {{$event_name}}{{msg:fail:delivery}}}}
         logwrite = refused: $local_part@$domain category=${{dlfunc{{NDR}}{{bounce_category}}{{$event_data}}{{$host}}}} \
                    action=${{dlfunc{{NDR}}{{bounce_action}}{{$event_data}}{{$host}}}} \
                    suppress=${{dlfunc{{NDR}}{{bounce_suppress}}{{$event_data}}{{$host}}}}
  accept

begin routers

all:
  driver = manualroute
  route_list = * 127.0.0.1 byname
  self = send
  transport = remote_smtp

begin transports

remote_smtp:
  driver = smtp
  port = {port}
  allow_localhost
  hosts_try_fastopen =
  event_action = ${{acl {{acl_refused}}}}
"""

# reply: (category, status, action, suppress)
REPLIES = {
    "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient kim@contoso.example not found by SMTP address lookup":
        ("UnknownRecipient", "5.1.10", "fix-address", "yes"),
    "550 5.7.606 Access denied, banned sending IP [192.0.2.25]. To request removal from this list please visit"
    " https://sender.office.com/ and follow the directions.":
        ("IpBlocked", "5.7.606", "request-delisting", "no"),
    "451 4.7.500 Server busy. Please try again later from [192.0.2.25]. (S77714)": ("RateLimited", "4.7.500", "slow-down", "no"),
    "550-5.7.26 Your email has been blocked because the sender is unauthenticated.\n550-5.7.26 Gmail requires all senders to"
    " authenticate with either SPF or DKIM.\n550 5.7.26  5b1f17b1804b1-43 - gsmtp": ("AuthenticationFailed", "5.7.26", "fix-sender", "no"),
    "450 4.2.0 <kim@example.net>: Recipient address rejected: Greylisted": ("Greylisted", "4.2.0", "retry", "no"),
    "SMTP error from remote mail server after RCPT TO:<kim@example.net>: 550 5.1.1 User unknown":
        ("UnknownRecipient", "5.1.1", "suppress", "yes"),
    "554 delivery error: dd This user doesn't have a yahoo.com account (kim@yahoo.example) [0]": ("UnknownRecipient", "", "suppress", "yes"),
    "": ("Undetermined", "", None, "no"),
    "\x01\x7f\xff $ } {": ("Undetermined", "", None, "no"),
}


def find_exim(home):
    """The path of Exim's program."""
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    exim = os.environ.get("EXIM") or shutil.which("exim4", path=path)
    if not exim:
        apt = ["apt-get", "-q", "-o", "APT::Sandbox::User=root", "download", "exim4-daemon-heavy"]
        done = subprocess.run(apt, cwd=home, capture_output=True, check=False, timeout=100)
        packages = list(home.glob("exim4-daemon-heavy_*.deb"))
        require(packages, f"there is no Exim, and apt-get download says: {done.stderr.decode(errors='replace')}")
        subprocess.run(["dpkg", "-x", packages[0], home / "unpacked"], check=True, timeout=60)
        exim = home / "unpacked" / "usr" / "sbin" / "exim4"
    libraries = subprocess.run(["ldd", exim], capture_output=True, check=True, timeout=10).stdout.decode()
    missing = [line.split()[0] for line in libraries.splitlines() if "not found" in line]
    require(not missing, f"{exim} needs {', '.join(missing)}: apt-get install libmariadb3 libidn12 libspf2-2")
    return exim


def with_user(home):
    """The environment in which Exim's user exists, which the package would have made; and its number."""
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"}
    with contextlib.suppress(KeyError):
        return environment, pwd.getpwnam(USER).pw_uid
    for name, line in (("passwd", f"{USER}:x:{SPARE_ID}:{SPARE_ID}::/nonexistent:/usr/sbin/nologin\n"), ("group", f"{USER}:x:{SPARE_ID}:\n")):
        (home / name).write_text(pathlib.Path("/etc", name).read_text() + line)
    environment.update(LD_PRELOAD="libnss_wrapper.so", NSS_WRAPPER_PASSWD=str(home / "passwd"), NSS_WRAPPER_GROUP=str(home / "group"))
    done = subprocess.run(["true"], env=environment, capture_output=True, check=True, timeout=10)
    require(not done.stderr, f"there is no user {USER}, and no libnss_wrapper.so to lend it: apt-get install libnss-wrapper")
    return environment, SPARE_ID


class Exim:
    """An Exim with its own configuration and spool below `home`."""

    def __init__(self, home, module, port):
        require(os.geteuid() == 0, "Exim can only be run by root")
        self.home, self.module, self.program = home, module, find_exim(home)
        self.environment, user = with_user(home)
        (home / "spool").mkdir()
        os.chown(home / "spool", user, -1)
        configuration = CONFIGURATION.format(home=home, exim=self.program, module=module, port=port)
        (home / "exim.conf").write_text(configuration)

    def run(self, *arguments, text=""):
        """Runs Exim and gives what it prints."""
        command = [self.program, "-C", self.home / "exim.conf", *arguments]
        done = subprocess.run(command, input=text.encode("latin-1"), env=self.environment, capture_output=True, check=False, timeout=60)
        require(done.returncode == 0, f"exim {' '.join(arguments)}: {(done.stdout + done.stderr).decode(errors='replace')}")
        return done.stdout.decode("latin-1")

    def expand(self, text):
        """What `exim -be` makes of an expansion. It comes from standard input, as Exim takes no long arguments."""
        return self.run("-be", text=text + "\n").removeprefix("> ").removesuffix("\n> \n")

    def ask(self, function, *arguments):
        """What a function of the module says. The arguments are protected from being expanded themselves."""
        protected = "".join("{" + "".join(f"\\x{ord(c):02x}" for c in argument) + "}" for argument in arguments)
        return self.expand(f"${{dlfunc{{{self.module}}}{{{function}}}{protected}}}")

    def log(self):
        """What Exim has logged."""
        return (self.home / "spool" / "mainlog").read_text(errors="replace")


def test_expansions(exim):
    """Category, status, action and suppression of each reply."""
    for reply, expected in REPLIES.items():
        functions = ("bounce_category", "bounce_status", "bounce_action", "bounce_suppress")
        got = tuple(exim.ask(function, reply) for function in functions)
        print(f"  {got[0]:<21}{got[1]:<9}{got[2]:<18}{got[3]:<4}{reply[:60].splitlines()[0] if reply else ''!r}")
        require(all(want in (None, value) for want, value in zip(expected, got)), f"{got} instead of {expected} from {reply!r}")

    # Exchange Online means something else by 5.1.10 than the registry does, and the host tells that it speaks.
    for host, category in (("mx.example.net", "UnknownDomain"), ("contoso-com.mail.protection.outlook.com", "UnknownRecipient")):
        got = exim.ask("bounce_category", "550 5.1.10 no", host)
        require(got == category, f"{got} instead of {category} from {host}")
    condition = f"${{if bool{{${{dlfunc{{{exim.module}}}{{bounce_suppress}}{{550 5.1.1 User unknown}}}}}}{{stop}}{{go on}}}}"
    require(exim.expand(condition) == "stop", "the answer is no condition")
    for arguments in ((), ("550 no", "host", "more")):
        failed = exim.ask("bounce_category", *arguments)
        require(failed == "Failed: ndr_exim: the arguments are a reply and perhaps the name of the host", f"{arguments}: {failed}")


def test_delivery(exim, server):
    """A delivery that is refused writes the line of README.md to the log."""
    server.refusals["nobody@x.example"] = ("RCPT", next(iter(REPLIES)))
    server.refusals["unsigned@x.example"] = ("DATA", "550-5.7.26 This message was blocked because\n550 5.7.26 its sender is unauthenticated. - gsmtp")
    for recipient in server.refusals:
        # Without a sender, so that Exim does not start itself anew to send a bounce: then its user would not be lent to it.
        exim.run("-odq", "-oi", "-f", "<>", recipient, text="Subject: lunch\n\nHow about noon?\n")
    for message in sorted(path.name[:-2] for path in (exim.home / "spool" / "input").glob("*-H")):
        exim.run("-M", message)
    for line in (
        "refused: nobody@x.example category=UnknownRecipient action=fix-address suppress=yes",
        "refused: unsigned@x.example category=AuthenticationFailed action=fix-sender suppress=no",
    ):
        wait_for(f"the line in Exim's log: {line}", lambda: line in exim.log())
        print(f"  {line}")


def main():
    require(len(sys.argv) == 2, "usage: test.py DIRECTORY")
    with temporary_directory() as home, SmtpServer() as server:
        module = pathlib.Path(shutil.copy(pathlib.Path(sys.argv[1]) / "ndr_exim.so", home / "ndr_exim.so"))
        exim = Exim(home, module, server.port)
        test_expansions(exim)
        test_delivery(exim, server)


if __name__ == "__main__":
    run_test(main)
