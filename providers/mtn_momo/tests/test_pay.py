"""The adapter on the wire: what MTN's side receives, and what each fault of the wire proves."""

import json
import socket
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid1, uuid4

import pytest
from werkzeug.wrappers import Request, Response

from providers.contracts.messages import (
    Account,
    NotSent,
    OutcomeUnknown,
    Refused,
    SendError,
)
from providers.contracts.payments import Collection, PaymentKind, PaymentState, sentence
from providers.mobile_money.fake import Mode
from providers.mobile_money.tokens import Tokens
from providers.mobile_money.wire import note
from providers.mtn_momo.account import PRODUCTION_URL, SANDBOX_URL, MomoAccount
from providers.mtn_momo.pay import MomoPayments, amount_on_wire
from providers.mtn_momo.tests.conftest import (
    KEY,
    KEYS,
    OPTIONS,
    PAYER,
    USER,
    Momo,
    collection,
    disbursement,
    refund,
)
from tests.support.providers import Us, http_answer
from values.money import Money

RawServer = Callable[[bytes | None], str]
HOOK = "https://piga.example/hooks/mtn_momo/payment/s3cr3t"


def caught(momo: Momo, asked: Collection | None = None, **more: object) -> SendError:
    with pytest.raises(SendError) as error:
        momo.payments(**more).collect(asked or collection())
    return error.value


def test_the_requests(us: Us) -> None:
    methods: list[str] = []

    def respond(request: Request) -> Response:
        methods.append(request.method)
        if request.path.endswith("/token/"):
            told = {"access_token": "t0ken", "token_type": "access_token", "expires_in": 3600}
            return Response(json.dumps(told), 200, content_type="application/json")
        return Response(b"", 202)

    us.respond = respond
    payments = MomoPayments(Account(USER, KEY, us.url, options=OPTIONS), Tokens())
    asked = collection(callback_url=HOOK)
    payments.collect(asked)
    payments.disburse(disbursement(purpose="L'école: café & thé", memo="x" * 200))
    back = refund(asked.reference, 500)
    payments.refund(back)
    token, first, _, second, third = us.taken
    assert methods == ["POST"] * 5
    assert (token.path, token.body) == ("/collection/token/", b"")
    assert token.headers["authorization"].startswith("Basic ")
    assert token.headers["x-target-environment"] == "mtnrwanda"
    assert first.path == "/collection/v1_0/requesttopay"
    assert {name: first.headers[name] for name in _SHOWN} == {
        "authorization": "Bearer t0ken",
        "ocp-apim-subscription-key": KEYS["collection"],
        "x-target-environment": "mtnrwanda",
        "x-reference-id": str(asked.reference),
        "x-callback-url": HOOK,
        "content-type": "application/json",
        "user-agent": "Piga",
    }
    assert json.loads(first.body) == {
        "amount": "2500",
        "currency": "RWF",
        "externalId": str(asked.reference),
        "payer": {"partyIdType": "MSISDN", "partyId": "250788000105"},
        "payerMessage": "Umusanzu",
        "payeeNote": "KOP1 Umusanzu",
    }
    assert second.path == "/disbursement/v1_0/transfer"
    assert second.headers["ocp-apim-subscription-key"] == KEYS["disbursement"]
    assert "x-callback-url" not in second.headers, "an empty one would be an error"
    told = json.loads(second.body)
    assert told["payee"] == {"partyIdType": "MSISDN", "partyId": "250788000106"}
    assert (told["payerMessage"], told["payeeNote"]) == ("L ecole cafe the", "x" * 128)
    assert third.path == "/disbursement/v1_0/refund"
    assert json.loads(third.body)["referenceIdToRefund"] == str(asked.reference)
    assert third.headers["x-reference-id"] == str(back.reference)


_SHOWN = (
    *("authorization", "ocp-apim-subscription-key", "x-target-environment", "x-reference-id"),
    *("x-callback-url", "content-type", "user-agent"),
)


@pytest.mark.parametrize(
    ("amount", "wire"),
    [
        (Money(1_500, "RWF"), "1500"),
        (Money(1, "UGX"), "1"),
        (Money(1_500, "GHS"), "15"),
        (Money(1_550, "GHS"), "15.50"),
        (Money(5, "EUR"), "0.05"),
        (Money(10_000_000, "XOF"), "10000000"),
    ],
)
def test_amounts_are_whole_units(amount: Money, wire: str) -> None:
    assert amount_on_wire(amount, amount.currency) == wire


@pytest.mark.parametrize(
    ("words", "wire"),
    [("", "-"), ("'’!", "-"), ("Kóp 1, Rubavu", "Kop 1 Rubavu"), ("ይክፈሉ", "-"), ("a-b.c", "a-b.c")],
)
def test_notes(words: str, wire: str) -> None:
    assert note(words, 128) == wire


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"payer": "0788000105"}, "invalid_number"),
        ({"payer": "250788000105"}, "invalid_number"),
        ({"amount": Money(0, "RWF")}, "not_payable"),
        ({"amount": Money(-5, "RWF")}, "not_payable"),
        ({"amount": Money(500, "EUR")}, "other_currency"),
        ({"reference": uuid1()}, "invalid_reference"),
        ({"reference": UUID("019a06fa-467d-7c1e-9a51-0c6f4c1b2a33")}, "invalid_reference"),
        ({"callback_url": "http://piga.example/hook"}, "invalid_callback_url"),
        ({"callback_url": "nowhere"}, "invalid_callback_url"),
    ],
)
def test_refused_before_any_request(momo: Momo, changed: dict[str, Any], code: str) -> None:
    error = caught(momo, replace(collection(), **changed))
    assert (type(error), error.code, error.never_left) == (Refused, code, True)
    assert not momo.fake.requests
    assert sentence(error)


@pytest.mark.parametrize(
    ("mode", "kind", "code", "taken"),
    [
        (Mode("hang_before"), OutcomeUnknown, "connection_dropped", 0),
        (Mode("hang_after"), OutcomeUnknown, "connection_dropped", 1),
        (Mode("http_before", status=502), OutcomeUnknown, "http_502", 0),
        (Mode("http_after", status=502), OutcomeUnknown, "http_502", 1),
        (Mode("http_after", status=504), OutcomeUnknown, "http_504", 1),
        (Mode("http_before", status=429), Refused, "throttled", 0),
        (Mode("http_before", status=302), Refused, "http_302", 0),
        (Mode("code", status=500), OutcomeUnknown, "http_500", 0),
        (Mode("code", status=500, code="INVALID_CURRENCY"), Refused, "own_settings", 0),
    ],
)
def test_faults_of_the_wire(
    momo: Momo, mode: Mode, kind: type[SendError], code: str, taken: int
) -> None:
    momo.fake.script([mode])
    asked = collection()
    error = caught(momo, asked)
    assert (type(error), error.code, error.never_left) == (kind, code, False)
    assert len(momo.fake.wallets.all()) == taken
    if kind is OutcomeUnknown:
        assert error.message_id == str(asked.reference)
        # The same again cannot pay twice, and finds out what the first one did.
        again = momo.payments().collect(asked)
        assert (again.was_known, len(momo.fake.wallets.all())) == (bool(taken), 1)


@pytest.mark.parametrize(("mode", "taken"), [("hang_before", 0), ("hang_after", 1)])
def test_a_time_out_is_unknown_and_never_failed(momo: Momo, mode: str, taken: int) -> None:
    momo.fake.script([Mode(mode, delay_s=0.6)])
    asked = collection()
    momo.payments().is_active(PAYER)  # a token is there
    error = caught(momo, asked, read_timeout_s=0.2)
    assert (type(error), error.code) == (OutcomeUnknown, "answer_timeout")
    assert len(momo.fake.wallets.all()) == taken
    status = momo.payments().status(PaymentKind.COLLECTION, asked.reference)
    assert status.state is (PaymentState.PENDING if taken else PaymentState.UNKNOWN)


def test_where_nobody_listens_nothing_was_sent() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
    payments = MomoPayments(Account(USER, KEY, url, options=OPTIONS), Tokens())
    with pytest.raises(NotSent) as error:
        payments.collect(collection())
    assert (error.value.code, error.value.never_left) == ("connection_refused", True)


@pytest.mark.parametrize(
    ("mode", "kind", "code"),
    [
        (Mode("hang_before", on="token"), NotSent, "no_token"),
        (Mode("http_before", on="token", status=503), NotSent, "no_token"),
        (Mode("http_before", on="token", status=200), NotSent, "no_token"),
        (Mode("http_before", on="token", status=403), Refused, "unauthorized"),
    ],
)
def test_without_a_token_the_payment_has_not_left(
    momo: Momo, mode: Mode, kind: type[SendError], code: str
) -> None:
    momo.fake.script([mode])
    error = caught(momo)
    assert (type(error), error.code, error.never_left) == (kind, code, True)
    assert momo.fake.count("POST", "/requesttopay") == 0


def test_a_wrong_key_calls_a_person(momo: Momo) -> None:
    payments = MomoPayments(replace(momo.account(), secret="wrong"), momo.tokens)
    with pytest.raises(Refused) as error:
        payments.collect(collection())
    assert (error.value.code, error.value.alarm) == ("unauthorized", True)


def test_a_token_is_fetched_once_for_all_and_again_when_it_is_not_taken(momo: Momo) -> None:
    for _ in range(3):
        momo.payments().collect(collection())
        momo.payments().disburse(disbursement())
    assert momo.fake.count("POST", "/token/") == 2, "one a product"
    momo.fake.gate.expire_tokens()
    momo.payments().collect(collection())
    assert momo.fake.count("POST", "/token/") == 3
    assert momo.fake.count("POST", "/requesttopay") == 5, "the one that was not taken counts"
    assert len(momo.fake.wallets.all()) == 7


def test_an_account_that_may_not_ask_is_told_so_once(momo: Momo) -> None:
    payments = momo.payments()
    payments.collect(collection())
    momo.fake.gate._keys = {"collection": "another", "disbursement": "another"}
    error = caught(momo)
    assert (type(error), error.code, error.alarm) == (Refused, "unauthorized", True)
    assert len(momo.fake.wallets.all()) == 1


def test_a_redirect_is_not_followed(raw_server: RawServer) -> None:
    url = raw_server(http_answer(302, "text/html", ""))
    payments = MomoPayments(Account(USER, KEY, url, options=OPTIONS), Tokens())
    with pytest.raises(NotSent, match=r"^no_token$"):
        payments.collect(collection())


@pytest.mark.parametrize(
    "account",
    [
        Account(USER, KEY),
        Account("", KEY, options=OPTIONS),
        Account(USER, "two words", options=OPTIONS),
        Account("a:b", KEY, options=OPTIONS),
        Account(USER, KEY, "http://momo.example", options=OPTIONS),
        Account(USER, KEY, "http://[::1", options=OPTIONS),
        Account(USER, KEY, options=(("environment", "mtnatlantis"), ("collection_key", "k"))),
        Account(USER, KEY, options=(("currency", "francs"), ("collection_key", "k"))),
        Account(USER, KEY, options=(("collection_key", "a\r\nX: 1"),)),
    ],
)
def test_an_account_that_cannot_be_used(account: Account) -> None:
    with pytest.raises(Refused) as error:
        MomoPayments(account)
    assert (error.value.code, error.value.alarm) == ("bad_account", True)


def test_a_product_without_a_key_is_not_used(momo: Momo) -> None:
    payments = momo.payments(options=OPTIONS[:2])
    payments.collect(collection())
    with pytest.raises(Refused, match=r"^bad_account$"):
        payments.disburse(disbursement())


@pytest.mark.parametrize(
    ("options", "url", "currency"),
    [
        ((("collection_key", "k"),), SANDBOX_URL, "EUR"),
        ((("collection_key", "k"), ("environment", "mtnghana")), PRODUCTION_URL, "GHS"),
        (
            (("collection_key", "k"), ("environment", "mtnliberia"), ("currency", "USD")),
            *(PRODUCTION_URL, "USD"),
        ),
    ],
)
def test_the_market_says_where_and_in_what(
    options: tuple[tuple[str, str], ...], url: str, currency: str
) -> None:
    account = MomoAccount.read(Account(USER, KEY, options=options))
    assert (account.url, account.currency) == (url, currency)


def test_no_error_and_no_repr_tells_whom_or_what(momo: Momo) -> None:
    momo.fake.script([Mode("hang_before")])
    asked = collection(callback_url=HOOK)
    error = caught(momo, asked)
    chain = f"{error!r} {error} {error.__cause__!r} {error.__context__!r} {asked!r}"
    chain += f"{momo.account()!r} {MomoAccount.read(momo.account())!r}"
    momo.fake.wallets.numbers[PAYER[1:]] = "REJECTED"
    other = collection()
    momo.payments().collect(other)
    momo.clock.now_s += 1
    chain += repr(momo.payments().status(PaymentKind.COLLECTION, other.reference))
    for secret in (PAYER[1:], "Umusanzu", KEY, KEYS["collection"], "s3cr3t"):
        assert secret not in chain


def test_an_unknown_reference_is_unknown(momo: Momo) -> None:
    status = momo.payments().status(PaymentKind.REFUND, uuid4())
    assert (status.state, status.state.final) == (PaymentState.UNKNOWN, False)
