"""The adapter on the wire: what Flutterwave's side receives, and what it does with it."""

import json
from collections.abc import Iterator
from uuid import uuid4

import pytest
from werkzeug.wrappers import Response

from providers.contracts.messages import Account, NotSent, OutcomeUnknown, Refused, SendError
from providers.contracts.payments import (
    Collection,
    Disbursement,
    NextStep,
    PaymentKind,
    PaymentState,
    Refund,
)
from providers.contracts.webhooks import SignedRequest
from providers.flutterwave.answers import parse_callback
from providers.flutterwave.fake import FlutterwavePaymentsFake
from providers.flutterwave.pay import FlutterwavePayments
from providers.flutterwave.signature import verify
from providers.flutterwave.tests.rig import HASH, OPTIONS, SECRET, SETTING
from providers.mobile_money.fake import Mode
from tests.support.payment_rig import Rig, rigged
from tests.support.providers import Us, us
from values.money import Money

__all__ = ["us"]


@pytest.fixture
def flutterwave() -> Iterator[Rig]:
    with rigged(SETTING) as rig:
        yield rig


@pytest.mark.parametrize(
    ("country", "payer", "said", "money", "wire"),
    [
        ("RW", "+250788000105", "", Money(1_500, "RWF"), ("mobile_money_rwanda", "1500", None)),
        ("UG", "+256772000105", "mtn", Money(5_000, "UGX"), ("mobile_money_uganda", "5000", "MTN")),
        (
            "GH",
            "+233204000105",
            "",
            Money(1_050, "GHS"),
            ("mobile_money_ghana", "10.50", "VODAFONE"),
        ),
        ("KE", "+254712000105", "", Money(1_000, "KES"), ("mpesa", "10", None)),
    ],
)
def test_a_charge_and_a_transfer(
    us: Us, country: str, payer: str, said: str, money: Money, wire: tuple[str, str, str | None]
) -> None:
    told = {"status": "success", "data": {}}
    us.respond = lambda request: Response(json.dumps(told), 200, content_type="application/json")
    options = (("country", country), OPTIONS[1])
    payments = FlutterwavePayments(Account("impuye", SECRET, us.url, options=options))
    asked = Collection(uuid4(), payer, money, network=said)
    payments.collect(asked)
    out = Disbursement(uuid4(), payer, money, "Igice", network=said)
    payments.disburse(out)
    first, second = us.taken
    charge, amount, network = wire
    assert (first.path, first.headers["authorization"]) == ("/v3/charges", f"Bearer {SECRET}")
    assert f'"amount":{amount},'.encode() in first.body
    body = json.loads(first.body)
    assert (body["tx_ref"], body["phone_number"]) == (str(asked.reference), payer[1:])
    assert (body.get("network"), "order_id" in body) == (network, country == "RW")
    assert charge
    sent = json.loads(second.body)
    assert (second.path, sent["reference"]) == ("/v3/transfers", str(out.reference))
    assert sent["account_bank"] == {"GH": "VODAFONE"}.get(country, "MPS")


def test_in_rwanda_the_payer_opens_a_page() -> None:
    with rigged(SETTING) as rig:
        rig.fake.market = _rwanda().market  # type: ignore[attr-defined]
        options = (("country", "RW"), OPTIONS[1])
        payments = rig.payments(options=options)
        taken = payments.collect(Collection(uuid4(), "+250788000105", Money(1_500, "RWF")))
        assert (taken.next_step, taken.provider_id) == (NextStep.OPEN_PAGE, None)
        assert taken.page_url.startswith("https://")
        assert taken.page_url not in repr(taken)
        rig.clock.now_s += 1
        status = payments.status(PaymentKind.COLLECTION, taken.reference)
        assert (status.state, status.party) == (PaymentState.PAID, "+250788000105")


def _rwanda() -> FlutterwavePaymentsFake:
    return FlutterwavePaymentsFake(None, print, country="RW")  # type: ignore[arg-type]


def test_a_refund_asks_for_the_charges_id_first(flutterwave: Rig) -> None:
    payments = flutterwave.payments()
    paid = flutterwave.settled(PaymentKind.COLLECTION, payments.collect(flutterwave.collection()))
    asked = Refund(uuid4(), paid.reference, Money(50_000, "KES"))
    taken = payments.refund(asked)
    back = flutterwave.settled(PaymentKind.REFUND, taken)
    assert (back.state, back.known_as) == (PaymentState.PAID, asked.reference)
    assert flutterwave.fake.books.balances["disbursement"] == 999_500
    unnamed = payments.status(PaymentKind.REFUND, asked.reference)
    assert unnamed.state is PaymentState.UNKNOWN, "one without an answer cannot be asked about"
    with pytest.raises(Refused, match=r"^no_such_payment$"):
        payments.refund(Refund(uuid4(), uuid4(), Money(5, "KES")))
    flutterwave.fake.script([Mode("hang_before", on="status")])
    with pytest.raises(NotSent, match=r"^no_collection$"):
        payments.refund(asked)
    flutterwave.fake.script([Mode("hang_after")])
    with pytest.raises(OutcomeUnknown):
        payments.refund(asked)


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (200, NotSent, "no_collection"),
        (404, Refused, "no_such_payment"),
        (429, Refused, "throttled"),
        (401, Refused, "unauthorized"),
        (503, NotSent, "no_collection"),
    ],
)
def test_without_the_charges_id_the_refund_has_not_left(
    flutterwave: Rig, status: int, kind: type[SendError], code: str
) -> None:
    flutterwave.fake.script([Mode("http_before", on="status", status=status)])
    with pytest.raises(kind) as error:
        flutterwave.payments().refund(Refund(uuid4(), uuid4(), Money(5, "KES")))
    assert (error.value.code, error.value.never_left) == (code, True)
    assert flutterwave.fake.count("POST", "/refund") == 0


@pytest.mark.parametrize("signs", [False, True])
@pytest.mark.parametrize("lie", ["", "state", "amount", "currency", "reference", "signature"])
def test_what_it_calls_back_with(flutterwave: Rig, lie: str, signs: bool) -> None:
    flutterwave.options(lie=lie)
    assert isinstance(flutterwave.fake, FlutterwavePaymentsFake)
    flutterwave.fake._signs = signs
    taken = flutterwave.payments().collect(flutterwave.collection())
    flutterwave.settled(PaymentKind.COLLECTION, taken)
    body, headers, _ = flutterwave.fake.callback(flutterwave.fake.books.all()[0])
    hint = parse_callback(body)
    assert hint.amount is not None
    request = SignedRequest("", lambda name: headers.get(name, ""), "", body)
    seen = {
        "state": hint.claims is PaymentState.PAID,
        "amount": hint.amount.amount == 2_500,
        "currency": hint.amount.currency == "KES",
        "reference": hint.reference == taken.reference,
        "signature": verify(request, flutterwave.account()) == "",
    }
    assert [name for name, right in seen.items() if not right] == ([lie] if lie else [])
    assert HASH not in repr(flutterwave.account())


def test_what_is_not_offered_or_known(flutterwave: Rig) -> None:
    with pytest.raises(Refused, match=r"^not_offered$"):
        flutterwave.payments().is_active(SETTING.payer)
    with pytest.raises(Refused, match=r"^unknown_network$"):
        flutterwave.payments().collect(flutterwave.collection(network="telecel"))
