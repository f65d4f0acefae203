"""Savings groups: numbers for life, paying in, and freezing."""

import uuid
from collections.abc import Iterator

import pytest

from core.messaging.messages import write_text
from core.money import intents, ledger
from core.money.errors import Frozen, InsufficientFunds
from core.people.messages import Welcome
from core.savings import contributions, groups
from tests.support.servers import Database
from tests.support.world import CURRENCY, World, at_once, world
from values.ids import uuid7


@pytest.fixture(scope="module")
def here(module_database: Database) -> Iterator[World]:
    with world(module_database) as made:
        yield made
        assert made.broken() == []


def group(here: World, code: str) -> uuid.UUID:
    organisation, id = uuid7(), uuid7()
    with here.tx() as tx:
        tx.execute(
            "INSERT INTO organisation VALUES (current_tenant(), %s, 'Union')", (organisation,)
        )
        tx.execute(
            "INSERT INTO savings_group (tenant_id, id, organisation_id, code, name)"
            " VALUES (current_tenant(), %s, %s, %s, %s)",
            (id, organisation, code, f"Group {code}"),
        )
    return id


def join(here: World, person: uuid.UUID, *group_ids: uuid.UUID) -> None:
    for id in group_ids:
        with here.tx() as tx:
            groups.join(tx, group_id=id, subscriber_id=person, currency=CURRENCY)


def numbers(here: World, person: uuid.UUID) -> list[tuple[int, str]]:
    with here.tx() as tx:
        return [(one.number, one.code) for one in groups.of_member(tx, person)]


def pay(here: World, person: uuid.UUID, group_id: uuid.UUID, amount: int, fee: int) -> uuid.UUID:
    """A contribution as the flow makes one: intent, claim, posting and receipt."""
    intent_id, entry_id = uuid7(), uuid7()
    with here.tx() as tx:
        intents.open_intent(
            tx,
            id=intent_id,
            subscriber_id=person,
            session="session",
            operation="contribute",
            payee_id=group_id,
            amount_minor=amount,
            fee_minor=fee,
            currency=CURRENCY,
            quote={"name": "Group"},
        )
    with here.tx() as tx:
        intent, ours = intents.claim(tx, intent_id, person, entry_id=entry_id)
        assert ours
        contributions.post(tx, intent=intent, entry_id=entry_id, tenant_id=here.tenant_id)
        write_text(
            tx,
            subscriber_id=person,
            service_id=uuid7(),
            message=Welcome(),
            entry_id=entry_id,
        )
    return entry_id


def rich(here: World, amount: int = 10_000) -> tuple[uuid.UUID, uuid.UUID]:
    person = here.person()
    wallet = ledger.account_id(person, ledger.WALLET, CURRENCY)
    here.fund(wallet, amount)
    return person, wallet


def test_a_group_keeps_its_number_in_a_members_list(here: World) -> None:
    one, two, three = group(here, "A1"), group(here, "A2"), group(here, "A3")
    person = here.person()
    join(here, person, two, one)
    join(here, person, two)
    assert numbers(here, person) == [(1, "A2"), (2, "A1")]
    with here.tx() as tx:
        tx.execute(
            "UPDATE membership SET left_at = now() WHERE subscriber_id = %s AND group_id = %s",
            (person, two),
        )
    join(here, person, three)
    assert numbers(here, person) == [(2, "A1"), (3, "A3")]


def test_paying_in_moves_the_amount_and_the_fee(here: World) -> None:
    person, wallet = rich(here)
    mine = group(here, "B1")
    join(here, person, mine)
    entry = pay(here, person, mine, 500, 20)
    assert here.balance(wallet) == (9_480, 0)
    with here.tx() as tx:
        (found,) = groups.of_member(tx, person)
    assert found.saved_minor == 500
    assert here.balance(found.savings_account_id) == (500, 0)
    assert here.count("contribution", "entry_id = %s AND fee_minor = 20", entry) == 1


def test_two_members_of_a_group_share_no_row(here: World) -> None:
    mine = group(here, "B2")
    people = [rich(here)[0] for _ in range(6)]
    for person in people:
        join(here, person, mine)
    at_once([lambda who=who: pay(here, who, mine, 100, 0) for who in people])  # type: ignore[misc]
    assert here.count("contribution", "group_id = %s", mine) == 6


def test_too_little_leaves_nothing_behind(here: World) -> None:
    person, wallet = rich(here, 100)
    mine = group(here, "C2")
    join(here, person, mine)
    with pytest.raises(InsufficientFunds):
        pay(here, person, mine, 100, 1)
    assert here.balance(wallet) == (100, 0)
    assert here.count("contribution", "group_id = %s", mine) == 0
    assert here.count("intent", "payee_id = %s AND state = 'done'", mine) == 0


def test_a_frozen_group_takes_nothing_until_it_is_let_go(here: World) -> None:
    person, _ = rich(here)
    mine, other = group(here, "D1"), group(here, "D2")
    join(here, person, mine, other)
    with here.tx() as tx:
        groups.freeze(tx, mine, frozen=True, actor="test", reason="a dispute")
    with pytest.raises(Frozen):
        pay(here, person, mine, 100, 0)
    with here.tx() as tx:
        assert [each.frozen for each in groups.of_member(tx, person) if each.id == mine] == [True]
        assert groups.is_frozen(tx, mine)
        assert not groups.is_frozen(tx, other)
    pay(here, person, other, 100, 0)
    with here.tx() as tx:
        groups.freeze(tx, mine, frozen=False, actor="test", reason="settled")
    pay(here, person, mine, 100, 0)
    assert here.count("audit", "object_id = %s", mine) == 2
