"""Reading a rate: from memory, else from Postgres; and a stale one is fetched again, once for all
who find it stale. Nobody waits for a source while any rate is known.

One function for the phone, the API and what is pushed. The phone has its turn's transaction
already, and no memory beside it.
"""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Final, Protocol

from core.db.database import Tx
from core.outbox import outbox
from core.rates.pairs import Rate, ask_for_refresh, served
from core.rates.quotes import Pair
from values import clock
from values.messages import Priority

REFRESH: Final = "refresh_rate"


class Memory(Protocol):
    """Rates kept for a while; it may lose any of them, and be away. `first` answers True once a
    while for a pair."""

    def get(self, tenant_id: uuid.UUID, pairs: Sequence[Pair]) -> Mapping[Pair, Rate]: ...

    def put(self, tenant_id: uuid.UUID, rates: Iterable[Rate]) -> None: ...

    def first(self, tenant_id: uuid.UUID, pair: Pair) -> bool: ...


Transaction = Callable[[], AbstractContextManager[Tx]]


def current(
    transaction: Transaction,
    pairs: Sequence[Pair],
    *,
    tenant_id: uuid.UUID,
    memory: Memory | None = None,
) -> dict[Pair, Rate]:
    """The rates of these pairs that are known, each with its age, however old."""
    now = clock.now()
    found = dict(memory.get(tenant_id, pairs)) if memory is not None else {}
    # What is stale in memory may be fresh in Postgres: a worker that fetches has no memory.
    missing = [pair for pair in pairs if pair not in found or found[pair].is_stale(now)]
    if missing:
        with transaction() as tx:
            read = served(tx, missing)
        found |= read
        if memory is not None and read:
            memory.put(tenant_id, read.values())
    stale = [rate for rate in found.values() if rate.is_stale(now)]
    if memory is not None:
        stale = [rate for rate in stale if memory.first(tenant_id, rate.pair)]
    if stale:
        with transaction() as tx:
            for rate in stale:
                have_refreshed(tx, rate)
    return found


def have_refreshed(tx: Tx, rate: Rate) -> None:
    """Have a stale rate fetched, unless somebody has by now."""
    if ask_for_refresh(tx, rate.pair):
        outbox.write(tx, kind=REFRESH, subject_id=rate.id, priority=Priority.PROMPT.value)


def pair_of(tx: Tx, rate_id: uuid.UUID) -> Pair | None:
    """The pair whose rate a row of the history is."""
    row = tx.one(
        "SELECT source, destination FROM rate WHERE tenant_id = current_tenant() AND id = %s",
        (rate_id,),
    )
    return Pair(*row) if row else None


def age_s(rate: Rate, now: datetime) -> int:
    """For how many seconds nobody has said so."""
    return max(0, int((now - rate.fetched_at).total_seconds()))
