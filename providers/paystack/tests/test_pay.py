"""The adapter on the wire: what Paystack's side receives, and what it does with it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from uuid import uuid4

import pytest
from werkzeug.wrappers import Request, Response

from providers.contracts.messages import Account, NotSent, OutcomeUnknown, Refused
from providers.contracts.payments import (
    Collection,
    NextStep,
    PaymentKind,
    PaymentState,
    Refund,
    TakesCode,
)
from providers.contracts.webhooks import SignedRequest
from providers.mobile_money.fake import Mode
from providers.paystack.answers import parse_callback
from providers.paystack.fake import WRONG_CODE, PaystackFake
from providers.paystack.pay import PaystackPayments
from providers.paystack.signature import verify
from providers.paystack.tests.rig import OPTIONS, SECRET, SETTING
from tests.support.payment_rig import Rig, rigged
from tests.support.providers import Us, us
from values.money import Money

__all__ = ["us"]
TELECEL = "+233204000107"


@pytest.fixture
def paystack() -> Iterator[Rig]:
    with rigged(SETTING) as rig:
        yield rig


@pytest.mark.parametrize(
    ("country", "payer", "said", "currency", "wallet"),
    [
        ("GH", "+233244000105", "", "GHS", {"phone": "0244000105", "provider": "mtn"}),
        ("GH", "+233204000105", "", "GHS", {"phone": "0204000105", "provider": "vod"}),
        ("GH", "+233244000105", "at", "GHS", {"phone": "0244000105", "provider": "atl"}),
        ("KE", "+254712000105", "", "KES", {"phone": "+254712000105", "provider": "mpesa"}),
    ],
)
def test_a_charge(
    us: Us, country: str, payer: str, said: str, currency: str, wallet: dict[str, str]
) -> None:
    told = {"status": True, "data": {"status": "pay_offline"}}
    us.respond = lambda request: Response(json.dumps(told), 200, content_type="application/json")
    options = (("country", country), OPTIONS[1])
    payments = PaystackPayments(Account("impuye", SECRET, us.url, options=options))
    asked = Collection(uuid4(), payer, Money(1_250, currency), network=said)
    payments.collect(asked)
    [taken] = us.taken
    assert (taken.path, taken.headers["authorization"]) == ("/charge", f"Bearer {SECRET}")
    body = json.loads(taken.body)
    email = body.pop("email")
    assert email.endswith("@pay.piga.example")
    assert payer[-9:] not in email
    assert body == {
        "amount": 1_250,  # pesewas and cents
        "currency": currency,
        "reference": str(asked.reference),
        "mobile_money": wallet,
    }


@pytest.mark.parametrize(("payer", "said"), [("+233234000105", ""), ("+233244000105", "airtel")])
def test_a_network_that_nobody_knows(paystack: Rig, payer: str, said: str) -> None:
    with pytest.raises(Refused, match=r"^unknown_network$"):
        paystack.payments().collect(paystack.collection(payer=payer, network=said))
    assert not paystack.fake.requests


def test_telecel_wants_a_voucher(paystack: Rig) -> None:
    payments = paystack.payments()
    assert isinstance(PaystackPayments(paystack.account()), TakesCode)
    taken = payments.collect(paystack.collection(payer=TELECEL))
    assert taken.next_step is NextStep.GIVE_CODE
    assert paystack.settled(PaymentKind.COLLECTION, taken).state is PaymentState.PENDING
    for wrong in (WRONG_CODE, "12", "12 34", "x" * 17):
        with pytest.raises(Refused, match=r"^wrong_code$"):
            payments.submit_code(taken.reference, wrong)
    assert payments.submit_code(taken.reference, "482913").next_step is NextStep.APPROVE
    assert paystack.settled(PaymentKind.COLLECTION, taken).state is PaymentState.PAID


def test_a_voucher_without_an_answer_is_unknown(paystack: Rig) -> None:
    taken = paystack.payments().collect(paystack.collection(payer=TELECEL))
    paystack.fake.script([Mode("hang_after")])
    with pytest.raises(OutcomeUnknown) as error:
        paystack.payments().submit_code(taken.reference, "482913")
    assert error.value.message_id == str(taken.reference)
    assert paystack.settled(PaymentKind.COLLECTION, taken).state is PaymentState.PAID


def test_a_person_is_taken_down_once_and_paid(paystack: Rig) -> None:
    payments = paystack.payments()
    asked = paystack.disbursement()
    assert not payments.disburse(asked).was_known
    assert payments.disburse(asked).was_known, "the same again pays nothing"
    assert paystack.fake.count("POST", "/transferrecipient") == 2
    assert len(paystack.fake.books.all()) == 1


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [(503, NotSent, "no_recipient"), (400, Refused, "http_400"), (401, Refused, "unauthorized")],
)
def test_whom_nobody_took_down_is_not_paid(
    us: Us, status: int, kind: type[Exception], code: str
) -> None:
    us.respond = lambda request: Response("{}", status, content_type="application/json")
    payments = PaystackPayments(Account("impuye", SECRET, us.url, options=OPTIONS))
    asked = Rig.disbursement(Rig(SETTING, *[None] * 5))  # type: ignore[arg-type]
    with pytest.raises(kind) as error:
        payments.disburse(asked)
    assert (error.value.code, error.value.never_left) == (code, True)  # type: ignore[attr-defined]
    assert [taken.path for taken in us.taken] == ["/transferrecipient"]


def test_a_refund_is_found_by_its_note(paystack: Rig) -> None:
    payments = paystack.payments()
    paid = paystack.settled(PaymentKind.COLLECTION, payments.collect(paystack.collection()))
    asked = Refund(uuid4(), paid.reference, Money(50_000, "GHS"), "Igice")
    paystack.fake.script([Mode("hang_after")])
    with pytest.raises(OutcomeUnknown):
        payments.refund(asked)
    paystack.clock.now_s += 1
    found = payments.status(PaymentKind.REFUND, asked.reference)
    assert (found.state, found.known_as) == (PaymentState.PAID, asked.reference)
    assert paystack.fake.books.balances["disbursement"] == 999_500
    other = payments.refund(replace(asked, reference=uuid4()))
    paystack.clock.now_s += 1
    told = payments.status(PaymentKind.REFUND, other.reference, other.provider_id or "")
    assert (told.state, told.known_as) == (PaymentState.PAID, other.reference)
    assert payments.status(PaymentKind.REFUND, uuid4()).state is PaymentState.UNKNOWN
    with pytest.raises(Refused, match=r"^own_settings$"):
        payments.refund(replace(asked, amount=Money(300_000, "GHS")))


@pytest.mark.parametrize(
    ("lie", "wrong", "why"),
    [
        ("", "", ""),
        ("state", "claims", ""),
        ("amount", "amount", ""),
        ("currency", "currency", ""),
        ("reference", "reference", ""),
        ("signature", "", "wrong_signature"),
    ],
)
def test_what_it_calls_back_with(paystack: Rig, us: Us, lie: str, wrong: str, why: str) -> None:
    us.respond = lambda request: Response(b"", 200)
    assert isinstance(paystack.fake, PaystackFake)
    paystack.fake.callback_url = f"{us.url}/hooks/paystack/payment/s3cr3t"
    paystack.options(callback="twice", settle_after_s=0, lie=lie)
    asked = paystack.collection()
    paystack.payments().collect(asked)
    assert paystack.later.settle()
    assert len(us.taken) == 2
    hint = parse_callback(us.taken[0].body)
    assert hint.amount is not None
    seen = {
        "claims": hint.claims is PaymentState.PAID,
        "amount": hint.amount.amount == 2_500,
        "currency": hint.amount.currency == "GHS",
        "reference": hint.reference == asked.reference,
    }
    assert [name for name, right in seen.items() if not right] == ([wrong] if wrong else [])
    header = us.taken[0].headers.get
    request = SignedRequest("", lambda name: header(name, ""), "", us.taken[0].body)
    assert verify(request, paystack.account()) == why


def test_whether_a_number_has_a_wallet_is_not_told(paystack: Rig) -> None:
    with pytest.raises(Refused, match=r"^not_offered$"):
        paystack.payments().is_active(SETTING.payer)


def test_a_wrong_domain_or_country() -> None:
    for options in ((("country", "GH"), ("email_domain", "a b")), (("country", "NG"), OPTIONS[1])):
        with pytest.raises(Refused, match=r"^bad_account$"):
            PaystackPayments(Account("impuye", SECRET, options=options))


def test_it_answers_nobody_with_another_method(paystack: Rig) -> None:
    assert paystack.fake.work(Request({"REQUEST_METHOD": "PUT"}), "/charge") is None
