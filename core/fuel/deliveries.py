"""A lorry at a station: the ticket against the dips before and after.

What was sold from the tank in between is added to what the dips say. Where less came than the
ticket says, and by more than is let pass, the difference is claimed and somebody is told at once.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from core.alarms import alarms
from core.db.connection import Row
from core.db.database import Tx
from core.fuel import dips, kept_charts, meters, stations, stock_limits, wet_stock
from core.fuel.errors import NotAnAttendant, NothingCame, WaybillKnown
from core.fuel.messages import FuelDelivered
from core.messaging.notices import write_notice
from core.tenants import business
from values import clock
from values.ids import reference_of, uuid7

SHORT: Final = "fuel_delivery_short"
TICKET_L_MAXIMUM: Final = 60_000
_PERCENT: Final = 100


@dataclass(frozen=True, slots=True)
class Came:
    """A delivery as the dips say it, in centilitres. `short_cl` is what is claimed."""

    received_cl: int
    limit_cl: int
    short_cl: int


def require_new(tx: Tx, tank_id: uuid.UUID, waybill: str) -> None:
    """Raises WaybillKnown."""
    known = tx.one(
        "SELECT 1 FROM fuel_delivery WHERE tenant_id = current_tenant() AND waybill = %s"
        " AND tank_id = %s",
        (waybill, tank_id),
    )
    if known is not None:
        raise WaybillKnown


def require_height(
    tx: Tx, tank_id: uuid.UUID, mm: Decimal, above_mm: Decimal | None = None
) -> None:
    """A height that the tank's chart has, above another. Raises NoChart, DipOutside,
    NothingCame."""
    dips.litres_cl(dips.chart_today(tx, tank_id)[1], mm)
    if above_mm is not None and mm <= above_mm:
        raise NothingCame(last=f"{above_mm:f}")


def reckon(
    tx: Tx,
    tank_id: uuid.UUID,
    *,
    ticket_cl: int,
    before_mm: Decimal,
    after_mm: Decimal,
    sold_cl: int,
) -> Came:
    """What came by the dips, and what is short. Raises NoChart, DipOutside, NothingCame."""
    require_height(tx, tank_id, after_mm, before_mm)
    chart = dips.chart_today(tx, tank_id)[1]
    received_cl = dips.litres_cl(chart, after_mm) - dips.litres_cl(chart, before_mm) + sold_cl
    passes = stock_limits.in_force(tx, clock.now())
    a_mm = max(chart.litres_a_mm(before_mm), chart.litres_a_mm(after_mm))
    by_dips = passes.dip_mm * 2 * a_mm * dips.CL
    limit_cl = int(max(passes.delivery_percent * ticket_cl / _PERCENT, by_dips))
    missing_cl = ticket_cl - received_cl
    return Came(received_cl, limit_cl, missing_cl if missing_cl > limit_cl else 0)


def receive(
    tx: Tx,
    *,
    tank_id: uuid.UUID,
    person_id: uuid.UUID,
    waybill: str,
    seals: str,
    ticket_cl: int,
    before_mm: Decimal,
    after_mm: Decimal,
    sold_cl: int,
) -> str:
    """Write a delivery down, a waybill once for a tank; the dealer is texted, and what is short is
    told as an alarm. Answers its reference. Raises WaybillKnown, NotAnAttendant, and what `reckon`
    raises."""
    tank = kept_charts.get_tank(tx, tank_id)
    if all(one.id != tank.station_id for one in dips.works_at(tx, person_id)):
        raise NotAnAttendant
    came = reckon(
        tx,
        tank_id,
        ticket_cl=ticket_cl,
        before_mm=before_mm,
        after_mm=after_mm,
        sold_cl=sold_cl,
    )
    delivery_id = uuid7()
    written = tx.one(
        "INSERT INTO fuel_delivery (tenant_id, id, tank_id, received_by, waybill, seals, ticket_cl,"
        " before_mm, after_mm, sold_cl, received_cl, limit_cl, short_cl)"
        " VALUES (current_tenant(), %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (tenant_id, waybill, tank_id) DO NOTHING RETURNING 1",
        (
            *(delivery_id, tank_id, person_id, waybill, seals, ticket_cl, before_mm, after_mm),
            *(sold_cl, came.received_cl, came.limit_cl, came.short_cl),
        ),
    )
    if written is None:
        raise WaybillKnown
    reference = reference_of(delivery_id)
    station = stations.get_station(tx, tank.station_id)
    if station.dealer_id is not None:
        told = FuelDelivered(
            station=station.name,
            tank=tank.number,
            waybill=waybill,
            ticket=meters.litres(ticket_cl),
            received=meters.litres(came.received_cl),
            reference=reference,
        )
        write_notice(tx, station.dealer_id, told)
    if came.short_cl:
        name = f"{station.name}, tank {tank.number}: waybill {waybill}"
        _claim(tx, tank, came, name=name, reference=reference)
    return reference


def _claim(tx: Tx, tank: kept_charts.Tank, came: Came, *, name: str, reference: str) -> None:
    """Tell the company at once; when the day is reckoned, it is not told again."""
    today = clock.now(business.of_transaction(tx).zone).date()
    tx.execute(
        "INSERT INTO fuel_stock_alarm (tenant_id, tank_id, kind, about, seen_on, litres_cl,"
        " limit_cl) VALUES (current_tenant(), %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
        (tank.id, wet_stock.DELIVERY, today, today, -came.short_cl, came.limit_cl),
    )
    alarms.record(
        tx,
        kind=SHORT,
        subject=reference,
        sentence=(
            f"{name} is {meters.litres(came.short_cl)} l short;"
            f" {meters.litres(came.limit_cl)} l pass."
        ),
        count=1,
    )


@dataclass(frozen=True, slots=True)
class Received:
    """A delivery that was written down, for lists."""

    id: uuid.UUID
    station_number: int
    station: str
    tank: int
    product: str
    waybill: str
    seals: str
    ticket_cl: int
    received_cl: int
    short_cl: int
    received_at: datetime

    @property
    def reference(self) -> str:
        return reference_of(self.id)


_RECEIVED: Final = (
    "SELECT d.id, s.number, s.name, t.number, t.product, d.waybill, d.seals, d.ticket_cl,"
    " d.received_cl, d.short_cl, d.received_at FROM fuel_delivery d"
    " JOIN fuel_tank t ON t.tenant_id = d.tenant_id AND t.id = d.tank_id"
    " JOIN fuel_station s ON s.tenant_id = d.tenant_id AND s.id = t.station_id"
    " WHERE d.tenant_id = current_tenant()"
)


def between(tx: Tx, begins: datetime, ends: datetime, limit: int) -> list[Received]:
    """Deliveries that were received within a time, the newest first."""
    rows: list[Row] = tx.all(
        f"{_RECEIVED} AND d.received_at >= %s AND d.received_at < %s"
        " ORDER BY d.received_at DESC, d.id LIMIT %s",
        (begins, ends, limit),
    )
    return [Received(*row) for row in rows]
