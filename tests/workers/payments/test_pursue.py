"""A payment from its beginning to its end, with the fake of MTN MoMo at the other side."""

import json
import uuid
from collections.abc import Iterator

import pytest

from core.payments import beginning, payments
from core.payments.errors import NotPaidBack, WalletAway
from core.payments.movements import Source, credit_once
from providers.contracts.payments import PaymentKind, PaymentState
from tests.support.momo import CODE, MomoTenant, new_momo_tenant
from tests.support.servers import DatabaseUrls
from tests.support.tenants import CURRENCY, KEYS
from values import clock
from values.money import Money


@pytest.fixture(scope="module")
def the_tenant(module_database: DatabaseUrls) -> Iterator[MomoTenant]:
    with new_momo_tenant(module_database) as made:
        yield made


@pytest.fixture
def tenant(the_tenant: MomoTenant) -> Iterator[MomoTenant]:
    """Afterwards the books are right, and the provider's agree with them."""
    yield the_tenant
    the_tenant.fake.clear()
    the_tenant.options(callback="off")
    for kind in (payments.COLLECTION, payments.DISBURSEMENT, payments.REFUND):
        the_tenant.context.breaker.close(f"mtn_momo:wallet {kind}")
    the_tenant.admin.execute("DELETE FROM wallet_outage")
    assert the_tenant.broken() == []


def asked(tenant: MomoTenant) -> int:
    """How many requests for money the provider got."""
    return tenant.fake.count("POST", "/requesttopay")


def callback(tenant: MomoTenant, payment: uuid.UUID, **changed: str) -> bytes:
    [reference] = tenant.one("SELECT reference FROM payment WHERE id = %s", payment)
    found = tenant.fake.wallets.find(PaymentKind.COLLECTION, str(reference))
    assert found is not None
    return json.dumps(tenant.fake.wallets.record(found) | changed).encode()


def test_a_prompt_that_is_approved_is_paid_and_receipted_once(tenant: MomoTenant) -> None:
    person, before = tenant.person(), asked(tenant)
    payment = tenant.deposit(person, 1_500)
    assert tenant.state(payment) == ("created", None)
    tenant.work()
    assert tenant.state(payment)[0] == "pending"
    tenant.work()
    assert tenant.state(payment)[0] == "pending"  # nobody has approved it yet
    tenant.later(1)
    tenant.work(3)
    assert tenant.state(payment) == ("paid", None)
    assert tenant.has(person) == (1_500, 0)
    assert tenant.texts(person) == ["deposit_receipt"]
    assert asked(tenant) == before + 1


@pytest.mark.parametrize(
    ("mode", "state"),
    [
        ("hang_after", "paid"),  # it was taken, and the answer was lost
        ("http_after", "paid"),
        ("hang_before", "failed"),  # it never got there: nothing to approve
    ],
)
def test_a_time_out_is_unknown_until_the_status_says_more(
    tenant: MomoTenant, mode: str, state: str
) -> None:
    person, before = tenant.person(), asked(tenant)
    tenant.trouble(mode)
    payment = tenant.deposit(person, 700)
    tenant.work()
    assert tenant.state(payment)[0] == "unknown"
    tenant.later(1)
    tenant.work()
    assert tenant.state(payment)[0] == ("unknown" if state == "failed" else "paid")
    tenant.later(400)
    tenant.work(2)
    assert tenant.state(payment)[0] == state
    assert asked(tenant) == before + 1, "what is unknown is never sent again"
    assert tenant.has(person) == ((700, 0) if state == "paid" else (0, 0))
    told = {"paid": "deposit_receipt", "failed": "payment_failed"}
    assert tenant.texts(person) == [told[state]]


@pytest.mark.parametrize(
    ("word", "ends"),
    [("REJECTED", ("failed", "declined")), ("EXPIRED", ("expired", "not_approved_in_time"))],
)
def test_what_the_person_does_not_approve_is_told_once(
    tenant: MomoTenant, word: str, ends: tuple[str, str]
) -> None:
    person = tenant.person()
    tenant.fake.wallets.numbers[tenant.number_of(person)[1:]] = word
    payment = tenant.deposit(person, 900)
    tenant.work()
    tenant.later(301)
    tenant.work(3)
    assert tenant.state(payment) == ends
    assert tenant.texts(person) == ["payment_failed"]
    assert tenant.has(person) == (0, 0)


def test_a_provider_that_cannot_be_reached_is_tried_again_and_told_of(
    tenant: MomoTenant,
) -> None:
    person = tenant.person()
    tenant.trouble("http_before", on="token", status=503, times=1)
    payment = tenant.deposit(person, 800)
    tenant.fake.gate.expire_tokens()
    tenant.work()
    assert tenant.state(payment) == ("created", "no_token")
    with pytest.raises(WalletAway):
        tenant.deposit(tenant.person(), 800)
    tenant.context.breaker.close(f"mtn_momo:wallet {payments.COLLECTION}")
    tenant.work()
    tenant.later(1)
    tenant.work()
    assert tenant.state(payment)[0] == "paid"


def test_what_was_sent_back_unread_goes_again_until_it_is_too_late(tenant: MomoTenant) -> None:
    person, before = tenant.person(), asked(tenant)
    tenant.trouble("http_before", status=429, times=2)
    payment = tenant.deposit(person, 800)
    tenant.work(2)
    assert tenant.state(payment) == ("created", "throttled")
    assert tenant.texts(person) == []
    tenant.work()
    assert tenant.state(payment)[0] == "pending"
    tenant.later(1)
    tenant.work()
    assert tenant.state(payment)[0] == "paid"
    assert tenant.has(person) == (800, 0)
    assert asked(tenant) == before + 3
    tenant.trouble("http_before", status=429, times=1)
    tenant.fund(tenant.wallet_of(person), 100)
    payout = tenant.withdraw(person, 900)
    tenant.work()
    assert tenant.state(payout) == ("created", "throttled")
    assert tenant.has(person) == (900, 900)
    tenant.later(901)
    tenant.work()
    assert tenant.state(payout) == ("failed", "too_late")
    assert tenant.has(person) == (900, 0)
    assert tenant.texts(person) == ["deposit_receipt", "payout_failed"]


def test_a_prompt_that_could_not_go_in_time_does_not_go(tenant: MomoTenant) -> None:
    person, before = tenant.person(), asked(tenant)
    payment = tenant.deposit(person, 800)
    tenant.later(200)
    tenant.work()
    assert tenant.state(payment) == ("failed", "too_late")
    assert tenant.texts(person) == ["payment_failed"]
    assert asked(tenant) == before


@pytest.mark.parametrize(
    "lie", [{"status": "FAILED"}, {"amount": "150000"}, {"currency": "USD"}, {}]
)
def test_a_callback_is_a_hint_whatever_it_says(tenant: MomoTenant, lie: dict[str, str]) -> None:
    person = tenant.person()
    payment = tenant.deposit(person, 1_500)
    tenant.work()
    for _ in range(2):  # before anybody approved it, and twice
        tenant.call_back(callback(tenant, payment, **({"status": "SUCCESSFUL"} | lie)))
    tenant.work()
    assert tenant.state(payment)[0] == "pending"
    tenant.later(1)
    tenant.call_back(callback(tenant, payment, **lie))
    tenant.work(2)
    assert tenant.state(payment)[0] == "paid"
    assert tenant.has(person) == (1_500, 0)
    assert tenant.texts(person) == ["deposit_receipt"]


def test_a_callback_for_nobody_changes_nothing(tenant: MomoTenant) -> None:
    before = tenant.count("outbox")
    body = {"externalId": str(uuid.uuid4()), "status": "SUCCESSFUL", "amount": "5"}
    tenant.call_back(json.dumps(body).encode())
    assert tenant.count("outbox") == before


def test_a_late_success_waits_for_a_person(tenant: MomoTenant) -> None:
    person, before = tenant.person(), tenant.suspense()
    tenant.fake.wallets.numbers[tenant.number_of(person)[1:]] = "EXPIRED"
    payment = tenant.deposit(person, 1_100)
    tenant.work()
    tenant.later(301)
    tenant.work()
    assert tenant.state(payment)[0] == "expired"
    [reference] = tenant.one("SELECT reference FROM payment WHERE id = %s", payment)
    found = tenant.fake.wallets.find(PaymentKind.COLLECTION, str(reference))
    assert found is not None
    found.state, found.provider_id = PaymentState.PAID, "990011"
    for _ in range(2):
        tenant.call_back(callback(tenant, payment))
        tenant.work()
    assert tenant.state(payment) == ("review", "late_success")
    assert tenant.has(person) == (0, 0)
    assert tenant.suspense() == before + 1_100
    assert tenant.texts(person) == ["payment_failed", "payment_unclear"]


@pytest.mark.parametrize(
    ("amount", "currency", "reason", "booked"),
    [
        ("1600", "RWF", "other_amount", 1_600),
        ("1500", "USD", "other_currency", 0),
        ("0", "RWF", "other_currency", 0),  # nothing that can be booked
    ],
)
def test_another_amount_or_currency_is_reviewed(
    tenant: MomoTenant, amount: str, currency: str, reason: str, booked: int
) -> None:
    person, before = tenant.person(), tenant.suspense()
    payment = tenant.deposit(person, 1_500)
    tenant.work()
    [reference] = tenant.one("SELECT reference FROM payment WHERE id = %s", payment)
    found = tenant.fake.wallets.find(PaymentKind.COLLECTION, str(reference))
    assert found is not None
    found.asked, found.currency = {**found.asked, "amount": amount}, currency
    tenant.later(1)
    tenant.work(2)
    assert tenant.state(payment) == ("review", reason)
    assert tenant.has(person) == (0, 0)
    assert tenant.suspense() == before + booked


def test_a_text_that_came_first_is_joined_and_credits_nothing_again(tenant: MomoTenant) -> None:
    person, before = tenant.person(), tenant.suspense()
    payment = tenant.deposit(person, 1_200)
    tenant.work()
    tenant.later(1)
    record = json.loads(callback(tenant, payment))
    with tenant.tx() as tx:
        credit_once(
            tx,
            tenant_id=tenant.tenant_id,
            wallet=CODE,
            provider_txid=record["financialTransactionId"],
            source=Source.SMS,
            amount=Money(1_200, CURRENCY),
            happened_at=clock.now(),
        )
    assert tenant.suspense() == before + 1_200
    tenant.work()
    assert tenant.state(payment)[0] == "paid"
    assert tenant.has(person) == (1_200, 0)
    assert tenant.suspense() == before


def test_a_payout_holds_its_money_until_it_is_known(tenant: MomoTenant) -> None:
    person, before = tenant.person(), tenant.fake.count("POST", "/transfer")
    tenant.fund(tenant.wallet_of(person), 2_000)
    tenant.trouble("hang_after")
    payment = tenant.withdraw(person, 1_500)
    tenant.work()
    assert tenant.state(payment)[0] == "unknown"
    assert tenant.has(person) == (2_000, 1_500)
    tenant.later(1)
    tenant.work(2)
    assert tenant.state(payment)[0] == "paid"
    assert tenant.has(person) == (500, 0)
    assert tenant.texts(person) == ["withdrawal_receipt"]
    assert tenant.fake.count("POST", "/transfer") == before + 1


def test_a_payout_that_nobody_knows_of_is_reviewed_and_its_money_stays_held(
    tenant: MomoTenant,
) -> None:
    person, before = tenant.person(), tenant.fake.count("POST", "/transfer")
    tenant.fund(tenant.wallet_of(person), 2_000)
    tenant.trouble("hang_before")
    payment = tenant.withdraw(person, 1_500)
    tenant.work()
    tenant.later(4_000)
    tenant.work(3)
    assert tenant.state(payment) == ("review", "no_outcome")
    assert tenant.has(person) == (2_000, 1_500)
    assert tenant.texts(person) == ["payment_unclear"]
    assert tenant.fake.count("POST", "/transfer") == before + 1


def test_a_payout_that_was_refused_gives_back_what_was_held(tenant: MomoTenant) -> None:
    person = tenant.person()
    tenant.fund(tenant.wallet_of(person), 2_000)
    tenant.fake.wallets.numbers[tenant.number_of(person)[1:]] = "PAYEE_NOT_FOUND"
    payment = tenant.withdraw(person, 1_500)
    tenant.work()
    tenant.later(1)
    tenant.work(2)
    assert tenant.state(payment) == ("failed", "person_not_found")
    assert tenant.has(person) == (2_000, 0)
    assert tenant.texts(person) == ["payout_failed"]


def test_a_collection_is_paid_back_once(tenant: MomoTenant) -> None:
    person = tenant.person()
    payment = tenant.deposit(person, 1_500)
    tenant.work()
    tenant.later(1)
    tenant.work()
    ids = set()
    for _ in range(2):
        with tenant.tx() as tx:
            ids.add(
                beginning.begin_refund(
                    tx, KEYS, collection_id=payment, actor="officer ann", reason="twice"
                )
            )
    assert len(ids) == 1
    tenant.work()
    tenant.later(1)
    tenant.work(2)
    assert tenant.state(payment)[0] == "refunded"
    assert tenant.has(person) == (0, 0)
    with pytest.raises(NotPaidBack), tenant.tx() as tx:
        beginning.begin_refund(tx, KEYS, collection_id=payment, actor="officer ann", reason="x")


def test_somebody_on_hold_meanwhile_gets_nothing_and_nothing_is_lost(tenant: MomoTenant) -> None:
    person, before = tenant.person(), tenant.suspense()
    payment = tenant.deposit(person, 1_300)
    tenant.work()
    tenant.as_superuser("UPDATE account SET frozen = true WHERE id = %s", tenant.wallet_of(person))
    tenant.later(1)
    tenant.work(2)
    assert tenant.state(payment) == ("review", "on_hold")
    assert tenant.suspense() == before + 1_300
