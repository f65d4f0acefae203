"""A member changes groups with their savings, in one step."""

import uuid
from collections.abc import Iterator

import pytest

from core.approvals import requests
from core.approvals.requests import officer
from core.loans.member_transfer import CannotTransfer, MemberTransfer
from core.savings import groups
from tests.support.servers import DatabaseUrls
from tests.support.tenants import KEYS, Tenant, new_tenant
from tests.support.year import Year, year_of

KIND = MemberTransfer()


@pytest.fixture(scope="module")
def tenant(module_database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(module_database) as made:
        yield made


@pytest.fixture
def two(tenant: Tenant) -> Iterator[tuple[Year, Year]]:
    left, group = year_of(tenant), year_of(tenant)
    left.hold_meeting(dict.fromkeys(left.people, 5))
    yield left, group
    assert tenant.broken() == []


def go(left: Year, group: Year, who: uuid.UUID) -> dict[str, str]:
    tenant = left.tenant
    params = {"group": str(left.id), "to_group": str(group.id)}
    with tenant.tx() as tx:
        asked = requests.ask(
            *(tx, KEYS, KIND),
            by=officer("ann", "test"),
            params=params,
            reason="moved",
            subject_id=who,
        )
        assert KIND.show(tx, KEYS, asked.request).after
    with tenant.tx() as tx:
        by = officer("ben", "test")
        done = requests.approve(tx, KEYS, {KIND.name: KIND}, asked.request.id, by=by).done
    return dict(done.result)


def test_what_lies_in_the_box_is_carried(two: tuple[Year, Year]) -> None:
    left, group = two
    who = left.people[-1]
    left.tenant.fund(left.savings_of(who), 900)  # by phone
    before = left.funds
    assert go(left, group, who) == {"savings": "3,400 RWF", "carried in cash": "2,500 RWF"}
    assert left.saved_minor(who) == 0
    assert group.saved_minor(who) == 3_400
    now, there = left.funds, group.funds
    assert (now.cash_minor, now.with_tenant_minor) == (before.cash_minor - 2_500, 0)
    assert (there.cash_minor, there.with_tenant_minor) == (2_500, 900)
    with left.tenant.tx() as tx:
        assert [one.id for one in groups.of_member(tx, who)] == [group.id]
    told = {
        name: left.tenant.count("message", "template = %s", name)
        for name in ("savings_moved", "cash_carried")
    }
    assert told == {"savings_moved": 1, "cash_carried": 4}  # two of each committee
    # Both boxes are what the next meetings read aloud.
    for one in (left, group):
        one.go_on(days=28)
        assert one.open().opening_loan_minor == one.funds.loan_cash_minor
        one.end()


def test_what_is_open_is_in_the_way(two: tuple[Year, Year]) -> None:
    left, group = two
    *_, bea, eve = left.people
    left.lend_in_cash(eve, 7_500)
    with pytest.raises(CannotTransfer, match="loan"):
        go(left, group, eve)
    left.lend_in_cash(bea, 4_000)
    with pytest.raises(CannotTransfer, match="lent too much"):
        go(left, group, left.people[2])
    with pytest.raises(CannotTransfer, match="same group"):
        go(left, left, left.people[2])
    group.open()
    with pytest.raises(CannotTransfer, match="other group is on"):
        go(left, group, left.people[2])
    group.end()
