"""Dips by two, charts by two, deliveries against their tickets."""

from datetime import timedelta
from decimal import Decimal

import psycopg
import pytest

from core.approvals import requests
from core.approvals.errors import SameOfficer
from core.fuel import charts, deliveries, dips, kept_charts
from core.fuel.errors import (
    BadChart,
    DipOutside,
    DipOver,
    NoChart,
    NotAnAttendant,
    NothingCame,
    NotMeasurable,
    PumpSells,
    WaterAboveDip,
    WaybillKnown,
)
from tests.support.domains import DOMAINS
from tests.support.history_of_fuel import shift_is_opened
from tests.support.history_of_fuel_stock import (
    ANN,
    chart_is_approved,
    chart_is_asked_for,
    confirmed,
    dipped,
    received,
    tank_of,
)
from tests.support.tenants import KEYS, KIGALI
from tests.support.ussd import UssdTenant
from values import clock


def measured(tenant: UssdTenant, mm: str, water: str = "0", /, **warm: Decimal) -> dips.Measured:
    with tenant.tx() as tx:
        return dips.measure(tx, tank_of(tenant).id, Decimal(mm), Decimal(water), **warm)


def test_millimetres_become_litres_by_the_tanks_own_chart(tenant: UssdTenant) -> None:
    found = measured(tenant, "1250")
    assert (found.volume_cl, found.water_cl, found.cl_a_mm) == (1_500_110, 0, 1_528)
    assert measured(tenant, "50").volume_cl == 14_319, "dead stock is kept"
    wet = measured(tenant, "1250", "100")
    assert (wet.volume_cl, wet.water_cl) == (1_500_110 - 40_254, 40_254)
    assert measured(tenant, "1250").since_cl is None
    confirmed(tenant, "1200")
    assert measured(tenant, "1200").since_cl == 0, "0 is a value"


def test_at_15_degrees_the_litres_stand_apart(tenant: UssdTenant) -> None:
    found = measured(tenant, "1250", temperature_c=Decimal(30), density_15=Decimal(745))
    assert (found.volume_cl, found.standard_cl) == (1_500_110, 1_472_673)
    with pytest.raises(NotMeasurable):
        measured(tenant, "1250", temperature_c=Decimal(30), density_15=Decimal("0.745"))


@pytest.mark.parametrize(
    ("mm", "water", "error"),
    [
        ("2500.1", "0", DipOutside),
        ("0", "0", DipOutside),
        ("1250", "1251", WaterAboveDip),
        ("1250", "10", DipOutside),
    ],
)
def test_what_no_stick_says(
    tenant: UssdTenant, mm: str, water: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        measured(tenant, mm, water)


def test_a_dip_counts_once_two_have_seen_it(tenant: UssdTenant) -> None:
    dip_id = dipped(tenant)
    assert "dip 1250 mm" in tenant.texts("mugisha")[-1]
    told = {"dip_id": dip_id}
    with pytest.raises(DipOver):  # nobody confirms their own
        tenant.change(dips.confirm, **told, person_id=tenant.id_of("ndoli"))
    with pytest.raises(DipOver):  # nor somebody of another station
        tenant.change(dips.confirm, **told, person_id=tenant.id_of("shema"))
    with pytest.raises(NotAnAttendant):
        tenant.change(dips.confirm, **told, person_id=tenant.id_of("uwera"))
    tenant.change(dips.confirm, **told, person_id=tenant.id_of("mugisha"))
    with pytest.raises(DipOver):
        tenant.change(dips.refuse, **told, person_id=tenant.id_of("mugisha"))
    assert tenant.one("SELECT state, seen_by FROM fuel_dip") == (
        "confirmed",
        tenant.id_of("mugisha"),
    )
    with pytest.raises(psycopg.errors.CheckViolation):
        tenant.admin.execute("UPDATE fuel_dip SET seen_by = dipped_by")


def test_another_reading_is_told_to_who_entered_it(tenant: UssdTenant) -> None:
    dip_id = dipped(tenant, who="mugisha")
    assert "dip 1250 mm" in tenant.texts("ndoli")[-1]
    tenant.change(dips.refuse, dip_id=dip_id, person_id=tenant.id_of("ndoli"))
    assert "1250 mm was not confirmed" in tenant.texts("mugisha")[-1]


def test_no_tank_is_dipped_while_a_pump_sells_from_it(tenant: UssdTenant) -> None:
    shift_is_opened(tenant)
    with pytest.raises(PumpSells):
        dipped(tenant)


def test_a_chart_is_approved_by_two(tenant: UssdTenant) -> None:
    tank = tank_of(tenant, station=102)
    with tenant.tx() as tx, pytest.raises(NoChart):
        dips.chart_today(tx, tank.id)
    request_id = chart_is_asked_for(tenant, tank)
    with pytest.raises(SameOfficer):
        tenant.change(requests.approve, KEYS, DOMAINS.approvals, request_id, by=ANN)
    chart_is_approved(tenant, request_id)
    with tenant.tx() as tx:
        _, chart = dips.chart_today(tx, tank.id)
        with pytest.raises(NoChart):  # not before its day
            kept_charts.in_force(tx, tank.id, clock.now(KIGALI).date() - timedelta(days=1))
    assert (chart.dead_stock_l, chart.top_mm) == (Decimal("143.19"), Decimal(2_500))
    with pytest.raises(BadChart, match="has a chart from"):
        chart_is_asked_for(tenant, tank)
    with tenant.tx() as tx, pytest.raises(BadChart, match="has no tank 9"):
        kept_charts.tank_at(tx, 102, 9)


def test_a_chart_does_not_change_what_was_dipped_before(tenant: UssdTenant) -> None:
    rows = tuple((Decimal(mm), Decimal(mm * 10)) for mm in (0, 100, 200))
    yesterday = clock.now(KIGALI).date() - timedelta(days=1)
    tank_id = tank_of(tenant).id
    late = kept_charts.Wanted(tank_id, "RSB 1", yesterday, charts.Chart(rows), "c" * 64)
    with pytest.raises(BadChart, match="begins today at the earliest"):
        tenant.change(
            requests.ask,
            KEYS,
            kept_charts.NEW_CHART,
            by=ANN,
            params=late.to_params(),
            reason="late",
        )


def test_a_short_delivery_is_claimed_and_told_once(tenant: UssdTenant) -> None:
    with pytest.raises(NothingCame):
        received(tenant, 10_000, "600", "600")
    reference = received(tenant, 10_000, "600", "1250")
    assert tenant.one("SELECT received_cl, short_cl FROM fuel_delivery") == (946_421, 53_579)
    assert tenant.one("SELECT subject, sentence FROM alarm WHERE kind = 'fuel_delivery_short'") == (
        reference,
        "Remera, tank 1: waybill WB-1 is 535.79 l short; 61.10 l pass.",
    )
    assert "10000.00 l on the ticket, 9464.21 l by the dips" in tenant.texts("mugisha")[-1]
    with pytest.raises(WaybillKnown):
        received(tenant, 10_000, "600", "1250")
    received(tenant, 9_500, "600", "1250", "WB-2")
    assert tenant.one("SELECT short_cl FROM fuel_delivery WHERE waybill = 'WB-2'") == (0,)
    with tenant.tx() as tx:
        now = clock.now()
        listed = deliveries.between(tx, now - timedelta(days=1), now + timedelta(days=1), 10)
    assert [(one.waybill, one.short_cl) for one in listed] == [("WB-2", 0), ("WB-1", 53_579)]
