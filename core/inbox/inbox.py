"""What comes in without a session on the wire: stored once, then worked in order.

    receive ─► waiting ─► answered: the reply, the new session and `done` in one transaction

A provider's message is stored with its id, so that a copy changes nothing, and acknowledged; an
outbox row has it worked. A conversation's messages are worked by one worker at a time, which holds
its lease, oldest first. Killed anywhere, a worker leaves the message as waiting, with nothing of
its reply; or it is done, with all of it.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import orjson

from core.db.autocommit import Autocommit
from core.db.connection import Row
from core.db.database import Tx
from core.inbox import files
from core.inbox.content import Content
from core.lifecycle import Lifecycle
from core.outbox import outbox
from core.outbox.outbox import Claim
from core.people.people import USSD
from core.security.keyring import Keyring
from values.ids import uuid7
from values.messages import Priority

CHAT_TURN: Final = "chat_turn"
REPLY: Final = "reply"
INBOUND_MESSAGE: Final = Lifecycle(
    "inbound_message",
    initial="waiting",
    transitions=[
        ["answer", "waiting", "done"],
        ["fail", "waiting", "failed"],
        ["withdraw", "waiting", "done"],  # taken back before it was worked
    ],
)


class LeaseLost(Exception):
    """Another worker has the conversation by now: what this one did is not committed."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message as an adapter read it. `address` is E.164, or on another `channel` of addresses
    what identifies somebody there; `content` has no PIN in it any more, which `had_pin` says."""

    provider: str
    provider_message_id: str
    address: str = field(repr=False)
    content: Content = field(repr=False)
    had_pin: bool = False
    channel: str = USSD


def receive(tx: Tx, keys: Keyring, service_id: uuid.UUID, message: Incoming) -> bool:
    """Store a message, and have it worked. False for a copy of one that is here already."""
    lookup = keys.lookup(message.channel, message.address)
    new_id, message_id = uuid.uuid4(), uuid7()
    row = tx.one(
        "WITH made AS (INSERT INTO conversation (tenant_id, id, service_id, address_channel,"
        " address_lookup, address_sealed)"
        " VALUES (current_tenant(), %(new)s, %(service)s, %(channel)s, %(lookup)s, %(sealed)s)"
        " ON CONFLICT (tenant_id, service_id, address_lookup) DO NOTHING RETURNING id)"
        " SELECT id FROM made UNION ALL SELECT id FROM conversation"
        " WHERE tenant_id = current_tenant() AND service_id = %(service)s"
        " AND address_lookup = %(lookup)s LIMIT 1",
        {
            "new": new_id,
            "service": service_id,
            "channel": message.channel,
            "lookup": lookup,
            "sealed": keys.seal(message.address, new_id.bytes),
        },
    )
    if row is None:  # made by another transaction since this statement began
        return receive(tx, keys, service_id, message)
    conversation_id = row[0]
    stored = tx.one(
        "INSERT INTO inbound_message (tenant_id, id, conversation_id, provider,"
        " provider_message_id, content_sealed, had_pin)"
        " VALUES (current_tenant(), %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING id",
        (
            message_id,
            conversation_id,
            message.provider,
            message.provider_message_id,
            keys.seal(message.content.encode(), message_id.bytes),
            message.had_pin,
        ),
    )
    if stored is None:
        return False
    tx.defer(
        "UPDATE conversation SET last_inbound_at = now()"
        " WHERE tenant_id = current_tenant() AND id = %s",
        (conversation_id,),
    )
    outbox.write(tx, kind=CHAT_TURN, subject_id=conversation_id, priority=Priority.PROMPT.value)
    if message.content.media is not None and files.is_fetched(message.content):
        files.expect(tx, message_id, conversation_id, message.content.media[0])
    return True


def expects_pin(
    tx: Tx, keys: Keyring, service_id: uuid.UUID, address: str, channel: str = USSD
) -> bool:
    """Whether the last reply to this address asked for what is done with a PIN."""
    row = tx.one(
        "SELECT expects_pin FROM conversation WHERE tenant_id = current_tenant()"
        " AND service_id = %s AND address_lookup = %s",
        (service_id, keys.lookup(channel, address)),
    )
    return bool(row and row[0])


@dataclass(frozen=True, slots=True)
class LastContact:
    """How an address at a service is known there, and when a message of theirs last came in."""

    channel: str
    at: datetime | None


def last_contact(tx: Tx, service_id: uuid.UUID, address_lookup: bytes) -> LastContact | None:
    """None where nobody with that address has ever written to the service. `address_lookup` is the
    keyed hash of the address."""
    row = tx.one(
        "SELECT address_channel, last_inbound_at FROM conversation"
        " WHERE tenant_id = current_tenant() AND service_id = %s AND address_lookup = %s",
        (service_id, address_lookup),
    )
    return LastContact(*row) if row else None


# --- working them -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Held:
    """A conversation that this worker works: with `address` on a `channel` of addresses."""

    id: uuid.UUID
    service_id: uuid.UUID
    lease_until: datetime
    channel: str
    address: str = field(repr=False)


_HOLD = (
    "UPDATE conversation v SET lease_until = clock_timestamp() + make_interval(secs => %(lease_s)s)"
    " {} AND v.tenant_id = current_tenant()"
    " AND (v.lease_until IS NULL OR v.lease_until < clock_timestamp())"
    " RETURNING v.service_id, v.lease_until, v.address_channel, v.address_sealed"
)
_HOLD_ONE = _HOLD.format("WHERE v.id = %(id)s")
_CLAIM_AND_HOLD = (
    f"WITH c AS ({outbox.CLAIM}),"
    f" h AS ({_HOLD.format('FROM c WHERE v.id = c.subject_id')})"
    " SELECT c.*, h.* FROM c LEFT JOIN h ON true"
)


def hold(tx: Tx, keys: Keyring, conversation_id: uuid.UUID, *, lease_s: float) -> Held | None:
    """Take a conversation to work on; None while another worker has it."""
    row = tx.one(_HOLD_ONE, {"lease_s": lease_s, "id": conversation_id})
    return _held(keys, conversation_id, row) if row is not None else None


def claim_and_hold(
    tx: Tx | Autocommit, keys: Keyring, outbox_id: uuid.UUID, *, lease_s: float
) -> tuple[Claim, Held | None] | None:
    """Claim a row and take the conversation that it is about, in one statement: None as
    `outbox.claim`, and no conversation while another worker has it. Asked twice, the second finds
    what the first did."""
    rows = tx.all(_CLAIM_AND_HOLD, {"lease_s": lease_s, "id": outbox_id})
    if not rows:
        return None
    [row] = rows
    claim, found = Claim(*row[:5]), row[5:]
    return claim, _held(keys, claim.subject_id, found) if found[0] is not None else None


def _held(keys: Keyring, conversation_id: uuid.UUID, row: Row) -> Held:
    service_id, lease_until, channel, sealed = row
    address = keys.open(sealed, conversation_id.bytes)
    return Held(conversation_id, service_id, lease_until, channel, address)


def release(tx: Tx, held: Held) -> None:
    """Let a conversation go, along with the COMMIT."""
    tx.defer(
        "UPDATE conversation SET lease_until = NULL WHERE tenant_id = current_tenant()"
        " AND id = %s AND lease_until = %s",
        (held.id, held.lease_until),
    )


@dataclass(frozen=True, slots=True)
class Behind:
    """A message that waits behind the next one."""

    id: uuid.UUID
    had_pin: bool
    _sealed: bytes = field(repr=False)

    def content(self, keys: Keyring) -> Content:
        return Content.decode(keys.open(self._sealed, self.id.bytes))


@dataclass(frozen=True, slots=True)
class Waiting:
    """The next message of a conversation, and the session that it goes on in (None: a new one).
    `sessions` counts those before a new one; `behind` are the messages after it, oldest first.
    `reply_flow` is where a new one begins, since a text to many asked for it: "" is the main menu.
    `provider_message_id` is the provider's id of the message.
    """

    id: uuid.UUID
    content: Content = field(repr=False)
    had_pin: bool
    session: bytes | None = field(repr=False)
    sessions: int
    behind: tuple[Behind, ...] = ()
    reply_flow: str = ""
    provider_message_id: str = ""


def take_from_elsewhere(
    tx: Tx, keys: Keyring, held: Held | None, people: Sequence[uuid.UUID]
) -> bytes | None:
    """The session that one of these people has in another chat than `held`, which ends there: it
    goes on here. None where they have none, a worker has it, or a message waits there: that one
    answers what was asked there, and would be read at another question."""
    row = tx.one(
        "SELECT id, session_sealed FROM conversation c WHERE tenant_id = current_tenant()"
        " AND subscriber_id = ANY(%s) AND session_sealed IS NOT NULL"
        " AND id IS DISTINCT FROM %s::uuid"
        " AND session_until > now() AND (lease_until IS NULL OR lease_until < clock_timestamp())"
        " AND NOT EXISTS (SELECT FROM inbound_message m WHERE m.tenant_id = c.tenant_id"
        "  AND m.conversation_id = c.id AND m.state = 'waiting')"
        " ORDER BY session_until DESC LIMIT 1 FOR UPDATE SKIP LOCKED",
        (list(people), held.id if held is not None else None),
    )
    if row is None:
        return None
    id, sealed = row
    tx.execute(
        "UPDATE conversation SET session_sealed = NULL"
        " WHERE tenant_id = current_tenant() AND id = %s",
        (id,),
    )
    return keys.open(sealed, id.bytes).encode()


# As many of a burst are answered together at most.
BURST_MAXIMUM: Final = 20


def next_message(tx: Tx, keys: Keyring, held: Held) -> Waiting | None:
    """The oldest message that waits; None where none does."""
    rows = tx.all(
        "SELECT m.id, m.had_pin, m.content_sealed, c.sessions,"
        " CASE WHEN c.session_until > now() THEN c.session_sealed END,"
        " CASE WHEN c.reply_until > now() THEN coalesce(c.reply_flow, '') ELSE '' END,"
        " m.provider_message_id"
        " FROM conversation c JOIN inbound_message m ON m.tenant_id = c.tenant_id"
        " AND m.conversation_id = c.id AND m.state = 'waiting'"
        " WHERE c.tenant_id = current_tenant() AND c.id = %s ORDER BY m.id LIMIT %s",
        (held.id, BURST_MAXIMUM),
    )
    if not rows:
        return None
    (*_, sessions, session, reply_flow, provider_message_id), *_ = rows
    kept = keys.open(session, held.id.bytes).encode() if session is not None else None
    first, *behind = (Behind(id, had_pin, sealed) for id, had_pin, sealed, *_ in rows)
    return Waiting(
        *(first.id, first.content(keys), first.had_pin, kept, sessions, tuple(behind)),
        *(reply_flow, provider_message_id),
    )


_ANSWER = {
    failed: INBOUND_MESSAGE.advance(
        "fail" if failed else "answer",
        sets="ended_at = now()",
        where="id = ANY(%(messages)s) AND EXISTS (SELECT 1 FROM kept)",
        returning="id",
    )
    for failed in (False, True)
}
_WRITE_REPLY = (
    "WITH m AS (INSERT INTO message (tenant_id, id, conversation_id, service_id, template, params,"
    f" content_sealed) VALUES (current_tenant(), %s, %s, %s, '{REPLY}', '{{}}', %s))"
    " INSERT INTO outbox (tenant_id, id, kind, priority, subject_id)"
    " VALUES (current_tenant(), %s, %s, %s, %s)"
)


def answer(
    tx: Tx,
    keys: Keyring,
    held: Held,
    message: Waiting,
    *,
    reply: dict[str, Any],
    session: bytes | None,
    lasts_s: float,
    is_new: bool,
    expects_pin: bool,
    send_kind: str,
    failed: bool = False,
    also: Sequence[Behind] = (),
    subscriber_id: uuid.UUID | None = None,
) -> None:
    """Answer a message, in this transaction: its reply is to be sent, the session kept for
    `lasts_s` (None: forgotten), and the message is done; so are those of `behind` that it answers,
    too (`also`). `subscriber_id` is who speaks in the session. Raises LeaseLost."""
    kept = keys.seal(session.decode(), held.id.bytes) if session is not None else None
    answered = [message.id, *(each.id for each in also)]
    rows = tx.all(
        "WITH kept AS (UPDATE conversation SET session_sealed = %(session)s,"
        "  session_until = now() + make_interval(secs => %(lasts_s)s),"
        "  sessions = sessions + %(is_new)s, expects_pin = %(expects_pin)s,"
        "  subscriber_id = %(who)s::uuid"
        "  WHERE tenant_id = current_tenant() AND id = %(conversation)s"
        f"  AND lease_until = %(lease)s RETURNING id) {_ANSWER[failed]}",
        {
            "session": kept,
            "lasts_s": lasts_s,
            "is_new": int(is_new),
            "expects_pin": expects_pin,
            "who": subscriber_id,
            "conversation": held.id,
            "lease": held.lease_until,
            "messages": answered,
        },
    )
    if len(rows) != len(answered):
        raise LeaseLost
    write_reply(tx, keys, held.id, held.service_id, reply, send_kind=send_kind)


def write_reply(
    tx: Tx,
    keys: Keyring,
    conversation_id: uuid.UUID,
    service_id: uuid.UUID,
    reply: dict[str, Any],
    *,
    send_kind: str,
) -> None:
    """Have something said in a conversation, with the COMMIT."""
    reply_id = uuid7()
    sealed = keys.seal(orjson.dumps(reply).decode(), reply_id.bytes)
    tx.defer(
        _WRITE_REPLY,
        (
            *(reply_id, conversation_id, service_id, sealed),
            *(reply_id, send_kind, Priority.PROMPT.value, reply_id),  # of the same id
        ),
    )
