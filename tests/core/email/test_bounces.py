"""Reports of e-mail that came back, as mail servers write them; and whose addresses are any."""

import uuid
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart

import pytest

from core.email import bounces
from core.email.addresses import as_email
from core.email.bounces import Bounce
from core.email.errors import NoEmailAddress

ID = uuid.UUID("019ac2b4-7d10-7f3a-9c55-0f6d2a4b8e11")

# As Postfix writes them.
REPORT = """\
From: MAILER-DAEMON@mail.example.org (Mail Delivery System)
To: piga@example.org
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

This is a MIME-encapsulated message.

--B
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

<ann@example.com>: host mx.example.com said: 550 5.1.1 User unknown

--B
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org
Arrival-Date: Mon, 30 Nov 2026 10:00:00 +0000 (UTC)

Final-Recipient: rfc822; ann@example.com
Original-Recipient: rfc822;Ann@example.com
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--B
Content-Description: Undelivered Message
Content-Type: {original}

From: piga@example.org
To: ann@example.com
Message-ID: {message_id}
Subject: x

--B--
"""


def report(
    action: str = "failed",
    status: str = "5.1.1",
    original: str = "message/rfc822",
    message_id: str = f"<{ID.hex}@example.org>",
) -> bytes:
    made = REPORT.format(action=action, status=status, original=original, message_id=message_id)
    return made.replace("\n", "\r\n").encode()


@pytest.mark.parametrize("original", ["message/rfc822", "text/rfc822-headers"])
def test_a_report_says_which_e_mail_came_back_and_why(original: str) -> None:
    assert bounces.read(report(original=original)) == [Bounce(ID, "Ann@example.com", "5.1.1")]


@pytest.mark.parametrize(
    "other",
    [
        report(action="delayed", status="4.4.1"),
        report(action="failed", status="4.4.7"),
        report(action="delivered", status="2.0.0"),
        report(message_id="<somebody.elses@example.org>"),
        b"Subject: I am away until Monday\r\n\r\nRegards\r\n",
        b"",
        b"\xff\xfe\x00",
        report() + b"x" * bounces.REPORT_BYTES_MAXIMUM,
        b"Content-Type: multipart/report; boundary=B\r\n\r\n--B\r\n"
        b"Content-Type: message/delivery-status\r\n\r\n\r\n--B--\r\n",
    ],
)
def test_whatever_else_comes_changes_nothing(other: bytes) -> None:
    assert bounces.read(other) == []


@pytest.mark.parametrize(
    "typed",
    [
        *("", "ann", "ann@", "@example.org", "ann@example", "ann@-x.org", "a b@example.org"),
        *("ann@exa_mple.org", ".ann@example.org", "ann..b@example.org", "ann@[127.0.0.1]"),
        *("ann@example.org\r\nBcc: x@y.org", "ann@example.org, b@example.org", "ﬁ@example.org"),
        "a" * 65 + "@example.org",
    ],
)
def test_what_is_no_address(typed: str) -> None:
    with pytest.raises(NoEmailAddress):
        as_email(typed)


def test_an_address_is_kept_as_its_server_wants_it() -> None:
    assert as_email(" M.Uwera+piga@Example.ORG ") == "M.Uwera+piga@example.org"


def test_the_report_of_another_program_is_read_as_well() -> None:
    """The parts in another order, no original recipient, and words behind the status."""
    made = MIMEMultipart("report")
    original = MIMEBase("text", "rfc822-headers")
    original.set_payload(f"Message-ID: <{ID.hex}@example.org>\r\n")
    status = MIMEBase("message", "delivery-status")
    of_all, block = Message(), Message()
    of_all["Reporting-MTA"] = "dns; x"
    block["Final-Recipient"] = "RFC822;ann@example.com"
    block["Action"], block["Status"] = "Failed", "5.2.2 (mailbox full)"
    status.attach(of_all)
    status.attach(block)
    made.attach(original)
    made.attach(status)
    assert bounces.read(bytes(made)) == [Bounce(ID, "ann@example.com", "5.2.2")]
