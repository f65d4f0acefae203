"""Alerts: tell somebody when a rate is above a level, or below.

    armed ──► fired ──► told ──► armed     (every time, once the rate has left the level)
                 └──► over                 (once)

An alert is armed while the rate is on the other side of its level. It fires in the transaction of
the first rate that is not, however long nobody had polled, and can do so only once: firing takes it
out of the index that is looked through. The texts are written afterwards, in the order in which the
levels were passed.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from core.db.database import Tx
from core.messaging.messages import write_text
from core.rates.errors import LevelPassed, NoRateYet, TooManyAlerts
from core.rates.messages import RateAbove, RateBelow
from core.rates.quotes import Pair
from core.rates.shown import shown
from values.ids import uuid7
from values.messages import TimeOfDay

ALERTS_A_PERSON_MAXIMUM: Final = 20
# One that fires every time is armed again once the rate has left the level by so much, and not
# within an hour: a rate that trembles around it would text all day.
LEAVES_BY: Final = Decimal("0.002")
AGAIN_AFTER_S: Final = 3_600


class Direction(StrEnum):
    ABOVE = "above"
    BELOW = "below"


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert of somebody's, as they see it."""

    id: uuid.UUID
    pair: Pair
    direction: Direction
    level: Decimal
    every_time: bool


def add(
    tx: Tx,
    *,
    subscriber_id: uuid.UUID,
    service_id: uuid.UUID,
    pair: Pair,
    direction: Direction,
    level: Decimal,
    every_time: bool,
) -> uuid.UUID:
    """Arm an alert; the same again is the same one. Raises NoRateYet, LevelPassed (the rate is
    there already), TooManyAlerts."""
    # A poll that passes the level comes before, and is seen, or waits and finds the alert.
    row = tx.one(
        "SELECT r.rate, (SELECT count(*) FROM rate_alert a WHERE a.tenant_id = p.tenant_id"
        "  AND a.subscriber_id = %s AND a.state <> 'over')"
        " FROM rate_pair p JOIN rate r ON r.tenant_id = p.tenant_id AND r.id = p.rate_id"
        " WHERE p.tenant_id = current_tenant() AND p.source = %s AND p.destination = %s"
        " FOR SHARE OF p",
        (subscriber_id, pair.source, pair.destination),
    )
    if row is None:
        raise NoRateYet
    rate, count = row
    if rate >= level if direction is Direction.ABOVE else rate <= level:
        raise LevelPassed(rate=shown(rate))
    found = tx.one(
        "SELECT id FROM rate_alert WHERE tenant_id = current_tenant() AND subscriber_id = %s"
        " AND source = %s AND destination = %s AND direction = %s AND level = %s"
        " AND every_time = %s AND state = 'armed'",
        (subscriber_id, pair.source, pair.destination, direction.value, level, every_time),
    )
    if found is not None:
        same: uuid.UUID = found[0]
        return same
    if count >= ALERTS_A_PERSON_MAXIMUM:
        raise TooManyAlerts
    alert_id = uuid7()
    tx.execute(
        "INSERT INTO rate_alert (tenant_id, id, subscriber_id, service_id, source, destination,"
        " direction, level, every_time) VALUES (current_tenant(), %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            *(alert_id, subscriber_id, service_id, pair.source, pair.destination),
            *(direction.value, level, every_time),
        ),
    )
    return alert_id


def of_person(tx: Tx, subscriber_id: uuid.UUID) -> list[Alert]:
    """Somebody's alerts that may still fire, the oldest first."""
    rows = tx.all(
        "SELECT id, source, destination, direction, level, every_time FROM rate_alert"
        " WHERE tenant_id = current_tenant() AND subscriber_id = %s AND state <> 'over'"
        " AND (every_time OR state = 'armed') ORDER BY id",
        (subscriber_id,),
    )
    return [
        Alert(id, Pair(s, d), Direction(way), level, every) for id, s, d, way, level, every in rows
    ]


def cancel(tx: Tx, alert_id: uuid.UUID, subscriber_id: uuid.UUID) -> bool:
    """End an alert of theirs. What it has fired before is told all the same."""
    row = tx.one(
        "UPDATE rate_alert SET state = CASE state WHEN 'fired' THEN 'fired' ELSE 'over' END,"
        " every_time = false, ended_at = now() WHERE tenant_id = current_tenant() AND id = %s"
        " AND subscriber_id = %s AND state <> 'over' RETURNING true",
        (alert_id, subscriber_id),
    )
    return row is not None


# First those that fire every time are armed by the rate before, whose row is still the last but
# one; then what the new rate has passed fires, numbered as it was passed.
_ARM = (
    "UPDATE rate_alert a SET state = 'armed' FROM (SELECT rate FROM rate"
    "  WHERE tenant_id = current_tenant() AND source = %(source)s AND destination = %(destination)s"
    "  AND id < %(id)s ORDER BY id DESC LIMIT 1) before"
    " WHERE a.tenant_id = current_tenant() AND a.source = %(source)s"
    " AND a.destination = %(destination)s AND a.state = 'told'"
    " AND a.fired_at <= %(fetched_at)s::timestamptz - make_interval(secs => %(again_after_s)s)"
    " AND CASE a.direction WHEN 'above' THEN before.rate < a.level * (1 - %(leaves_by)s::numeric)"
    "  ELSE before.rate > a.level * (1 + %(leaves_by)s::numeric) END"
)
_FIRE = (
    "WITH passed AS (SELECT id, row_number() OVER (ORDER BY"
    "  CASE direction WHEN 'above' THEN level ELSE -level END, id) AS number FROM rate_alert"
    "  WHERE tenant_id = current_tenant() AND source = %(source)s AND destination = %(destination)s"
    "  AND state = 'armed' AND ((direction = 'above' AND level <= %(rate)s)"
    "   OR (direction = 'below' AND level >= %(rate)s)))"
    " UPDATE rate_alert a SET state = 'fired', fired_rate_id = %(id)s, fired_rate = %(rate)s,"
    " fired_at = %(fetched_at)s, fired_order = passed.number FROM passed"
    " WHERE a.tenant_id = current_tenant() AND a.id = passed.id"
)


def fire(tx: Tx, pair: Pair, *, rate_id: uuid.UUID, rate: Decimal, fetched_at: datetime) -> None:
    """Fire what a new rate has passed, in its transaction. The texts follow (`tell`)."""
    values = {
        "source": pair.source,
        "destination": pair.destination,
        "id": rate_id,
        "rate": rate,
        "fetched_at": fetched_at,
        "again_after_s": AGAIN_AFTER_S,
        "leaves_by": LEAVES_BY,
    }
    tx.pipeline((_ARM, values), (_FIRE, values))


def tell(tx: Tx, *, limit: int = 200) -> int:
    """Write the texts of alerts that have fired, in their order, and answer how many; call it until
    there are none."""
    rows = tx.all(
        "SELECT id, subscriber_id, service_id, source, destination, direction, level,"
        " fired_rate_id, fired_rate, fired_at FROM rate_alert"
        " WHERE tenant_id = current_tenant() AND state = 'fired'"
        " ORDER BY fired_at, fired_order LIMIT %s FOR UPDATE SKIP LOCKED",
        (limit,),
    )
    for row in rows:
        _, subscriber_id, service_id, source, destination, direction, level, *fired = row
        rate_id, rate, at = fired
        kind = RateAbove if direction == Direction.ABOVE else RateBelow
        message = kind(
            source=source,
            destination=destination,
            rate=shown(rate),
            level=shown(level),
            at=TimeOfDay(at),
        )
        write_text(tx, subscriber_id=subscriber_id, service_id=service_id, message=message)
        tx.defer(*told_of(subscriber_id, service_id, Pair(source, destination), rate_id))
    if rows:
        tx.execute(
            "UPDATE rate_alert SET state = CASE WHEN every_time THEN 'told' ELSE 'over' END,"
            " ended_at = CASE WHEN every_time THEN NULL ELSE now() END"
            " WHERE tenant_id = current_tenant() AND id = ANY (%s)",
            ([row[0] for row in rows],),
        )
    return len(rows)


def told_of(
    subscriber_id: uuid.UUID, service_id: uuid.UUID, pair: Pair, rate_id: uuid.UUID
) -> tuple[str, tuple[object, ...]]:
    """The statement that notes which rate somebody was told, so that a correction finds them."""
    return (
        "INSERT INTO rate_asked AS a (tenant_id, subscriber_id, source, destination, service_id,"
        " told_rate_id) VALUES (current_tenant(), %s, %s, %s, %s, %s)"
        " ON CONFLICT (tenant_id, subscriber_id, source, destination) DO UPDATE"
        " SET count = a.count + 1, told_rate_id = excluded.told_rate_id, asked_at = now(),"
        " service_id = excluded.service_id",
        (subscriber_id, pair.source, pair.destination, service_id, rate_id),
    )
