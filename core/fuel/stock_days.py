"""Tanks' books against their dips, from what stations entered: reckoned whenever a dip counts, a
month at a time, and told once for each reason."""

import uuid
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from core.alarms import alarms
from core.db.database import Database, Tx
from core.fuel import stock_limits, wet_stock
from core.fuel.dips import CL, in_cl
from core.fuel.wet_stock import Alarm, Day, Delivery, Reconciliation
from core.tenants import business
from values import clock

LOSS: Final = "fuel_stock"
LISTED_MAXIMUM: Final = 50_000
_OF_THE_DAY: Final = frozenset({wet_stock.SUDDEN, wet_stock.DELIVERY})
_MONTH_DAYS_MAXIMUM: Final = 31
_PER_MILLE: Final = 1_000


def first_of(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)


def next_month(first: date) -> date:
    """The first day of the month after."""
    return first_of(first + timedelta(days=_MONTH_DAYS_MAXIMUM + 1))


_TENANTS: Final = (
    "SELECT DISTINCT tenant_id FROM fuel_dip WHERE state = 'confirmed' AND reckoned_at IS NULL"
)
_TAKE: Final = (
    "UPDATE fuel_dip SET reckoned_at = now() WHERE tenant_id = current_tenant()"
    " AND state = 'confirmed' AND reckoned_at IS NULL RETURNING tank_id, dipped_at"
)


def reckon_due(app: Database, relay: Database) -> int:
    """Reckon the tanks whose dips have been confirmed since. Answers how many. `relay` looks across
    tenants, `app` acts within one."""
    with relay.transaction(None) as tx:
        tenants: list[tuple[uuid.UUID]] = tx.all(_TENANTS)
    count = 0
    for (tenant_id,) in tenants:
        with app.transaction(tenant_id) as tx:
            count += _reckon_new(tx)
    return count


def _reckon_new(tx: Tx) -> int:
    zone = business.of_transaction(tx).zone
    since: dict[uuid.UUID, date] = {}
    for tank_id, dipped_at in tx.all(_TAKE):
        first = first_of(dipped_at.astimezone(zone).date())
        since[tank_id] = min(first, since.get(tank_id, first))
    this_month = first_of(clock.now(zone).date())
    # A dip is the opening of the month after, too.
    first = min(since.values(), default=this_month)
    while since and first <= this_month:
        reckon(tx, [tank_id for tank_id, begins in since.items() if begins <= first], first)
        first = next_month(first)
    return len(since)


def reckon(tx: Tx, tank_ids: Sequence[uuid.UUID], first: date) -> dict[uuid.UUID, Reconciliation]:
    """Reckon a month of tanks by the limits of its first day, write its days down, and tell what is
    new. A tank without two dips has no day."""
    zone = business.of_transaction(tx).zone
    begins, ends = (datetime.combine(day, time(), zone) for day in (first, next_month(first)))
    limits = stock_limits.in_force(tx, begins)
    found = {}
    for tank_id, days in _days(tx, tank_ids, begins, ends, zone).items():
        done = wet_stock.reconcile(days, limits)
        found[tank_id] = done
        _write(tx, tank_id, days, done)
        for alarm in done.alarms:
            _tell(tx, tank_id, alarm)
    return found


_DIPS: Final = (
    "SELECT tank_id, dipped_at, volume_cl, cl_a_mm FROM fuel_dip"
    " WHERE tenant_id = current_tenant() AND state = 'confirmed' AND tank_id = ANY(%s)"
    " AND dipped_at >= %s AND dipped_at < %s"
    " UNION ALL SELECT o.* FROM unnest(%s::uuid[]) AS tank (id) CROSS JOIN LATERAL ("
    "  SELECT tank_id, dipped_at, volume_cl, cl_a_mm FROM fuel_dip"
    "  WHERE tenant_id = current_tenant() AND state = 'confirmed' AND tank_id = tank.id"
    "  AND dipped_at < %s ORDER BY dipped_at DESC LIMIT 1) o"
    " ORDER BY tank_id, dipped_at"
)
_SOLD: Final = (
    "SELECT n.tank_id, r.at, r.sold_cl + r.gap_cl FROM fuel_reading r"
    " JOIN fuel_nozzle n ON n.tenant_id = r.tenant_id AND n.id = r.nozzle_id"
    " WHERE r.tenant_id = current_tenant() AND n.tank_id = ANY(%s) AND r.at > %s AND r.at < %s"
    " AND r.sold_cl + r.gap_cl > 0 ORDER BY r.at"
)
_DELIVERED: Final = (
    "SELECT tank_id, received_at, ticket_cl, received_cl, limit_cl FROM fuel_delivery"
    " WHERE tenant_id = current_tenant() AND tank_id = ANY(%s) AND received_at > %s"
    " AND received_at < %s ORDER BY received_at"
)


@dataclass(frozen=True, slots=True)
class _Dip:
    at: datetime
    volume_cl: int
    cl_a_mm: int


def _days(
    tx: Tx, tank_ids: Sequence[uuid.UUID], begins: datetime, ends: datetime, zone: ZoneInfo
) -> dict[uuid.UUID, list[Day]]:
    """The days of tanks with two dips or more; of several dips on a day the last one counts."""
    ids = list(tank_ids)
    by_tank: dict[uuid.UUID, dict[date, _Dip]] = {}
    for tank_id, at, volume_cl, cl_a_mm in tx.all(_DIPS, (ids, begins, ends, ids, begins)):
        by_day = by_tank.setdefault(tank_id, {})
        by_day[at.astimezone(zone).date()] = _Dip(at, volume_cl, cl_a_mm)
    by_tank = {tank_id: by_day for tank_id, by_day in by_tank.items() if len(by_day) > 1}
    if not by_tank:
        return {}
    since = min(dip.at for by_day in by_tank.values() for dip in by_day.values())
    sold: dict[uuid.UUID, dict[datetime, int]] = {}
    delivered: dict[uuid.UUID, dict[datetime, list[Delivery]]] = {}
    known = list(by_tank)
    ats = {tank_id: [dip.at for dip in by_day.values()] for tank_id, by_day in by_tank.items()}
    for tank_id, at, sold_cl in tx.all(_SOLD, (known, since, ends)):
        until = _until(ats[tank_id], at)
        if until is not None:
            of_tank = sold.setdefault(tank_id, {})
            of_tank[until] = of_tank.get(until, 0) + sold_cl
    for tank_id, at, *volumes in tx.all(_DELIVERED, (known, since, ends)):
        until = _until(ats[tank_id], at)
        if until is not None:
            one = Delivery(*(_litres(volume_cl) for volume_cl in volumes))
            delivered.setdefault(tank_id, {}).setdefault(until, []).append(one)
    return {
        tank_id: [
            Day(
                day,
                _litres(dip.volume_cl),
                _litres(dip.cl_a_mm),
                _litres(sold.get(tank_id, {}).get(dip.at, 0)),
                tuple(delivered.get(tank_id, {}).get(dip.at, ())),
            )
            for day, dip in by_day.items()
        ]
        for tank_id, by_day in by_tank.items()
    }


def _until(ats: Sequence[datetime], at: datetime) -> datetime | None:
    """The dip to which something belongs: the first one from its time on. None before the opening
    dip, and where no dip has followed yet."""
    place = bisect_left(ats, at)
    return ats[place] if 0 < place < len(ats) else None


def _litres(volume_cl: int) -> Decimal:
    return Decimal(volume_cl) / CL


def _write(tx: Tx, tank_id: uuid.UUID, days: Sequence[Day], done: Reconciliation) -> None:
    rows = []
    for before, day, one in zip(days, days[1:], done.days, strict=False):
        opening_cl, dip_cl = in_cl(before.dip_l), in_cl(day.dip_l)
        delivered_cl = sum(in_cl(each.ticket_l) for each in day.deliveries)
        sold_cl = in_cl(day.sold_l)
        book_cl = opening_cl + delivered_cl - sold_cl
        rows.append(
            (
                *(day.day, opening_cl, delivered_cl, sold_cl, book_cl, dip_cl, dip_cl - book_cl),
                *(in_cl(one.tolerance_l), in_cl(one.cumulative_l)),
            )
        )
    tx.execute(
        "INSERT INTO fuel_stock_day (tenant_id, tank_id, day, opening_cl, delivered_cl, sold_cl,"
        " book_cl, dip_cl, variance_cl, tolerance_cl, cumulative_cl)"
        f" SELECT current_tenant(), %s, new.* FROM unnest(%s::date[]{', %s::bigint[]' * 8}) AS new"
        " ON CONFLICT (tenant_id, tank_id, day) DO UPDATE SET opening_cl = excluded.opening_cl,"
        " delivered_cl = excluded.delivered_cl, sold_cl = excluded.sold_cl,"
        " book_cl = excluded.book_cl, dip_cl = excluded.dip_cl,"
        " variance_cl = excluded.variance_cl, tolerance_cl = excluded.tolerance_cl,"
        " cumulative_cl = excluded.cumulative_cl, reckoned_at = now()",
        (tank_id, *(list(column) for column in zip(*rows, strict=True))),
    )


_NEW_ALARM: Final = (
    "INSERT INTO fuel_stock_alarm (tenant_id, tank_id, kind, about, seen_on, litres_cl, limit_cl)"
    " VALUES (current_tenant(), %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING 1"
)
_WHOSE: Final = (
    "SELECT s.number, s.name, t.number FROM fuel_tank t"
    " JOIN fuel_station s ON s.tenant_id = t.tenant_id AND s.id = t.station_id"
    " WHERE t.tenant_id = current_tenant() AND t.id = %s"
)


def _tell(tx: Tx, tank_id: uuid.UUID, alarm: Alarm) -> None:
    about = alarm.day if alarm.kind in _OF_THE_DAY else first_of(alarm.day)
    row = (tank_id, alarm.kind, about, alarm.day, in_cl(alarm.litres), in_cl(alarm.limit_l))
    if tx.one(_NEW_ALARM, row) is None:
        return
    whose = tx.one(_WHOSE, (tank_id,))
    assert whose is not None, "tanks are never deleted"
    number, station, tank = whose
    alarms.record(
        tx,
        kind=f"{LOSS}_{alarm.kind}",
        subject=f"station {number} tank {tank}",
        sentence=f"{station}, tank {tank}: {alarm.sentence}",
        count=1,
    )


@dataclass(frozen=True, slots=True)
class Listed:
    """A tank's day with its book, in centilitres; below 0 fuel is missing."""

    station_number: int
    station: str
    tank: int
    product: str
    day: date
    opening_cl: int
    delivered_cl: int
    sold_cl: int
    book_cl: int
    dip_cl: int
    variance_cl: int
    tolerance_cl: int
    cumulative_cl: int

    @property
    def per_mille(self) -> Decimal | None:
        """The variance of what was sold; None where nothing was."""
        if not self.sold_cl:
            return None
        exact = Decimal(self.variance_cl) / self.sold_cl * _PER_MILLE
        return exact.quantize(Decimal("0.1"))


@dataclass(frozen=True, slots=True)
class Told:
    """An alarm about a tank, as it was told."""

    station_number: int
    station: str
    tank: int
    kind: str
    seen_on: date
    litres_cl: int
    limit_cl: int

    @property
    def sentence(self) -> str:
        return Alarm(
            self.kind, self.seen_on, Decimal(self.litres_cl) / CL, Decimal(self.limit_cl) / CL
        ).sentence


_LISTED: Final = (
    "SELECT s.number, s.name, t.number, t.product, d.day, d.opening_cl, d.delivered_cl, d.sold_cl,"
    " d.book_cl, d.dip_cl, d.variance_cl, d.tolerance_cl, d.cumulative_cl FROM fuel_stock_day d"
    " JOIN fuel_tank t ON t.tenant_id = d.tenant_id AND t.id = d.tank_id"
    " JOIN fuel_station s ON s.tenant_id = t.tenant_id AND s.id = t.station_id"
    " WHERE d.tenant_id = current_tenant() AND d.day >= %s AND d.day < %s"
    " AND (%s::integer IS NULL OR s.number = %s) ORDER BY d.day, s.number, t.number LIMIT %s"
)
_TOLD: Final = (
    "SELECT s.number, s.name, t.number, a.kind, a.seen_on, a.litres_cl, a.limit_cl"
    " FROM fuel_stock_alarm a JOIN fuel_tank t ON t.tenant_id = a.tenant_id AND t.id = a.tank_id"
    " JOIN fuel_station s ON s.tenant_id = t.tenant_id AND s.id = t.station_id"
    " WHERE a.tenant_id = current_tenant() AND a.seen_on >= %s AND a.seen_on < %s"
    " AND (%s::integer IS NULL OR s.number = %s) ORDER BY a.seen_on, s.number, t.number LIMIT %s"
)


def listed(tx: Tx, first: date, last: date, station: int | None = None) -> list[Listed]:
    """The days from `first` until before `last`, of all stations or of the one of that number."""
    rows = tx.all(_LISTED, (first, last, station, station, LISTED_MAXIMUM))
    return [Listed(*row) for row in rows]


def told(tx: Tx, first: date, last: date, station: int | None = None) -> list[Told]:
    """What was told of the same days."""
    return [Told(*row) for row in tx.all(_TOLD, (first, last, station, station, LISTED_MAXIMUM))]
