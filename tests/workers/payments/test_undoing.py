"""A paid payment is undone by two officers: paid back, or reversed by its provider."""

import uuid
from collections.abc import Iterator

import pytest

from core.approvals import requests
from core.approvals.requests import Asked, officer
from core.money import ledger
from core.payments import undoing
from core.payments.text_errors import CannotPost
from core.payments.undoing import REFUND_PAID, REVERSAL
from core.tenants.directory import Tenant
from tests.support.momo import MomoTenant, new_momo_tenant
from tests.support.servers import DatabaseUrls
from tests.support.tenants import KEYS

ANN, BEN = officer("ann", "test"), officer("ben", "test")
KINDS = {REFUND_PAID.name: REFUND_PAID, REVERSAL.name: REVERSAL}


@pytest.fixture(scope="module")
def the_tenant(module_database: DatabaseUrls) -> Iterator[MomoTenant]:
    with new_momo_tenant(module_database) as made:
        yield made


@pytest.fixture
def tenant(the_tenant: MomoTenant) -> Iterator[MomoTenant]:
    yield the_tenant
    assert the_tenant.broken() == []


def paid(tenant: MomoTenant, payment: uuid.UUID) -> uuid.UUID:
    tenant.work()
    tenant.later(1)
    tenant.work(2)
    assert tenant.state(payment) == ("paid", None)
    return payment


def refund(tenant: MomoTenant, payment: uuid.UUID) -> Asked:
    with tenant.tx() as tx:
        return undoing.ask_to_refund(tx, KEYS, payment, by=ANN, reason="paid twice")


def reverse(tenant: MomoTenant, payment: uuid.UUID, txid: str) -> Asked:
    with tenant.tx() as tx:
        return undoing.ask_to_reverse(tx, KEYS, payment, txid, by=ANN, reason="statement")


def approve(tenant: MomoTenant, asked: Asked) -> None:
    with tenant.tx() as tx:
        assert KINDS[asked.request.kind].show(tx, KEYS, asked.request).after
        requests.approve(tx, KEYS, KINDS, asked.request.id, by=BEN)


def test_a_collection_goes_back_to_its_payer_once(tenant: MomoTenant) -> None:
    person = tenant.person()
    payment = paid(tenant, tenant.deposit(person, 1_500))
    asked = refund(tenant, payment)
    assert tenant.has(person) == (1_500, 0), "one officer alone changes nothing"
    approve(tenant, asked)
    assert tenant.has(person) == (1_500, 1_500)
    tenant.work()
    tenant.later(1)
    tenant.work(2)
    assert tenant.state(payment)[0] == "refunded"
    assert tenant.has(person) == (0, 0)
    assert tenant.texts(person) == ["deposit_receipt", "refund_receipt"]
    with pytest.raises(CannotPost, match="that is refunded"):
        refund(tenant, payment)


def test_what_was_used_is_not_paid_back(tenant: MomoTenant) -> None:
    person = tenant.person()
    payment = paid(tenant, tenant.deposit(person, 900))
    tenant.move(tenant.wallet_of(person), tenant.collecting(ledger.SETTLEMENT), 1)
    asked = refund(tenant, payment)
    with pytest.raises(CannotPost, match="too little"):
        approve(tenant, asked)
    assert tenant.state(payment)[0] == "paid"


def test_what_a_provider_took_back_leaves_the_wallet_once(tenant: MomoTenant) -> None:
    person = tenant.person()
    payment = paid(tenant, tenant.deposit(person, 800))
    at_the_provider = tenant.at_the_provider()
    approve(tenant, reverse(tenant, payment, "r1"))
    assert tenant.state(payment)[0] == "reversed"
    assert tenant.has(person) == (0, 0)
    assert tenant.at_the_provider() == at_the_provider - 800
    assert tenant.texts(person)[-1] == "payment_taken_back"
    with pytest.raises(CannotPost, match="that is reversed"):
        reverse(tenant, payment, "r1")
    other = paid(tenant, tenant.deposit(person, 800))
    again = reverse(tenant, other, "r1")
    with pytest.raises(CannotPost, match="booked already"):
        approve(tenant, again)
    assert tenant.has(person) == (800, 0)


def fees(tenant: MomoTenant) -> int:
    return tenant.number(
        "SELECT coalesce(sum(amount_minor), 0) FROM posting WHERE account_id = %s",
        tenant.collecting(ledger.FEES),
    )


@pytest.mark.parametrize("kind", ["deposit", "withdraw"])
def test_a_reversal_gives_our_fee_back(
    tenant: MomoTenant, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is found in the entry that took it, whatever the tariff is by then."""
    person = tenant.person()
    had = fees(tenant)
    monkeypatch.setattr(Tenant, "fee_minor", lambda *_, **__: 25)
    tenant.fund(tenant.wallet_of(person), 1_000)
    payment = paid(tenant, getattr(tenant, kind)(person, 800))
    monkeypatch.undo()
    assert tenant.has(person) == ({"deposit": 1_775, "withdraw": 175}[kind], 0)
    assert fees(tenant) == had + 25
    approve(tenant, reverse(tenant, payment, f"fee {kind}"))
    assert tenant.has(person) == (1_000, 0)
    assert fees(tenant) == had


def test_what_is_being_paid_back_is_not_reversed_besides(tenant: MomoTenant) -> None:
    person = tenant.person()
    tenant.fund(tenant.wallet_of(person), 700)
    payment = paid(tenant, tenant.deposit(person, 700))
    by_us, by_them = refund(tenant, payment), reverse(tenant, payment, "r3")
    approve(tenant, by_us)
    with pytest.raises(CannotPost, match="A refund of it is under way"):
        approve(tenant, by_them)
    assert tenant.has(person) == (1_400, 700)
    tenant.work()
    tenant.later(1)
    tenant.work(2)
    assert tenant.state(payment)[0] == "refunded"
    with pytest.raises(CannotPost, match="that is refunded"):
        approve(tenant, by_them)
    assert tenant.has(person) == (700, 0)


def test_a_payout_that_came_back_is_in_the_wallet_again(tenant: MomoTenant) -> None:
    person = tenant.person()
    tenant.fund(tenant.wallet_of(person), 1_000)
    payment = paid(tenant, tenant.withdraw(person, 1_000))
    with pytest.raises(CannotPost, match="by which transaction"):
        reverse(tenant, payment, " ")
    with pytest.raises(CannotPost, match="a disbursement that is paid"):
        refund(tenant, payment)
    approve(tenant, reverse(tenant, payment, "r2"))
    assert tenant.has(person) == (1_000, 0)
    assert tenant.texts(person)[-1] == "payout_came_back"
