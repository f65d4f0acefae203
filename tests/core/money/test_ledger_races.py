"""The ledger when everybody comes at once: real threads, each with a connection of its own."""

import random
from collections.abc import Iterator

import pytest

from core.db.database import Deadline
from core.money import ledger
from core.money.errors import HoldGone, IdempotencyConflict, InsufficientFunds
from core.money.ledger import Posted
from tests.support.servers import DatabaseUrls
from tests.support.tenants import CURRENCY, Tenant, new_tenant
from tests.support.waiting import at_once
from values.ids import uuid7

pytestmark = pytest.mark.every_postgres


@pytest.fixture(scope="module")
def tenant(module_database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(module_database) as made:
        yield made
        assert made.broken() == []


def test_one_key_twenty_times_at_once_is_one_entry(tenant: Tenant) -> None:
    source, target = tenant.wallet(1000), tenant.wallet()
    answers = at_once([lambda: tenant.move(source, target, 100, key="twenty")] * 20)
    posted = [answer for answer in answers if isinstance(answer, Posted)]
    assert len(posted) == 20
    assert len({one.entry_id for one in posted}) == 1
    assert sum(one.was_new for one in posted) == 1
    assert tenant.balance(target) == (100, 0)
    assert tenant.count("entry", "key = 'twenty'") == 1


def test_one_call_that_is_heard_twenty_times_at_once_is_one_entry(tenant: Tenant) -> None:
    source, target, same = tenant.wallet(1000), tenant.wallet(), uuid7()
    lines = [ledger.Line(source, -100), ledger.Line(target, 100)]

    def call() -> Posted:
        return ledger.post(
            tenant.database.autocommit(tenant.tenant_id, Deadline(30)),
            key=f"{same}",
            kind="transfer",
            lines=lines,
            currency=CURRENCY,
            actor_id=None,
            entry_id=same,
        )

    answers = at_once([call] * 20)
    assert [answer.entry_id for answer in answers if isinstance(answer, Posted)] == [same] * 20
    assert tenant.balance(target) == (100, 0)


def test_one_key_with_two_amounts_at_once_is_one_entry_and_conflicts(tenant: Tenant) -> None:
    source, target = tenant.wallet(1000), tenant.wallet()
    answers = at_once(
        [lambda n=n: tenant.move(source, target, 1 + n % 2, key="either") for n in range(10)]  # type: ignore[misc]
    )
    assert sum(isinstance(answer, Posted) for answer in answers) == 5
    assert sum(isinstance(answer, IdempotencyConflict) for answer in answers) == 5
    assert tenant.balance(target)[0] in (1, 2)


def test_opposing_transfers_do_not_wait_for_each_other_in_a_ring(tenant: Tenant) -> None:
    accounts = [tenant.wallet(10_000) for _ in range(3)]

    def shuffle(seed: int) -> int:
        dice = random.Random(seed)
        for _ in range(25):
            source, target = dice.sample(accounts, 2)
            tenant.move(source, target, dice.randint(1, 9))
        return 25

    assert at_once([lambda seed=seed: shuffle(seed) for seed in range(8)]) == [25] * 8  # type: ignore[misc]
    assert sum(tenant.balance(account)[0] for account in accounts) == 30_000


def test_a_wallet_is_never_overdrawn(tenant: Tenant) -> None:
    source, target = tenant.wallet(1000), tenant.wallet()
    answers = at_once([lambda: tenant.move(source, target, 90)] * 20)
    assert sum(isinstance(answer, Posted) for answer in answers) == 11
    assert sum(isinstance(answer, InsufficientFunds) for answer in answers) == 9
    assert tenant.balance(source) == (10, 0)


def test_holds_and_payments_share_what_there_is(tenant: Tenant) -> None:
    source, target = tenant.wallet(1000), tenant.wallet()
    calls = [lambda: tenant.hold(source, 100), lambda: tenant.move(source, target, 100)] * 10
    answers = at_once(calls)
    assert sum(isinstance(answer, InsufficientFunds) for answer in answers) == 10
    balance, held = tenant.balance(source)
    assert balance - held == 0


def test_a_hold_is_posted_or_voided_and_never_both(tenant: Tenant) -> None:
    target = tenant.wallet()
    for _ in range(10):
        source = tenant.wallet(100)
        hold = tenant.hold(source, 100)
        posted, voided = at_once(
            [
                lambda: tenant.move(source, target, 100, hold_id=hold),  # noqa: B023
                lambda: tenant.void(hold),  # noqa: B023
            ]
        )
        assert isinstance(posted, Posted) != (voided is True)
        assert isinstance(posted, Posted | HoldGone)
        assert tenant.balance(source) == ((0, 0) if isinstance(posted, Posted) else (100, 0))


def test_one_hold_posted_ten_times_at_once_is_posted_once(tenant: Tenant) -> None:
    source, target = tenant.wallet(1000), tenant.wallet()
    hold = tenant.hold(source, 100)
    answers = at_once([lambda: tenant.move(source, target, 100, hold_id=hold)] * 10)
    assert sum(isinstance(answer, Posted) for answer in answers) == 1
    assert sum(isinstance(answer, HoldGone) for answer in answers) == 9
    assert tenant.balance(target) == (100, 0)


def test_fees_of_all_are_no_row_that_all_wait_for(tenant: Tenant) -> None:
    """While one payment is open, others with a fee go through: the fee account has no balance."""
    fees = tenant.collecting(ledger.FEES)
    first, second = tenant.wallet(100), tenant.wallet(100)
    with tenant.tx() as tx:
        ledger.post(
            tx,
            key="open",
            kind="transfer",
            lines=[ledger.Line(first, -5), ledger.Line(fees, 5)],
            currency="RWF",
            actor_id=None,
        )
        assert tenant.move(second, fees, 5).was_new
