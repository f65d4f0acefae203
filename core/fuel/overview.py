"""The stations at a glance, as staff see them: prices, stock, variance, shifts, complaints."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from core.db.database import Tx
from core.fuel import prices, stations, stock_days
from core.fuel.dips import CL
from core.fuel.stations import Station

SOLD_OVER_DAYS: Final = 14
LOW_DAYS: Final = 2
_PLACES: Final = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class TankNow:
    """A tank as it was dipped last: `volume_cl` and `dipped_at` are None before the first dip that
    counts, `cumulative_cl` before the month's first day was reckoned. `sold_cl` is a usual day's;
    `alarms` are the month's."""

    station_id: uuid.UUID
    number: int
    product: str
    capacity_l: int
    volume_cl: int | None
    dipped_at: datetime | None
    sold_cl: int | None
    cumulative_cl: int | None
    alarms: int

    @property
    def days_left(self) -> Decimal | None:
        """For how many days what is there lasts; None where nobody knows."""
        if self.volume_cl is None or not self.sold_cl:
            return None
        return (Decimal(self.volume_cl) / self.sold_cl).quantize(_PLACES)


@dataclass(frozen=True, slots=True)
class StationNow:
    """A station with its tanks. `acknowledged` is None where it has no prices to put up."""

    station: Station
    acknowledged: bool | None
    open_shifts: int
    complaints: int
    tanks: tuple[TankNow, ...]

    @property
    def days_left(self) -> Decimal | None:
        """Of the tank that is empty first."""
        return min((one.days_left for one in self.tanks if one.days_left is not None), default=None)

    @property
    def is_low(self) -> bool:
        left = self.days_left
        return left is not None and left < LOW_DAYS

    @property
    def cumulative_cl(self) -> int | None:
        """What all tanks are over or, below 0, short this month; None where no day was reckoned."""
        known = [one.cumulative_cl for one in self.tanks if one.cumulative_cl is not None]
        return sum(known) if known else None

    @property
    def alarms(self) -> int:
        return sum(one.alarms for one in self.tanks)


_TANKS: Final = (
    "SELECT t.station_id, t.number, p.name, t.capacity_l, d.volume_cl, d.dipped_at, s.sold_cl,"
    " v.cumulative_cl, a.alarms FROM fuel_tank t"
    " JOIN fuel_product p ON p.tenant_id = t.tenant_id AND p.key = t.product"
    " LEFT JOIN LATERAL (SELECT volume_cl, dipped_at FROM fuel_dip f"
    "  WHERE f.tenant_id = t.tenant_id AND f.tank_id = t.id AND f.state = 'confirmed'"
    "  ORDER BY f.dipped_at DESC LIMIT 1) d ON true"
    " LEFT JOIN LATERAL (SELECT avg(f.sold_cl)::bigint AS sold_cl FROM fuel_stock_day f"
    "  WHERE f.tenant_id = t.tenant_id AND f.tank_id = t.id AND f.day > %s) s ON true"
    " LEFT JOIN LATERAL (SELECT f.cumulative_cl FROM fuel_stock_day f"
    "  WHERE f.tenant_id = t.tenant_id AND f.tank_id = t.id AND f.day >= %s"
    "  ORDER BY f.day DESC LIMIT 1) v ON true"
    " CROSS JOIN LATERAL (SELECT count(*) AS alarms FROM fuel_stock_alarm f"
    "  WHERE f.tenant_id = t.tenant_id AND f.tank_id = t.id AND f.seen_on >= %s) a"
    " WHERE t.tenant_id = current_tenant() ORDER BY t.station_id, t.number"
)
_SHIFTS: Final = (
    "SELECT station_id, count(*) FROM fuel_shift WHERE tenant_id = current_tenant()"
    " AND state = 'open' GROUP BY station_id"
)
_COMPLAINTS: Final = (
    "SELECT station_id, count(*) FROM fuel_complaint WHERE tenant_id = current_tenant()"
    " AND state <> 'answered' GROUP BY station_id"
)


def now(tx: Tx, today: date) -> list[StationNow]:
    """The stations: those with an alarm first, then who runs low, then by number."""
    first = stock_days.first_of(today)
    tanks: dict[uuid.UUID, list[TankNow]] = {}
    since = today - timedelta(days=SOLD_OVER_DAYS)
    for row in tx.all(_TANKS, (since, first, first)):
        one = TankNow(*row)
        tanks.setdefault(one.station_id, []).append(one)
    shifts: dict[uuid.UUID, int] = dict(tx.all(_SHIFTS))
    complaints: dict[uuid.UUID, int] = dict(tx.all(_COMPLAINTS))
    known = {one.station.id: one.at is not None for one in prices.acknowledged(tx)}
    found = [
        StationNow(
            *(one, known.get(one.id), shifts.get(one.id, 0), complaints.get(one.id, 0)),
            tuple(tanks.get(one.id, ())),
        )
        for one in stations.all_stations(tx)
    ]
    return sorted(found, key=lambda one: (-one.alarms, not one.is_low, one.station.number))


def litres(volume_cl: int | None) -> str:
    """Whole litres with their sign where fuel is missing; a dash where nobody knows."""
    if volume_cl is None:
        return "–"
    return f"{Decimal(volume_cl) / CL:,.0f}"


def unacknowledged(found: Sequence[StationNow]) -> int:
    """How many stations have not said that they put the newest prices up."""
    return sum(one.acknowledged is False for one in found)
