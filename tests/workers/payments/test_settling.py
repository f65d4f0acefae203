"""A payment in review ends as two officers say; the books are right afterwards."""

import uuid
from collections.abc import Iterator

import pytest

from core.approvals import requests
from core.approvals.requests import Approved, officer
from core.money import ledger
from core.payments import beginning, exceptions, outcomes, settling
from core.payments.outcomes import Deciding, ProviderState, ProviderStatus
from core.payments.settling import FAILED, PAID, Settle, Settlement
from core.payments.text_errors import CannotPost, NoSuchPayment, NotInReview
from core.savings import groups
from core.savings.contributions import CONTRIBUTE
from core.savings.groups import Membership
from tests.support.domains import DOMAINS
from tests.support.momo import MomoTenant, new_momo_tenant
from tests.support.servers import DatabaseUrls
from tests.support.tenants import CURRENCY, KEYS
from tests.support.texts import group, join
from values.ids import uuid7
from values.money import Money

ANN, BEN = officer("ann", "test"), officer("ben", "test")
SETTLE = Settle(lambda: DOMAINS.operations)


@pytest.fixture(scope="module")
def the_tenant(module_database: DatabaseUrls) -> Iterator[MomoTenant]:
    with new_momo_tenant(module_database) as made:
        yield made


@pytest.fixture
def tenant(the_tenant: MomoTenant) -> Iterator[MomoTenant]:
    yield the_tenant
    assert the_tenant.broken() == []


def settle(
    tenant: MomoTenant, payment: uuid.UUID, outcome: str, txid: str = "", *, to_wallet: bool = False
) -> Approved:
    said = Settlement(outcome, txid, to_wallet)
    with tenant.tx() as tx:
        asked = settling.ask_to_settle(
            *(tx, KEYS, SETTLE, payment, said), by=ANN, reason="statement"
        )
        shown = SETTLE.show(tx, KEYS, asked.request)
    assert shown.after["state"] == outcome
    with tenant.tx() as tx:
        return requests.approve(tx, KEYS, {SETTLE.name: SETTLE}, asked.request.id, by=BEN)


def say(
    tenant: MomoTenant,
    payment: uuid.UUID,
    amount: int = 0,
    state: ProviderState = ProviderState.PAID,
) -> None:
    """The provider's own word."""
    status = ProviderStatus(state, f"t{payment}", Money(amount, CURRENCY) if amount else None)
    with tenant.tx() as tx:
        outcomes.decide(tx, _by(tenant), payment, status)


def _by(tenant: MomoTenant) -> Deciding:
    return Deciding(KEYS, tenant.business, tenant.context.operations)


def nobody_says(tenant: MomoTenant, payment: uuid.UUID) -> None:
    tenant.work()
    with tenant.tx() as tx:
        outcomes.give_up_asking(tx, _by(tenant), payment)
    assert tenant.state(payment) == ("review", "no_outcome")


def test_what_the_statement_has_is_paid_once_and_receipted(tenant: MomoTenant) -> None:
    person = tenant.person()
    payment = tenant.deposit(person, 1_500)
    nobody_says(tenant, payment)
    with pytest.raises(CannotPost, match="by which transaction"):
        settle(tenant, payment, PAID)
    done = settle(tenant, payment, PAID, "n1")
    with tenant.tx() as tx:
        kinds = {SETTLE.name: SETTLE}
        assert not requests.approve(tx, KEYS, kinds, done.request.id, by=BEN).was_new
    say(tenant, payment, 1_500)  # the provider agrees, late: it is one payment
    assert tenant.state(payment) == ("paid", None)
    assert tenant.has(person) == (1_500, 0)
    assert tenant.texts(person) == ["payment_unclear", "deposit_receipt"]
    with pytest.raises(NotInReview):
        settle(tenant, payment, FAILED)


def test_a_payout_that_never_left_is_in_the_wallet_again(tenant: MomoTenant) -> None:
    person = tenant.person()
    tenant.fund(tenant.wallet_of(person), 2_000)
    payment = tenant.withdraw(person, 1_200)
    nobody_says(tenant, payment)
    assert tenant.has(person) == (2_000, 1_200)
    with pytest.raises(CannotPost, match="Only what a person paid"):
        settle(tenant, payment, PAID, "n9", to_wallet=True)
    settle(tenant, payment, FAILED)
    assert tenant.state(payment) == ("failed", "by_officers")
    assert tenant.has(person) == (2_000, 0)
    assert tenant.texts(person) == ["payment_unclear", "payout_failed"]


def test_a_payout_that_left_takes_what_was_set_aside(tenant: MomoTenant) -> None:
    person = tenant.person()
    tenant.fund(tenant.wallet_of(person), 2_000)
    payment = tenant.withdraw(person, 1_200)
    nobody_says(tenant, payment)
    settle(tenant, payment, PAID, "n2")
    assert tenant.has(person) == (800, 0)
    assert tenant.texts(person)[-1] == "withdrawal_receipt"


def test_what_came_after_the_end_is_in_the_wallet(tenant: MomoTenant) -> None:
    person = tenant.person()
    payment = tenant.deposit(person, 700)
    tenant.work()
    say(tenant, payment, state=ProviderState.FAILED)
    say(tenant, payment, 700)
    assert tenant.state(payment) == ("review", "late_success")
    with pytest.raises(CannotPost, match="booked as t"):
        settle(tenant, payment, PAID, "another")
    settle(tenant, payment, PAID)
    assert tenant.state(payment) == ("paid", None)
    assert tenant.has(person) == (700, 0)
    with tenant.tx() as tx:
        exceptions.settle_known(tx)
        assert not [one for one in exceptions.listed(tx) if one.provider_txid == f"t{payment}"]


def test_another_amount_is_for_the_queue_and_the_payment_fails(tenant: MomoTenant) -> None:
    person = tenant.person()
    payment = tenant.deposit(person, 1_500)
    tenant.work()
    say(tenant, payment, 900)
    with pytest.raises(CannotPost, match="900 RWF came"):
        settle(tenant, payment, PAID)
    settle(tenant, payment, FAILED)
    assert tenant.state(payment) == ("failed", "by_officers")
    # Nobody is told to pay again: 900 came, and wait in the queue for whose they are.
    assert tenant.texts(person) == ["payment_unclear"]
    with tenant.tx() as tx:
        assert exceptions.listed(tx)[-1].amount_minor == 900


def test_a_payout_of_which_another_amount_left_is_of_that_amount(tenant: MomoTenant) -> None:
    person = tenant.person()
    tenant.fund(tenant.wallet_of(person), 2_000)
    payment = tenant.withdraw(person, 1_200)
    tenant.work()
    say(tenant, payment, 1_000)
    with pytest.raises(CannotPost, match="Money left"):
        settle(tenant, payment, FAILED)
    settle(tenant, payment, PAID)
    assert tenant.has(person) == (1_000, 0)
    assert tenant.suspense() == 900  # of the collection above alone


def test_a_payout_that_left_after_it_had_failed_is_covered_again_first(tenant: MomoTenant) -> None:
    person = tenant.person()
    wallet = tenant.wallet_of(person)
    tenant.fund(wallet, 1_000)
    payment = tenant.withdraw(person, 1_000)
    tenant.work()
    say(tenant, payment, state=ProviderState.FAILED)
    tenant.move(wallet, tenant.collecting(ledger.SETTLEMENT), 600)  # spent meanwhile
    say(tenant, payment, 1_000)
    assert tenant.state(payment) == ("review", "late_success")
    with pytest.raises(CannotPost, match="too little"):
        settle(tenant, payment, PAID)
    assert tenant.state(payment)[0] == "review"
    assert tenant.has(person) == (400, 0)
    tenant.fund(wallet, 600)
    with tenant.tx() as tx:
        [waits] = [one for one in requests.waiting(tx) if one.subject_id == payment]
        requests.approve(tx, KEYS, {SETTLE.name: SETTLE}, waits.id, by=BEN)
    assert tenant.state(payment) == ("paid", None)
    assert tenant.has(person) == (0, 0)


def test_money_that_is_somebody_elses_settles_nothing(tenant: MomoTenant) -> None:
    first, second = tenant.person(), tenant.person()
    paid = tenant.deposit(first, 800)
    tenant.work()
    say(tenant, paid, 800)
    payment = tenant.deposit(second, 800)
    nobody_says(tenant, payment)
    with pytest.raises(CannotPost, match="another payment's"):
        settle(tenant, payment, PAID, f"t{paid}")
    with pytest.raises(NoSuchPayment):
        settle(tenant, uuid7(), FAILED)
    settle(tenant, payment, FAILED)
    assert tenant.has(second) == (0, 0)


def test_what_it_was_for_is_not_done_where_officers_say_so(tenant: MomoTenant) -> None:
    """A group that was frozen meanwhile refuses it: the money is the person's."""
    person, group_id = tenant.person(), group(tenant, "K1")
    join(tenant, group_id, person)
    to = Membership(group_id, "K1", "Group K1", frozen=False)
    quote = CONTRIBUTE.quote(tenant.business, to, Money(500, CURRENCY))
    payment = tenant.begin(beginning.begin_collection, quote, person)
    nobody_says(tenant, payment)
    with tenant.tx() as tx:
        groups.freeze(tx, group_id, frozen=True, actor="officer ann", reason="audit")
    with pytest.raises(CannotPost, match=r"\(group_closed\): .* to the person's wallet"):
        settle(tenant, payment, PAID, "n3")
    with tenant.tx() as tx:
        [waits] = [one for one in requests.waiting(tx) if one.subject_id == payment]
        requests.refuse(tx, waits.id, by=BEN, reason="to the wallet")
    settle(tenant, payment, PAID, "n3", to_wallet=True)
    assert tenant.has(person) == (500, 0)
    assert tenant.texts(person) == ["payment_unclear", "paid_into_wallet"]
