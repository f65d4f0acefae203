"""Files that people send: expected with their message, fetched by a job, and kept sealed.

    waiting ─┬► kept       its bytes, sealed, and the type that they show themselves
             ├► refused    too large, too many, or of no type that is taken
             ├► lost       its provider has it no more, or did not answer for too long
             └► withdrawn  its sender took the message back

A file has the id of its message, by which an answer names it (`values/attached.py`). Nothing else
of the message is repeated here: its reference at the provider is read from there.
"""

import uuid
from dataclasses import dataclass, field
from typing import Final

from core.audit.trail import record
from core.db.database import Tx
from core.inbox.content import Content
from core.lifecycle import Lifecycle
from core.outbox import outbox
from core.security.keyring import Keyring
from values.messages import Priority

FETCH_FILE: Final = "fetch_file"
# What is fetched. A voice note, a video or a sticker is read by nobody here.
FETCHED: Final = frozenset({"image", "document"})
BYTES_MAXIMUM: Final = 5 * 1024 * 1024
# So many of one conversation are taken within a day: whoever writes has not been asked for any.
A_DAY_MAXIMUM: Final = 20
LISTED: Final = 50

INBOUND_FILE: Final = Lifecycle(
    "inbound_file",
    initial="waiting",
    transitions=[
        ["keep", "waiting", "kept"],
        ["refuse", "waiting", "refused"],
        ["lose", "waiting", "lost"],
        ["withdraw", ["waiting", "kept"], "withdrawn"],
    ],
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file to fetch: `reference` is its provider's id or address of it. `before` are those that
    the same conversation sent within a day before it; `language` is that of who sent it, '' where
    nobody is known."""

    id: uuid.UUID
    conversation_id: uuid.UUID
    service_id: uuid.UUID
    language: str
    before: int
    reference: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Listed:
    """A file as staff see it in a list, without what is in it."""

    id: uuid.UUID
    subscriber_id: uuid.UUID | None
    kind: str
    state: str
    reason: str | None
    mime_type: str | None
    size_bytes: int | None


def is_fetched(content: Content) -> bool:
    """Whether a message brings a file that is fetched."""
    return content.kind == "media" and content.media is not None and content.media[0] in FETCHED


def expect(tx: Tx, message_id: uuid.UUID, conversation_id: uuid.UUID, kind: str) -> None:
    """Have the file of a message fetched, with the COMMIT that stores the message."""
    tx.defer(
        "INSERT INTO inbound_file (tenant_id, id, conversation_id, kind)"
        " VALUES (current_tenant(), %s, %s, %s)",
        (message_id, conversation_id, kind),
    )
    outbox.write(tx, kind=FETCH_FILE, subject_id=message_id, priority=Priority.RECEIPT.value)


def wanted(tx: Tx, keys: Keyring, id: uuid.UUID) -> Wanted | None:
    """The file to fetch; None where it is kept, refused, lost or taken back by now."""
    row = tx.one(
        "SELECT f.conversation_id, c.service_id, coalesce(s.language, ''), m.content_sealed,"
        " (SELECT count(*) FROM inbound_file b WHERE b.tenant_id = f.tenant_id"
        "  AND b.conversation_id = f.conversation_id AND b.id < f.id"
        "  AND b.received_at > f.received_at - interval '1 day')"
        " FROM inbound_file f"
        " JOIN conversation c ON c.tenant_id = f.tenant_id AND c.id = f.conversation_id"
        " JOIN inbound_message m ON m.tenant_id = f.tenant_id AND m.id = f.id"
        " LEFT JOIN subscriber s ON s.tenant_id = c.tenant_id AND s.id = c.subscriber_id"
        " WHERE f.tenant_id = current_tenant() AND f.id = %s AND f.state = 'waiting'",
        (id,),
    )
    if row is None:
        return None
    conversation_id, service_id, language, sealed, before = row
    content = Content.decode(keys.open(sealed, id.bytes))
    reference = content.media[1] if content.media is not None else ""
    return Wanted(id, conversation_id, service_id, language, before, reference)


_KEEP = INBOUND_FILE.advance(
    "keep",
    sets="content_sealed = %s, mime_type = %s, size_bytes = %s, ended_at = now()",
    where="id = %s",
    returning="id",
)
_END = {
    trigger: INBOUND_FILE.advance(
        trigger, sets="reason = %s, ended_at = now()", where="id = %s", returning="id"
    )
    for trigger in ("refuse", "lose")
}
_WITHDRAW = INBOUND_FILE.advance(
    "withdraw", sets="content_sealed = NULL, ended_at = now()", where="id = %s"
)


def keep(tx: Tx, keys: Keyring, id: uuid.UUID, content: bytes, mime_type: str) -> bool:
    """Keep a file, sealed. False where it does not wait any more."""
    sealed = keys.seal_bytes(content, _of(id))
    return tx.one(_KEEP, (sealed, mime_type, len(content), id)) is not None


def refuse(tx: Tx, id: uuid.UUID, reason: str) -> bool:
    """Take no such file. False where it does not wait any more."""
    return tx.one(_END["refuse"], (reason, id)) is not None


def lose(tx: Tx, id: uuid.UUID, reason: str) -> bool:
    """It cannot be had. False where it does not wait any more."""
    return tx.one(_END["lose"], (reason, id)) is not None


def withdraw(tx: Tx, id: uuid.UUID) -> None:
    """Its sender took the message back: nothing of it is kept."""
    tx.execute(_WITHDRAW, (id,))


# --- looked at ------------------------------------------------------------------------------------


def page(tx: Tx, *, before: uuid.UUID | None = None) -> list[Listed]:
    """The tenant's files, the newest first, from one backwards."""
    rows = tx.all(
        "SELECT f.id, c.subscriber_id, f.kind, f.state, f.reason, f.mime_type, f.size_bytes"
        " FROM inbound_file f"
        " JOIN conversation c ON c.tenant_id = f.tenant_id AND c.id = f.conversation_id"
        " WHERE f.tenant_id = current_tenant() AND (%(before)s::uuid IS NULL OR f.id < %(before)s)"
        " ORDER BY f.id DESC LIMIT %(limit)s",
        {"before": before, "limit": LISTED},
    )
    return [Listed(*row) for row in rows]


def look(tx: Tx, keys: Keyring, id: uuid.UUID, *, actor: str) -> tuple[str, bytes] | None:
    """The type and the bytes of a file that is kept, for somebody of staff, whose look is in the
    audit trail. None where there is no such file."""
    row = tx.one(
        "SELECT mime_type, content_sealed FROM inbound_file"
        " WHERE tenant_id = current_tenant() AND id = %s AND state = 'kept'",
        (id,),
    )
    if row is None:
        return None
    record(tx, actor, "look at file", id, {"type": row[0]})
    return row[0], keys.open_bytes(row[1], _of(id))


def _of(id: uuid.UUID) -> bytes:
    """What its bytes are sealed for: not what the words of the same message are."""
    return b"file" + id.bytes
