"""Pairs as those see them who look after them: what is served, since when, and what is held."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from core.db.database import Tx
from core.rates.judging import change_of
from core.rates.pairs import STALE_AFTER
from core.rates.quotes import Pair, rate_of


@dataclass(frozen=True, slots=True)
class Held:
    """A rate that waits for a second fetch, or a person; `change` is relative to what is served."""

    rate: Decimal
    change: Decimal
    provider: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A pair that is polled. `rate` and its times are None before the first one."""

    pair: Pair
    rate: Decimal | None
    provider: str
    provider_at: datetime | None
    fetched_at: datetime | None
    changed_at: datetime | None
    held: Held | None

    def is_stale(self, now: datetime) -> bool:
        return self.fetched_at is None or now - self.fetched_at > STALE_AFTER


_LISTED = (
    "SELECT source, destination, source_amount, destination_amount, provider, provider_at,"
    " fetched_at, changed_at, held_source_amount, held_destination_amount, held_provider, held_at,"
    " held_reason FROM rate_pair WHERE tenant_id = current_tenant() AND listed"
)


def listed(tx: Tx) -> list[Listed]:
    """All pairs that are polled, by their codes."""
    return [_read(row) for row in tx.all(f"{_LISTED} ORDER BY source, destination")]


def find(tx: Tx, pair: Pair) -> Listed | None:
    """One of them."""
    row = tx.one(f"{_LISTED} AND source = %s AND destination = %s", (pair.source, pair.destination))
    return _read(row) if row else None


def held(tx: Tx) -> list[Listed]:
    """Those of which something is held, the longest first."""
    return [_read(row) for row in tx.all(f"{_LISTED} AND held_at IS NOT NULL ORDER BY held_at")]


def _read(row: Sequence[Any]) -> Listed:
    source, destination, source_amount, destination_amount, provider, *times = row[:8]
    held_source, held_destination, held_provider, held_at, held_reason = row[8:]
    rate = rate_of(source_amount, destination_amount) if source_amount is not None else None
    provider_at, fetched_at, changed_at = times
    waits = None
    if held_at is not None and rate is not None:
        wanted = rate_of(held_source, held_destination)
        change = change_of(rate, wanted)
        waits = Held(wanted, change, held_provider or "", held_at, held_reason or "")
    pair = Pair(source, destination)
    return Listed(pair, rate, provider, provider_at, fetched_at, changed_at, waits)
