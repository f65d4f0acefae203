"""What must happen after a transaction: a row written with the fact that causes it.

    waiting ──► queued ──► working ──► done
       ▲           │          │  └───► dead     (tried too often: somebody must look)
       └───────────┴──────────┘

The relay queues what is due, a worker claims what it was given by compare-and-set; both hold it on
a lease, past which it is queued again. The lease is also the token of the claim: whoever lost it
changes nothing any more.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime

from core.db.database import Tx
from values.ids import uuid7

_HELD = "tenant_id = current_tenant() AND id = %s AND state = 'working' AND lease_until = %s"


@dataclass(frozen=True, slots=True)
class Due:
    """A row for a queue: ids and the kind of work, nothing else."""

    tenant_id: uuid.UUID
    id: uuid.UUID
    kind: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A worker's hold on a row. `attempts` counts this one."""

    outbox_id: uuid.UUID
    subject_id: uuid.UUID
    attempts: int
    lease_until: datetime


def write(tx: Tx, *, kind: str, subject_id: uuid.UUID, delay_s: float = 0) -> uuid.UUID:
    """Record that `kind` is to be done about `subject_id`, in this transaction; sent with its
    COMMIT and due `delay_s` after it."""
    outbox_id = uuid7()
    tx.defer(
        "INSERT INTO outbox (tenant_id, id, kind, subject_id, available_at)"
        " VALUES (current_tenant(), %s, %s, %s, now() + make_interval(secs => %s))",
        (outbox_id, kind, subject_id, delay_s),
    )
    return outbox_id


# --- the relay: all tenants, as piga_relay ----------------------------------------------------


def take_due(tx: Tx, kinds: list[str], *, limit: int, lease_s: float) -> list[Due]:
    """Mark up to `limit` rows that are due as queued, oldest first, and answer them.

    Rows that another relay is taking are passed over; rows of unknown kinds wait for a release
    that knows them. One statement on the partial index of what is not done.
    """
    rows = tx.all(
        "UPDATE outbox o SET state = 'queued', lease_until = now() + make_interval(secs => %s)"
        " FROM (SELECT tenant_id, id FROM outbox"
        " WHERE state IN ('waiting', 'queued', 'working') AND available_at <= now()"
        " AND (state = 'waiting' OR lease_until <= now()) AND kind = ANY (%s)"
        " ORDER BY available_at LIMIT %s FOR UPDATE SKIP LOCKED) AS due"
        " WHERE o.tenant_id = due.tenant_id AND o.id = due.id"
        " RETURNING o.tenant_id, o.id, o.kind",
        (lease_s, kinds, limit),
    )
    return [Due(*row) for row in rows]


def queue_was_lost(tx: Tx) -> int:
    """Redis lost its memory: everything queued is due at once. Answers how many rows."""
    return tx.execute(
        "UPDATE outbox SET lease_until = now()"
        " WHERE state = 'queued' AND lease_until > now() AND available_at <= now()"
    ).rowcount


def delete_done(tx: Tx, *, older_than_days: int, limit: int) -> int:
    """Forget what was done long ago; what is dead stays until somebody looked."""
    return tx.execute(
        "DELETE FROM outbox WHERE (tenant_id, id) IN (SELECT tenant_id, id FROM outbox"
        " WHERE state = 'done' AND done_at < now() - make_interval(days => %s) LIMIT %s)",
        (older_than_days, limit),
    ).rowcount


# --- a worker: one tenant, as piga_app --------------------------------------------------------

# Due now and not held by anybody. Also a row that is still `waiting`: its job may be in the queue
# before the relay's COMMIT was answered.
CLAIM = (
    "UPDATE outbox SET state = 'working', attempts = attempts + 1,"
    " lease_until = clock_timestamp() + make_interval(secs => %s)"
    " WHERE tenant_id = current_tenant() AND id = %s AND available_at <= now()"
    " AND (state IN ('waiting', 'queued') OR (state = 'working' AND lease_until <= now()))"
    " RETURNING id, subject_id, attempts, lease_until"
)


def claim(tx: Tx, outbox_id: uuid.UUID, *, lease_s: float) -> Claim | None:
    """Take a row to work on; None when it is done, held by another, or not due."""
    row = tx.one(CLAIM, (lease_s, outbox_id))
    return Claim(*row) if row else None


def done(tx: Tx, outbox_id: uuid.UUID) -> None:
    """It has happened. True whoever says so, and for good."""
    tx.execute(
        "UPDATE outbox SET state = 'done', done_at = now(), lease_until = NULL"
        " WHERE tenant_id = current_tenant() AND id = %s AND state <> 'done'",
        (outbox_id,),
    )


def again(tx: Tx, held: Claim, *, delay_s: float, tried: bool = True) -> None:
    """Put a row back, due in `delay_s`. Not `tried` gives the attempt back."""
    tx.execute(
        "UPDATE outbox SET state = 'waiting', lease_until = NULL, attempts = attempts - %s,"
        f" available_at = now() + make_interval(secs => %s) WHERE {_HELD}",
        (0 if tried else 1, delay_s, held.outbox_id, held.lease_until),
    )


def dead(tx: Tx, held: Claim) -> None:
    """Give up on a row."""
    tx.execute(
        f"UPDATE outbox SET state = 'dead', done_at = now(), lease_until = NULL WHERE {_HELD}",
        (held.outbox_id, held.lease_until),
    )
