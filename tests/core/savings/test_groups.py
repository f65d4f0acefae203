"""Savings groups: numbers for life, paying in, and freezing."""

import uuid
from collections.abc import Iterator

import pytest

from core.messaging.messages import write_text
from core.money import intents, ledger
from core.money.errors import Frozen, InsufficientFunds
from core.people.messages import Welcome
from core.savings import contributions, groups
from tests.support.servers import DatabaseUrls
from tests.support.tenants import CURRENCY, Tenant, new_tenant
from tests.support.waiting import at_once
from values.ids import uuid7


@pytest.fixture(scope="module")
def tenant(module_database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(module_database) as made:
        yield made
        assert made.broken() == []


def group(tenant: Tenant, code: str) -> uuid.UUID:
    organisation, id = uuid7(), uuid7()
    with tenant.tx() as tx:
        tx.execute(
            "INSERT INTO organisation VALUES (current_tenant(), %s, 'Union')", (organisation,)
        )
        tx.execute(
            "INSERT INTO savings_group (tenant_id, id, organisation_id, code, name)"
            " VALUES (current_tenant(), %s, %s, %s, %s)",
            (id, organisation, code, f"Group {code}"),
        )
    return id


def join(tenant: Tenant, person: uuid.UUID, *group_ids: uuid.UUID) -> None:
    for id in group_ids:
        with tenant.tx() as tx:
            groups.join(tx, group_id=id, subscriber_id=person, currency=CURRENCY)


def numbers(tenant: Tenant, person: uuid.UUID) -> list[tuple[int, str]]:
    with tenant.tx() as tx:
        return [(one.number, one.code) for one in groups.of_member(tx, person)]


def pay(tenant: Tenant, person: uuid.UUID, group_id: uuid.UUID, amount: int, fee: int) -> uuid.UUID:
    """A contribution as the flow makes one: intent, claim, posting and receipt."""
    intent_id, entry_id = uuid7(), uuid7()
    with tenant.tx() as tx:
        intents.open_intent(
            tx,
            id=intent_id,
            subscriber_id=person,
            session=uuid7().hex,
            operation="contribute",
            payee_id=group_id,
            amount_minor=amount,
            fee_minor=fee,
            currency=CURRENCY,
            quote={"name": "Group"},
        )
    with tenant.tx() as tx:
        intent, ours = intents.claim(tx, intent_id, person, entry_id=entry_id)
        assert ours
        contributions.post(tx, intent=intent, entry_id=entry_id, tenant_id=tenant.tenant_id)
        write_text(
            tx,
            subscriber_id=person,
            service_id=uuid7(),
            message=Welcome(),
            entry_id=entry_id,
        )
    return entry_id


def rich(tenant: Tenant, amount: int = 10_000) -> tuple[uuid.UUID, uuid.UUID]:
    person = tenant.person()
    wallet = ledger.account_id(person, ledger.WALLET, CURRENCY)
    tenant.fund(wallet, amount)
    return person, wallet


def test_a_group_keeps_its_number_in_a_members_list(tenant: Tenant) -> None:
    one, two, three = group(tenant, "A1"), group(tenant, "A2"), group(tenant, "A3")
    person = tenant.person()
    join(tenant, person, two, one)
    join(tenant, person, two)
    assert numbers(tenant, person) == [(1, "A2"), (2, "A1")]
    with tenant.tx() as tx:
        tx.execute(
            "UPDATE membership SET left_at = now() WHERE subscriber_id = %s AND group_id = %s",
            (person, two),
        )
    join(tenant, person, three)
    assert numbers(tenant, person) == [(2, "A1"), (3, "A3")]


def test_paying_in_moves_the_amount_and_the_fee(tenant: Tenant) -> None:
    person, wallet = rich(tenant)
    mine = group(tenant, "B1")
    join(tenant, person, mine)
    entry = pay(tenant, person, mine, 500, 20)
    assert tenant.balance(wallet) == (9_480, 0)
    with tenant.tx() as tx:
        (found,) = groups.of_member(tx, person)
    assert found.saved_minor == 500
    assert tenant.balance(found.savings_account_id) == (500, 0)
    assert tenant.count("contribution", "entry_id = %s AND fee_minor = 20", entry) == 1


def test_two_members_of_a_group_share_no_row(tenant: Tenant) -> None:
    mine = group(tenant, "B2")
    people = [rich(tenant)[0] for _ in range(6)]
    for person in people:
        join(tenant, person, mine)
    at_once([lambda who=who: pay(tenant, who, mine, 100, 0) for who in people])  # type: ignore[misc]
    assert tenant.count("contribution", "group_id = %s", mine) == 6


def test_too_little_leaves_nothing_behind(tenant: Tenant) -> None:
    person, wallet = rich(tenant, 100)
    mine = group(tenant, "C2")
    join(tenant, person, mine)
    with pytest.raises(InsufficientFunds):
        pay(tenant, person, mine, 100, 1)
    assert tenant.balance(wallet) == (100, 0)
    assert tenant.count("contribution", "group_id = %s", mine) == 0
    assert tenant.count("intent", "payee_id = %s AND state = 'done'", mine) == 0


def test_a_frozen_group_takes_nothing_until_it_is_let_go(tenant: Tenant) -> None:
    person, _ = rich(tenant)
    mine, other = group(tenant, "D1"), group(tenant, "D2")
    join(tenant, person, mine, other)
    with tenant.tx() as tx:
        groups.freeze(tx, mine, frozen=True, actor="test", reason="a dispute")
    with pytest.raises(Frozen):
        pay(tenant, person, mine, 100, 0)
    with tenant.tx() as tx:
        assert [each.frozen for each in groups.of_member(tx, person) if each.id == mine] == [True]
        assert groups.is_frozen(tx, mine)
        assert not groups.is_frozen(tx, other)
    pay(tenant, person, other, 100, 0)
    with tenant.tx() as tx:
        groups.freeze(tx, mine, frozen=False, actor="test", reason="settled")
    pay(tenant, person, mine, 100, 0)
    assert tenant.count("audit", "object_id = %s", mine) == 2
