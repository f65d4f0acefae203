"""The files for authorities: what is in them, and that each column is explained."""

import re
from datetime import timedelta

import pytest

from app.settings import CHECKOUT
from core.documents.table import Row
from core.lists.listing import Listing, Wanted
from core.rides import listing
from core.rides.fares import Tariff
from tests.support.history_of_rides import booked, cancelled_late, on_duty, what_is_ridden
from tests.support.tenants import KEYS
from tests.support.ussd import UssdTenant
from values import clock
from values.money import Money

PAGE = CHECKOUT / "docs" / "howto" / "report-rides.md"


def _rows(tenant: UssdTenant, one: Listing) -> list[dict[str, object]]:
    wanted = Wanted(since=None, until=clock.now() + timedelta(seconds=1))
    with tenant.tx() as tx:
        found, _ = one.page(tx, KEYS, wanted, after=None, limit=100)
    return [_named(one, row) for row in found]


def _named(one: Listing, row: Row) -> dict[str, object]:
    return dict(zip((column.name for column in one.columns), row, strict=True))


@pytest.mark.parametrize("one", listing.LISTINGS, ids=lambda one: one.name)
def test_each_column_is_explained_in_its_order(one: Listing) -> None:
    part = PAGE.read_text(encoding="utf-8").partition(f"## `{one.name}`")[2].partition("## `")[0]
    explained = re.findall(r"^\| `(\w+)` \| (?=\S)", part, re.M)
    assert explained == [column.name for column in one.columns]


def test_trips_taxes_and_payments_agree_with_the_books(tenant: UssdTenant) -> None:
    what_is_ridden(tenant)
    trips = {str(one["ride"]): one for one in _rows(tenant, listing.TRIPS)}
    assert sorted(str(one["state"]) for one in trips.values()) == [
        *("cancelled", "completed", "completed", "expired"),
    ]
    taxes = _rows(tenant, listing.TAXES)
    assert [one["paid_by"] for one in taxes] == ["wallet", "cash"]
    payments = {str(one["ride"]): one for one in _rows(tenant, listing.PAYMENTS)}
    assert [one["kind"] for one in payments.values()] == ["ride_fare", "ride_cancellation"]
    wallet, cash = taxes
    assert payments[str(wallet["ride"])]["amount"] == wallet["fare"]
    assert payments[str(wallet["ride"])]["commission"] == wallet["commission"]
    assert str(cash["ride"]) not in payments
    assert cash["commission"] == Money(0, "RWF")
    # What the books have as commission is the sum of what the file says.
    (booked_minor,) = tenant.one(
        "SELECT sum(p.amount_minor) FROM posting p JOIN entry e ON e.id = p.entry_id"
        " JOIN account a ON a.id = p.account_id WHERE e.kind = 'ride_fare' AND a.kind = 'fees'"
    )
    commission = wallet["commission"]
    assert isinstance(commission, Money)
    assert commission.amount_minor == booked_minor


def test_a_rides_tax_is_in_its_fare(tenant: UssdTenant) -> None:
    tenant.admin.execute("UPDATE ride_tariff SET terms = jsonb_set(terms, '{vat_percent}', '18')")
    what_is_ridden(tenant)
    for one in _rows(tenant, listing.TAXES):
        fare, net, vat = one["fare"], one["net"], one["vat"]
        assert isinstance(fare, Money)
        assert isinstance(net, Money)
        assert isinstance(vat, Money)
        assert net.amount_minor + vat.amount_minor == fare.amount_minor
        assert abs(vat.amount_minor * 118 - fare.amount_minor * 18) <= 59
        assert one["vat_percent"] == 18


@pytest.mark.parametrize(
    ("fare", "percent", "vat"), [(1_180, 18, 180), (1_339, 18, 204), (1, 18, 0), (999, 0, 0)]
)
def test_the_tax_is_rounded_to_the_nearest_unit(fare: int, percent: int, vat: int) -> None:
    assert Tariff(400, 2_000, ((2_000, 117),), vat_percent=percent).vat_minor(fare) == vat


def test_licences_say_whether_they_hold_today(tenant: UssdTenant) -> None:
    on_duty(tenant, "mbonyi")
    tenant.admin.execute(
        "UPDATE driver SET insurance_until = '2020-01-01' WHERE subscriber_id = %s",
        (tenant.id_of("safari"),),
    )
    found = {str(one["plate"]): one["in_force"] for one in _rows(tenant, listing.LICENCES)}
    assert found["RD 320 B"] == "yes"
    assert found["RE 330 C"] == "no"


def test_what_goes_on_is_in_no_file(tenant: UssdTenant) -> None:
    on_duty(tenant, "mbonyi")
    booked(tenant, "kabera", in_cash=True)
    assert [_rows(tenant, one) for one in (listing.TRIPS, listing.TAXES, listing.PAYMENTS)] == [
        *([], [], []),
    ]


def test_a_late_cancellation_is_a_payment_and_no_taxed_trip(tenant: UssdTenant) -> None:
    on_duty(tenant, "mbonyi")
    cancelled_late(tenant)
    (payment,) = _rows(tenant, listing.PAYMENTS)
    assert payment["amount"] == Money(200, "RWF")
    assert payment["commission"] == Money(0, "RWF")
    assert _rows(tenant, listing.TAXES) == []
