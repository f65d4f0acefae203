"""Calls to be made: a number waits once, and does not fill the list."""

from collections.abc import Iterator

import pytest

from core.people import call_backs
from tests.support.servers import DatabaseUrls
from tests.support.tenants import KEYS, Tenant, new_tenant
from values.ids import uuid7


@pytest.fixture
def tenant(database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(database) as made:
        yield made


def ask(tenant: Tenant, number: str, place: str = "menu") -> None:
    with tenant.tx() as tx:
        call_backs.ask(
            tx, KEYS, service_id=uuid7(), subscriber_id=None, address=number, place=place
        )


def waiting(tenant: Tenant) -> list[call_backs.CallBack]:
    with tenant.tx() as tx:
        return call_backs.waiting(tx, KEYS)


def test_one_phone_does_not_fill_the_list(tenant: Tenant) -> None:
    for place in ("first", *["later"] * 210):
        ask(tenant, "+250788000203", place)
    ask(tenant, "+250788000202")
    assert [(one.number, one.place) for one in waiting(tenant)] == [
        ("+250788000203", "first"),
        ("+250788000202", "menu"),
    ]


def test_called_it_may_ask_again_but_not_all_day(tenant: Tenant) -> None:
    called = 0
    for _ in range(10):
        ask(tenant, "+250788000203")
        for one in waiting(tenant):
            with tenant.tx() as tx:
                called += call_backs.done(tx, one.id, actor="operator ann")
    assert called == call_backs.CALLS_A_DAY
    ask(tenant, "+250788000202")  # others do
    assert len(waiting(tenant)) == 1
