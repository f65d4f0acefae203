"""Dips by phone: one person reads the stick, another says that they saw it.

Litres come from the tank's own chart; water is measured apart and taken off. A dip counts once it
was seen by two. While a pump sells from a tank under an open shift, the tank is not dipped: what
was sold would be known only later.
"""

import uuid
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from core.db.connection import Row
from core.db.database import Tx
from core.fuel import kept_charts, stations, volume_correction
from core.fuel.charts import Chart, OutsideChart
from core.fuel.errors import (
    DipOutside,
    DipOver,
    NotAnAttendant,
    NotMeasurable,
    PumpSells,
    WaterAboveDip,
)
from core.fuel.kept_charts import Tank
from core.fuel.lifecycle import DIP
from core.fuel.messages import FuelDipEntered, FuelDipRefused
from core.fuel.stations import Station
from core.messaging.notices import write_notice
from core.tenants import business
from values import clock
from values.ids import uuid7

CL: Final = 100
WITNESSES_MAXIMUM: Final = 5


@dataclass(frozen=True, slots=True)
class Measured:
    """What a dip says, in centilitres: `volume_cl` is above the water, `since_cl` how much more or
    less than at the last dip (None where there is none), `standard_cl` the volume at 15 °C."""

    chart_id: uuid.UUID
    dip_mm: Decimal
    water_mm: Decimal
    volume_cl: int
    water_cl: int
    cl_a_mm: int
    since_cl: int | None = None
    temperature_c: Decimal | None = None
    density_15: Decimal | None = None
    standard_cl: int | None = None


@dataclass(frozen=True, slots=True)
class Entered:
    """A dip that waits for a second person."""

    id: uuid.UUID
    station: str
    tank: int
    product: str
    dip_mm: Decimal
    water_mm: Decimal
    volume_cl: int
    dipped_by: uuid.UUID


def works_at(tx: Tx, person_id: uuid.UUID) -> list[Station]:
    """The stations that somebody runs, or the one where they work. Raises NotAnAttendant."""
    rows = tx.all(
        "SELECT id FROM fuel_station WHERE tenant_id = current_tenant() AND dealer_id = %s"
        " UNION SELECT station_id FROM fuel_attendant WHERE tenant_id = current_tenant()"
        " AND subscriber_id = %s",
        (person_id, person_id),
    )
    if not rows:
        raise NotAnAttendant
    found = [stations.get_station(tx, id) for (id,) in rows]
    return sorted(found, key=lambda one: one.number)


def litres_cl(chart: Chart, mm: Decimal) -> int:
    """Centilitres at a height. Raises DipOutside."""
    try:
        return in_cl(chart.litres(mm))
    except OutsideChart:
        least, most = (f"{mm.normalize():f}" for mm in (chart.rows[0][0], chart.top_mm))
        raise DipOutside(least=least, most=most) from None


def in_cl(litres: Decimal) -> int:
    """Litres as centilitres, half up."""
    return int((litres * CL).quantize(Decimal(1), ROUND_HALF_UP))


def require_still(tx: Tx, tank_id: uuid.UUID) -> None:
    """Raises PumpSells while a shift is open at a pump that draws from the tank."""
    row = tx.one(
        "SELECT s.pump FROM fuel_shift s JOIN fuel_nozzle n ON n.tenant_id = s.tenant_id"
        "  AND n.station_id = s.station_id AND n.pump = s.pump"
        " WHERE s.tenant_id = current_tenant() AND s.state = 'open' AND n.tank_id = %s"
        " ORDER BY s.pump LIMIT 1",
        (tank_id,),
    )
    if row is not None:
        raise PumpSells(pump=row[0])


def chart_today(tx: Tx, tank_id: uuid.UUID) -> tuple[uuid.UUID, Chart]:
    """The chart that holds on the tenant's day. Raises NoChart."""
    today = clock.now(business.of_transaction(tx).zone).date()
    return kept_charts.in_force(tx, tank_id, today)


def measure(
    tx: Tx,
    tank_id: uuid.UUID,
    dip_mm: Decimal,
    water_mm: Decimal = Decimal(),
    *,
    temperature_c: Decimal | None = None,
    density_15: Decimal | None = None,
) -> Measured:
    """What a dip is by the tank's chart. Raises NoChart, DipOutside, WaterAboveDip,
    NotMeasurable."""
    chart_id, chart = chart_today(tx, tank_id)
    all_cl = litres_cl(chart, dip_mm)
    if water_mm > dip_mm:
        raise WaterAboveDip(last=f"{dip_mm:f}")
    # Without water there is none, whatever the dead stock in the chart's first row.
    water_cl = litres_cl(chart, water_mm) if water_mm else 0
    volume_cl = all_cl - water_cl
    standard_cl = None
    if temperature_c is not None and density_15 is not None:
        try:
            factor = volume_correction.factor(density_15, temperature_c)
        except volume_correction.NotInTable:
            raise NotMeasurable from None
        standard_cl = int((volume_cl * factor).quantize(Decimal(1), ROUND_HALF_UP))
    last = tx.one(
        "SELECT volume_cl FROM fuel_dip WHERE tenant_id = current_tenant() AND tank_id = %s"
        " AND state = 'confirmed' ORDER BY dipped_at DESC LIMIT 1",
        (tank_id,),
    )
    return Measured(
        *(chart_id, dip_mm, water_mm, volume_cl, water_cl, in_cl(chart.litres_a_mm(dip_mm))),
        since_cl=volume_cl - last[0] if last else None,
        temperature_c=temperature_c if standard_cl is not None else None,
        density_15=density_15 if standard_cl is not None else None,
        standard_cl=standard_cl,
    )


def enter(tx: Tx, *, tank_id: uuid.UUID, person_id: uuid.UUID, measured: Measured) -> uuid.UUID:
    """Write a dip down; who else is at the station is texted to look at it. Raises PumpSells,
    NotAnAttendant."""
    require_still(tx, tank_id)
    tank = kept_charts.get_tank(tx, tank_id)
    station = next((s for s in works_at(tx, person_id) if s.id == tank.station_id), None)
    if station is None:
        raise NotAnAttendant
    dip_id = uuid7()
    tx.execute(
        "INSERT INTO fuel_dip (tenant_id, id, tank_id, chart_id, dipped_by, dip_mm, water_mm,"
        " volume_cl, water_cl, cl_a_mm, temperature_c, density_15, standard_cl)"
        " VALUES (current_tenant(), %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            *(dip_id, tank_id, measured.chart_id, person_id, measured.dip_mm, measured.water_mm),
            *(measured.volume_cl, measured.water_cl, measured.cl_a_mm),
            *(measured.temperature_c, measured.density_15, measured.standard_cl),
        ),
    )
    told = FuelDipEntered(
        station=station.name, tank=tank.number, product=tank.name, mm=f"{measured.dip_mm:f}"
    )
    for witness_id in _witnesses(tx, station, person_id):
        write_notice(tx, witness_id, told)
    return dip_id


def _witnesses(tx: Tx, station: Station, person_id: uuid.UUID) -> list[uuid.UUID]:
    """Who may say that they saw it: the dealer of an attendant's dip, the attendants of a
    dealer's."""
    if station.dealer_id is not None and station.dealer_id != person_id:
        return [station.dealer_id]
    rows = tx.all(
        "SELECT subscriber_id FROM fuel_attendant WHERE tenant_id = current_tenant()"
        " AND station_id = %s AND subscriber_id <> %s ORDER BY subscriber_id LIMIT %s",
        (station.id, person_id, WITNESSES_MAXIMUM),
    )
    return [id for (id,) in rows]


_ENTERED: Final = (
    "SELECT d.id, s.name, t.number, p.name, d.dip_mm, d.water_mm, d.volume_cl, d.dipped_by"
    " FROM fuel_dip d JOIN fuel_tank t ON t.tenant_id = d.tenant_id AND t.id = d.tank_id"
    " JOIN fuel_station s ON s.tenant_id = d.tenant_id AND s.id = t.station_id"
    " JOIN fuel_product p ON p.tenant_id = d.tenant_id AND p.key = t.product"
    " WHERE d.tenant_id = current_tenant() AND d.state = 'entered' AND d.dipped_by <> %s"
    " AND t.station_id = ANY(%s)"
)


def _entered(row: Row) -> Entered:
    return Entered(*row)


def waiting_for(tx: Tx, person_id: uuid.UUID) -> Entered | None:
    """The oldest dip at a person's stations that another entered. Raises NotAnAttendant."""
    ids = [one.id for one in works_at(tx, person_id)]
    row = tx.one(f"{_ENTERED} ORDER BY d.id LIMIT 1", (person_id, ids))
    return _entered(row) if row else None


_ENDS: Final = "seen_by = %s, ended_at = now()"
_SEEN: Final = {
    trigger: DIP.advance(trigger, sets=_ENDS, where="id = %s", returning="1")
    for trigger in ("confirm", "refuse")
}


def confirm(tx: Tx, *, dip_id: uuid.UUID, person_id: uuid.UUID) -> None:
    """A second person saw it: it counts. Raises DipOver, NotAnAttendant."""
    _mine(tx, dip_id, person_id)
    if tx.one(_SEEN["confirm"], (person_id, dip_id)) is None:
        raise DipOver


def refuse(tx: Tx, *, dip_id: uuid.UUID, person_id: uuid.UUID) -> None:
    """A second person read another one; who entered it is texted. Raises DipOver,
    NotAnAttendant."""
    dip = _mine(tx, dip_id, person_id)
    if tx.one(_SEEN["refuse"], (person_id, dip_id)) is None:
        raise DipOver
    told = FuelDipRefused(station=dip.station, tank=dip.tank, mm=f"{dip.dip_mm:f}")
    write_notice(tx, dip.dipped_by, told)


def _mine(tx: Tx, dip_id: uuid.UUID, person_id: uuid.UUID) -> Entered:
    ids = [one.id for one in works_at(tx, person_id)]
    row = tx.one(f"{_ENTERED} AND d.id = %s FOR UPDATE OF d", (person_id, ids, dip_id))
    if row is None:
        raise DipOver
    return _entered(row)


def tanks(tx: Tx, station_id: uuid.UUID) -> list[Tank]:
    """The tanks that may be dipped, by their numbers."""
    return kept_charts.tanks_of(tx, station_id)
