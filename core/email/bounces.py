"""Reports that an e-mail came back: read as RFC 3464 says, and believed of what we sent alone.

A report names the e-mail by its Message-ID, which nobody can guess, and the address that it is
about has to be the one that it was sent to. Anybody may send such a report: a false one can do no
more than stop e-mail to an address whose e-mail its author has.
"""

import email.policy
import re
import uuid
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any, Final

from core.audit.trail import record
from core.db.database import Tx
from core.email import emails
from core.security.keyring import Keyring

REPORT_BYTES_MAXIMUM: Final = 1024 * 1024
_OURS = re.compile(r"<([0-9a-f]{32})@", re.ASCII)
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a report says of one address: which e-mail of ours came back, from whom, and why."""

    email_id: uuid.UUID
    recipient: str
    status: str


def message_id(email_id: uuid.UUID, sender: str) -> str:
    """The Message-ID of an e-mail of ours."""
    return f"<{email_id.hex}@{sender.rpartition('@')[2]}>"


def read(report: bytes) -> list[Bounce]:
    """The addresses that a report says get no e-mail, ever; none where it is about a delay, about
    nothing of ours, or no report at all."""
    if len(report) > REPORT_BYTES_MAXIMUM:
        return []
    message = BytesParser(policy=email.policy.default).parsebytes(report)
    if message.get_content_type() != "multipart/report":
        return []
    email_id, found = None, []
    for part in message.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            found += [one for block in _blocks(part) if (one := _failed(block))]
        elif kind in ("text/rfc822-headers", "message/rfc822", "message/rfc822-headers"):
            email_id = email_id or _ours(part)
    if email_id is None:
        return []
    return [Bounce(email_id, recipient, status) for recipient, status in found]


def note(tx: Tx, keys: Keyring, bounce: Bounce) -> bool:
    """An e-mail came back. False where that is known, or where it was not to that address."""
    sent_to = emails.written_to(tx, keys, bounce.email_id)
    if not sent_to or sent_to.casefold() != bounce.recipient.casefold():
        return False
    done = emails.bounced(tx, bounce.email_id, f"came back: {bounce.status}")
    if done:
        record(tx, "mail server", "email bounced", bounce.email_id, {"status": bounce.status})
    return done


def _blocks(part: EmailMessage) -> list[EmailMessage]:
    payload = part.get_payload()
    return [one for one in payload if isinstance(one, EmailMessage)] if payload else []


def _failed(block: EmailMessage) -> tuple[str, str] | None:
    """The address and the status of a block that says failed for ever."""
    action = str(block.get("Action", "")).strip().lower()
    said = _STATUS.search(str(block.get("Status", "")))
    status = said[0] if said else ""
    recipient = str(block.get("Original-Recipient") or block.get("Final-Recipient") or "")
    kind, _, address = recipient.partition(";")
    if action != "failed" or not status.startswith("5") or kind.strip().lower() != "rfc822":
        return None
    return address.strip().strip("<>"), status


def _ours(part: EmailMessage) -> uuid.UUID | None:
    payload: Any = part.get_payload()
    if isinstance(payload, list):
        text = str(payload[0].get("Message-ID", "")) if payload else ""
    else:
        text = str(payload)
    found = _OURS.search(text)
    return uuid.UUID(found[1]) if found else None
