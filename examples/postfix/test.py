#!/usr/bin/env python3
"""Sends one message that twelve recipients refuse through a Postfix of its own, and reads what bounce-log makes of the bounces.

Usage: test.py DIRECTORY, where bounce-log is. Has to run as root, as Postfix does.
"""

import json
import os
import pathlib
import pwd
import re
import shutil
import subprocess
import sys

from mailserver import Postfix, SmtpServer, require, run_test, temporary_directory, wait_for

SENDER = "bounces@sender.example"

# recipient: (stage, reply, category, status, action). The first eight speak as Exchange Online does.
REFUSALS = {
    "nobody@exchange1.example": (
        "RCPT",
        "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient nobody@exchange1.example not found by SMTP address lookup",
        "UnknownRecipient", "5.1.10", "fix-address",
    ),
    "edge@exchange2.example": (
        "RCPT",
        "550 5.4.1 Recipient address rejected: Access denied. For more information see https://aka.ms/EXOSmtpErrors"
        " [AM4PEPF00027A61.eurprd04.prod.outlook.com 2026-01-12T09:30:00.123Z 08DE4F2C61E0B4A3]",
        "UnknownRecipient", "5.4.1", "fix-address",
    ),
    "listed@exchange3.example": (
        "RCPT",
        "550 5.7.606 Access denied, banned sending IP [192.0.2.25]. To request removal from this list please visit"
        " https://sender.office.com/ and follow the directions. For more information please go to"
        " http://go.microsoft.com/fwlink/?LinkID=526655 AS(1430)",
        "IpBlocked", "5.7.606", "request-delisting",
    ),
    "staff@exchange4.example": (
        "DATA",
        "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required; Delivery restriction check failed"
        " because the sender was not authenticated when sending to this group",
        "RecipientRestricted", "5.7.133", "ask-recipient",
    ),
    "dmarc@exchange5.example": (
        "DATA",
        "550 5.7.509 Access denied, sending domain [SENDER.EXAMPLE] does not pass DMARC verification and has a DMARC policy of"
        " reject. [DB5PEPF00014B8D.eurprd02.prod.outlook.com 2026-01-12T09:30:01.456Z 08DE4F2C5D7E91F0]",
        "AuthenticationFailed", "5.7.509", "fix-sender",
    ),
    "relay@exchange6.example": (
        "RCPT",
        "550 5.7.64 TenantAttribution; Relay Access Denied [VE1EUR01FT031.eop-EUR01.prod.protection.outlook.com]",
        "RelayDenied", "5.7.64", "fix-sender",
    ),
    "busy@exchange7.example": (
        "DATA",
        "550 5.2.121 RESOLVER.ADR.RecipientLimit; Recipient's per hour message receive limit from specific sender exceeded",
        "RateLimited", "5.2.121", "slow-down",
    ),
    "later@exchange8.example": (
        "RCPT",
        "451 4.7.500 Server busy. Please try again later from [192.0.2.25]. (S77714)"
        " [AM4PEPF00027A61.eurprd04.prod.outlook.com 2026-01-12T09:30:02.789Z 08DE4F2C61E0B4A4]",
        "RateLimited", "4.7.500", "slow-down",
    ),
    "unsigned@google.example": (
        "DATA",
        "550-5.7.26 Your email has been blocked because the sender is unauthenticated.\n"
        "550-5.7.26 Gmail requires all senders to authenticate with either SPF or DKIM.\n"
        "550-5.7.26\n"
        "550-5.7.26  Authentication results:\n"
        "550-5.7.26  DKIM = did not pass\n"
        "550-5.7.26  SPF [sender.example] with ip: [192.0.2.25] = did not pass\n"
        "550-5.7.26\n"
        "550-5.7.26  For instructions on setting up authentication, go to\n"
        "550 5.7.26  https://support.google.com/mail/answer/81126#authentication 5b1f17b1804b1-43 - gsmtp",
        "AuthenticationFailed", "5.7.26", "fix-sender",
    ),
    "full@google.example": (
        "RCPT",
        "452-4.2.2 The recipient's inbox is out of storage space. Please direct the\n"
        "452-4.2.2 recipient to\n"
        "452 4.2.2  https://support.google.com/mail/?p=OverQuotaTemp 5b1f17b1804b1-44 - gsmtp",
        "MailboxFull", "4.2.2", "retry",
    ),
    "gone@plain.example": (
        "RCPT",
        "554 delivery error: dd This user doesn't have a yahoo.com account (gone@plain.example) [0] - mta1001.mail.bf1.yahoo.com",
        "UnknownRecipient", "5.0.0", "suppress",
    ),
    "large@postfix.example": (
        "DATA",
        "552 5.3.4 Message size exceeds fixed limit",
        "MessageTooLarge", "5.3.4", "fix-message",
    ),
}
TRANSIENT = [name for name, refusal in REFUSALS.items() if refusal[1].startswith("4")]
PERMANENT = [name for name in REFUSALS if name not in TRANSIENT]

MESSAGE = f"From: <{SENDER}>\nTo: undisclosed-recipients:;\nSubject: twelve\nMessage-ID: <twelve@sender.example>\n\nHello.\n"

# As in README.md, with the paths of the test.
MAIN_CF = """
transport_maps = inline:{{ {{ {sender} = bounce-log: }} }}
bounce-log_destination_recipient_limit = 1
"""
MASTER_CF = """
bounce-log unix - n n - 4 pipe
  flags=Rq user={user} null_sender=
  argv={program} {file}
"""


def read_lines(file):
    """The lines of the log as objects; every line has to be JSON."""
    if not file.exists():
        return []
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def check_line(line):
    """One recipient has the category, status and action it should have."""
    recipient = line["recipient"]
    _, reply, *expected = REFUSALS[recipient]
    got = [line["category"], line["status"], line["action"]]
    print(f"  {recipient:<26}{got[0]:<21}{got[1] or '':<9}{got[2]:<18}{'suppress' if line['suppress'] else ''}")
    require(got == expected, f"{recipient}: {got} instead of {expected}, from: {line['diagnostic']}")
    require(line["kind"] == "dsn" and line["dsn_action"] == "failed", f"{recipient}: {line}")
    require(line["reporting_mta"] == "mx.sender.example", f"{recipient}: {line}")
    require(line["message_id"] == "<twelve@sender.example>", f"{recipient}: {line}")
    require(line["reply"] == int(reply[:3]), f"{recipient}: reply {line['reply']}")
    require(line["suppress"] == (line["action"] in ("suppress", "fix-address")), f"{recipient}: suppress is {line['suppress']}")
    severity = "transient" if recipient in TRANSIENT else "permanent"
    require(line["severity"] == severity, f"{recipient}: {line['severity']} instead of {severity}")


def test_postfix(program, home):
    """Twelve refusals come back as the bounces that Postfix makes, and none is lost while the log cannot be written."""
    file, owner = home / "log" / "bounces" / "bounces.jsonl", pwd.getpwnam("nobody")
    refusals = {name: refusal[:2] for name, refusal in REFUSALS.items()}
    settings = (MAIN_CF.format(sender=SENDER), MASTER_CF.format(user="nobody", program=program, file=file))
    with SmtpServer(refusals) as server, Postfix(home, server.port, *settings) as postfix:
        postfix.send(SENDER, list(REFUSALS), MESSAGE)
        # The folder of the log is missing, so Postfix has to keep the bounce.
        deferred = re.compile(r"relay=bounce-log,.*status=deferred .*No such file or directory")
        wait_for("Postfix to defer the bounce", lambda: deferred.search(postfix.log()))
        file.parent.mkdir()
        os.chown(file.parent, owner.pw_uid, owner.pw_gid)
        postfix.retry_until("the permanent failures", lambda: len(read_lines(file)) >= len(PERMANENT))
        require({line["recipient"] for line in read_lines(file)} == set(PERMANENT), "other recipients than those refused for good")
        # Now the two that were only deferred expire, and come back as well.
        postfix.configure("maximal_queue_lifetime = 0")
        lines = postfix.retry_until("the transient failures", lambda: len(read_lines(file)) >= len(REFUSALS) and read_lines(file), 90)
        wait_for("an empty queue", lambda: postfix.queued("incoming", "active", "deferred") == 0)
    require(sorted(line["recipient"] for line in lines) == sorted(REFUSALS), "not exactly one line a recipient")
    for line in lines:
        check_line(line)
    require(not server.accepted, "a refused message was accepted")


def run(program, file, message):
    """Runs bounce-log alone."""
    return subprocess.run([program, file], input=message, capture_output=True, check=False, timeout=30)


def test_hostile_input(program, home):
    """Whatever comes in, valid lines come out, and a failure never makes Postfix lose the bounce."""
    file = home / "alone.jsonl"
    report = (
        b"From: MAILER-DAEMON@mx.example\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        b"--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
        b'Final-Recipient: rfc822; "a\\"b\\\\c"\x01\x7f\xff\xed\xa0\x80\xc3\xa4@x.example\nAction: failed\nStatus: 5.1.1\n'
        b"Diagnostic-Code: smtp; 550-5.1.1 no\r\n\t550 5.1.1 such\0user\xc3\n--b--\n"
    )
    messages = [report, report[:-40], b"", b"\0" * 5000, bytes(range(256)) * 20000, report.replace(b"\n", b"\r\n"), b"Subject: hi\n\nhi\n"]
    for message in messages:
        require(run(program, file, message).returncode == 0, "bounce-log failed")
    lines = read_lines(file)
    require(len(lines) == len(messages), f"{len(lines)} lines from {len(messages)} messages")
    require(lines[0]["recipient"] == '"a\\"b\\\\c"\x01\x7f\ufffd\ufffd\ufffd\ufffdä@x.example', f"recipient {lines[0]['recipient']!r}")
    require(lines[0]["diagnostic"] == "550-5.1.1 no 550 5.1.1 such\0user\ufffd", f"diagnostic {lines[0]['diagnostic']!r}")
    require([line["truncated"] for line in lines] == [False] * 4 + [True] + [False] * 2, "only one message is too long")
    require(lines[6]["kind"] == "other" and lines[6]["recipient"] is None, f"{lines[6]}")

    before = file.stat().st_size
    with subprocess.Popen(["sh", "-c", 'ulimit -f 0; trap "" XFSZ; exec "$0" "$1"', program, file], stdin=subprocess.PIPE,
                          stderr=subprocess.DEVNULL) as limited:
        limited.communicate(report, timeout=30)
    require(limited.returncode == os.EX_TEMPFAIL, f"exit status {limited.returncode} when nothing can be written")
    require(file.stat().st_size == before, "a part of a line was left")
    for arguments in ([program], [program, "/dev/full"], [program, home]):
        done = subprocess.run(arguments, input=report, capture_output=True, check=False, timeout=30)
        require(done.returncode == os.EX_TEMPFAIL and done.stderr, f"exit status {done.returncode} of {arguments}")


def test_parallel(program, home):
    """Lines of programs that run at the same time do not mix."""
    file = home / "parallel.jsonl"
    groups = "".join(f"Final-Recipient: rfc822; r{n}@x.example\nAction: failed\nStatus: 5.1.1\n\n" for n in range(200))
    message = f"From: MAILER-DAEMON@x.example\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x.example\n\n{groups}"
    started = [subprocess.Popen([program, file], stdin=subprocess.PIPE) for _ in range(8)]
    for one in started:
        one.stdin.write(message.encode())
    for one in started:
        one.stdin.close()
    for one in started:
        require(one.wait(timeout=30) == 0, "bounce-log failed")
    names = [line["recipient"] for line in read_lines(file)]
    require(names == [f"r{n}@x.example" for n in range(200)] * 8, "lines are missing or mixed")


def main():
    require(len(sys.argv) == 2, "usage: test.py DIRECTORY")
    with temporary_directory() as home:
        # Postfix runs it as another user, who may not be able to enter the folder it was built in.
        program = pathlib.Path(shutil.copy(pathlib.Path(sys.argv[1]) / "bounce-log", home / "bounce-log"))
        test_hostile_input(program, home)
        test_parallel(program, home)
        test_postfix(program, home)


if __name__ == "__main__":
    run_test(main)
