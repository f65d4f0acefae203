"""Events: noted with the fact by a trigger, delivered by a job, kept for a while to be sent again.

    waiting ──► delivered          dead, delivered, dropped ──► waiting   (replayed)
       ├──► dead       tried for three days: somebody must look
       └──► dropped    its subscription ended, or the fact is gone

An event is sent at least once: killed between the answer and its COMMIT, a worker sends it again,
with the same `webhook-id`. Events come in no promised order; each says when it was noted.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import msgspec

from core.audit.trail import record
from core.db.database import Tx
from core.events import payloads, signing
from core.events.errors import NoSuchSubscription
from core.events.kinds import TEST, VERSION, Event
from core.events.subscriptions import unsubscribe
from core.lifecycle import Lifecycle
from core.outbox import outbox
from core.outbox.outbox import Claim
from core.security.keyring import Keyring
from values import clock
from values.ids import uuid7
from values.messages import Priority

EVENT: Final = Lifecycle(
    "event",
    initial="waiting",
    transitions=[
        ["deliver", "waiting", "delivered"],
        ["give_up", "waiting", "dead"],
        ["drop", "waiting", "dropped"],
        ["replay", ["delivered", "dead", "dropped"], "waiting"],
    ],
)
JOB: Final = "event"
LISTED_MAXIMUM: Final = 200
REPLAYED_MAXIMUM: Final = 1_000
REASON_CHARS_MAXIMUM: Final = 60
# A receiver that does not answer is left alone; doubled each time.
PAUSE_FIRST_S: Final = 1.0
PAUSE_LONGEST_S: Final = 300.0


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A claimed event that is to be sent: where to, and signed with which secrets. `noted_at` is
    the fact's moment. `paused_until`: its receiver did not answer, and is left alone."""

    claim: Claim
    id: uuid.UUID
    subscription_id: uuid.UUID
    kind: str
    subject_id: uuid.UUID
    noted_at: datetime
    tenant: str
    tenant_id: uuid.UUID
    with_numbers: bool
    paused_until: datetime | None
    url: str = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)

    @property
    def webhook_id(self) -> str:
        return f"evt_{self.id.hex}"


@dataclass(frozen=True, slots=True)
class Listed:
    """An event as staff see it."""

    id: uuid.UUID
    subscription_id: uuid.UUID
    kind: str
    subject_id: uuid.UUID
    state: str
    reason: str
    created_at: datetime


def claim(tx: Tx, keys: Keyring, outbox_id: uuid.UUID, *, lease_s: float) -> Outgoing | None:
    """Claim an event to send; None where it is done, not due or in other hands. One that is not to
    be sent any more is done here."""
    held = outbox.claim(tx, outbox_id, lease_s=lease_s)
    if held is None:
        return None
    row = tx.one(
        "SELECT e.id, s.id, e.kind, e.subject_id, e.created_at, t.slug, t.id, s.with_numbers,"
        " s.paused_until, s.url_sealed, s.secret_sealed,"
        " CASE WHEN s.old_secret_until > now() THEN s.old_secret_sealed END"
        " FROM event e JOIN event_subscription s ON s.tenant_id = e.tenant_id"
        " AND s.id = e.subscription_id JOIN tenant t ON t.id = e.tenant_id"
        " WHERE e.tenant_id = current_tenant() AND e.id = %s AND e.state = 'waiting'"
        " AND s.state = 'on'",
        (held.subject_id,),
    )
    if row is None:
        _end(tx, "drop", held.subject_id, "unsubscribed")
        outbox.done(tx, held.outbox_id)
        return None
    bound_to = row[1].bytes
    url, *secrets = (keys.open(each, bound_to) for each in row[9:] if each is not None)
    id, subscription_id, kind, subject_id, noted_at, tenant, tenant_id = row[:7]
    with_numbers, paused_until = row[7:9]
    return Outgoing(
        *(held, id, subscription_id, kind, subject_id, noted_at, tenant, tenant_id, with_numbers),
        paused_until=paused_until,
        url=url,
        secrets=tuple(secrets),
    )


def body(tx: Tx, keys: Keyring, event: Outgoing) -> bytes:
    """What is posted, as JSON. Raises Gone."""
    said = payloads.read(tx, keys, event.kind, event.subject_id, with_numbers=event.with_numbers)
    return msgspec.json.encode(
        Event(
            id=event.webhook_id,
            type=event.kind,
            version=VERSION,
            timestamp=event.noted_at,
            source=event.kind.partition(".")[0],
            tenant=event.tenant,
            tenant_id=event.tenant_id,
            metadata=said.metadata(event.subject_id),
            data=msgspec.Raw(msgspec.json.encode(said)),
        )
    )


def signed(event: Outgoing, body: bytes) -> dict[str, str]:
    """The headers of one try: its timestamp is that of the try."""
    now_s = int(clock.epoch_s())
    return {
        "content-type": "application/json",
        "user-agent": "Piga",
        **signing.headers(event.secrets, event_id=event.webhook_id, timestamp_s=now_s, body=body),
    }


# --- what became of a try -----------------------------------------------------------------------


def delivered(tx: Tx, event: Outgoing, reason: str) -> None:
    """The receiver has it."""
    _end(tx, "deliver", event.id, reason)
    outbox.done(tx, event.claim.outbox_id)
    tx.execute(
        "UPDATE event_subscription SET failures = 0, paused_until = NULL"
        " WHERE tenant_id = current_tenant() AND id = %s AND failures > 0",
        (event.subscription_id,),
    )


def again(tx: Tx, event: Outgoing, reason: str, *, delay_s: float, at_least_s: float) -> None:
    """It was not taken: again in `delay_s`. The receiver is left alone with all others meanwhile,
    each time twice as long, and `at_least_s`."""
    outbox.again(tx, event.claim, delay_s=delay_s)
    tx.execute(
        "UPDATE event SET reason = %s WHERE tenant_id = current_tenant() AND id = %s"
        " AND state = 'waiting'",
        (reason[:REASON_CHARS_MAXIMUM], event.id),
    )
    tx.execute(
        "UPDATE event_subscription SET failures = failures + 1,"
        " paused_until = now() + make_interval(secs => greatest(%s, least(%s, %s * 2 ^"
        "  least(failures, 20))))"
        " WHERE tenant_id = current_tenant() AND id = %s",
        (at_least_s, PAUSE_LONGEST_S, PAUSE_FIRST_S, event.subscription_id),
    )


def wait(tx: Tx, event: Outgoing, *, delay_s: float) -> None:
    """Its receiver is left alone: not a try."""
    outbox.again(tx, event.claim, delay_s=delay_s, tried=False)


def give_up(tx: Tx, event: Outgoing, reason: str = "") -> None:
    """It is dead: listed, and sent again only when somebody says so. Without a reason the last
    one stays."""
    _end(tx, "give_up", event.id, reason)
    outbox.done(tx, event.claim.outbox_id)


def drop(tx: Tx, event: Outgoing, reason: str) -> None:
    """Nobody wants it, or there is nothing to tell."""
    _end(tx, "drop", event.id, reason)
    outbox.done(tx, event.claim.outbox_id)


def gone(tx: Tx, event: Outgoing) -> None:
    """The receiver answered that it is gone for good: the subscription ends."""
    outbox.done(tx, event.claim.outbox_id)
    try:
        unsubscribe(tx, event.subscription_id, actor="receiver", reason="gone")
    except NoSuchSubscription:  # ended meanwhile
        _end(tx, "drop", event.id, "gone")


def _end(tx: Tx, trigger: str, event_id: uuid.UUID, reason: str) -> None:
    sets = "reason = coalesce(nullif(%s, ''), reason), ended_at = now()"
    tx.execute(
        EVENT.advance(trigger, sets=sets, where="id = %s"),
        (reason[:REASON_CHARS_MAXIMUM], event_id),
    )


# --- looking, and again -------------------------------------------------------------------------


def newest(tx: Tx, *, state: str = "") -> list[Listed]:
    """The tenant's events, the newest first; only those in `state` where it is given."""
    rows = tx.all(
        "SELECT id, subscription_id, kind, subject_id, state, coalesce(reason, ''), created_at"
        " FROM event WHERE tenant_id = current_tenant() AND (%s = '' OR state = %s)"
        f" ORDER BY created_at DESC, id LIMIT {LISTED_MAXIMUM}",
        (state, state),
    )
    return [Listed(*row) for row in rows]


def page(tx: Tx, *, after: uuid.UUID | None, limit: int, kind: str = "") -> list[Listed]:
    """The tenant's events, the newest first, from behind one on; of one kind where it is given."""
    rows = tx.all(
        "SELECT id, subscription_id, kind, subject_id, state, coalesce(reason, ''), created_at"
        " FROM event WHERE tenant_id = current_tenant()"
        " AND (%(after)s::uuid IS NULL OR (created_at, id) < (SELECT a.created_at, a.id"
        "  FROM event a WHERE a.tenant_id = current_tenant() AND a.id = %(after)s))"
        " AND (%(kind)s = '' OR kind = %(kind)s)"
        " ORDER BY created_at DESC, id DESC LIMIT %(limit)s",
        {"after": after, "kind": kind, "limit": limit},
    )
    return [Listed(*row) for row in rows]


def replay(tx: Tx, event_ids: Sequence[uuid.UUID], *, actor: str) -> int:
    """Send events again that are past: under their own ids, to subscriptions that are on. Answers
    how many; one that still waits is not one."""
    rows = tx.all(
        EVENT.advance(
            "replay",
            sets="ended_at = NULL, reason = NULL",
            where="id = ANY (%s) AND EXISTS (SELECT FROM event_subscription s"
            " WHERE s.tenant_id = event.tenant_id AND s.id = event.subscription_id"
            " AND s.state = 'on')",
            returning="id",
        ),
        (list(event_ids),),
    )
    for (id,) in rows:
        outbox.write(tx, kind=JOB, subject_id=id, priority=Priority.RECEIPT.value)
        record(tx, actor, "replay event", id, {})
    return len(rows)


def dead(tx: Tx, limit: int = REPLAYED_MAXIMUM) -> list[uuid.UUID]:
    """Those that were given up, oldest first."""
    rows = tx.all(
        "SELECT id FROM event WHERE tenant_id = current_tenant() AND state = 'dead'"
        " ORDER BY created_at, id LIMIT %s",
        (limit,),
    )
    return [id for (id,) in rows]


def probe(tx: Tx, subscription_id: uuid.UUID) -> uuid.UUID:
    """Have an event sent that tells of nothing. A later one is the same again. Answers its id.
    Raises NoSuchSubscription."""
    row = tx.one(
        "INSERT INTO event AS e (tenant_id, id, subscription_id, kind, subject_id)"
        " SELECT s.tenant_id, %s, s.id, %s, s.id FROM event_subscription s"
        " WHERE s.tenant_id = current_tenant() AND s.id = %s AND s.state = 'on'"
        " ON CONFLICT (tenant_id, subscription_id, kind, subject_id) DO UPDATE"
        " SET state = 'waiting', reason = NULL, ended_at = NULL, created_at = now()"
        " RETURNING e.id",
        (uuid7(), TEST, subscription_id),
    )
    if row is None:
        raise NoSuchSubscription
    found: uuid.UUID = row[0]
    outbox.write(tx, kind=JOB, subject_id=found, priority=Priority.RECEIPT.value)
    return found


def get(tx: Tx, event_id: uuid.UUID) -> Listed | None:
    row = tx.one(
        "SELECT id, subscription_id, kind, subject_id, state, coalesce(reason, ''), created_at"
        " FROM event WHERE tenant_id = current_tenant() AND id = %s",
        (event_id,),
    )
    return Listed(*row) if row else None
