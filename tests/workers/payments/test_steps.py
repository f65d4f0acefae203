"""A prompt whose provider waits for more than a word on the phone: a code, at the fake of Paystack,
and a page, at Flutterwave's."""

import uuid
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from core.payments import codes
from core.payments.errors import NoCodeWanted
from core.payments.outcomes import Deciding, ProviderState, ProviderStatus, decide
from core.tenants.directory import Service
from providers.contracts.messages import NotSent
from providers.contracts.payments import PaymentStatus
from providers.flutterwave.fake import FlutterwavePaymentsFake
from providers.flutterwave.tests.rig import SECRET
from providers.flutterwave.tests.rig import SETTING as FLUTTERWAVE
from providers.paystack.fake import WRONG_CODE
from providers.paystack.pay import PaystackPayments
from providers.paystack.tests.rig import SETTING
from tests.support.momo import WalletTenant
from tests.support.payment_rig import rigged
from tests.support.servers import DatabaseUrls
from tests.support.tenants import KEYS
from values.money import Money


class PaystackTenant(WalletTenant):
    provider = "paystack"
    currency = "GHS"


@pytest.fixture(scope="module")
def the_tenant(module_database: DatabaseUrls) -> Iterator[PaystackTenant]:
    with rigged(SETTING) as rig:
        rig.options(callback="off")
        made = PaystackTenant(module_database, rig.account())
        made.fake = rig.fake
        yield made
        made.close()


@pytest.fixture
def tenant(the_tenant: PaystackTenant) -> Iterator[PaystackTenant]:
    """Afterwards the books are right."""
    yield the_tenant
    assert the_tenant.broken() == []


def give(tenant: WalletTenant, person: uuid.UUID, payment: uuid.UUID, code: str) -> None:
    with tenant.tx() as tx:
        codes.give(tx, KEYS, payment_id=payment, subscriber_id=person, code=code)


def test_a_code_is_asked_for_passed_on_once_and_kept_nowhere(
    tenant: PaystackTenant, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    telecel, another = tenant.person(address="+233204000105"), tenant.person()
    payment = tenant.deposit(telecel, 1_500)
    tenant.work()
    assert tenant.state(payment) == ("pending", "give_code")
    [source] = tenant.one("SELECT params ->> 'source' FROM message WHERE template = 'code_wanted'")
    assert source == "*110#", "what the provider says that they dial"
    with tenant.tx() as tx:
        assert codes.due_of(tx, another) is None
        due = codes.due_of(tx, telecel)
    assert due is not None
    assert (due.payment_id, due.amount) == (payment, Money(1_500, "GHS"))
    with pytest.raises(NoCodeWanted):
        give(tenant, another, payment, "482913")
    give(tenant, telecel, payment, WRONG_CODE)
    tenant.work()
    assert tenant.state(payment) == ("pending", "give_code"), "another may be given"
    give(tenant, telecel, payment, "482913")
    [sealed] = tenant.one("SELECT code_sealed FROM payment WHERE id = %s", payment)
    assert b"482913" not in sealed
    with pytest.raises(NoCodeWanted):
        give(tenant, telecel, payment, "582913")
    tenant.work()
    assert tenant.state(payment) == ("pending", "code_sent")
    tenant.later(1)
    tenant.work(2)
    assert tenant.state(payment) == ("paid", None)
    assert tenant.has(telecel) == (1_500, 0)
    assert tenant.texts(telecel) == ["code_wanted", "code_not_taken", "deposit_receipt"]
    assert tenant.one("SELECT code_sealed FROM payment WHERE id = %s", payment) == (None,)
    assert tenant.fake.count("POST", "/charge/submit_otp") == 2
    assert "482913" not in caplog.text


def test_a_code_that_never_left_goes_again_and_three_wrong_ones_end_it(
    tenant: PaystackTenant,
) -> None:
    telecel = tenant.person(address="+233204000106")
    payment = tenant.deposit(telecel, 1_500)
    tenant.work()
    give(tenant, telecel, payment, "482913")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(PaystackPayments, "submit_code", never_left)
        tenant.work()
    assert tenant.state(payment) == ("pending", "give_code")
    with tenant.tx() as tx:
        assert codes.due_of(tx, telecel) is None, "it waits to be sent, and is not asked for"
    tenant.work()
    assert tenant.state(payment) == ("pending", "code_sent")
    refused = tenant.deposit(telecel, 1_600)
    tenant.work(2)
    for _ in range(codes.CODES_REFUSED_MAXIMUM):
        assert tenant.state(refused) == ("pending", "give_code")
        give(tenant, telecel, refused, WRONG_CODE)
        tenant.work()
    assert tenant.state(refused) == ("failed", "wrong_code")
    assert tenant.texts(telecel)[-1] == "payment_failed"


def never_left(*_: Any) -> None:
    raise NotSent("no_connection")


def test_a_code_that_nobody_gives_ends_the_prompt(tenant: PaystackTenant) -> None:
    telecel = tenant.person(address="+233204000107")
    payment = tenant.deposit(telecel, 1_500)
    tenant.work()
    tenant.later(tenant.context.plan.code_s - 60)
    tenant.work()
    assert tenant.state(payment) == ("pending", "give_code")
    tenant.later(200)
    tenant.work()
    assert tenant.state(payment) == ("expired", "code_not_given")
    assert tenant.texts(telecel) == ["code_wanted", "payment_failed"]
    with tenant.tx() as tx:
        assert codes.due_of(tx, telecel) is None


def test_a_prompt_that_is_approved_on_the_phone_goes_on(tenant: PaystackTenant) -> None:
    mtn = tenant.person(address=SETTING.payer)
    payment = tenant.deposit(mtn, 1_500)
    tenant.work()
    assert tenant.state(payment)[0] == "pending"
    tenant.later(1)
    tenant.work(2)
    assert tenant.state(payment) == ("paid", None)
    assert tenant.has(mtn) == (1_500, 0)


class PageTenant(WalletTenant):
    """In Rwanda, where Flutterwave's payers open a page."""

    provider = "flutterwave"


@pytest.fixture(scope="module")
def page_tenant(module_database: DatabaseUrls) -> Iterator[PageTenant]:
    in_rwanda = replace(
        FLUTTERWAVE,
        fake=lambda later, send, clock: FlutterwavePaymentsFake(
            *(later, send), accounts={"impuye": SECRET}, country="RW", clock=clock, seed=7
        ),
    )
    with rigged(in_rwanda) as rig:
        rig.options(callback="off")
        options = (("country", "RW"), ("email_domain", "pay.piga.example"))
        made = PageTenant(module_database, rig.account(options=options), slug="pages")
        made.fake = rig.fake
        yield made
        made.close()


def page_of(tenant: PageTenant, person: object) -> str:
    [page] = tenant.one(
        "SELECT params ->> 'page' FROM message WHERE subscriber_id = %s AND template ="
        " 'pay_on_page'",
        person,
    )
    return str(page)


def test_a_page_is_texted_and_who_opens_it_has_paid(page_tenant: PageTenant) -> None:
    tenant, person = page_tenant, page_tenant.person()
    payment = tenant.deposit(person, 1_500)
    tenant.work()
    assert tenant.state(payment) == ("pending", "open_page")
    assert page_of(tenant, person).startswith("https://checkout.example/")
    tenant.later(1)
    tenant.work(2)
    assert tenant.state(payment) == ("paid", None)
    assert tenant.has(person) == (1_500, 0)
    assert tenant.texts(person) == ["pay_on_page", "deposit_receipt"]
    assert tenant.broken() == []


def test_a_page_paid_otherwise_while_its_status_is_asked_stays_in_review(
    page_tenant: PageTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant, person = page_tenant, page_tenant.person()
    tenant.fake.books.numbers[tenant.number_of(person)[1:]] = "ONGOING"
    payment = tenant.deposit(person, 800)
    tenant.work()
    accounts = tenant.context.accounts
    kept = accounts.payments

    def slow(service: Service) -> object:
        """Another worker hears of another amount before this one has its answer."""
        account = kept(service)

        def status(*asked: Any) -> PaymentStatus:
            answer = account.status(*asked)
            said = ProviderStatus(ProviderState.PAID, "page-1", Money(500, tenant.currency))
            with tenant.tx() as tx:
                by = Deciding(KEYS, tenant.business, tenant.context.operations)
                decide(tx, by, payment, said)
            return answer

        return SimpleNamespace(status=status)

    monkeypatch.setattr(type(accounts), "payments", lambda _, one: slow(one))
    tenant.later(1_861)
    tenant.work()
    assert tenant.state(payment) == ("review", "other_amount")
    assert "payment_failed" not in tenant.texts(person)
    assert tenant.broken() == []


def test_a_page_that_nobody_opens_is_given_half_an_hour(page_tenant: PageTenant) -> None:
    tenant, person = page_tenant, page_tenant.person()
    tenant.fake.books.numbers[tenant.number_of(person)[1:]] = "ONGOING"
    payment = tenant.deposit(person, 900)
    tenant.work()
    tenant.later(1_800)
    tenant.work()
    assert tenant.state(payment)[0] == "pending"
    tenant.later(61)
    tenant.work()
    assert tenant.state(payment) == ("expired", "page_not_opened")
    assert tenant.texts(person) == ["pay_on_page", "payment_failed"]
    assert tenant.has(person) == (0, 0)
    assert tenant.broken() == []
