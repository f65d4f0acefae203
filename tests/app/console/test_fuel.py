"""Fuel stations on the console: who has not acknowledged, what runs low, what is missing."""

import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest

from app.console.application import create_console
from tests.app.console.conftest import Clerk, settings_of, taken_on
from tests.support.history import at_home
from tests.support.history_of_fuel import shift_is_opened
from tests.support.history_of_fuel_stock import confirmed, received, stock_is_reckoned
from tests.support.servers import DatabaseUrls
from tests.support.tenants import KEYS, KIGALI
from tests.support.ussd import UssdTenant
from values import clock


@pytest.fixture
def tenant(ussd_database: DatabaseUrls, redis_url: str) -> Iterator[UssdTenant]:
    with at_home(ussd_database, redis_url) as made:
        yield made


@pytest.fixture
def clerk(tenant: UssdTenant) -> Clerk:
    return clerk_of(tenant)


def clerk_of(tenant: UssdTenant) -> Clerk:
    web = create_console(settings_of(tenant), tenant.database, KEYS)
    return Clerk(web, tenant).signs_in(taken_on(tenant)["operator"])


def month_begins_badly(tenant: UssdTenant) -> None:
    """458 l are gone from tank 1 of Remera, and a delivery is short."""
    begins = clock.now(KIGALI).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    confirmed(tenant, "1250", begins - timedelta(hours=2))
    confirmed(tenant, "1220", begins)
    stock_is_reckoned(tenant)
    received(tenant, 10_000, "600", "1250")


def test_stations_are_listed_with_what_is_wrong_first(tenant: UssdTenant, clerk: Clerk) -> None:
    before = clerk.reads("/console/fuel")
    assert "3 stations have not acknowledged the newest prices." in before
    assert before.index("101 Remera") < before.index("102 Gisozi") < before.index("201 Huye Taba")
    month_begins_badly(tenant)
    shift_is_opened(tenant)
    tenant.admin.execute("UPDATE fuel_station SET number = 901 WHERE number = 101")
    shown = clerk.reads("/console/fuel")
    assert shown.index("901 Remera") < shown.index("102 Gisozi"), "it has alarms"
    assert ">-458<" in shown
    assert '<td class="number" data-label="Open shifts">1</td>' in shown


def test_a_stations_days_are_shown_with_what_was_told(tenant: UssdTenant, clerk: Clerk) -> None:
    month_begins_badly(tenant)
    path = f"/console/fuel/{tenant.stations()['Remera']}"
    shown = clerk.reads(path)
    assert "458 l are missing at once" in shown
    assert '<span class="wrong">-458</span>' in shown
    assert "WB-1" in shown
    assert '<span class="wrong">536</span>' in shown
    assert "No day was reckoned." in clerk.reads(f"{path}?month=2025-09")
    assert "458 l are missing" in clerk.reads(f"{path}?month=soon"), "this month"
    assert clerk.get(f"/console/fuel/{uuid.uuid4()}").status_code == 404
