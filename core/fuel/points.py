"""Points for fuel: earned by what was bought, worth money at the pump, gone after a while.

What a sale earned is a lot of its own; those that end first are used first. How many a product
earns and what one is worth is a dated rule of the tenant's.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Self

from core.db.database import Tx
from core.fuel.errors import TooFewPoints
from core.fuel.meters import CENTILITRES

_MONTHS: Final = 12


@dataclass(frozen=True, slots=True)
class Rule:
    """`per_unit` says how many points a litre or kilogram of a product earns; one point is worth
    `worth_minor`; fewer than `least_points` are not used; they count for `months`."""

    per_unit: Mapping[str, Decimal]
    worth_minor: int
    least_points: int
    months: int

    def earned(self, product: str, volume_cl: int) -> int:
        """Whole points: what is left of a point is lost."""
        return int(self.per_unit.get(product, Decimal()) * volume_cl / CENTILITRES)

    def usable(self, has_points: int, amount_minor: int) -> int:
        """How many of somebody's points may pay of an amount: never all of it. 0 where they have
        too few."""
        if not self.worth_minor:
            return 0
        points = min(has_points, (amount_minor - 1) // self.worth_minor)
        return points if points >= self.least_points else 0

    def to_data(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "per_unit": {product: f"{points:f}" for product, points in self.per_unit.items()},
            "worth_minor": self.worth_minor,
            "least_points": self.least_points,
            "months": self.months,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        per_unit = {product: Decimal(points) for product, points in data["per_unit"].items()}
        return cls(per_unit, data["worth_minor"], data["least_points"], data["months"])


NO_POINTS: Final = Rule({}, 0, 1, _MONTHS)


def in_force(tx: Tx, at: datetime) -> Rule:
    """The newest rule that holds at a time; one by which nothing is earned where there is none."""
    row = tx.one(
        "SELECT terms FROM fuel_points_rule WHERE tenant_id = current_tenant()"
        " AND valid_from <= %s ORDER BY valid_from DESC LIMIT 1",
        (at,),
    )
    return Rule.from_data(row[0]) if row else NO_POINTS


def ends(day: date, months: int) -> date:
    """The last day of points that are earned on a day: so many months on, on the month's last day
    where it has none of that number."""
    month = day.month - 1 + months
    year, month = day.year + month // _MONTHS, month % _MONTHS + 1
    for number in range(day.day, 0, -1):
        try:
            return date(year, month, number)
        except ValueError:
            continue
    raise AssertionError("every month has a first day")


def balance(tx: Tx, subscriber_id: uuid.UUID, today: date) -> int:
    """The points that somebody has and that have not ended."""
    row = tx.one(
        "SELECT coalesce(sum(unused_points), 0)::int FROM fuel_points"
        " WHERE tenant_id = current_tenant() AND subscriber_id = %s AND unused_points > 0"
        " AND expires_on >= %s",
        (subscriber_id, today),
    )
    assert row is not None
    return int(row[0])


def earn(
    tx: Tx, *, sale_id: uuid.UUID, subscriber_id: uuid.UUID, points: int, expires_on: date
) -> None:
    """Give what a sale earned, once."""
    if points:
        tx.execute(
            "INSERT INTO fuel_points (tenant_id, sale_id, subscriber_id, earned_points,"
            " unused_points, expires_on) VALUES (current_tenant(), %s, %s, %s, %s, %s)",
            (sale_id, subscriber_id, points, points, expires_on),
        )


def use(tx: Tx, subscriber_id: uuid.UUID, points: int, today: date) -> None:
    """Take so many of somebody's points, those that end first. Raises TooFewPoints."""
    lots: list[tuple[uuid.UUID, int]] = tx.all(
        "SELECT sale_id, unused_points FROM fuel_points WHERE tenant_id = current_tenant()"
        " AND subscriber_id = %s AND unused_points > 0 AND expires_on >= %s"
        " ORDER BY expires_on, sale_id FOR UPDATE",
        (subscriber_id, today),
    )
    if sum(unused for _, unused in lots) < points:
        raise TooFewPoints
    for sale_id, unused in lots:
        taken = min(unused, points)
        if not taken:
            return
        tx.execute(
            "UPDATE fuel_points SET unused_points = unused_points - %s"
            " WHERE tenant_id = current_tenant() AND sale_id = %s",
            (taken, sale_id),
        )
        points -= taken


@dataclass(frozen=True, slots=True)
class Moved:
    """One line of somebody's points: how many a sale earned, were used at one, or ended."""

    day: date
    kind: str
    points: int


EARNED: Final = "earned"
USED: Final = "used"
ENDED: Final = "ended"

_MOVES: Final = (
    "SELECT * FROM (SELECT (earned_at AT TIME ZONE %(zone)s)::date AS day, 'earned' AS kind,"
    "   earned_points AS points FROM fuel_points WHERE tenant_id = current_tenant()"
    "   AND subscriber_id = %(who)s"
    "  UNION ALL SELECT (ended_at AT TIME ZONE %(zone)s)::date, 'used', points_used"
    "   FROM fuel_sale WHERE tenant_id = current_tenant() AND customer_id = %(who)s"
    "   AND state = 'paid' AND points_used > 0"
    "  UNION ALL SELECT expires_on, 'ended', unused_points FROM fuel_points"
    "   WHERE tenant_id = current_tenant() AND subscriber_id = %(who)s AND unused_points > 0"
    "   AND expires_on < %(today)s) AS moves ORDER BY day DESC, kind LIMIT %(limit)s"
)


def moves(tx: Tx, subscriber_id: uuid.UUID, today: date, zone: str, limit: int) -> list[Moved]:
    """The newest lines of somebody's points, newest first; days are those of the zone."""
    given = {"who": subscriber_id, "today": today, "zone": zone, "limit": limit}
    return [Moved(*row) for row in tx.all(_MOVES, given)]
