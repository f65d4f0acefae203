"""Dips and deliveries, in a database with a history. ndoli works at Remera, mugisha runs it."""

import uuid
from contextlib import closing
from datetime import datetime, timedelta
from decimal import Decimal

from core.approvals import requests
from core.approvals.requests import officer
from core.db.database import Database
from core.fuel import charts, deliveries, dips, kept_charts, shifts, stock_days
from core.fuel.kept_charts import NEW_CHART, Tank, Wanted
from core.fuel.shifts import Counted
from tests.support.domains import DOMAINS
from tests.support.fuel_menu import CHART_ROWS
from tests.support.tenants import KEYS, KIGALI
from tests.support.ussd import UssdTenant
from values import clock

_SIX_HOURS = timedelta(hours=6)
ANN, BEN = officer("ann", "test"), officer("ben", "test")


def tank_of(tenant: UssdTenant, number: int = 1, station: int = 101) -> Tank:
    with tenant.tx() as tx:
        return kept_charts.tank_at(tx, station, number)


def dipped(
    tenant: UssdTenant,
    mm: str = "1250",
    water: str = "0",
    *,
    tank: int = 1,
    who: str = "ndoli",
    is_warm: bool = False,
) -> uuid.UUID:
    """Somebody dips a tank of Remera; petrol of 30 degrees, if it `is_warm`."""
    tank_id = tank_of(tenant, tank).id
    warm = {"temperature_c": Decimal(30), "density_15": Decimal(745)} if is_warm else {}
    with tenant.tx() as tx:
        measured = dips.measure(tx, tank_id, Decimal(mm), Decimal(water), **warm)
    dip_id: uuid.UUID = tenant.change(
        dips.enter, tank_id=tank_id, person_id=tenant.id_of(who), measured=measured
    )
    return dip_id


def confirmed(tenant: UssdTenant, mm: str, at: datetime | None = None, tank: int = 1) -> uuid.UUID:
    """ndoli dips, mugisha saw it; at a time, if one is given."""
    dip_id = dipped(tenant, mm, tank=tank)
    tenant.change(dips.confirm, dip_id=dip_id, person_id=tenant.id_of("mugisha"))
    if at is not None:
        tenant.admin.execute("UPDATE fuel_dip SET dipped_at = %s WHERE id = %s", (at, dip_id))
    return dip_id


def received(
    tenant: UssdTenant,
    ticket: int,
    before: str,
    after: str,
    waybill: str = "WB-1",
    *,
    sold_cl: int = 0,
) -> str:
    """ndoli receives a delivery into tank 1 of Remera."""
    reference: str = tenant.change(
        deliveries.receive,
        tank_id=tank_of(tenant).id,
        person_id=tenant.id_of("ndoli"),
        waybill=waybill,
        seals="884",
        ticket_cl=ticket * 100,
        before_mm=Decimal(before),
        after_mm=Decimal(after),
        sold_cl=sold_cl,
    )
    return reference


def stock_is_reckoned(tenant: UssdTenant) -> int:
    with closing(Database(tenant.urls.relay_url)) as relay:
        return stock_days.reckon_due(tenant.database, relay)


def shift_is_closed(tenant: UssdTenant) -> None:
    """ndoli's, at the meters at which it was opened."""
    with tenant.tx() as tx:
        shift = shifts.require_open(tx, tenant.id_of("ndoli"))
    tenant.change(
        shifts.end,
        KEYS,
        shift=shift,
        totalisers_cl=(1_234_567, 90_000),
        counted=Counted(0, 0, 0, 0),
        at=clock.now(),
    )


def chart_is_asked_for(tenant: UssdTenant, tank: Tank) -> uuid.UUID:
    """ann asks for a chart of a tank from today on."""
    rows = tuple((Decimal(mm), Decimal(litres)) for mm, litres in CHART_ROWS)
    today = clock.now(KIGALI).date()
    wanted = Wanted(tank.id, "RSB 311", today, charts.Chart(rows), "c" * 64)
    asked = tenant.change(
        requests.ask, KEYS, NEW_CHART, by=ANN, params=wanted.to_params(), reason="new tank"
    )
    request_id: uuid.UUID = asked.request.id
    return request_id


def chart_is_approved(tenant: UssdTenant, request_id: uuid.UUID) -> None:
    tenant.change(requests.approve, KEYS, DOMAINS.approvals, request_id, by=BEN)


def what_tanks_do(tenant: UssdTenant) -> None:
    """A chart is approved, dips count or do not, a delivery comes short, and days are reckoned.
    No shift is open."""
    chart_is_approved(tenant, chart_is_asked_for(tenant, tank_of(tenant, station=102)))
    yesterday = clock.now(KIGALI).replace(hour=0, minute=0) - _SIX_HOURS
    confirmed(tenant, "1250", yesterday)
    received(tenant, 10_000, "600", "1200", sold_cl=2_550)
    confirmed(tenant, "1900")
    other = dipped(tenant, "900", "60", is_warm=True)
    tenant.change(dips.refuse, dip_id=other, person_id=tenant.id_of("mugisha"))
    dipped(tenant, "901")
    stock_is_reckoned(tenant)
