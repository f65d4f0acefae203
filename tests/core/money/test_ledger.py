"""Posting, holding, voiding: what moves, what is refused, and what stays when it is."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from core.money import ledger
from core.money.errors import Frozen, HoldGone, IdempotencyConflict, InsufficientFunds
from tests.support.servers import DatabaseUrls
from tests.support.tenants import CURRENCY, Tenant, new_tenant
from values.ids import floor_of, reference_of, uuid7

pytestmark = pytest.mark.every_postgres


@pytest.fixture(scope="module")
def tenant(module_database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(module_database) as made:
        yield made
        assert made.broken() == []


def test_money_moves_and_balances_are_answered(tenant: Tenant) -> None:
    source, target = tenant.wallet(1000), tenant.wallet()
    posted = tenant.move(source, target, 300)
    assert posted.was_new
    assert posted.balances == {source: 700, target: 300}
    assert tenant.balance(source) == (700, 0)
    assert tenant.balance(target) == (300, 0)


def test_a_collecting_account_has_no_balance_of_its_own(tenant: Tenant) -> None:
    source, fees = tenant.wallet(100), tenant.collecting(ledger.FEES)
    assert tenant.move(source, fees, 40).balances == {source: 60}
    with tenant.tx() as tx:
        assert ledger.balance(tx, fees) is None
        assert [line.amount_minor for line in ledger.statement(tx, fees, 1)] == [40]


def test_the_same_key_again_answers_the_first_entry(tenant: Tenant) -> None:
    source, target = tenant.wallet(1000), tenant.wallet()
    first = tenant.move(source, target, 10, key="once")
    again = tenant.move(source, target, 10, key="once")
    assert (again.entry_id, again.was_new, again.balances) == (first.entry_id, False, {})
    assert again.reference == first.reference
    assert tenant.balance(target) == (10, 0)


def test_the_same_key_with_other_inputs_is_a_fault(tenant: Tenant) -> None:
    source, target = tenant.wallet(1000), tenant.wallet()
    tenant.move(source, target, 10, key="mine")
    with pytest.raises(IdempotencyConflict):
        tenant.move(source, target, 11, key="mine")
    with pytest.raises(IdempotencyConflict):
        tenant.move(target, source, 10, key="mine")
    assert tenant.balance(target) == (10, 0)


def test_too_little_is_refused_with_what_there_is(tenant: Tenant) -> None:
    source, target = tenant.wallet(100), tenant.wallet()
    tenant.hold(source, 30)
    with pytest.raises(InsufficientFunds) as refused:
        tenant.move(source, target, 71, key="too much")
    assert refused.value.params == {"available_minor": 70, "currency": CURRENCY}
    assert str(refused.value) == "insufficient_funds"
    assert tenant.balance(source) == (100, 30)
    assert tenant.count("entry", "key = 'too much'") == 0
    tenant.move(source, target, 70, key="too much")  # a refused key is free again


def test_a_frozen_account_neither_gives_nor_takes(tenant: Tenant) -> None:
    source, target = tenant.wallet(100), tenant.wallet(50)
    with tenant.tx() as tx:
        tx.execute("UPDATE account SET frozen = true WHERE id = %s", (target,))
    for giver, taker in ((source, target), (target, source)):
        with pytest.raises(Frozen):
            tenant.move(giver, taker, 1)
    with pytest.raises(Frozen):
        tenant.hold(target, 1)


def test_a_hold_keeps_money_until_it_is_posted(tenant: Tenant) -> None:
    source, target = tenant.wallet(100), tenant.wallet()
    hold = tenant.hold(source, 80)
    assert tenant.balance(source) == (100, 80)
    tenant.move(source, target, 80, hold_id=hold)
    assert tenant.balance(source) == (20, 0)
    assert tenant.balance(target) == (80, 0)
    with pytest.raises(HoldGone):
        tenant.move(source, target, 20, hold_id=hold)


def test_less_than_was_held_may_be_posted(tenant: Tenant) -> None:
    source, target = tenant.wallet(100), tenant.wallet()
    tenant.move(source, target, 30, hold_id=tenant.hold(source, 80))
    assert tenant.balance(source) == (70, 0)


def test_a_voided_hold_is_free_and_gone(tenant: Tenant) -> None:
    source, target = tenant.wallet(100), tenant.wallet()
    hold = tenant.hold(source, 80)
    assert tenant.void(hold)
    assert not tenant.void(hold)
    assert tenant.balance(source) == (100, 0)
    with pytest.raises(HoldGone):
        tenant.move(source, target, 80, hold_id=hold)


def test_a_hold_past_its_time_cannot_be_posted(tenant: Tenant) -> None:
    source, target = tenant.wallet(100), tenant.wallet()
    hold = uuid7()
    with tenant.tx() as tx:
        ledger.place_hold(
            tx,
            hold_id=hold,
            account_id=source,
            amount_minor=10,
            currency=CURRENCY,
            expires_at=datetime.now(UTC) - timedelta(seconds=1),
        )
    with pytest.raises(HoldGone):
        tenant.move(source, target, 10, hold_id=hold)
    assert tenant.void(hold)


def test_a_hold_on_another_account_does_not_help(tenant: Tenant) -> None:
    source, target, other = tenant.wallet(100), tenant.wallet(), tenant.wallet(100)
    hold = tenant.hold(other, 50)
    with pytest.raises(psycopg.Error) as fault:
        tenant.move(source, target, 50, hold_id=hold)
    assert fault.value.sqlstate == "PG005"
    assert tenant.balance(other) == (100, 50)


def test_a_hold_placed_twice_is_one_hold(tenant: Tenant) -> None:
    source = tenant.wallet(100)
    hold = tenant.hold(source, 60)
    again = {"hold_id": hold, "account_id": source, "currency": CURRENCY, "expires_at": None}
    with tenant.tx() as tx:
        ledger.place_hold(tx, amount_minor=60, **again)  # type: ignore[arg-type]
    assert tenant.balance(source) == (100, 60)
    with pytest.raises(IdempotencyConflict), tenant.tx() as tx:
        ledger.place_hold(tx, amount_minor=61, **again)  # type: ignore[arg-type]


def test_faults_of_a_caller_are_refused_by_the_database_too(tenant: Tenant) -> None:
    source, target = sorted((tenant.wallet(100), tenant.wallet(100)))
    call = "SELECT post_entry(NULL, %s, 'x', 'x', %s, '', %s, %s, %s, NULL, '{}', NULL)"
    for accounts, amounts, currency in (
        ([source, target], [-10, 11], CURRENCY),  # does not sum to zero
        ([source, source], [-10, 10], CURRENCY),  # an account twice
        ([target, source], [10, -10], CURRENCY),  # not in the order of the accounts
        ([source, target], [-10, 10], "KES"),  # another currency
        ([source, uuid.UUID(int=2**128 - 1)], [-10, 10], CURRENCY),  # no such account
        ([source, target], [0, 0], CURRENCY),
        ([], [], CURRENCY),
    ):
        with pytest.raises(psycopg.Error) as fault, tenant.tx() as tx:
            tx.execute(call, (uuid7(), str(uuid7()), accounts, amounts, currency))
        assert fault.value.sqlstate == "PG005"
    assert tenant.balance(source) == (100, 0)


def test_what_was_posted_cannot_be_changed(tenant: Tenant) -> None:
    tenant.wallet(100)
    for statement in (
        "UPDATE posting SET amount_minor = 1",
        "DELETE FROM posting",
        "UPDATE entry SET kind = 'x'",
        "DELETE FROM entry",
        "DELETE FROM account",
        "DELETE FROM audit",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), tenant.tx() as tx:
            tx.execute(statement)


def test_a_statement_is_newest_first(tenant: Tenant) -> None:
    source, target = tenant.wallet(1000), tenant.wallet()
    sent = [tenant.move(source, target, amount) for amount in (1, 2, 3)]
    with tenant.tx() as tx:
        lines = ledger.statement(tx, target, 2)
    assert [line.amount_minor for line in lines] == [3, 2]
    assert [line.reference for line in lines] == [sent[2].reference, sent[1].reference]


def test_ids_are_ordered_by_time_and_of_version_seven() -> None:
    early, late = uuid7(1_000), uuid7(1_001)
    assert early < late
    assert (early.version, early.variant) == (7, uuid.RFC_4122)
    assert early.int >> 80 == 1_000
    assert floor_of(1_000) <= early < floor_of(1_001)
    assert len({uuid7(5) for _ in range(1_000)}) == 1_000


def test_a_reference_is_read_from_the_id_alone() -> None:
    id = uuid.UUID(int=(0x0198_0000_0000 << 80) | 0x7 << 76 | 0x2 << 62 | 0b00001_11111_00000)
    assert reference_of(id) == "000001Z0"
    for _ in range(200):
        assert set(reference_of(uuid7())) <= set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
