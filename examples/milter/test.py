#!/usr/bin/env python3
"""Sends bounces, forgeries and ordinary mail through a Postfix of its own that asks ndr-milter, and reads what comes out.

Usage: test.py DIRECTORY, where ndr-milter is. Has to run as root, as Postfix does.
"""

import contextlib
import email
import pathlib
import shutil
import smtplib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "postfix"))

from mailserver import Postfix, SmtpServer, free_port, is_listening, require, run_test, temporary_directory, wait_for

NAMES = ("X-NDR-Recipient", "X-NDR-Category", "X-NDR-Action")
READER = "reader@sink.example"

# As in README.md, with the port of the test; and Postfix's own bounces are looked at as well.
MAIN_CF = """
smtpd_milters = inet:127.0.0.1:{port}
non_smtpd_milters = $smtpd_milters
internal_mail_filter_classes = bounce
milter_default_action = tempfail
"""

FORGED = b"X-NDR-Category: Forged\nx-ndr-action: forged\nX-NDR-RECIPIENT: forged@x.example,\n folded@x.example\nX-NDR-Action : forged\n"
ORDINARY = b"From: <kim@x.example>\nTo: <reader@sink.example>\nSubject: lunch\n"


def report(*recipients, extra_header=b"", extra_body=b""):
    """A DSN about these recipients, given as (address, diagnostic)."""
    groups = b"".join(
        b"\nFinal-Recipient: rfc822; " + address + b"\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; " + diagnostic + b"\n"
        for address, diagnostic in recipients
    )
    return (
        b"From: MAILER-DAEMON@mx.example\nSubject: Undelivered Mail Returned to Sender\n" + extra_header
        + b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nSorry.\n"
        + b"--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n" + groups
        + b"\n--b\nContent-Type: message/rfc822\n\n" + extra_body + b"\n--b--\n"
    )


UNKNOWN = (b"kim@x.example", b"550 5.1.1 <kim@x.example>: Recipient address rejected: User unknown in virtual mailbox table")
UNKNOWN_FIELDS = ("kim@x.example", "UnknownRecipient", "suppress")

# name: (sender, message, the fields that it has to come out with)
MESSAGES = {
    "ordinary mail": ("kim@x.example", ORDINARY + b"\nHow about noon?\n", []),
    "a forgery": ("kim@x.example", FORGED + ORDINARY + FORGED + b"\nHow about noon?\n", []),
    "a forgery without a body": ("", FORGED, []),
    "an empty message": ("", b"", []),
    "ordinary mail of 3 MB": ("kim@x.example", ORDINARY + FORGED + b"\n" + b"0123456789abcdef\n" * 180000, []),
    "a bounce": ("", report(UNKNOWN), [UNKNOWN_FIELDS]),
    "a bounce with a sender": ("postmaster@mx.example", report(UNKNOWN), [UNKNOWN_FIELDS]),
    "a bounce with a forgery": ("", FORGED + report(UNKNOWN, extra_header=FORGED), [UNKNOWN_FIELDS]),
    "a bounce of 3 MB": ("", report(UNKNOWN, extra_body=b"0123456789abcdef\n" * 180000), [UNKNOWN_FIELDS]),
    "a bounce in words": (
        "",
        b"From: MAILER-DAEMON@mx.example\nSubject: failure notice\n\nHi. This is the qmail-send program at mx.example.\n"
        b"I'm afraid I wasn't able to deliver your message to the following addresses.\n\n<kim@x.example>:\n"
        b"192.0.2.1 does not like recipient.\nRemote host said: 554 5.7.1 Service unavailable; Client host [192.0.2.25] blocked using zen.spamhaus.org\nGiving up on 192.0.2.1.\n",
        [("kim@x.example", "IpBlocked", "request-delisting")],
    ),
    "a bounce of 200 recipients": (
        "",
        report(*((f"r{n}@x.example".encode(), b"550 5.1.1 User unknown") for n in range(200))),
        [(f"r{n}@x.example", "UnknownRecipient", "suppress") for n in range(50)],
    ),
    "a hostile bounce": (
        "",
        report(
            (b"a\n X-NDR-Action: nothing@x.example", b"550 5.1.1 User unknown"),
            (b"b\rX-NDR-Action:\x01nothing\x7f\xc3\xa4\xff@x.example", b"550 5.1.1 User unknown"),
            (b"c" * 900 + b"@x.example", b"550 5.1.1 User unknown"),
        ),
        None,
    ),
}


def parse(raw):
    """The message, and the values of our fields in groups."""
    message = email.message_from_bytes(raw)
    columns = [[str(value) for value in message.get_all(name, [])] for name in NAMES]
    require(len({len(column) for column in columns}) == 1, f"fields without their neighbours: {columns}")
    return message, list(zip(*columns))


def check_hostile(groups, message):
    """Whatever an address holds, it stays inside its own field."""
    require(len(groups) == 3, f"{len(groups)} groups")
    for address, category, action in groups:
        require((category, action) == ("UnknownRecipient", "suppress"), f"{category}, {action}")
        require(len(address) <= 320 and address.isascii() and address.isprintable(), f"address {address!r}")
    allowed = {"x-ndr-recipient", "x-ndr-category", "x-ndr-action", "from", "subject", "content-type", "received", "message-id", "date"}
    names = {name.lower() for name in message.keys()}
    require(names <= allowed, f"fields {names - allowed}")


def deliver(postfix, server, sender, message):
    """Sends a message and gives what arrives."""
    before = len(server.accepted)
    postfix.send(sender, [READER], message)
    wait_for("the message", lambda: len(server.accepted) > before)
    return server.accepted[-1][2]


def body(raw):
    """What follows the header, with line breaks of one kind."""
    return raw.replace(b"\r\n", b"\n").partition(b"\n\n")[2].rstrip(b"\n")


def test_messages(postfix, server):
    """Each of the messages comes out with its fields and no others, and otherwise as it went in."""
    for name, (sender, message, expected) in MESSAGES.items():
        raw = deliver(postfix, server, sender, message)
        parsed, groups = parse(raw)
        print(f"  {name:<28}{', '.join(groups[0]) if groups and expected else ''}")
        if expected is None:
            check_hostile(groups, parsed)
        else:
            require(groups == expected, f"{name}: {groups} instead of {expected}")
        if "hostile" not in name:
            require(body(raw) == body(message), f"{name}: the body has changed")
        require(b"orged" not in raw, f"{name}: something forged is left")


def test_own_bounce(postfix, server):
    """The bounce that Postfix itself makes goes through the milter as well."""
    server.refusals["nobody@x.example"] = ("RCPT", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup")
    server.refusals["listed@x.example"] = ("RCPT", "550 5.7.606 Access denied, banned sending IP [192.0.2.25]")
    before = len(server.accepted)
    postfix.send("sender@sink.example", ["nobody@x.example", "listed@x.example"], ORDINARY + b"\nHow about noon?\n")
    wait_for("the bounce of Postfix", lambda: len(server.accepted) > before)
    sender, recipients, raw = server.accepted[-1]
    require((sender, recipients) == ("", ["sender@sink.example"]), f"from {sender} to {recipients}")
    _, groups = parse(raw)
    expected = [("listed@x.example", "IpBlocked", "request-delisting"), ("nobody@x.example", "UnknownRecipient", "fix-address")]
    require(sorted(groups) == expected, f"{groups} instead of {expected}")
    print(f"  {'the bounce of Postfix':<28}{', '.join(groups[0])}")


def test_broken_off(postfix, server):
    """Messages that are broken off, and several in one session, leave nothing behind."""
    before = len(server.accepted)
    for _ in range(5):
        with smtplib.SMTP("127.0.0.1", postfix.smtp_port, local_hostname="client.example", timeout=20) as client:
            client.mail("")
            client.rcpt(READER)
            client.rset()
            client.sendmail("", [READER], report(UNKNOWN))
            client.sendmail("kim@x.example", [READER], ORDINARY + b"\nHow about noon?\n")
            client.mail("")
            client.rcpt(READER)
            client.putcmd("data")
            client.getreply()
            client.send(report(UNKNOWN).replace(b"\n", b"\r\n")[:300])
            client.close()
    wait_for("the messages", lambda: len(server.accepted) >= before + 10)
    arrived = {"": [], "kim@x.example": []}
    for sender, _, raw in server.accepted[before:]:
        arrived[sender].append(parse(raw)[1])
    require(arrived == {"": [[UNKNOWN_FIELDS]] * 5, "kim@x.example": [[]] * 5}, f"{arrived}")


@contextlib.contextmanager
def milter(program, port):
    """A running ndr-milter, which has to end well when it is asked to."""
    with subprocess.Popen([program, f"inet:{port}@127.0.0.1"], user="nobody", group="nogroup", extra_groups=[]) as process:
        try:
            wait_for("ndr-milter to listen", lambda: is_listening(port))
            yield
            require(process.poll() is None, f"ndr-milter ended with {process.returncode}")
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
        require(process.returncode == 0, f"ndr-milter ended with {process.returncode}")


def main():
    require(len(sys.argv) == 2, "usage: test.py DIRECTORY")
    with temporary_directory() as home, SmtpServer() as server:
        # It runs as another user, who may not be able to enter the folder it was built in.
        program, port = shutil.copy(pathlib.Path(sys.argv[1]) / "ndr-milter", home / "ndr-milter"), free_port()
        with milter(program, port), Postfix(home, server.port, MAIN_CF.format(port=port)) as postfix:
            test_messages(postfix, server)
            test_own_bounce(postfix, server)
            test_broken_off(postfix, server)


if __name__ == "__main__":
    run_test(main)
