"""A broadcast becomes texts, a batch in a transaction: who has theirs is written down with it.

    lock it ─► its next recipients ─► their conversations, texts and rows of the outbox ─► COMMIT

Killed anywhere, a batch is written in whole or not at all, and the next one goes on behind it:
nobody is written to twice, and nobody is left out.
"""

import uuid
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from core.broadcasts.broadcasts import Broadcast
from core.broadcasts.recipients import Recipient, Writer, sender_of, waiting
from core.broadcasts.words import Measure
from core.db.database import Tx
from core.messaging.delivery import SEND_TEXT
from core.people.people import USSD
from core.security.keyring import Keyring
from values.ids import uuid7
from values.messages import Priority

TEMPLATE: Final = "broadcast"
UNREADABLE: Final = "unreadable"
BATCH: Final = 250
# As many of a tenant's texts to many wait in the outbox at most; the rest waits here. So a pause
# takes back no more than these, and the outbox stays small.
WAITING_TEXTS_MAXIMUM: Final = 2_000


@dataclass(frozen=True, slots=True)
class Written:
    """A text of one recipient; `address` is E.164."""

    to: Recipient
    id: uuid.UUID
    address: str = field(repr=False)
    words: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Texts:
    """A batch: recipients by their numbers with what becomes of each."""

    written: list[Written]
    shared: list[tuple[Recipient, uuid.UUID]]  # the text of another at the same number
    skipped: list[tuple[Recipient, str]]  # and why


def write_batch(tx: Tx, keys: Keyring, found: Broadcast, writer: Writer, measure: Measure) -> int:
    """Write the next texts of a broadcast that the caller has locked; answers how many recipients
    were done. 0: there are no more."""
    sender = sender_of(writer.service)
    some = waiting(tx, found.id, sender, limit=BATCH)
    if not some:
        return 0
    texts = _texts(tx, found, writer, measure, some)
    conversations = _conversations(tx, keys, found, texts.written)
    _write(tx, keys, found, texts, conversations)
    _note(tx, found.id, texts)
    return len(some)


def texts_waiting(tx: Tx) -> int:
    """How many of the tenant's texts to many wait in the outbox, of any broadcast; counted no
    further than the maximum."""
    row = tx.one(
        "SELECT count(*) FROM (SELECT FROM outbox WHERE tenant_id = current_tenant()"
        " AND priority = %s AND kind = %s AND state IN ('waiting', 'queued', 'working')"
        " LIMIT %s) w",
        (Priority.BULK.value, SEND_TEXT, WAITING_TEXTS_MAXIMUM),
    )
    return int(row[0]) if row else 0


def is_under_way(tx: Tx, broadcast_id: uuid.UUID) -> bool:
    """Whether a text of it has still to leave."""
    row = tx.one(
        "SELECT 1 FROM outbox o WHERE o.tenant_id = current_tenant() AND o.priority = %s"
        " AND o.kind = %s AND o.state IN ('waiting', 'queued', 'working') AND EXISTS (SELECT"
        "  FROM broadcast_recipient r WHERE r.tenant_id = o.tenant_id"
        "  AND r.message_id = o.subject_id AND r.broadcast_id = %s) LIMIT 1",
        (Priority.BULK.value, SEND_TEXT, broadcast_id),
    )
    return row is not None


def _texts(
    tx: Tx, found: Broadcast, writer: Writer, measure: Measure, some: list[Recipient]
) -> Texts:
    texts = Texts([], [], [])
    by_number = {} if writer.words.names_people else _written_to(tx, found.id, some)
    for one in some:
        if one.why_not:
            texts.skipped.append((one, one.why_not))
            continue
        assert one.lookup is not None
        if one.lookup in by_number:
            texts.shared.append((one, by_number[one.lookup]))
            continue
        try:
            text = Written(one, uuid7(), one.address(writer.keys), measure.form(writer.text(one)))
        except ValueError:
            texts.skipped.append((one, UNREADABLE))
            continue
        texts.written.append(text)
        if not writer.words.names_people:
            by_number[one.lookup] = text.id
    return texts


def _written_to(tx: Tx, broadcast_id: uuid.UUID, some: list[Recipient]) -> dict[bytes, uuid.UUID]:
    """The texts that numbers of these have from this broadcast already."""
    rows = tx.all(
        "SELECT address_lookup, message_id FROM broadcast_recipient"
        " WHERE tenant_id = current_tenant() AND broadcast_id = %s AND address_lookup = ANY (%s)"
        " AND message_id IS NOT NULL",
        (broadcast_id, [one.lookup for one in some if one.lookup is not None]),
    )
    return dict(rows)


def _conversations(
    tx: Tx, keys: Keyring, found: Broadcast, written: list[Written]
) -> dict[bytes, uuid.UUID]:
    """The conversations at these numbers, by their keyed hashes: a reply begins the flow that the
    last broadcast names, or none."""
    new: dict[bytes, tuple[uuid.UUID, bytes]] = {}
    for text in written:
        assert text.to.lookup is not None
        if text.to.lookup not in new:
            id = uuid.uuid4()
            new[text.to.lookup] = id, keys.seal(text.address, id.bytes)
    in_order = sorted(new)  # two broadcasts at once lock them in one order
    rows = tx.all(
        "INSERT INTO conversation (tenant_id, id, service_id, address_channel, address_lookup,"
        " address_sealed, reply_flow, reply_until)"
        f" SELECT current_tenant(), u.id, %(service)s, '{USSD}', u.lookup, u.sealed, %(flow)s,"
        "  CASE WHEN %(flow)s::text IS NOT NULL"
        "   THEN now() + make_interval(days => %(days)s) END"
        " FROM unnest(%(ids)s::uuid[], %(lookups)s::bytea[], %(sealed)s::bytea[])"
        "  u (id, lookup, sealed)"
        " ON CONFLICT (tenant_id, service_id, address_lookup) DO UPDATE"
        " SET reply_flow = excluded.reply_flow, reply_until = excluded.reply_until"
        " RETURNING address_lookup, id",
        {
            "service": found.service_id,
            "flow": found.reply_flow,
            "days": found.reply_days,
            "ids": [new[lookup][0] for lookup in in_order],
            "lookups": in_order,
            "sealed": [new[lookup][1] for lookup in in_order],
        },
    )
    return dict(rows)


def _write(
    tx: Tx, keys: Keyring, found: Broadcast, texts: Texts, conversations: dict[bytes, uuid.UUID]
) -> None:
    ids: list[uuid.UUID] = []
    sealed: list[bytes] = []
    where: list[uuid.UUID] = []
    for text in texts.written:
        assert text.to.lookup is not None
        ids.append(text.id)
        sealed.append(keys.seal(orjson.dumps({"text": text.words}).decode(), text.id.bytes))
        where.append(conversations[text.to.lookup])
    tx.execute(
        "WITH m AS (INSERT INTO message (tenant_id, id, conversation_id, service_id, template,"
        f"  params, content_sealed) SELECT current_tenant(), u.id, u.at, %s, '{TEMPLATE}', '{{}}',"
        "  u.words FROM unnest(%s::uuid[], %s::uuid[], %s::bytea[]) u (id, at, words))"
        " INSERT INTO outbox (tenant_id, id, kind, priority, subject_id)"
        f" SELECT current_tenant(), u.id, '{SEND_TEXT}', %s, u.id FROM unnest(%s::uuid[]) u (id)",
        (found.service_id, ids, where, sealed, Priority.BULK.value, ids),
    )


def _note(tx: Tx, broadcast_id: uuid.UUID, texts: Texts) -> None:
    rows: list[tuple[Any, ...]] = []
    for text in texts.written:
        rows.append((text.to.number, text.to.lookup, text.id, "written", None))
    rows += [(one.number, one.lookup, id, "written", None) for one, id in texts.shared]
    rows += [(one.number, one.lookup, None, "skipped", why) for one, why in texts.skipped]
    numbers, lookups, ids, states, reasons = (list(column) for column in zip(*rows, strict=True))
    tx.execute(
        "UPDATE broadcast_recipient r SET address_lookup = u.lookup, message_id = u.message_id,"
        " state = u.state, reason = u.reason FROM unnest(%s::integer[], %s::bytea[], %s::uuid[],"
        " %s::text[], %s::text[]) u (number, lookup, message_id, state, reason)"
        " WHERE r.tenant_id = current_tenant() AND r.broadcast_id = %s AND r.number = u.number",
        (numbers, lookups, ids, states, reasons, broadcast_id),
    )
