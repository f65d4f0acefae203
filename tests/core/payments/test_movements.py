"""Money that a provider moved is booked once, by whatever ways it is seen and at whatever time."""

import uuid
from collections.abc import Iterator
from threading import Barrier, Thread
from typing import Any

import pytest

from core.db.database import Tx
from core.money.errors import FrozenAccount
from core.money.ledger import Line
from core.payments import movements
from core.payments.movements import (
    AlreadyCredited,
    Booked,
    Credited,
    Source,
    allocate,
    credit_once,
    debit_once,
)
from tests.support.servers import DatabaseUrls
from tests.support.tenants import CURRENCY, KEYS, Tenant, new_tenant
from values import clock
from values.ids import uuid7
from values.money import Money


@pytest.fixture(scope="module")
def tenant(module_database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(module_database) as made:
        yield made
        assert made.broken() == []


def credit(tx: Tx, tenant: Tenant, txid: str, amount_minor: int = 1_500, **more: Any) -> Booked:
    return credit_once(
        tx,
        **{
            "tenant_id": tenant.tenant_id,
            "wallet": "KOPERA",
            "provider_txid": txid,
            "source": Source.API,
            "amount": Money(amount_minor, CURRENCY),
            "happened_at": clock.now(),
            **more,
        },
    )


def on(tenant: Tenant, account_id: uuid.UUID) -> int:
    return tenant.number(
        "SELECT coalesce(sum(amount_minor), 0) FROM posting WHERE account_id = %s", account_id
    )


def test_four_ways_to_see_a_payment_are_one_entry(tenant: Tenant) -> None:
    wallet, text_id = tenant.wallet(), uuid7()
    ours = movements.wallet_account_id(tenant.tenant_id, "KOPERA", CURRENCY)
    before = on(tenant, ours)
    for source in (Source.API, Source.CALLBACK, Source.SMS, Source.STATEMENT, Source.SMS):
        with tenant.tx() as tx:
            found = credit(
                *(tx, tenant, "T1"), source=source, gives=[Line(wallet, 1_500)], text_id=text_id
            )
        assert isinstance(found, Credited if source is Source.API else AlreadyCredited)
    assert isinstance(found, AlreadyCredited)
    assert found.agrees
    assert found.movement.seen_by == ("api", "callback", "sms", "statement")
    assert found.movement.text_id == text_id
    assert tenant.balance(wallet) == (1_500, 0)
    assert on(tenant, ours) == before - 1_500


def test_money_of_nobody_waits_in_suspense_and_goes_to_its_owner_once(tenant: Tenant) -> None:
    wallet, suspense = tenant.wallet(), tenant.collecting(movements.SUSPENSE)
    before = on(tenant, suspense)
    with tenant.tx() as tx:
        found = credit(tx, tenant, "T2", source=Source.SMS, counterparty="+250788000111", keys=KEYS)
    assert not found.movement.is_allocated
    assert on(tenant, suspense) == before + 1_500
    for nth in range(2):
        with tenant.tx() as tx:
            posted = allocate(
                tx,
                tenant_id=tenant.tenant_id,
                movement=found.movement,
                gives=[Line(wallet, 1_500)],
            )
        assert (posted is None) == bool(nth)
    assert tenant.balance(wallet) == (1_500, 0)
    assert on(tenant, suspense) == before
    with tenant.tx() as tx:
        kept = movements.find(tx, wallet="KOPERA", provider_txid="T2")
    assert kept is not None
    assert kept.is_allocated
    sealed, id = tenant.one(
        "SELECT counterparty_sealed, id FROM provider_movement WHERE provider_txid = 'T2'"
    )
    assert KEYS.open(sealed, id.bytes) == "+250788000111"


def test_another_amount_under_one_id_is_told_and_books_nothing(tenant: Tenant) -> None:
    with tenant.tx() as tx:
        credit(tx, tenant, "T3")
    with tenant.tx() as tx:
        again = credit(tx, tenant, "T3", 15_000, text_id=uuid7())
    assert isinstance(again, AlreadyCredited)
    assert not again.agrees
    assert again.movement.amount_minor == 1_500
    assert again.movement.text_id is None


def test_the_same_id_on_another_wallet_is_another_movement(tenant: Tenant) -> None:
    with tenant.tx() as tx:
        assert isinstance(credit(tx, tenant, "T4"), Credited)
        assert isinstance(credit(tx, tenant, "T4", wallet="OTHER"), Credited)


def test_of_many_at_once_one_books(tenant: Tenant) -> None:
    wallet, start = tenant.wallet(), Barrier(6)
    found: list[Booked] = []

    def see(source: Source) -> None:
        start.wait()
        with tenant.tx() as tx:
            found.append(credit(tx, tenant, "T5", source=source, gives=[Line(wallet, 1_500)]))

    threads = [Thread(target=see, args=(list(Source)[n % 4],)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(type(one).__name__ for one in found) == ["AlreadyCredited"] * 5 + ["Credited"]
    assert tenant.balance(wallet) == (1_500, 0)


def test_what_is_refused_is_not_written_down(tenant: Tenant) -> None:
    wallet = tenant.wallet()
    tenant.as_superuser("UPDATE account SET frozen = true WHERE id = %s", wallet)
    with pytest.raises(FrozenAccount), tenant.tx() as tx:
        credit(tx, tenant, "T6", gives=[Line(wallet, 1_500)])
    with tenant.tx() as tx:
        assert movements.find(tx, wallet="KOPERA", provider_txid="T6") is None
        assert isinstance(credit(tx, tenant, "T6"), Credited)  # nobody's, then


def test_a_payout_takes_what_was_held_for_it_once(tenant: Tenant) -> None:
    wallet = tenant.wallet(2_000)
    held = tenant.hold(wallet, 1_500)
    for _ in range(2):
        with tenant.tx() as tx:
            debit_once(
                tx,
                tenant_id=tenant.tenant_id,
                wallet="KOPERA",
                provider_txid="T7",
                source=Source.API,
                amount=Money(1_500, CURRENCY),
                happened_at=clock.now(),
                takes=[Line(wallet, -1_500)],
                hold_id=held,
            )
    assert tenant.balance(wallet) == (500, 0)
