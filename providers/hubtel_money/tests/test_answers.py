"""What Hubtel's answers and callbacks mean: a file for each answer, and tables over them."""

import json
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest

from providers.contracts.cost import Cost
from providers.contracts.errors import BadPayload
from providers.contracts.payments import PaymentKind, PaymentState
from providers.hubtel_money.answers import accepted, active_of, parse_callback, status_of
from tests.support.payment_rig import REFERENCE, answers, check_asked, check_status

FIXTURES = Path(__file__).parents[1] / "fixtures"
COLLECTION, DISBURSEMENT = PaymentKind.COLLECTION, PaymentKind.DISBURSEMENT


@pytest.mark.parametrize("path", answers(FIXTURES, "ask-*.json"))
def test_an_answer_to_a_request_for_money(path: Path) -> None:
    check_asked(path, lambda status, body: accepted(COLLECTION, REFERENCE, status, body))


@pytest.mark.parametrize("path", answers(FIXTURES, "status-*.json"))
def test_an_answer_about_money_received(path: Path) -> None:
    check_status(path, lambda status, body: status_of(COLLECTION, REFERENCE, status, body))


@pytest.mark.parametrize("path", answers(FIXTURES, "payout-*.json"))
def test_an_answer_about_money_sent(path: Path) -> None:
    check_status(path, lambda status, body: status_of(DISBURSEMENT, REFERENCE, status, body))


@pytest.mark.parametrize(
    ("status", "body", "active"),
    [
        (200, {"responseCode": "0000", "data": {"isRegistered": True, "status": "Active"}}, True),
        (200, {"ResponseCode": "0000", "Data": {"IsRegistered": True}}, True),
        (200, {"responseCode": "0000", "data": {"isRegistered": True, "status": "barred"}}, False),
        (200, {"responseCode": "0000", "data": {"isRegistered": False}}, False),
        (400, {"responseCode": "3050"}, False),
        (200, {"responseCode": "0000", "data": None}, None),
        (500, {}, None),
    ],
)
def test_people(status: int, body: dict[str, object], active: bool | None) -> None:
    assert active_of(status, json.dumps(body).encode()) is active


def callback(code: object = "0000", **changed: object) -> bytes:
    told = {
        "Amount": 0.8,
        "ClientReference": REFERENCE.hex,
        "TransactionId": "09f84e20a283942e807128e8c21d08d6",
        "ExternalTransactionId": "2116938399",
    }
    shown = {k: v for k, v in (told | changed).items() if v is not None}
    return json.dumps({"ResponseCode": code, "Message": "success", "Data": shown}).encode()


@pytest.mark.parametrize(
    ("body", "kind", "reference", "provider_id", "claims"),
    [
        (callback(AmountCharged=0.85), COLLECTION, REFERENCE, "2116938399", PaymentState.PAID),
        (callback("2001"), COLLECTION, REFERENCE, "2116938399", PaymentState.FAILED),
        (callback("0001"), COLLECTION, REFERENCE, "2116938399", PaymentState.PENDING),
        (
            callback("4075", AmountDebited=0.8, ExternalTransactionId=None),
            *(DISBURSEMENT, REFERENCE, "09f84e20a283942e807128e8c21d08d6", PaymentState.FAILED),
        ),
        (
            callback(AmountDebited=0.8, ClientReference="pay101"),
            *(DISBURSEMENT, None, "2116938399", PaymentState.PAID),
        ),
    ],
)
def test_a_callback_is_a_hint(
    body: bytes,
    kind: PaymentKind,
    reference: UUID | None,
    provider_id: str,
    claims: PaymentState,
) -> None:
    hint = parse_callback(body, "application/json")
    assert (hint.kind, hint.reference) == (kind, reference)
    assert (hint.provider_id, hint.claims) == (provider_id, claims)
    assert hint.amount == Cost(Decimal("0.8"), "GHS"), "what was asked, not what was charged"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "not_json"),
        (callback(None), "ResponseCode: missing"),
        (
            callback(ClientReference="x", TransactionId=None, ExternalTransactionId=None),
            "Data.ClientReference: missing",
        ),
    ],
)
def test_a_callback_that_names_no_payment(body: bytes, why: str) -> None:
    with pytest.raises(BadPayload) as caught:
        parse_callback(body)
    assert str(caught.value) == why
