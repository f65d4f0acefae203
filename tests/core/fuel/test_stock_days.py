"""What stations entered, held against the books of their tanks.

At 1250 mm tank 1 has 15,001.10 l."""

from datetime import datetime, timedelta

import pytest

from core.fuel import stock_days
from tests.support.history_of_fuel_stock import (
    confirmed,
    dipped,
    received,
    stock_is_reckoned,
    tank_of,
)
from tests.support.tenants import KIGALI
from tests.support.ussd import UssdTenant
from values import clock

LOSSES = "SELECT sentence FROM alarm WHERE kind LIKE 'fuel_stock_%' ORDER BY sentence"


def at(day: int, hour: int = 22) -> datetime:
    """An hour of a day of last month's."""
    last = clock.now(KIGALI).replace(day=1) - timedelta(days=1)
    return last.replace(day=day, hour=hour, minute=0, second=0, microsecond=0)


def sold(tenant: UssdTenant, litres: int, when: datetime) -> None:
    """Nozzle 1 of Remera, which draws from tank 1, says so."""
    tenant.admin.execute(
        "INSERT INTO fuel_shift (tenant_id, id, station_id, pump, attendant_id, currency, state,"
        " closed_at) SELECT tenant_id, gen_random_uuid(), station_id, pump, %s, 'RWF', 'closed',"
        " now() FROM fuel_nozzle WHERE tank_id = %s",
        (tenant.id_of("ndoli"), tank_of(tenant).id),
    )
    tenant.admin.execute(
        "INSERT INTO fuel_reading (tenant_id, id, shift_id, nozzle_id, totaliser_cl, sold_cl, at)"
        " SELECT n.tenant_id, gen_random_uuid(), (SELECT id FROM fuel_shift LIMIT 1), n.id, 0, %s,"
        " %s FROM fuel_nozzle n WHERE n.tank_id = %s",
        (litres * 100, when, tank_of(tenant).id),
    )


def days(tenant: UssdTenant) -> list[stock_days.Listed]:
    first = stock_days.first_of(at(1).date())
    with tenant.tx() as tx:
        return stock_days.listed(tx, first, stock_days.next_month(first), 101)


def test_a_day_is_opening_and_deliveries_less_sales_against_the_dip(tenant: UssdTenant) -> None:
    confirmed(tenant, "1250", at(3))
    sold(tenant, 700, at(4, 9))
    sold(tenant, 70, at(4, 23))  # after the dip: of the day after
    confirmed(tenant, "1240", at(4, 12))  # a later dip of the day counts
    confirmed(tenant, "1205", at(4))
    assert stock_is_reckoned(tenant) == 1
    (one,) = days(tenant)
    assert (one.day, one.opening_cl, one.sold_cl, one.delivered_cl) == (
        at(4).date(),
        1_500_110,
        70_000,
        0,
    )
    assert (one.book_cl, one.dip_cl, one.variance_cl) == (1_430_110, 1_431_369, 1_259)
    assert (str(one.per_mille), one.tolerance_cl) == ("18.0", 6_112)
    assert stock_is_reckoned(tenant) == 0, "nothing is new"
    received(tenant, 5_000, "1205", "1531")
    tenant.admin.execute("UPDATE fuel_delivery SET received_at = %s", (at(5, 8),))
    confirmed(tenant, "1526.5", at(5))
    assert stock_is_reckoned(tenant) == 1
    second = days(tenant)[1]
    assert (second.delivered_cl, second.sold_cl) == (500_000, 7_000)
    assert second.book_cl == second.opening_cl + 500_000 - 7_000
    assert second.cumulative_cl == one.variance_cl + second.variance_cl
    assert not tenant.admin.execute(LOSSES).fetchall()


def test_a_sudden_loss_is_told_once_and_a_short_delivery_is_none(tenant: UssdTenant) -> None:
    confirmed(tenant, "1250", at(3))
    confirmed(tenant, "1220", at(4))  # 458 l gone, nothing sold
    dipped(tenant, "900")  # nobody has confirmed it
    for _ in range(2):
        stock_is_reckoned(tenant)
        tenant.admin.execute("UPDATE fuel_dip SET reckoned_at = NULL")
    told = "Remera, tank 1: On {:%Y-%m-%d} 458 l are missing at once; 61 l a day pass."
    assert tenant.admin.execute(LOSSES).fetchall() == [(told.format(at(4)),)]
    received(tenant, 5_000, "1220", "1500")  # claimed: 655 l short
    tenant.admin.execute("UPDATE fuel_delivery SET received_at = %s", (at(5, 8),))
    tenant.admin.execute("UPDATE fuel_stock_alarm SET about = %s WHERE kind = 'delivery'", (at(5),))
    confirmed(tenant, "1500", at(5))
    stock_is_reckoned(tenant)
    assert len(tenant.admin.execute(LOSSES).fetchall()) == 1
    first = stock_days.first_of(at(1).date())
    with tenant.tx() as tx:
        found = stock_days.told(tx, first, clock.now(KIGALI).date() + timedelta(days=1))
    assert sorted(one.kind for one in found) == ["delivery", "sudden"]


def test_a_slow_trend_is_told_once_a_month(tenant: UssdTenant) -> None:
    """A millimetre a day of nothing sold: each day passes, and ten do not."""
    for day in range(1, 13):
        confirmed(tenant, f"{1250 - 2 * day}", at(day))
        stock_is_reckoned(tenant)
    [(sentence,)] = tenant.admin.execute(LOSSES).fetchall()
    assert sentence.startswith(f"Remera, tank 1: By {at(11):%Y-%m-%d} 306 l are missing day by day")


def test_a_months_last_dip_opens_the_next(tenant: UssdTenant) -> None:
    this_month = clock.now(KIGALI).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    confirmed(tenant, "1250", this_month - timedelta(hours=2))
    confirmed(tenant, "1249", this_month)
    stock_is_reckoned(tenant)
    first = this_month.date()
    with tenant.tx() as tx:
        [one] = stock_days.listed(tx, first, stock_days.next_month(first))
    assert one.opening_cl == 1_500_110


def test_limits_are_those_of_the_months_first_day(tenant: UssdTenant) -> None:
    confirmed(tenant, "1250", at(3))
    sold(tenant, 20_000, at(4, 9))
    confirmed(tenant, "1220", at(4))
    stock_is_reckoned(tenant)
    (one,) = days(tenant)
    assert one.tolerance_cl == pytest.approx(20_000 * 100 * 0.006), "0.6 % in fuel.yaml"
