"""The adapter on the wire: what Daraja's side receives, and what it does with it. `daraja-mock`,
a server that others wrote, is asked as well."""

import base64
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from daraja_mock import DarajaMock
from werkzeug.wrappers import Response

from providers.contracts.messages import Account, OutcomeUnknown, Refused
from providers.contracts.payments import PaymentKind, PaymentState, Reason, Refund
from providers.mobile_money.fake import Mode
from providers.mobile_money.tokens import Tokens
from providers.mpesa_daraja.answers import parse_callback
from providers.mpesa_daraja.c2b import CONFIRMED, parse_c2b
from providers.mpesa_daraja.fake import DarajaFake
from providers.mpesa_daraja.pay import DarajaPayments
from providers.mpesa_daraja.tests.rig import CREDENTIAL, KEY, OPTIONS, PASSKEY, SECRET, SETTING
from providers.simulator.loopback import listen
from tests.support.payment_rig import HOOK, Rig, rigged
from tests.support.providers import Us, us
from values.money import Money

__all__ = ["us"]
COLLECTION = PaymentKind.COLLECTION


@pytest.fixture
def daraja() -> Iterator[Rig]:
    with rigged(SETTING) as rig:
        yield rig


@pytest.fixture
def theirs() -> Iterator[tuple[DarajaMock, str]]:
    mock = DarajaMock()
    server = listen("127.0.0.1", 0, mock.app)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield mock, f"http://127.0.0.1:{server.port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_requests_at_a_server_that_others_wrote(theirs: tuple[DarajaMock, str]) -> None:
    mock, url = theirs
    clock = [datetime(2026, 11, 30, 22, 5, 9, tzinfo=UTC)]
    payments = DarajaPayments(
        Account(KEY, SECRET, url, options=OPTIONS), Tokens(), now=lambda: clock[0]
    )
    rig = Rig(SETTING, *[None] * 5)  # type: ignore[arg-type]
    asked = rig.collection(memo="KOP1 Umusanzu wa Kanama")
    taken = payments.collect(asked)
    assert (taken.provider_id or "").startswith("ws_CO_")
    for code, state in ((0, "paid"), (1032, "failed"), (1037, "expired")):
        mock.set_stk_result(code)
        told = payments.status(COLLECTION, asked.reference, taken.provider_id or "")
        assert told.state.value == state
    out = rig.disbursement()
    assert payments.disburse(out).provider_id
    payments.ask_about(out.reference, HOOK)
    token, push, query, *_, pay, ask = mock.request_log()
    assert token["path"] == "/oauth/v1/generate"
    stamp = "20261201010509"
    password = base64.b64encode(f"600638{PASSKEY}{stamp}".encode()).decode()
    assert push["body"] == {
        "BusinessShortCode": "600638",
        "Password": password,
        "Timestamp": stamp,  # by Nairobi's clocks
        "TransactionType": "CustomerPayBillOnline",
        "Amount": 2_500,
        "PartyA": "254712000105",
        "PartyB": "600638",
        "PhoneNumber": "254712000105",
        "CallBackURL": HOOK,
        "AccountReference": "KOP1 Umusanz",
        "TransactionDesc": "Umusanzu",
    }
    assert query["body"]["CheckoutRequestID"] == taken.provider_id
    assert (pay["body"]["OriginatorConversationID"], pay["body"]["Amount"]) == (
        *(str(out.reference), 1_000),
    )
    assert (pay["body"]["InitiatorName"], pay["body"]["SecurityCredential"]) == (
        *("piga", CREDENTIAL),
    )
    assert ask["body"]["OriginalConversationID"] == str(out.reference)


def test_what_is_refused_before_any_request(daraja: Rig) -> None:
    payments = daraja.payments()
    for asked, code in (
        (daraja.collection(250_050), "not_payable"),  # half a shilling
        (daraja.collection(callback_url=""), "needs_callback_url"),
        (daraja.collection(callback_url="http://piga.example/"), "invalid_callback_url"),
    ):
        with pytest.raises(Refused, match=f"^{code}$"):
            payments.collect(asked)
    with pytest.raises(Refused, match=r"^not_offered$"):
        payments.refund(Refund(uuid4(), uuid4(), Money(500, "KES")))
    with pytest.raises(Refused, match=r"^not_offered$"):
        payments.is_active(SETTING.payer)
    without = daraja.payments(options=OPTIONS[:1])
    with pytest.raises(Refused, match=r"^bad_account$"):
        without.collect(daraja.collection())
    with pytest.raises(Refused, match=r"^bad_account$"):
        without.disburse(daraja.disbursement())
    assert not daraja.fake.requests


@pytest.mark.parametrize(
    ("word", "state", "reason"),
    [
        ("1032", PaymentState.FAILED, Reason.DECLINED),
        ("1", PaymentState.FAILED, Reason.PERSON_LACKS_FUNDS),
        ("EXPIRED", PaymentState.EXPIRED, Reason.NOT_APPROVED_IN_TIME),
    ],
)
def test_what_becomes_of_a_prompt(
    daraja: Rig, word: str, state: PaymentState, reason: Reason
) -> None:
    daraja.fake.books.numbers[SETTING.payer[1:]] = word
    taken = daraja.payments().collect(daraja.collection())
    daraja.clock.now_s += 300
    status = daraja.settled(COLLECTION, taken)
    assert (status.state, status.reason, status.amount) == (state, reason, None)


def test_a_prompt_without_an_answer_has_no_name(daraja: Rig) -> None:
    daraja.fake.script([Mode("hang_after")])
    asked = daraja.collection()
    with pytest.raises(OutcomeUnknown):
        daraja.payments().collect(asked)
    status = daraja.payments().status(COLLECTION, asked.reference)
    assert (status.state, daraja.fake.count("POST", "/query")) == (PaymentState.UNKNOWN, 0)


def test_a_token_is_shared_and_a_late_one_is_told_by_404(daraja: Rig) -> None:
    for _ in range(2):
        daraja.payments().collect(daraja.collection())
    assert daraja.fake.count("GET", "/generate") == 1
    assert isinstance(daraja.fake, DarajaFake)
    daraja.fake.expire_tokens()
    daraja.payments().collect(daraja.collection())
    assert daraja.fake.count("GET", "/generate") == 2
    assert len(daraja.fake.books.all()) == 3


@pytest.mark.parametrize("lie", ["", "state", "amount", "reference"])
def test_a_prompts_result(daraja: Rig, lie: str) -> None:
    daraja.options(lie=lie)
    taken = daraja.payments().collect(daraja.collection())
    assert daraja.settled(COLLECTION, taken).state is PaymentState.PAID
    payment = daraja.fake.books.all()[0]
    hint = parse_callback(daraja.fake.callback(payment).body)
    seen = {
        "state": hint.claims is PaymentState.PAID,
        "amount": lie == "state" or (hint.amount is not None and hint.amount.amount == 2_500),
        "reference": hint.provider_id == taken.provider_id,
    }
    assert [name for name, right in seen.items() if not right] == ([lie] if lie else [])
    if not lie:
        assert hint.movement_id == payment.provider_id


def test_a_payouts_result_proves_itself_by_the_conversation(daraja: Rig, us: Us) -> None:
    us.respond = lambda request: Response(b"", 200)
    payments = daraja.payments()
    taken = payments.disburse(daraja.disbursement(callback_url=f"{us.url}/hooks/results"))
    assert payments.disburse(daraja.disbursement(reference=taken.reference)).was_known
    told = payments.status(PaymentKind.DISBURSEMENT, taken.reference, taken.provider_id or "")
    assert told.state is PaymentState.UNKNOWN, "only a result says it"
    daraja.clock.now_s += 1
    payments.ask_about(taken.reference, f"{us.url}/hooks/results")
    assert daraja.later.settle()
    hints = [parse_callback(each.body) for each in us.taken]
    assert {(hint.reference, hint.provider_id, hint.claims) for hint in hints} == {
        (taken.reference, taken.provider_id, PaymentState.PAID)
    }
    assert len({hint.movement_id for hint in hints}) == 1, "one movement, told twice"
    assert daraja.fake.books.balances["disbursement"] == 999_000


def test_people_pay_by_hand(daraja: Rig, us: Us) -> None:
    us.respond = lambda request: Response(CONFIRMED.body, 200, content_type="application/json")
    daraja.payments().register_urls(f"{us.url}/confirm", f"{us.url}/validate")
    assert isinstance(daraja.fake, DarajaFake)
    receipt = daraja.fake.pay_by_hand("600638", "150.00", "KOP1", "254712000105")
    assert [taken.path for taken in us.taken] == ["/validate", "/confirm"]
    arrived = parse_c2b(us.taken[1].body)
    assert (arrived.provider_id, arrived.typed_reference) == (receipt, "KOP1")
    assert (int(arrived.amount.amount), arrived.party) == (150, None)
    with pytest.raises(Refused, match=r"^invalid_callback_url$"):
        daraja.payments().register_urls("http://piga.example/", HOOK)
    assert json.loads(CONFIRMED.body)["ResultCode"] == "0"
