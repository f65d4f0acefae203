"""What must happen after a transaction: a row written with the fact that causes it.

    waiting ──► queued ──► working ──► done
       ▲           │          │  └───► dead     (tried too often: somebody must look)
       └───────────┴──────────┘

The relay queues what is due, a worker claims what it was given by compare-and-set; both hold it on
a lease, past which it is queued again. The lease is also the token of the claim: who lost it
changes nothing any more.
"""

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.db.database import Tx
from values.ids import uuid7
from values.messages import Priority

# Rows that are named by their ids are found by these, however long the line is. So what is asked of
# their state is not said in the words of the partial index of what is not done: statistics are of
# before a burst, and whoever believes them reads all of a tenant's line for each row.
IS_WORKING = "state NOT IN ('waiting', 'queued', 'done', 'dead')"
# Due now and not held by anybody. Also a row that is still `waiting`: its job may be in the queue
# before the relay's COMMIT was answered.
IS_FREE = (
    "available_at <= now() AND state NOT IN ('done', 'dead')"
    " AND (state <> 'working' OR lease_until <= now())"
)

_HELD = f"tenant_id = current_tenant() AND id = %s AND {IS_WORKING} AND lease_until = %s"


@dataclass(frozen=True, slots=True)
class Due:
    """A row for a queue: ids and the kind of work, nothing else."""

    tenant_id: uuid.UUID
    id: uuid.UUID
    kind: str
    priority: int = Priority.RECEIPT.value


@dataclass(frozen=True, slots=True)
class Room:
    """For how many rows there is room down to this priority, those more urgent counted in, and of
    which kinds they may be. What goes to a queue of its own is counted `apart`."""

    priority: int
    kinds: tuple[str, ...]
    limit: int
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """A worker's hold on a row. `attempts` counts this one."""

    outbox_id: uuid.UUID
    subject_id: uuid.UUID
    attempts: int
    lease_until: datetime
    priority: int


def write(
    tx: Tx,
    *,
    kind: str,
    subject_id: uuid.UUID,
    delay_s: float = 0,
    priority: int = Priority.RECEIPT.value,
) -> uuid.UUID:
    """Record that `kind` is to be done about `subject_id`, in this transaction; sent with its
    COMMIT and due `delay_s` after it. `priority` is one of `Priority`."""
    outbox_id = uuid7()
    tx.defer(
        "INSERT INTO outbox (tenant_id, id, kind, priority, subject_id, available_at)"
        " VALUES (current_tenant(), %s, %s, %s, %s, now() + make_interval(secs => %s))",
        (outbox_id, kind, priority, subject_id, delay_s),
    )
    return outbox_id


# --- the relay: all tenants, as piga_relay ----------------------------------------------------


_LIVE = "state IN ('waiting', 'queued', 'working')"
# As in the index. What waits has no lease.
_DUE_AT = "greatest(available_at, lease_until)"
_IS_DUE = f"{_LIVE} AND {_DUE_AT} <= now()"
# From tenant to tenant through the index, however many rows each of them has.
IN_LINE = (
    "WITH RECURSIVE line AS ("
    f" (SELECT priority, tenant_id FROM outbox WHERE {_LIVE} ORDER BY priority, tenant_id LIMIT 1)"
    " UNION ALL SELECT n.* FROM line l CROSS JOIN LATERAL ("
    f"  SELECT priority, tenant_id FROM outbox WHERE {_LIVE}"
    "   AND (priority, tenant_id) > (l.priority, l.tenant_id)"
    "   ORDER BY priority, tenant_id LIMIT 1) n)"
    " SELECT l.priority, l.tenant_id FROM line l CROSS JOIN LATERAL ("
    f"  SELECT {_DUE_AT} AS due_at FROM outbox"
    f"  WHERE priority = l.priority AND tenant_id = l.tenant_id AND {_IS_DUE} AND kind = ANY (%s)"
    f"  ORDER BY {_DUE_AT} LIMIT 1) d"
    " ORDER BY l.priority, d.due_at"
)
TAKE = (
    "WITH due AS MATERIALIZED ("
    " SELECT d.*, row_number() OVER (PARTITION BY d.tenant_id ORDER BY d.due_at) AS place"
    " FROM unnest(%s::uuid[]) WITH ORDINALITY t (tenant_id, turn) CROSS JOIN LATERAL ("
    f"  SELECT tenant_id, id, {_DUE_AT} AS due_at, t.turn FROM outbox"
    f"  WHERE priority = %s AND tenant_id = t.tenant_id AND {_IS_DUE} AND kind = ANY (%s)"
    f"  ORDER BY {_DUE_AT} LIMIT %s FOR UPDATE SKIP LOCKED) d),"
    " taken AS (UPDATE outbox o"
    "  SET state = 'queued', lease_until = now() + make_interval(secs => %s)"
    "  FROM due WHERE o.tenant_id = due.tenant_id AND o.id = due.id"
    "  RETURNING o.tenant_id, o.id, o.kind, o.priority, due.place, due.turn)"
    " SELECT tenant_id, id, kind, priority FROM taken ORDER BY place, turn"
)


def take_due(tx: Tx, rooms: Sequence[Room], *, lease_s: float) -> list[Due]:
    """Mark rows that are due as queued, and answer them in the order in which they are to be done.

    The most urgent come first. Within a priority each tenant that has something due gets the same
    share, in turns, from its oldest; what one leaves of it goes to the others. Rows that another
    relay is taking are passed over; rows of unknown kinds wait for a release that knows them. Where
    nothing is due, it is one statement on the partial index of what is not done.
    """
    return take_from(tx, in_line(tx, rooms), rooms, lease_s=lease_s)


# Priorities and tenants that have something due, in the order in which they are served.
Line = Sequence[tuple[int, uuid.UUID]]


def in_line(tx: Tx, rooms: Sequence[Room]) -> Line:
    """Who has something due of what there is room for."""
    kinds = sorted({kind for room in rooms for kind in room.kinds})
    return [(priority, tenant) for priority, tenant in tx.all(IN_LINE, (kinds,))]


def take_from(tx: Tx, line: Line, rooms: Sequence[Room], *, lease_s: float) -> list[Due]:
    """As `take_due`, of those who were found in line."""
    taken: list[Due] = []
    for room in sorted(rooms, key=lambda room: room.priority):
        tenants = [tenant for priority, tenant in line if priority == room.priority]
        before = len(taken) if room.apart else 0
        while tenants and len(taken) - before < room.limit:
            left = room.limit - len(taken) + before
            del tenants[left:]
            share = left // len(tenants)
            params = (tenants, room.priority, list(room.kinds), share, lease_s)
            found = [Due(*row) for row in tx.all(TAKE, params)]
            taken += found
            of_each = Counter(due.tenant_id for due in found)
            tenants = [tenant for tenant in tenants if of_each[tenant] == share]
    return taken


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

CLAIM = (
    "UPDATE outbox SET state = 'working', attempts = attempts + 1,"
    " lease_until = clock_timestamp() + make_interval(secs => %(lease_s)s)"
    f" WHERE tenant_id = current_tenant() AND id = %(id)s AND {IS_FREE}"
    " RETURNING id, subject_id, attempts, lease_until, priority"
)


def claim(tx: Tx, outbox_id: uuid.UUID, *, lease_s: float) -> Claim | None:
    """Take a row to work on; None when it is done, held by another, or not due."""
    row = tx.one(CLAIM, {"lease_s": lease_s, "id": outbox_id})
    return Claim(*row) if row else None


# With the row's id: to be sent along with others.
DONE = (
    "UPDATE outbox SET state = 'done', done_at = now(), lease_until = NULL"
    " WHERE tenant_id = current_tenant() AND id = %s AND state <> 'done'"
)


def done(tx: Tx, outbox_id: uuid.UUID) -> None:
    """It has happened. True no matter who says so, and for good."""
    tx.execute(DONE, (outbox_id,))


def done_with(tx: Tx, outbox_id: uuid.UUID) -> None:
    """The same, along with the COMMIT."""
    tx.defer(DONE, (outbox_id,))


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
