"""Runs of the poller: one at a time for a tenant, by a lease; one that was killed is gone on with.

A pair is asked for once a run: it is marked before the request leaves, so that a poller that
takes the run over asks only for the rest.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.db.database import Database, Deadline, Tx
from core.rates.judging import Verdict
from core.rates.quotes import Pair
from values.ids import uuid7

# Longer than a question may take: it is renewed before each.
LEASE_S: Final = 45


@dataclass(frozen=True, slots=True)
class Plan:
    """What a tenant asks of the poller: the sources in its order, which one it compares with once a
    day (None: none), and how often it polls."""

    providers: tuple[str, ...]
    compared_with: str | None
    interval_s: int


@dataclass(frozen=True, slots=True)
class Run:
    """A run and who holds it."""

    id: uuid.UUID
    holder: uuid.UUID


def plan(tx: Tx) -> Plan | None:
    """The tenant's plan; None where it polls nothing."""
    row = tx.one(
        "SELECT providers, compared_with, interval_s FROM rate_plan"
        " WHERE tenant_id = current_tenant()"
    )
    return Plan(tuple(row[0]), row[1], row[2]) if row else None


def tenants(relay: Database) -> list[uuid.UUID]:
    """The tenants that poll."""
    with relay.transaction(None, Deadline(10)) as tx:
        return [id for (id,) in tx.all("SELECT tenant_id FROM rate_plan ORDER BY tenant_id")]


def begin(tx: Tx, *, interval_s: float) -> Run | None:
    """Begin a run, or take over one whose poller is gone; None while another polls, and until the
    interval since the last one began is over."""
    holder = uuid7()
    row = tx.one(
        "UPDATE rate_run SET holder = %s, lease_until = now() + make_interval(secs => %s)"
        " WHERE tenant_id = current_tenant() AND ended_at IS NULL AND lease_until < now()"
        " RETURNING id",
        (holder, LEASE_S),
    )
    if row is None:
        row = tx.one(
            "INSERT INTO rate_run (tenant_id, id, holder, lease_until) SELECT current_tenant(), %s,"
            " %s, now() + make_interval(secs => %s) WHERE NOT EXISTS (SELECT FROM rate_run"
            "  WHERE tenant_id = current_tenant() AND (ended_at IS NULL"
            "   OR started_at > now() - make_interval(secs => %s)))"
            " ON CONFLICT DO NOTHING RETURNING id",
            (uuid7(), holder, LEASE_S, interval_s),
        )
    return Run(row[0], holder) if row else None


def next_pair(tx: Tx, run: Run) -> Pair | None:
    """The next pair that this run is to ask for, marked as asked; None when there is none left, or
    somebody else has taken the run over."""
    row = tx.one(
        "WITH mine AS (UPDATE rate_run SET lease_until = now() + make_interval(secs => %s)"
        "  WHERE tenant_id = current_tenant() AND id = %s AND holder = %s AND ended_at IS NULL"
        "  RETURNING started_at),"
        " due AS (SELECT p.source, p.destination FROM rate_pair p, mine"
        "  WHERE p.tenant_id = current_tenant() AND p.listed"
        "  AND (p.tried_at IS NULL OR p.tried_at < mine.started_at)"
        "  ORDER BY p.tried_at NULLS FIRST, p.source, p.destination LIMIT 1)"
        " UPDATE rate_pair p SET tried_at = clock_timestamp() FROM due"
        " WHERE p.tenant_id = current_tenant() AND p.source = due.source"
        " AND p.destination = due.destination RETURNING p.source, p.destination",
        (LEASE_S, run.id, run.holder),
    )
    return Pair(*row) if row else None


def take_turn(tx: Tx, *, gap_s: float, patience_s: float) -> float | None:
    """Keep a moment for one request beside the poller's: how many seconds to wait for it. None
    where that is longer than `patience_s`, and nothing is kept."""
    row = tx.one(
        "UPDATE rate_plan"
        " SET asks_from = greatest(asks_from, now()) + make_interval(secs => %(gap)s)"
        " WHERE tenant_id = current_tenant()"
        " AND coalesce(asks_from, now()) <= now() + make_interval(secs => %(patience)s)"
        " RETURNING extract(epoch FROM asks_from - now())::float8 - %(gap)s",
        {"gap": gap_s, "patience": patience_s},
    )
    return max(0.0, row[0]) if row else None


def note_asking(tx: Tx, *, gap_s: float) -> None:
    """The poller asks now: who asks beside it waits for the gap."""
    tx.execute(
        "UPDATE rate_plan SET asks_from = greatest(asks_from, now() + make_interval(secs => %s))"
        " WHERE tenant_id = current_tenant()",
        (gap_s,),
    )


def beat(tx: Tx, run: Run) -> None:
    """Renew the lease of a run."""
    tx.execute(
        "UPDATE rate_run SET lease_until = now() + make_interval(secs => %s)"
        " WHERE tenant_id = current_tenant() AND id = %s AND holder = %s AND ended_at IS NULL",
        (LEASE_S, run.id, run.holder),
    )


def leave(tx: Tx, run: Run) -> None:
    """Leave the rest of a run to the next poller, which need not wait until the lease is over."""
    tx.execute(
        "UPDATE rate_run SET lease_until = now()"
        " WHERE tenant_id = current_tenant() AND id = %s AND holder = %s AND ended_at IS NULL",
        (run.id, run.holder),
    )


def is_open(tx: Tx) -> bool:
    """Whether some poller is in a run now."""
    return (
        tx.one("SELECT FROM rate_run WHERE tenant_id = current_tenant() AND ended_at IS NULL")
        is not None
    )


@dataclass(frozen=True, slots=True)
class Past:
    """A run, and what it came to so far; `ended_at` None while somebody is at it."""

    started_at: datetime
    ended_at: datetime | None
    accepted: int
    unchanged: int
    held: int
    failed: int


def last(tx: Tx, limit: int) -> list[Past]:
    """The last runs, the newest first."""
    rows = tx.all(
        "SELECT started_at, ended_at, accepted, unchanged, held, failed FROM rate_run"
        " WHERE tenant_id = current_tenant() ORDER BY started_at DESC LIMIT %s",
        (limit,),
    )
    return [Past(*row) for row in rows]


def count(tx: Tx, run: Run, verdict: Verdict | None) -> None:
    """Count what a pair came to; None is that no source answered."""
    column = verdict.value if verdict else "failed"
    tx.execute(
        f"UPDATE rate_run SET {column} = {column} + 1"
        " WHERE tenant_id = current_tenant() AND id = %s AND holder = %s",
        (run.id, run.holder),
    )


def end(tx: Tx, run: Run) -> dict[str, int] | None:
    """End a run and answer what it came to; None where it is somebody else's by now."""
    row = tx.one(
        "UPDATE rate_run SET ended_at = clock_timestamp() WHERE tenant_id = current_tenant()"
        " AND id = %s AND holder = %s AND ended_at IS NULL"
        " RETURNING accepted, unchanged, held, failed",
        (run.id, run.holder),
    )
    return dict(zip(("accepted", "unchanged", "held", "failed"), row, strict=True)) if row else None
