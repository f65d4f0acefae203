"""E-mails: written in the transaction of what they tell of, sent by a job, and what became of them.

    queued ──► sent ──► bounced      (a report came back later)
       ├─────────────► bounced      (the server refused the address)
       └──► failed                  (tried for hours, or nobody to send it)

An e-mail may arrive twice, where a server took it and its answer was lost: both have one
Message-ID, by which programs show one. It never changes who may do what: a link in it is used once.
"""

import base64
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import orjson

from core.db.database import Tx
from core.email import accounts
from core.email.addresses import EMAIL, as_email
from core.email.errors import EmailBounced, NoEmailAccount
from core.lifecycle import Lifecycle
from core.outbox import outbox
from core.security.keyring import Keyring
from values.ids import uuid7

EMAIL_STATES: Final = Lifecycle(
    "email",
    initial="queued",
    transitions=[
        ["send", "queued", "sent"],
        ["bounce", ["queued", "sent"], "bounced"],
        ["give_up", "queued", "failed"],
    ],
)
JOB: Final = "send_email"
LISTED: Final = 50
# An address whose last e-mail came back gets none for so long: servers that are asked again and
# again for nobody's mailbox take none of the sender's any more.
BOUNCE_HOLDS_DAYS: Final = 30
ATTACHED_BYTES_MAXIMUM: Final = 5 * 1024 * 1024
SUBJECT_CHARS_MAXIMUM: Final = 150


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes along. `media_type` is such as application/pdf."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Content:
    """What an e-mail says: plain text, and no picture that tells who reads it."""

    subject: str
    text: str = field(repr=False)
    attachments: tuple[Attachment, ...] = ()

    def pack(self) -> bytes:
        said = {
            "subject": self.subject,
            "text": self.text,
            "attachments": [
                [one.name, one.media_type, base64.b64encode(one.content).decode()]
                for one in self.attachments
            ],
        }
        return orjson.dumps(said)

    @classmethod
    def unpack(cls, packed: bytes) -> "Content":
        said = orjson.loads(packed)
        attachments = tuple(
            Attachment(name, kind, base64.b64decode(content))
            for name, kind, content in said["attachments"]
        )
        return cls(said["subject"], said["text"], attachments)


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail that is to be sent now."""

    id: uuid.UUID
    to: str = field(repr=False)
    content: Content = field(repr=False)


@dataclass(frozen=True, slots=True)
class Listed:
    """An e-mail as staff see it."""

    id: uuid.UUID
    kind: str
    state: str
    reason: str | None
    created_at: datetime
    ended_at: datetime | None


def write(
    tx: Tx,
    keys: Keyring,
    *,
    kind: str,
    to: str,
    content: Content,
    subscriber_id: uuid.UUID | None = None,
    staff_id: uuid.UUID | None = None,
) -> uuid.UUID:
    """Have an e-mail sent with the COMMIT. Line breaks in a subject become spaces: it is a header.

    Raises NoEmailAddress, NoEmailAccount, EmailBounced, and ValueError above the most that is
    attached.
    """
    if sum(len(one.content) for one in content.attachments) > ATTACHED_BYTES_MAXIMUM:
        raise ValueError("that is too much for an e-mail")
    address = as_email(to)
    if not accounts.is_set(tx):
        raise NoEmailAccount
    lookup = keys.lookup(EMAIL, address)
    if has_bounced(tx, lookup):
        raise EmailBounced
    subject = " ".join(content.subject.split())[:SUBJECT_CHARS_MAXIMUM]
    content = Content(subject, content.text, content.attachments)
    email_id = uuid7()
    tx.execute(
        "INSERT INTO email (tenant_id, id, subscriber_id, staff_id, kind, address_sealed,"
        " address_lookup, content_sealed) VALUES (current_tenant(), %s, %s, %s, %s, %s, %s, %s)",
        (
            *(email_id, subscriber_id, staff_id, kind),
            keys.seal(address, email_id.bytes),
            lookup,
            keys.seal_bytes(content.pack(), email_id.bytes),
        ),
    )
    outbox.write(tx, kind=JOB, subject_id=email_id)
    return email_id


def has_bounced(tx: Tx, lookup: bytes) -> bool:
    """Whether the last e-mail to an address, by its keyed hash, came back a while ago at most."""
    row = tx.one(
        "SELECT state = 'bounced' AND ended_at > now() - make_interval(days => %s) FROM email"
        " WHERE tenant_id = current_tenant() AND address_lookup = %s"
        " AND state IN ('sent', 'bounced') ORDER BY id DESC LIMIT 1",
        (BOUNCE_HOLDS_DAYS, lookup),
    )
    return bool(row and row[0])


def to_send(tx: Tx, keys: Keyring, email_id: uuid.UUID) -> Letter | None:
    """An e-mail that has not left; None where it has, or is given up."""
    row = tx.one(
        "SELECT address_sealed, content_sealed FROM email WHERE tenant_id = current_tenant()"
        " AND id = %s AND state = 'queued'",
        (email_id,),
    )
    if row is None:
        return None
    content = Content.unpack(keys.open_bytes(row[1], email_id.bytes))
    return Letter(email_id, keys.open(row[0], email_id.bytes), content)


_ENDS: Final = "reason = %s, ended_at = now(), content_sealed = NULL"
_STEPS: Final = {
    step: EMAIL_STATES.advance(step, sets=_ENDS, where="id = %s", returning="1")
    for step in ("send", "bounce", "give_up")
}


def sent(tx: Tx, email_id: uuid.UUID) -> bool:
    """A server took it. False where it was told of before."""
    return tx.one(_STEPS["send"], (None, email_id)) is not None


def bounced(tx: Tx, email_id: uuid.UUID, reason: str) -> bool:
    """It comes to nobody: the server refused the address, or a report came back."""
    return tx.one(_STEPS["bounce"], (reason[:200], email_id)) is not None


def give_up(tx: Tx, email_id: uuid.UUID, reason: str) -> bool:
    """It was tried for long, and no server took it."""
    return tx.one(_STEPS["give_up"], (reason[:200], email_id)) is not None


def listed(tx: Tx, *, before: uuid.UUID | None = None, limit: int = LISTED) -> list[Listed]:
    """What was written, the newest first; from one backwards."""
    rows = tx.all(
        "SELECT id, kind, state, reason, created_at, ended_at FROM email"
        " WHERE tenant_id = current_tenant() AND (%(before)s::uuid IS NULL OR id < %(before)s)"
        " ORDER BY id DESC LIMIT %(limit)s",
        {"before": before, "limit": limit},
    )
    return [Listed(*row) for row in rows]


def of_person(tx: Tx, subscriber_id: uuid.UUID, *, limit: int = LISTED) -> list[Listed]:
    """What was written to a person, the newest first."""
    rows = tx.all(
        "SELECT id, kind, state, reason, created_at, ended_at FROM email"
        " WHERE tenant_id = current_tenant() AND subscriber_id = %s ORDER BY id DESC LIMIT %s",
        (subscriber_id, limit),
    )
    return [Listed(*row) for row in rows]


def written_to(tx: Tx, keys: Keyring, email_id: uuid.UUID) -> str:
    """To which address an e-mail was; '' where there is none of that id."""
    row = tx.one(
        "SELECT address_sealed FROM email WHERE tenant_id = current_tenant() AND id = %s",
        (email_id,),
    )
    return keys.open(row[0], email_id.bytes) if row and bytes(row[0]) else ""
