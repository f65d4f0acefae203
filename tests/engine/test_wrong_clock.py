"""On a host with a wrong clock: what waits, waits as long as ever; a day is the database's."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from core.db.database import Database
from tests.support.phone import phone_of
from tests.support.situations import holding
from tests.support.ussd import UssdTenant
from values import clock

HOUR_S = 3_600.0
Shift = Callable[[float], None]


@pytest.fixture
def shift(tenant: UssdTenant, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shift]:
    """Puts this host's clock that many seconds ahead, and connects, as a process that starts."""
    real_s, real_ns = time.time, time.time_ns

    def ahead(by_s: float) -> None:
        monkeypatch.setattr(time, "time", lambda: real_s() + by_s)
        monkeypatch.setattr(time, "time_ns", lambda: real_ns() + int(by_s * 1e9))
        clock.forget()
        with (
            closing(Database(tenant.urls.database_url)) as database,
            database.transaction(tenant.tenant_id) as tx,
        ):
            tx.one("SELECT 1")

    yield ahead
    clock.forget()


@pytest.mark.parametrize("by_s", [-45.0, 45.0])
def test_where_it_is_nearly_right_a_held_sale_waits_for_ten_minutes(
    tenant: UssdTenant, shift: Shift, by_s: float
) -> None:
    shift(by_s)
    holding(tenant)
    [left_s] = tenant.one(
        "SELECT extract(epoch FROM expires_at - now())::float8 FROM approval"
        " WHERE state = 'pending'"
    )
    assert 570 < left_s <= 600


@pytest.mark.parametrize("by_s", [-2 * HOUR_S, 2 * HOUR_S, 150 * 24 * HOUR_S])
def test_where_it_is_not_nothing_is_held_and_what_waits_goes_on_waiting(
    tenant: UssdTenant, shift: Shift, by_s: float
) -> None:
    tenant.faults_are_expected = True
    holding(tenant)
    shift(by_s)
    waits = tenant.one("SELECT id, expires_at > now() FROM approval WHERE state = 'pending'")
    assert waits[1]
    other = phone_of(tenant, "bizimana")
    other.dial("*384*10*9*1*0788000002*12000#")
    assert "Nothing was taken." in other.type("1", "1964").text
    customer = phone_of(tenant, "uwera")
    customer.dial()
    assert "Nothing was taken." in customer.type("1", "2748").text
    assert tenant.one("SELECT id, expires_at > now() FROM approval") == waits
    assert tenant.entries() == 0


@pytest.mark.parametrize("by_s", [-24 * HOUR_S, 24 * HOUR_S])
def test_a_days_limit_is_not_begun_anew(tenant: UssdTenant, shift: Shift, by_s: float) -> None:
    today = tenant.service().tenant.today()
    shift(by_s)
    assert tenant.service().tenant.today() == today


def test_no_money_moves_there_and_it_is_said(tenant: UssdTenant, shift: Shift) -> None:
    tenant.faults_are_expected = True
    shift(2 * HOUR_S)
    phone = phone_of(tenant, "uwera")
    phone.dial("*384*10*1*1*500#")
    assert "Nothing was taken." in phone.type("1", "2748").text
    assert tenant.entries() == 0
