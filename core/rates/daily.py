"""The text of the day: a pair's rate, at an hour of the tenant's clock."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from core.db.database import Tx
from core.messaging.messages import write_text
from core.rates import history
from core.rates.alerts import told_of
from core.rates.messages import RateOfTheDay
from core.rates.pairs import Rate, served
from core.rates.quotes import Pair
from core.rates.shown import shown, shown_change
from values.messages import TimeOfDay

# What could not go out at its hour goes out so many hours later at most: then it is old news.
HOURS_LATE_MAXIMUM: Final = 6


@dataclass(frozen=True, slots=True)
class Daily:
    """A text of the day that somebody asked for."""

    pair: Pair
    hour: int


def start(
    tx: Tx,
    *,
    subscriber_id: uuid.UUID,
    service_id: uuid.UUID,
    pair: Pair,
    hour: int,
    now: datetime,
) -> None:
    """A text a day at `hour`, from the next time that it is so late by the tenant's clock (`now` is
    in its zone). One a pair: another hour takes the place of the first."""
    last_day = now.date() if now.hour >= hour else now.date() - timedelta(days=1)
    tx.execute(
        "INSERT INTO rate_daily (tenant_id, subscriber_id, source, destination, service_id, hour,"
        " last_day) VALUES (current_tenant(), %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (tenant_id, subscriber_id, source, destination) DO UPDATE"
        " SET hour = excluded.hour, last_day = excluded.last_day, service_id = excluded.service_id",
        (subscriber_id, pair.source, pair.destination, service_id, hour, last_day),
    )


def stop(tx: Tx, subscriber_id: uuid.UUID, pair: Pair) -> None:
    """No more texts of this pair."""
    tx.execute(
        "DELETE FROM rate_daily WHERE tenant_id = current_tenant() AND subscriber_id = %s"
        " AND source = %s AND destination = %s",
        (subscriber_id, pair.source, pair.destination),
    )


def of_person(tx: Tx, subscriber_id: uuid.UUID) -> list[Daily]:
    """What somebody gets each day, by the hour."""
    rows = tx.all(
        "SELECT source, destination, hour FROM rate_daily WHERE tenant_id = current_tenant()"
        " AND subscriber_id = %s ORDER BY hour, source, destination",
        (subscriber_id,),
    )
    return [Daily(Pair(source, destination), hour) for source, destination, hour in rows]


def send_due(tx: Tx, *, now: datetime, limit: int = 200) -> int:
    """Write the texts whose hour it is (`now` is in the tenant's zone), each once a day; answers
    how many. Call it until there are none. A pair without a rate is left out that day."""
    rows = tx.all(
        "UPDATE rate_daily d SET last_day = %(today)s FROM (SELECT subscriber_id, source,"
        "  destination FROM rate_daily WHERE tenant_id = current_tenant()"
        "  AND hour BETWEEN %(earliest)s AND %(hour)s AND last_day < %(today)s"
        "  ORDER BY hour LIMIT %(limit)s FOR UPDATE SKIP LOCKED) due"
        " WHERE d.tenant_id = current_tenant() AND d.subscriber_id = due.subscriber_id"
        " AND d.source = due.source AND d.destination = due.destination"
        " RETURNING d.subscriber_id, d.service_id, d.source, d.destination",
        {
            "today": now.date(),
            "hour": now.hour,
            "earliest": now.hour - HOURS_LATE_MAXIMUM,
            "limit": limit,
        },
    )
    pairs = sorted({Pair(source, destination) for _, _, source, destination in rows})
    rates = served(tx, pairs) if pairs else {}
    before = history.before(tx, pairs, now.replace(hour=0, minute=0, second=0, microsecond=0))
    for subscriber_id, service_id, source, destination in rows:
        pair = Pair(source, destination)
        rate = rates.get(pair)
        if rate is None:
            continue
        message = _message(rate, before.get(pair))
        write_text(tx, subscriber_id=subscriber_id, service_id=service_id, message=message)
        tx.defer(*told_of(subscriber_id, service_id, pair, rate.id))
    return len(rows)


def _message(rate: Rate, before: history.Value | None) -> RateOfTheDay:
    return RateOfTheDay(
        source=rate.pair.source,
        destination=rate.pair.destination,
        rate=shown(rate.rate),
        change=shown_change(before.rate if before else rate.rate, rate.rate),
        at=TimeOfDay(rate.fetched_at),
    )
