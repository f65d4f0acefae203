"""What Daraja's answers and results mean: a file for each answer, and tables over them."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from providers.contracts.cost import Cost
from providers.contracts.errors import BadPayload
from providers.contracts.payments import ArrivalRefusal, PaymentKind, PaymentState
from providers.mpesa_daraja.answers import accepted, parse_callback, status_of
from providers.mpesa_daraja.c2b import local_time, parse_c2b, validation_reply
from tests.support.payment_rig import REFERENCE, answers, check_asked, check_status

FIXTURES = Path(__file__).parents[1] / "fixtures"
PAID, FAILED = PaymentState.PAID, PaymentState.FAILED
ID, PAYOUT = "ws_CO_191220191020363925", "AG_20191219_00005797af5d7d75f652"


@pytest.mark.parametrize("path", answers(FIXTURES, "ask-*.json"))
def test_an_answer_to_a_request_for_money(path: Path) -> None:
    check_asked(path, lambda status, body: accepted(REFERENCE, status, body))


@pytest.mark.parametrize("path", answers(FIXTURES, "status-*.json"))
def test_an_answer_about_a_prompt(path: Path) -> None:
    check_status(path, lambda status, body: status_of(REFERENCE, status, body))


def prompt(code: object = 0, **items: object) -> bytes:
    told: dict[str, object] = {"CheckoutRequestID": ID, "ResultCode": code, "ResultDesc": "x"}
    if items:
        listed = [{"Name": "Balance"}] + [{"Name": k, "Value": v} for k, v in items.items()]
        told["CallbackMetadata"] = {"Item": listed}
    return json.dumps({"Body": {"stkCallback": told}}).encode()


@pytest.mark.parametrize(
    ("body", "claims", "amount", "receipt"),
    [
        (
            prompt(MpesaReceiptNumber="LHG31AA5TX", Amount=1.0, TransactionDate=20191219102115),
            *(PAID, Decimal(1), "LHG31AA5TX"),
        ),
        (prompt("0", Amount="2500.00"), PAID, Decimal(2_500), None),
        (prompt(1032), FAILED, None, None),
        (prompt("SFC_IC0003"), FAILED, None, None),
        (prompt("1037"), PaymentState.EXPIRED, None, None),
        (prompt(4999), PaymentState.PENDING, None, None),
    ],
)
def test_a_prompts_result_is_a_hint(
    body: bytes, claims: PaymentState, amount: Decimal | None, receipt: str | None
) -> None:
    hint = parse_callback(body, "application/json")
    assert (hint.reference, hint.provider_id, hint.kind) == (None, ID, PaymentKind.COLLECTION)
    assert (hint.claims, hint.movement_id) == (claims, receipt)
    assert hint.amount == (Cost(amount, "KES") if amount is not None else None)


def payout(code: int = 0, parameters: object = None, **changed: object) -> bytes:
    told = {
        "ResultType": 0,
        "ResultCode": code,
        "OriginatorConversationID": str(REFERENCE),
        "ConversationID": PAYOUT,
        "TransactionID": "NLJ41HAY6Q",
    } | changed
    if parameters is not None:
        told["ResultParameters"] = {"ResultParameter": parameters}
    return json.dumps({"Result": told}).encode()


def pairs(**values: object) -> list[dict[str, object]]:
    return [{"Key": key, "Value": value} for key, value in values.items()]


_QUESTION = {"OriginatorConversationID": "another", "ConversationID": "AG_question"}


@pytest.mark.parametrize(
    ("body", "claims", "amount"),
    [
        (
            payout(0, pairs(TransactionAmount=10, TransactionReceipt="NLJ41HAY6Q")),
            *(PAID, Decimal(10)),
        ),
        (payout(2001, pairs(x=1)[0]), FAILED, None),  # one alone is no list
        (payout(1), FAILED, None),
        (
            payout(
                0,
                pairs(
                    TransactionStatus="Completed",
                    Amount="10.00",
                    ReceiptNo="NLJ41HAY6Q",
                    OriginatorConversationID=str(REFERENCE),
                    ConversationID=PAYOUT,
                ),
                **_QUESTION,
            ),
            *(PAID, Decimal(10)),
        ),
        (
            payout(
                0,
                pairs(
                    TransactionStatus="Failed",
                    OriginatorConversationID=str(REFERENCE),
                    ConversationID=PAYOUT,
                ),
                **_QUESTION,
            ),
            *(FAILED, None),
        ),
    ],
)
def test_a_payouts_result_names_it_and_its_conversation(
    body: bytes, claims: PaymentState, amount: Decimal | None
) -> None:
    hint = parse_callback(body)
    assert (hint.reference, hint.provider_id) == (REFERENCE, PAYOUT)
    assert (hint.claims, hint.movement_id) == (claims, "NLJ41HAY6Q")
    assert hint.amount == (Cost(amount, "KES") if amount is not None else None)
    assert hint.kind is PaymentKind.DISBURSEMENT


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "not_json"),
        (b'{"Body":{}}', "ResultCode: missing"),
        (b'{"Body":{"stkCallback":{"ResultCode":0}}}', "CheckoutRequestID: missing"),
        (b'{"Result":{"ResultCode":0}}', "OriginatorConversationID: missing"),
    ],
)
def test_a_result_that_names_no_payment(body: bytes, why: str) -> None:
    with pytest.raises(BadPayload) as caught:
        parse_callback(body)
    assert str(caught.value) == why


# --- by hand ------------------------------------------------------------------------------------


def by_hand(**changed: object) -> bytes:
    told = {
        "TransactionType": "Pay Bill",
        "TransID": "RKTQDM7W6S",
        "TransTime": "20191122063845",
        "TransAmount": "10",
        "BusinessShortCode": "600638",
        "BillRefNumber": " KOP1 ",
        "MSISDN": "254708374149",
    }
    return json.dumps({k: v for k, v in (told | changed).items() if v is not None}).encode()


@pytest.mark.parametrize(
    ("changed", "party"),
    [
        ({}, "+254708374149"),
        ({"MSISDN": 254708374149, "TransAmount": "10.00"}, "+254708374149"),
        ({"MSISDN": "25470****149"}, None),
        ({"MSISDN": "5e1f" * 16}, None),
        ({"MSISDN": "12345678" * 8}, None),
        ({"MSISDN": None, "TransAmount": 10.0}, None),
    ],
)
def test_a_payment_by_hand(changed: dict[str, object], party: str | None) -> None:
    arrived = parse_c2b(by_hand(**changed))
    assert (arrived.provider_id, arrived.account) == ("RKTQDM7W6S", "600638")
    assert (arrived.amount, arrived.typed_reference) == (Cost(Decimal(10), "KES"), "KOP1")
    assert arrived.arrived_at == datetime(2019, 11, 22, 3, 38, 45, tzinfo=UTC)
    assert arrived.party == party
    assert "254708374149" not in repr(arrived)


@pytest.mark.parametrize("name", ["TransID", "TransAmount", "BusinessShortCode"])
def test_what_is_no_payment_by_hand(name: str) -> None:
    with pytest.raises(BadPayload, match=f"^{name}: missing$"):
        parse_c2b(by_hand(**{name: None}))


@pytest.mark.parametrize(
    ("said", "read"),
    [
        (20191122003845, datetime(2019, 11, 21, 21, 38, 45, tzinfo=UTC)),
        ("20191322003845", None),
        ("2019112200384", None),
        (True, None),
        (None, None),
    ],
)
def test_times_are_nairobis(said: object, read: datetime | None) -> None:
    assert local_time(said) == read


def test_a_validation_is_answered_in_its_codes() -> None:
    assert json.loads(validation_reply(None).body)["ResultCode"] == "0"
    assert json.loads(validation_reply(ArrivalRefusal.REFERENCE).body)["ResultCode"] == "C2B00012"
