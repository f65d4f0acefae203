"""The adapter on the wire: what Airtel's side receives, and what it does with it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from uuid import uuid4

import pytest
from werkzeug.wrappers import Request, Response

from providers.airtel_money.account import AirtelAccount
from providers.airtel_money.answers import parse_callback
from providers.airtel_money.fake import AirtelFake
from providers.airtel_money.pay import AirtelPayments
from providers.airtel_money.signature import verify
from providers.airtel_money.tests.rig import CLIENT, OPTIONS, SECRET, SETTING
from providers.contracts.messages import Account, NotSent, OutcomeUnknown, Refused
from providers.contracts.payments import Collection, PaymentKind, PaymentState, Refund
from providers.contracts.webhooks import SignedRequest
from providers.mobile_money.fake import Mode
from providers.mobile_money.tokens import Tokens
from tests.support.payment_rig import Rig, rigged
from tests.support.providers import Us, us
from values.money import Money

__all__ = ["us"]


@pytest.fixture
def airtel() -> Iterator[Rig]:
    with rigged(SETTING) as rig:
        yield rig


def fake_of(rig: Rig) -> AirtelFake:
    assert isinstance(rig.fake, AirtelFake)
    return rig.fake


def test_the_requests(us: Us) -> None:
    def respond(request: Request) -> Response:
        told = {"access_token": "t0ken", "token_type": "bearer", "expires_in": "180"}
        if not request.path.endswith("/token"):
            told = {"status": {"success": True}}  # type: ignore[dict-item]
        return Response(json.dumps(told), 200, content_type="application/json")

    us.respond = respond
    options = (("country", "ZM"),)
    payments = AirtelPayments(Account(CLIENT, SECRET, us.url, options=options), Tokens())
    asked = Collection(uuid4(), "+260971234567", Money(1_250, "ZMW"), "L'école: café")
    payments.collect(asked)
    token, first = us.taken
    assert (token.path, json.loads(token.body)) == (
        "/auth/oauth2/token",
        {"client_id": CLIENT, "client_secret": SECRET, "grant_type": "client_credentials"},
    )
    assert first.path == "/merchant/v1/payments/", "with the last stroke"
    shown = {name: first.headers[name] for name in ("authorization", "x-country", "x-currency")}
    assert shown == {"authorization": "Bearer t0ken", "x-country": "ZM", "x-currency": "ZMW"}
    assert b'"amount":12.50,' in first.body, "a number, exactly"
    assert json.loads(first.body) == {
        "reference": "L ecole cafe",
        "subscriber": {"country": "ZM", "currency": "ZMW", "msisdn": "971234567"},
        "transaction": {
            "amount": 12.5,
            "country": "ZM",
            "currency": "ZMW",
            "id": str(asked.reference),
        },
    }


def test_a_token_serves_for_its_two_minutes(airtel: Rig) -> None:
    for _ in range(3):
        airtel.payments().collect(airtel.collection())
    assert airtel.fake.count("POST", "/token") == 1
    fake_of(airtel).expire_tokens()
    airtel.payments().collect(airtel.collection())
    assert airtel.fake.count("POST", "/token") == 2


@pytest.mark.parametrize("padding", ["pkcs1", "oaep-sha1", "oaep-sha256"])
def test_a_payout_shows_the_pin_under_the_key(airtel: Rig, padding: str) -> None:
    payments = airtel.payments(options=(*OPTIONS, ("pin_padding", padding)))
    taken = payments.disburse(airtel.disbursement())
    paid = airtel.settled(PaymentKind.DISBURSEMENT, taken)
    assert (paid.state, (paid.provider_id or "").isdigit()) == (PaymentState.PAID, True)
    assert airtel.fake.count("GET", "/encryption-keys") == 1


def test_a_wrong_pin_or_key(airtel: Rig) -> None:
    wrong = airtel.payments(options=(("country", "RW"), ("pin", "0000")))
    with pytest.raises(Refused, match=r"^own_settings$"):
        wrong.disburse(airtel.disbursement())
    for options in (OPTIONS[:1], (*OPTIONS, ("public_key", "bm9uZQ=="))):
        with pytest.raises(Refused, match=r"^bad_account$"):
            airtel.payments(options=options).disburse(airtel.disbursement())
    assert airtel.fake.books.all() == []


def test_without_the_key_the_payout_has_not_left(us: Us) -> None:
    us.respond = lambda request: Response(
        '{"access_token":"t"}' if request.path.endswith("/token") else "<html>",
        200 if request.path.endswith("/token") else 503,
        content_type="application/json",
    )
    payments = AirtelPayments(Account(CLIENT, SECRET, us.url, options=OPTIONS), Tokens())
    asked = replace(_disbursement, reference=uuid4())
    with pytest.raises(NotSent, match=r"^no_token$"):
        payments.disburse(asked)


def test_a_sealed_body(airtel: Rig) -> None:
    """Where a market wants seals: the next version of each path."""
    payments = airtel.payments(options=(*OPTIONS, ("signs", "1")))
    payments.collect(airtel.collection())
    payments.disburse(airtel.disbursement())
    assert airtel.fake.count("POST", "/merchant/v2/payments/") == 1
    assert airtel.fake.count("POST", "/standard/v3/disbursements/") == 1
    assert len(airtel.fake.books.all()) == 2


def test_a_refund_is_whole_and_once(airtel: Rig) -> None:
    payments = airtel.payments()
    paid = airtel.settled(PaymentKind.COLLECTION, payments.collect(airtel.collection()))
    part = Refund(uuid4(), paid.reference, Money(5, "RWF"), collection_id=paid.provider_id or "")
    whole = replace(part, amount=Money(250_000, "RWF"), is_whole=True)
    for asked, code in (
        (part, "part_not_offered"),
        (replace(whole, collection_id=""), "needs_collection_id"),
        (replace(whole, collection_id="1"), "no_such_payment"),
    ):
        with pytest.raises(Refused, match=f"^{code}$"):
            payments.refund(asked)
    payments.refund(whole)
    assert airtel.fake.books.balances["disbursement"] == Decimal(750_000)
    with pytest.raises(Refused, match=r"^http_400$"):
        payments.refund(whole)
    assert airtel.fake.books.balances["disbursement"] == Decimal(750_000)
    with pytest.raises(Refused, match=r"^not_told$"):
        payments.status(PaymentKind.REFUND, whole.reference)


def test_a_refund_without_an_answer_is_unknown(airtel: Rig) -> None:
    payments = airtel.payments()
    paid = airtel.settled(PaymentKind.COLLECTION, payments.collect(airtel.collection()))
    airtel.fake.script([Mode("hang_after")])
    asked = Refund(uuid4(), paid.reference, Money(250_000, "RWF"), is_whole=True)
    with pytest.raises(OutcomeUnknown) as error:
        payments.refund(replace(asked, collection_id=paid.provider_id or ""))
    assert error.value.message_id == str(asked.reference)


@pytest.mark.parametrize(("word", "active"), [("", True), ("BARRED", False), ("NOT_FOUND", False)])
def test_who_has_an_account(airtel: Rig, word: str, active: bool) -> None:
    airtel.fake.books.numbers[SETTING.payer[1:]] = word
    assert airtel.payments().is_active(SETTING.payer) is active


@pytest.mark.parametrize(
    ("lie", "told", "claims", "why"),
    [
        ("", True, PaymentState.PAID, ""),
        ("state", True, PaymentState.FAILED, ""),
        ("reference", False, PaymentState.PAID, ""),
        ("signature", True, PaymentState.PAID, "wrong_signature"),
    ],
)
def test_what_it_calls_back_with(
    airtel: Rig, us: Us, lie: str, told: bool, claims: PaymentState, why: str
) -> None:
    us.respond = lambda request: Response(b"", 200)
    fake_of(airtel).callback_url = f"{us.url}/hooks/airtel_money/payment/s3cr3t"
    airtel.options(callback="twice", settle_after_s=0, lie=lie)
    asked = airtel.collection()
    airtel.payments().collect(asked)
    assert airtel.later.settle()
    assert len(us.taken) == 2
    hint = parse_callback(us.taken[0].body)
    assert (hint.reference == asked.reference, hint.claims) == (told, claims)
    request = SignedRequest("", lambda name: "", "application/json", us.taken[0].body)
    assert verify(request, airtel.account()) == why
    found = airtel.settled(PaymentKind.COLLECTION, airtel.payments().collect(asked))
    assert found.state is PaymentState.PAID, "the enquiry decides"


@pytest.mark.parametrize(
    ("options", "url"),
    [
        ((("country", "RW"),), "https://openapi.airtel.co.rw"),
        ((("country", "UG"), ("staging", "1")), "https://openapiuat.airtel.ug"),
        ((("country", "KE"),), "https://openapi.airtel.africa"),
    ],
)
def test_hosts(options: tuple[tuple[str, str], ...], url: str) -> None:
    assert AirtelAccount.read(Account(CLIENT, SECRET, options=options)).url == url


@pytest.mark.parametrize(
    "more", [("country", "XX"), ("pin", "12"), ("pin_padding", "none"), ("trunk", "7")]
)
def test_an_account_that_cannot_be_used(more: tuple[str, str]) -> None:
    with pytest.raises(Refused, match=r"^bad_account$"):
        AirtelAccount.read(Account(CLIENT, SECRET, options=(*OPTIONS, more)))


_disbursement = Rig.disbursement(
    Rig(SETTING, None, None, None, "", Tokens())  # type: ignore[arg-type]
)
