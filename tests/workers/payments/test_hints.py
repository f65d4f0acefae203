"""Payments whose provider tells amount and receipt by callbacks only, at the fake of Daraja."""

import json
import threading
import uuid
from collections.abc import Iterator

import pytest

from core.payments import hints
from core.payments.hints import Hint
from core.payments.outcomes import ProviderState
from providers.mobile_money.books import Payment
from providers.mpesa_daraja.fake import DarajaFake
from providers.mpesa_daraja.tests.rig import SETTING
from providers.simulator.loopback import HttpPost, listen
from providers.simulator.timers import Later
from tests.support.momo import WalletTenant
from tests.support.payment_rig import Clock
from tests.support.servers import DatabaseUrls

AMOUNT_MINOR = 150_000  # whole shillings


class DarajaTenant(WalletTenant):
    """One with a paybill. Daraja calls back only where a test says so."""

    provider = "mpesa_daraja"
    currency = "KES"
    fake: DarajaFake

    def payment(self) -> Payment:
        """Daraja's own record of the newest request, once it is settled."""
        newest = self.fake.books.all()[-1]
        found = self.fake.books.find(newest.kind, newest.reference)
        assert found is not None
        return found

    def told(self, **changed: object) -> bytes:
        """Its callback of that."""
        self.options(**changed)
        body = self.fake.callback(self.payment()).body
        self.options(lie="")
        return body

    def movements(self) -> int:
        return self.count("provider_movement")


@pytest.fixture(scope="module")
def the_tenant(module_database: DatabaseUrls) -> Iterator[DarajaTenant]:
    later, post = Later(), HttpPost()
    fake = SETTING.fake(later, post.send, Clock())
    server = listen("127.0.0.1", 0, fake)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    made = DarajaTenant(module_database, SETTING.account(f"http://127.0.0.1:{server.port}"))
    assert isinstance(fake, DarajaFake)
    made.fake = fake
    try:
        yield made
    finally:
        made.close()
        server.shutdown()
        server.server_close()
        thread.join()
        later.close()
        post.close()


@pytest.fixture
def tenant(the_tenant: DarajaTenant) -> Iterator[DarajaTenant]:
    """Afterwards the books are right."""
    the_tenant.options(callback="off")
    yield the_tenant
    the_tenant.fake.clear()
    assert the_tenant.broken() == []


def somebody(tenant: DarajaTenant) -> uuid.UUID:
    number = next(tenant._numbers)
    return tenant.person(address=f"+254{number - 76_000_000}")


def asked(tenant: DarajaTenant) -> tuple[uuid.UUID, uuid.UUID]:
    """A person whose prompt is out."""
    person = somebody(tenant)
    payment = tenant.deposit(person, AMOUNT_MINOR)
    tenant.work()
    assert tenant.state(payment)[0] == "pending"
    return person, payment


def test_a_prompt_is_paid_by_the_status_and_the_callback_together(tenant: DarajaTenant) -> None:
    person, payment = asked(tenant)
    tenant.later(1)
    tenant.work()
    assert tenant.state(payment)[0] == "pending", "paid, and nobody says by which receipt"
    body = tenant.told()
    for _ in range(2):  # a copy changes nothing
        tenant.call_back(body)
    tenant.work(2)
    assert tenant.state(payment) == ("paid", None)
    assert tenant.has(person) == (AMOUNT_MINOR, 0)
    assert tenant.texts(person) == ["deposit_receipt"]
    [txid] = tenant.one(
        "SELECT provider_txid FROM provider_movement WHERE payment_id = %s", payment
    )
    assert txid == tenant.payment().provider_id, "as the payer's own SMS shows it"


def test_a_callback_alone_moves_nothing(tenant: DarajaTenant) -> None:
    person = somebody(tenant)
    tenant.fake.books.numbers[tenant.number_of(person)[1:]] = "1032"  # the payer says no
    payment = tenant.deposit(person, AMOUNT_MINOR)
    tenant.work()
    before = tenant.movements()
    tenant.later(1)
    tenant.payment().provider_id = "TFORGED001"
    tenant.call_back(tenant.told(lie="state"))
    tenant.work(2)
    assert tenant.state(payment) == ("failed", "declined")
    assert (tenant.has(person), tenant.movements()) == ((0, 0), before)


def test_a_callback_that_comes_before_the_answer_counts(
    tenant: DarajaTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = somebody(tenant)
    payment = tenant.deposit(person, AMOUNT_MINOR)

    def at_once(paid: Payment) -> None:
        tenant.fake.books.settle_now(paid)
        tenant.call_back(tenant.told())

    monkeypatch.setattr(tenant.fake, "call_back", at_once)
    tenant.work(2)
    assert tenant.state(payment) == ("paid", None)
    assert tenant.has(person) == (AMOUNT_MINOR, 0)


def test_callbacks_without_an_end_do_not_hide_the_one_that_has_it(tenant: DarajaTenant) -> None:
    person, payment = asked(tenant)
    service_id, provider_id, reference = tenant.one(
        "SELECT wallet_service_id, provider_id, reference FROM payment WHERE id = %s", payment
    )
    with tenant.tx() as tx:
        for number in range(3):
            hints.keep(
                tx,
                wallet_service_id=service_id,
                provider_id=provider_id,
                reference=reference,
                hint=Hint(ProviderState.EXPIRED, f"A{number}"),
            )
    tenant.later(1)
    tenant.call_back(tenant.told())
    tenant.work(2)
    assert tenant.state(payment) == ("paid", None)
    assert tenant.has(person) == (AMOUNT_MINOR, 0)


@pytest.mark.parametrize("lies", [("amount",), ("", "amount")])
def test_callbacks_that_say_something_else_are_reviewed(
    tenant: DarajaTenant, lies: tuple[str, ...]
) -> None:
    """Another amount than was asked for; or two amounts, one of them right."""
    person, payment = asked(tenant)
    before = tenant.movements()
    tenant.later(1)
    for lie in lies:
        tenant.call_back(tenant.told(lie=lie))
    tenant.work()
    assert tenant.state(payment) == ("review", "callback_differs")
    assert (tenant.has(person), tenant.movements()) == ((0, 0), before)


def test_paid_without_a_callback_is_reviewed_and_a_late_one_still_counts(
    tenant: DarajaTenant,
) -> None:
    person, payment = asked(tenant)
    tenant.later(1)
    tenant.call_back(tenant.told(lie="reference"))  # of another request
    tenant.work()
    tenant.later(400)
    tenant.work()
    assert tenant.state(payment) == ("review", "no_outcome")
    tenant.call_back(tenant.told())
    tenant.work(2)
    assert tenant.state(payment) == ("paid", None)
    assert tenant.has(person) == (AMOUNT_MINOR, 0)
    assert tenant.texts(person) == ["payment_unclear", "deposit_receipt"]


def paying_out(tenant: DarajaTenant, word: str = "") -> tuple[uuid.UUID, uuid.UUID]:
    person = somebody(tenant)
    tenant.fund(tenant.wallet_of(person), 200_000)
    tenant.fake.books.numbers[tenant.number_of(person)[1:]] = word
    payment = tenant.withdraw(person, AMOUNT_MINOR)
    tenant.work()
    tenant.later(1)
    return person, payment


@pytest.mark.parametrize(
    ("word", "state", "has", "text"),
    [("", "paid", 50_000, "withdrawal_receipt"), ("2040", "failed", 200_000, "payout_failed")],
)
def test_a_payout_ends_by_the_result_that_names_its_conversation(
    tenant: DarajaTenant, word: str, state: str, has: int, text: str
) -> None:
    person, payment = paying_out(tenant, word)
    told = json.loads(tenant.told())
    forged = {"Result": {**told["Result"], "ConversationID": "AG_20261130_guessed"}}
    tenant.call_back(json.dumps(forged).encode())
    tenant.work()
    assert tenant.state(payment)[0] == "pending"
    assert tenant.has(person) == (200_000, AMOUNT_MINOR)
    tenant.call_back(json.dumps(told).encode())
    tenant.work(2)
    assert tenant.state(payment)[0] == state
    assert tenant.has(person) == (has, 0)
    assert tenant.texts(person) == [text]


def test_a_payouts_two_results_are_for_a_person(tenant: DarajaTenant) -> None:
    person, payment = paying_out(tenant)
    tenant.call_back(tenant.told())
    tenant.call_back(tenant.told(lie="state"))
    tenant.work()
    assert tenant.state(payment) == ("review", "callback_differs")
    assert tenant.has(person) == (200_000, AMOUNT_MINOR)
