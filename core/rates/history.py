"""What rates were: yesterday, in the week, on a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from core.db.database import Tx
from core.rates.quotes import Pair


@dataclass(frozen=True, slots=True)
class Value:
    """A rate that was served, and from when on."""

    rate: Decimal
    at: datetime
    provider: str = ""


@dataclass(frozen=True, slots=True)
class Week:
    """A pair in the seven days up to now: the first and the last that was served, and between them
    the lowest and the highest. `yesterday` is what was served as the day began."""

    now: Value
    yesterday: Value
    first: Value
    lowest: Decimal
    highest: Decimal


def before(tx: Tx, pairs: Sequence[Pair], moment: datetime) -> dict[Pair, Value]:
    """What was served of each pair at a moment; nothing of one that had no rate by then."""
    if not pairs:
        return {}
    rows = tx.all(
        "SELECT p.source, p.destination, r.rate, r.fetched_at, r.provider"
        " FROM unnest(%s::text[], %s::text[]) p (source, destination) CROSS JOIN LATERAL ("
        "  SELECT rate, fetched_at, provider FROM rate WHERE tenant_id = current_tenant()"
        "  AND source = p.source AND destination = p.destination AND fetched_at < %s"
        "  ORDER BY id DESC LIMIT 1) r",
        ([pair.source for pair in pairs], [pair.destination for pair in pairs], moment),
    )
    return {Pair(source, destination): Value(*value) for source, destination, *value in rows}


def between(tx: Tx, pair: Pair, start: datetime, end: datetime, *, limit: int) -> list[Value]:
    """Each change from `start` to `end`, the oldest first."""
    rows = tx.all(
        "SELECT rate, fetched_at, provider FROM rate WHERE tenant_id = current_tenant()"
        " AND source = %s AND destination = %s AND fetched_at >= %s AND fetched_at < %s"
        " ORDER BY id LIMIT %s",
        (pair.source, pair.destination, start, end, limit),
    )
    return [Value(*row) for row in rows]


def week(tx: Tx, pair: Pair, *, day: datetime, week_ago: datetime) -> Week | None:
    """The week of a pair; None where it has no rate. `day` is when today began."""
    # Not materialized: each part reads its few rows of the index, not the pair's whole history.
    row = tx.one(
        "WITH r AS NOT MATERIALIZED (SELECT id, rate, fetched_at FROM rate"
        "  WHERE tenant_id = current_tenant()"
        "  AND source = %(source)s AND destination = %(destination)s),"
        " first AS (SELECT rate, fetched_at FROM r WHERE fetched_at <= %(week_ago)s"
        "  ORDER BY id DESC LIMIT 1),"
        " oldest AS (SELECT rate, fetched_at FROM r ORDER BY id LIMIT 1),"
        " day AS (SELECT rate, fetched_at FROM r WHERE fetched_at < %(day)s"
        "  ORDER BY id DESC LIMIT 1),"
        " last AS (SELECT rate, fetched_at FROM r ORDER BY id DESC LIMIT 1)"
        " SELECT last.rate, last.fetched_at, coalesce(day.rate, oldest.rate),"
        " coalesce(day.fetched_at, oldest.fetched_at), coalesce(first.rate, oldest.rate),"
        " coalesce(first.fetched_at, oldest.fetched_at),"
        " (SELECT min(rate) FROM r WHERE fetched_at >= %(week_ago)s),"
        " (SELECT max(rate) FROM r WHERE fetched_at >= %(week_ago)s)"
        " FROM last CROSS JOIN oldest LEFT JOIN first ON true LEFT JOIN day ON true",
        {
            "source": pair.source,
            "destination": pair.destination,
            "week_ago": week_ago,
            "day": day,
        },
    )
    if row is None:
        return None
    now, yesterday, first = Value(row[0], row[1]), Value(row[2], row[3]), Value(row[4], row[5])
    lowest = min(rate for rate in (row[6], first.rate, now.rate) if rate is not None)
    highest = max(rate for rate in (row[7], first.rate, now.rate) if rate is not None)
    return Week(now, yesterday, first, lowest, highest)
