"""A member leaves: with nothing open, by exit, transfer or death; and comes back."""

import uuid
from collections.abc import Iterator

import pytest

from core.approvals import requests
from core.approvals.requests import officer
from core.loans import leaving
from core.loans.leaving import CannotLeave, How
from core.loans.member_death import CannotPayOut, MemberDeath
from core.money import ledger
from core.people import people
from core.savings import groups
from tests.support.loans import Lending
from tests.support.savings import new_group
from tests.support.servers import DatabaseUrls
from tests.support.tenants import CURRENCY, KEYS, Tenant, new_tenant
from tests.support.year import year_of


@pytest.fixture(scope="module")
def tenant(module_database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(module_database) as made:
        yield made
        assert made.broken() == []


def leaves(
    group: Lending, person: uuid.UUID, how: How = "exit", to: uuid.UUID | None = None
) -> list[str]:
    """What is in the way; nothing where they have left."""
    try:
        with group.tenant.tx() as tx:
            leaving.leave(
                tx,
                group_id=group.group_id,
                subscriber_id=person,
                how=how,
                reason="moved away",
                by="test",
                to_group_id=to,
            )
    except CannotLeave as refused:
        return [one.code for one in refused.obstacles]
    return []


def codes(group: Lending, person: uuid.UUID) -> list[str]:
    with group.tenant.tx() as tx:
        return [one.code for one in groups.of_member(tx, person)]


def test_nobody_leaves_with_anything_open(tenant: Tenant) -> None:
    group = Lending(tenant)
    group.lend(60_000)
    assert leaves(group, group.borrower) == ["loan_open", "savings_left"]
    assert leaves(group, group.guarantors[0]) == ["guarantee_held", "savings_left"]
    new = group.member(0)
    tenant.as_superuser("UPDATE savings_group SET frozen = true WHERE id = %s", group.group_id)
    assert leaves(group, new) == ["group_frozen"]
    tenant.as_superuser("UPDATE savings_group SET frozen = false WHERE id = %s", group.group_id)
    assert leaves(group, new, "transfer") == ["no_target"]
    assert leaves(group, new, "transfer", group.group_id) == ["no_target"]
    assert leaves(group, new) == []
    assert leaves(group, new) == ["not_a_member"]
    assert tenant.count("audit", "action = 'member leaves' AND object_id = %s", new) == 1


def test_savings_are_booked_to_the_group_that_somebody_goes_to(tenant: Tenant) -> None:
    group = Lending(tenant)
    person, other = group.member(9_000), new_group(tenant, f"T{group.group_id.int % 10**6}")
    with tenant.tx() as tx:
        groups.join(tx, group_id=other, subscriber_id=person, currency=CURRENCY)
    with tenant.tx() as tx:
        here, there = groups.of_member(tx, person)
    tenant.move(here.savings_account_id, there.savings_account_id, 9_000)
    assert leaves(group, person, "transfer", other) == []
    with tenant.tx() as tx:
        (left,) = groups.of_member(tx, person)
    assert (left.number, left.saved_minor) == (2, 9_000)  # the number is theirs for life
    with tenant.tx() as tx:
        groups.join(tx, group_id=group.group_id, subscriber_id=person, currency=CURRENCY)
        assert [one.number for one in groups.of_member(tx, person)] == [1, 2]


def test_who_died_is_frozen(tenant: Tenant) -> None:
    group = Lending(tenant)
    person = group.member(0)
    assert leaves(group, person, "death") == []
    with tenant.tx() as tx:
        assert people.is_frozen(tx, person)
    assert codes(group, person) == []


def decided_by_two(
    tenant: Tenant, who: uuid.UUID, group_id: uuid.UUID, kin: uuid.UUID
) -> dict[str, str]:
    kind = MemberDeath()
    params = {"group": str(group_id), "next_of_kin": str(kin)}
    with tenant.tx() as tx:
        asked = requests.ask(
            *(tx, KEYS, kind),
            by=officer("ann", "test"),
            params=params,
            reason="a letter",
            subject_id=who,
        )
    with tenant.tx() as tx:
        by = officer("ben", "test")
        done = requests.approve(tx, KEYS, {kind.name: kind}, asked.request.id, by=by).done
    return dict(done.result)


def test_what_lies_in_the_box_the_next_of_kin_gets_in_cash(tenant: Tenant) -> None:
    """No wallet gets what the tenant does not have."""
    group, kin = year_of(tenant), tenant.person()
    group.hold_meeting(dict.fromkeys(group.people, 5))
    chair, *_, first, second, who = group.people
    group.lend_in_cash(first, 7_500)
    assert (group.funds.cash_minor, group.funds.with_tenant_minor) == (6_000, 0)
    done = decided_by_two(tenant, who, group.id, kin)
    assert done == {"paid": "2,500 RWF", "in cash": "2,500 RWF"}
    assert tenant.balance(ledger.account_id(kin, ledger.WALLET, CURRENCY))[0] == 0
    assert (group.funds.cash_minor, group.funds.with_tenant_minor) == (3_500, 0)
    told = "subscriber_id = %s AND template = 'savings_of_dead_in_cash'"
    assert tenant.count("message", told, kin) == 1
    group.lend_in_cash(second, 1_000)
    with pytest.raises(CannotPayOut, match="lent too much"):
        decided_by_two(tenant, chair, group.id, kin)


def test_who_died_leaves_one_group_after_the_other(tenant: Tenant) -> None:
    """The first has frozen them; any other hold is let go of by hand."""
    group, other, kin = Lending(tenant), Lending(tenant), tenant.person()
    who = group.member(1_000)
    with tenant.tx() as tx:
        groups.join(tx, group_id=other.group_id, subscriber_id=who, currency=CURRENCY)
    tenant.fund(other.savings_of(who), 400)
    hold(tenant, who, frozen=True)
    with pytest.raises(CannotPayOut, match="on hold"):
        decided_by_two(tenant, who, group.group_id, kin)
    hold(tenant, who, frozen=False)
    for left in (group, other):
        decided_by_two(tenant, who, left.group_id, kin)
        with tenant.tx() as tx:
            assert people.is_frozen(tx, who)
    assert tenant.balance(group.wallet_of(kin))[0] == 1_400


def hold(tenant: Tenant, who: uuid.UUID, *, frozen: bool) -> None:
    with tenant.tx() as tx:
        people.freeze(tx, who, frozen=frozen, actor="test", reason="a doubt")


def test_the_savings_of_who_died_go_to_the_next_of_kin_by_two(tenant: Tenant) -> None:
    group = Lending(tenant)
    who, kin = group.member(7_000), tenant.person()
    kind, ann, ben = MemberDeath(), officer("ann", "test"), officer("ben", "test")
    params = {"group": str(group.group_id), "next_of_kin": str(kin)}

    def ask(subject: uuid.UUID) -> uuid.UUID:
        with tenant.tx() as tx:
            return requests.ask(
                tx, KEYS, kind, by=ann, params=params, reason="a letter", subject_id=subject
            ).request.id

    group.lend(20_000)
    for still_open in (group.borrower, group.guarantors[0], kin):
        with pytest.raises(CannotPayOut):
            ask(still_open)
    asked = ask(who)
    for _ in range(2):
        with tenant.tx() as tx:
            decided = requests.approve(tx, KEYS, {kind.name: kind}, asked, by=ben)
            assert decided.done.result["paid"] == "7,000 RWF"
    assert tenant.balance(group.wallet_of(kin))[0] == 7_000
    assert tenant.balance(group.savings_of(who))[0] == 0
    assert tenant.count("message", "subscriber_id = %s AND template = 'savings_of_dead'", kin) == 1
    assert codes(group, who) == []
    with tenant.tx() as tx:
        assert people.is_frozen(tx, who)
