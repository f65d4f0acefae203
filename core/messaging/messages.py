"""Texts to people: written with the fact that causes them, sent by a worker, once.

A text is marked `sending`, and that is committed, right before its request leaves. So a worker that
finds it `queued` knows that nothing left, and one that finds it `sending` after its worker died
knows that it may have: it becomes `unknown`, and only a delivery report resolves that.
"""

import contextlib
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import orjson

from core.db.autocommit import Autocommit
from core.db.connection import BINARY, TEXT, Prepared
from core.db.database import Tx
from core.messaging.delivery import (
    INSTEAD,
    MESSAGE,
    SEND_TEXT,
    lock_id,
    lock_number,
    match_report,
    raise_status,
    record_provider_id,
    record_taken,
)
from core.outbox import outbox
from core.outbox.outbox import Claim
from core.people import numbers
from core.people.people import PEOPLE_A_PHONE_MAXIMUM, USSD
from core.security.keyring import Keyring
from values import clock, names
from values.ids import floor_of, made_at, uuid7
from values.messages import Message, Priority

# Its row in the outbox has the same id.
_WRITE = Prepared(
    b"piga_write_text",
    (
        "WITH m AS (INSERT INTO message (tenant_id, id, subscriber_id, service_id, template,"
        "  params, entry_id) VALUES (current_tenant(), $1, $2, $3, $4, $5, $6))"
        " INSERT INTO outbox (tenant_id, id, kind, priority, subject_id)"
        f" VALUES (current_tenant(), $1, '{SEND_TEXT}', $7, $1)"
    ).encode(),
    (BINARY, BINARY, BINARY, TEXT, TEXT, BINARY, TEXT),
)


def write_text(
    tx: Tx,
    *,
    subscriber_id: uuid.UUID,
    service_id: uuid.UUID,
    message: Message,
    until: datetime | None = None,
    entry_id: uuid.UUID | None = None,
    to: bytes | None = None,
    new_sim_s: int = 0,
    priority: Priority | None = None,
    instead: uuid.UUID | None = None,
) -> uuid.UUID:
    """Record that a person is to be texted, in this transaction; sent with its COMMIT, to the
    number that is in use by then.

    After `until` the message is of no use, and is not sent. `entry_id` is the entry that it tells
    of. `to` is the keyed hash of the one number of theirs that it is for, be it taken out by now.
    A number whose SIM changed within the last `new_sim_s` seconds does not get it. `priority` is
    that of the message unless it is given: BULK for one of many at once. Where it does not reach
    anybody, or nobody knows, it goes once more from the service `instead`. Answers its id.
    """
    message_id = uuid7()
    params = message.pack()
    if until is not None:
        params["$until"] = until.isoformat()
    if to is not None:
        params["$to"] = to.hex()
    if new_sim_s:
        params["$new_sim_s"] = new_sim_s
    if instead is not None:
        params[INSTEAD] = str(instead)
    tx.defer_run(
        _WRITE,
        (
            *(message_id.bytes, subscriber_id.bytes, service_id.bytes),
            *(message.name.encode(), orjson.dumps(params)),
            None if entry_id is None else entry_id.bytes,
            b"%d" % (message.priority if priority is None else priority).value,
        ),
    )
    return message_id


def content_of(tx: Tx, keys: Keyring, message_id: uuid.UUID) -> dict[str, Any] | None:
    """A reply as it stands, by its id; None where there is none, or its words were erased."""
    row = tx.one(
        "SELECT content_sealed FROM message WHERE tenant_id = current_tenant() AND id = %s",
        (message_id,),
    )
    if row is None or not row[0]:
        return None
    content: dict[str, Any] = orjson.loads(keys.open(row[0], message_id.bytes))
    return content


# --- sending it -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A claimed text with what is needed to send it, to a person or into a conversation. What is
    sealed of its `owner_id` is bound to that; `number_sealed` is None when they have no number (any
    more), `content_sealed` unless it is a reply."""

    claim: Claim
    id: uuid.UUID
    state: str
    template: str
    params: dict[str, Any] = field(repr=False)
    service_id: uuid.UUID
    subscriber_id: uuid.UUID | None
    conversation_id: uuid.UUID | None
    content_sealed: bytes | None = field(repr=False)
    language: str
    number_sealed: bytes | None = field(repr=False)
    address_lookup: bytes | None = field(repr=False)
    # All who have that number by now, themselves among them: ids, and names that are bound to
    # them, in the order in which they came. Empty where nobody shares it.
    sharing: list[uuid.UUID]
    names_sealed: list[bytes] = field(repr=False)
    # For how many seconds it is still to wait for what the same person is to get before it, and the
    # first of that; None where nothing is before it.
    behind_s: float | None
    behind_id: uuid.UUID | None

    def addressee(self, keys: Keyring) -> str:
        """Whom the text means, as screens show them; "" where the number is only theirs. Raises
        ValueError where a name cannot be read."""
        if self.subscriber_id is None or len(self.sharing) < 2:
            return ""
        if self.subscriber_id not in self.sharing:
            return ""  # and on a number that was taken out, nobody is named
        pairs = zip(self.names_sealed, self.sharing, strict=True)
        shown = names.shown_apart([keys.open(sealed, id.bytes) for sealed, id in pairs])
        return shown[self.sharing.index(self.subscriber_id)]

    @property
    def owner_id(self) -> uuid.UUID:
        """Whose it is: what is sealed of them is bound to it."""
        owner = self.subscriber_id or self.conversation_id
        assert owner is not None, "a row of message has the one or the other"
        return owner

    def reply(self, keys: Keyring) -> dict[str, Any] | None:
        """What is sent as it stands: {"text": words}. None where the words are made from the kind
        of message. Raises ValueError where it cannot be read."""
        if self.content_sealed is None:
            return None
        content: dict[str, Any] = orjson.loads(keys.open(self.content_sealed, self.id.bytes))
        return content

    @property
    def written_at(self) -> datetime:
        return made_at(self.id)


# Where a text goes: to the one number that it is for, or to the one in use.
_TO = (
    "SELECT a.identifier_sealed, a.lookup FROM address a WHERE a.tenant_id = current_tenant()"
    f" AND a.subscriber_id = m.subscriber_id AND a.channel = '{USSD}'"
    " AND a.lookup = decode(m.params->>'$to', 'hex')"
)
_IS_SETTLED = (
    " AND m.params->>'$to' IS NULL AND (m.params->>'$new_sim_s' IS NULL"
    "  OR a.sim_changed_at IS NULL"
    "  OR a.sim_changed_at <= now() - make_interval(secs => (m.params->>'$new_sim_s')::integer))"
)
_CONVERSES_AT = (
    "SELECT v.address_sealed, v.address_lookup FROM conversation v"
    " WHERE v.tenant_id = current_tenant() AND v.id = m.conversation_id"
)
_TEXTED_AT = (
    f"({_TO}) UNION ALL ({numbers.in_use('m.subscriber_id', also=_IS_SETTLED)})"
    f" UNION ALL ({_CONVERSES_AT})"
)
_SHARING = (
    "SELECT coalesce(array_agg(o.subscriber_id), '{}') AS ids,"
    " coalesce(array_agg(o.name_sealed), '{}') AS names FROM (SELECT a.subscriber_id, s.name_sealed"
    "  FROM address a JOIN subscriber s ON s.tenant_id = a.tenant_id AND s.id = a.subscriber_id"
    f"  WHERE a.tenant_id = current_tenant() AND a.channel = '{USSD}' AND a.lookup = t.lookup"
    "  AND a.detached_at IS NULL ORDER BY a.created_at, a.subscriber_id"
    f"  LIMIT {PEOPLE_A_PHONE_MAXIMUM}) o"
)


# What one person gets, they get in the order in which it was written: a text waits for those before
# it that are as urgent. An hour of a provider's is outlasted; what takes longer stops nothing. By
# the index of the person, or of the conversation with whom nobody knows: an index on coalesce() of
# both is not read by it where rows are a tenant's own (Postgres takes coalesce for what may leak),
# and without IS TRUE, in a young month without statistics, the ids of everybody are.
ORDER_KEPT_H: Final = 6
_EARLIER = (
    "SELECT e.id FROM message e WHERE e.tenant_id = current_tenant() AND e.{of} = m.{of}"
    " AND e.state IN ('queued', 'sending') AND (e.id < m.id) IS TRUE AND e.id >= %(since)s"
)
_BEHIND = (
    "SELECT CASE WHEN count(*) > 0"
    "  THEN greatest(extract(epoch FROM max(b.available_at) - now()), 0)::float8 END AS s,"
    " (array_agg(e.id ORDER BY e.id))[1] AS first"
    f" FROM ({_EARLIER.format(of='subscriber_id')} UNION ALL"
    f"  {_EARLIER.format(of='conversation_id')}) e"
    " CROSS JOIN LATERAL (SELECT b.available_at FROM outbox b"
    "  WHERE b.tenant_id = current_tenant() AND b.id = e.id AND b.priority <= c.priority"
    "  AND b.state NOT IN ('done', 'dead') OFFSET 0) b"
)
# OFFSET 0: row by row by its id, whatever is believed of a young month.
_CLAIM = (
    "WITH c AS (UPDATE outbox SET state = 'working', attempts = attempts + 1,"
    "  lease_until = clock_timestamp() + make_interval(secs => %(lease_s)s)"
    f"  WHERE tenant_id = current_tenant() AND id = ANY (%(ids)s) AND {outbox.IS_FREE}"
    "  RETURNING id, subject_id, attempts, lease_until, priority)"
    " SELECT c.id, c.subject_id, c.attempts, c.lease_until, c.priority, m.state, m.template,"
    " m.params, m.service_id, m.subscriber_id, m.conversation_id, m.content_sealed,"
    " coalesce(s.language, ''), t.identifier_sealed,"
    " CASE WHEN m.state = 'queued' THEN t.lookup ELSE m.sent_to END, o.ids, o.names,"
    " CASE WHEN m.state = 'queued' THEN h.s END, CASE WHEN m.state = 'queued' THEN h.first END"
    " FROM c CROSS JOIN LATERAL (SELECT * FROM message"
    "  WHERE tenant_id = current_tenant() AND id = c.subject_id OFFSET 0) m"
    " LEFT JOIN subscriber s ON s.tenant_id = m.tenant_id AND s.id = m.subscriber_id"
    f" LEFT JOIN LATERAL ({_TEXTED_AT}) t ON true CROSS JOIN LATERAL ({_SHARING}) o"
    f" CROSS JOIN LATERAL ({_BEHIND}) h ORDER BY m.id"
)


def claim(tx: Tx | Autocommit, outbox_id: uuid.UUID, *, lease_s: float) -> Outgoing | None:
    """Claim the row of a text and read the text, in one statement; None as `outbox.claim`."""
    return next(iter(claim_all(tx, [outbox_id], lease_s=lease_s)), None)


def claim_all(
    tx: Tx | Autocommit, outbox_ids: Sequence[uuid.UUID], *, lease_s: float
) -> list[Outgoing]:
    """Claim many rows of the tenant's at once: those that could be had, oldest first."""
    rows = tx.all(
        _CLAIM,
        {
            "lease_s": lease_s,
            "ids": list(outbox_ids),
            "since": floor_of(int((clock.epoch_s() - ORDER_KEPT_H * 3_600) * 1000)),
        },
    )
    return [Outgoing(Claim(*row[:5]), row[1], *row[5:]) for row in rows]


_SEND = MESSAGE.advance(
    "send",
    sets="sending_at = now(), reason = NULL, sent_to = %s, segments = %s",
    where="id = (SELECT subject_id FROM o)",
    returning="id",
)
_GIVE_BACK = MESSAGE.advance(
    "give_back",
    sets="sending_at = NULL, reason = %s",
    where="id = %s AND EXISTS (SELECT 1 FROM outbox o WHERE o.tenant_id = current_tenant()"
    " AND o.id = %s AND o.state = 'waiting')",
)


def sending(tx: Tx, text: Outgoing, *, segments: int = 1) -> bool:
    """Mark a text as being sent, in so many segments: commit, then send at once, within what is
    left of the lease. The COMMIT is sent by itself: who is killed before it has left nothing.

    False when it may not be sent: another worker holds the row by now, or has sent it.
    """
    held = text.claim
    rows = tx.all(
        "WITH o AS (SELECT subject_id FROM outbox WHERE tenant_id = current_tenant() AND id = %s"
        f" AND {outbox.IS_WORKING} AND lease_until = %s FOR UPDATE)"
        f" {_SEND}",
        (held.outbox_id, held.lease_until, text.address_lookup, segments),
    )
    return bool(rows)


def accepted(
    tx: Tx,
    text: Outgoing,
    *,
    provider: str,
    provider_message_id: str | None,
    reason: str | None = None,
) -> bool:
    """The provider took it, for a `reason` in another form than it was meant. Said again, it
    changes nothing, and answers False."""
    if provider_message_id is not None and text.subscriber_id is None:
        return record_taken(
            tx,
            text.id,
            outbox_id=text.claim.outbox_id,
            provider=provider,
            provider_message_id=provider_message_id,
            address_lookup=text.address_lookup,
            reason=reason,
        )
    with _settling(tx, text, provider, provider_message_id):
        outbox.done(tx, text.claim.outbox_id)
        return raise_status(tx, text.id, "accepted", reason=reason, taken=True)


def unknown(
    tx: Tx,
    text: Outgoing,
    *,
    reason: str,
    provider: str = "",
    provider_message_id: str | None = None,
) -> None:
    """It may have left, and nobody says what became of it: listed, and never sent again blindly."""
    with _settling(tx, text, provider, provider_message_id):
        outbox.done(tx, text.claim.outbox_id)
        raise_status(tx, text.id, "unknown", reason=reason, taken=False)


def failed(
    tx: Tx,
    text: Outgoing,
    *,
    reason: str,
    gave_up: bool = False,
    provider: str = "",
    provider_message_id: str | None = None,
) -> None:
    """It did not reach anybody, and will not. `gave_up`: somebody should look at the row."""
    with _settling(tx, text, provider, provider_message_id):
        if gave_up:
            outbox.dead(tx, text.claim)
        else:
            outbox.done(tx, text.claim.outbox_id)
        raise_status(tx, text.id, "failed", reason=reason, taken=False)


def not_sent(tx: Tx, text: Outgoing, *, reason: str, delay_s: float) -> None:
    """Nothing left, or nothing was taken: due again in `delay_s`. Only for who holds the row."""
    with _settling(tx, text):
        outbox.again(tx, text.claim, delay_s=delay_s)
        tx.execute(_GIVE_BACK, (reason, text.id, text.claim.outbox_id))


@contextlib.contextmanager
def _settling(
    tx: Tx, text: Outgoing, provider: str = "", provider_message_id: str | None = None
) -> Iterator[None]:
    """What every end of a request has in common: the locks, the provider's id, and a look whether
    a report that was ambiguous until now can be matched."""
    if text.address_lookup is not None:
        lock_number(tx, text.address_lookup)
    if provider_message_id is not None:
        lock_id(tx, provider, provider_message_id)
    yield
    if provider_message_id is not None:
        record_provider_id(tx, text.id, provider=provider, provider_message_id=provider_message_id)
    if text.address_lookup is not None:
        match_report(tx, text.address_lookup)
