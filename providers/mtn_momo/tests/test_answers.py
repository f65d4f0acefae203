"""What MTN's answers mean: a file for each, and tables over them."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from providers.contracts.cost import Cost
from providers.contracts.errors import BadPayload
from providers.contracts.messages import OutcomeUnknown, Refused, SendError
from providers.contracts.payments import (
    PaymentAccepted,
    PaymentKind,
    PaymentState,
    Reason,
    in_minor_units,
    sentence,
)
from providers.limits import BODY_MAX_BYTES
from providers.mobile_money.wire import payable
from providers.mtn_momo.answers import accepted, active_of, parse_callback, reason_of, status_of
from values.money import Money

FIXTURES = Path(__file__).parents[1] / "fixtures"
REFERENCE = UUID("5b1c7c7e-8d0a-4c1e-9a51-0c6f4c1b2a33")
COLLECTION = PaymentKind.COLLECTION


def told(path: Path) -> tuple[int, bytes, dict[str, Any]]:
    read = json.loads(path.read_text())
    body = read["body"] if isinstance(read["body"], str) else json.dumps(read["body"])
    return read["status"], body.encode(), read["expect"]


def named(pattern: str) -> list[Any]:
    return [pytest.param(path, id=path.stem) for path in sorted(FIXTURES.glob(pattern))]


@pytest.mark.parametrize("path", named("ask-*.json"))
def test_an_answer_to_a_request_for_money(path: Path) -> None:
    status, body, expected = told(path)
    if expected["result"] in ("accepted", "known"):
        taken = accepted(COLLECTION, REFERENCE, status, body)
        assert taken == PaymentAccepted(REFERENCE, was_known=expected["result"] == "known")
        return
    with pytest.raises(SendError) as caught:
        accepted(COLLECTION, REFERENCE, status, body)
    error = caught.value
    kind = {"refused": Refused, "unknown": OutcomeUnknown}[expected["result"]]
    assert (type(error), error.code) == (kind, expected["code"])
    assert error.alarm == expected.get("alarm", False)
    assert error.retryable == expected.get("retryable", False)
    assert error.message_id == (str(REFERENCE) if kind is OutcomeUnknown else None)
    assert sentence(error)


@pytest.mark.parametrize("path", named("status-*.json"))
def test_an_answer_about_a_payment(path: Path) -> None:
    status, body, expected = told(path)
    if "error" in expected:
        with pytest.raises(SendError) as caught:
            status_of(COLLECTION, REFERENCE, status, body)
        assert (type(caught.value).__name__, caught.value.code) == (
            *(expected["error"], expected["code"]),
        )
        return
    found = status_of(COLLECTION, REFERENCE, status, body)
    assert found.state is PaymentState(expected["state"])
    assert found.provider_id == expected.get("provider_id")
    assert found.party == expected.get("party")
    amount = expected.get("amount")
    assert found.amount == (Cost(Decimal(amount), "RWF") if amount else None)
    assert found.reason == (Reason(expected["reason"]) if "reason" in expected else None)
    assert found.reference == REFERENCE
    assert found.known_as == (REFERENCE if status == 200 else None)


def test_no_folder_without_cases() -> None:
    assert len(named("ask-*.json")) >= 20
    assert len(named("status-*.json")) >= 20


@pytest.mark.parametrize(
    ("kind", "code", "reason"),
    [
        (PaymentKind.COLLECTION, "NOT_ENOUGH_FUNDS", Reason.PERSON_LACKS_FUNDS),
        (PaymentKind.DISBURSEMENT, "NOT_ENOUGH_FUNDS", Reason.OWN_LACKS_FUNDS),
        (PaymentKind.REFUND, "NOT_ENOUGH_FUNDS", Reason.OWN_LACKS_FUNDS),
        (PaymentKind.COLLECTION, "PAYEE_NOT_FOUND", Reason.OWN_ACCOUNT),
        (PaymentKind.DISBURSEMENT, "PAYEE_NOT_FOUND", Reason.PERSON_NOT_FOUND),
        (PaymentKind.COLLECTION, "PAYER_LIMIT_REACHED", Reason.PERSON_LIMIT),
        (PaymentKind.DISBURSEMENT, "PAYER_LIMIT_REACHED", Reason.OWN_LIMIT),
        (PaymentKind.COLLECTION, "PAYEE_NOT_ALLOWED_TO_RECEIVE", Reason.OWN_ACCOUNT),
        (PaymentKind.DISBURSEMENT, "PAYEE_NOT_ALLOWED_TO_RECEIVE", Reason.PERSON_NOT_ALLOWED),
        (PaymentKind.DISBURSEMENT, "SOMETHING_NEW", Reason.OTHER),
    ],
)
def test_whose_fault_it_is_depends_on_the_direction(
    kind: PaymentKind, code: str, reason: Reason
) -> None:
    assert reason_of(kind, code) is reason
    assert reason.alarm == reason.value.startswith("own_")


@pytest.mark.parametrize(
    "amount",
    ["1e999999999", "-5", '"-5"', '"abc"', '"1,500"', '""', "true", "null", "[]", "NaN", '"1e3"'],
)
def test_an_amount_that_is_none_is_not_guessed(amount: str) -> None:
    body = f'{{"status":"SUCCESSFUL","amount":{amount},"currency":"RWF"}}'.encode()
    found = status_of(COLLECTION, REFERENCE, 200, body)
    assert (found.state, found.amount) == (PaymentState.PAID, None)


@pytest.mark.parametrize(
    ("stated", "money"),
    [
        (Cost(Decimal("2500"), "RWF"), Money(2_500, "RWF")),
        (Cost(Decimal("2500.0"), "RWF"), Money(2_500, "RWF")),
        (Cost(Decimal("2500.5"), "RWF"), None),
        (Cost(Decimal("12.5"), "GHS"), Money(1_250, "GHS")),
        (Cost(Decimal("12.345"), "GHS"), None),
        # ISO 4217 has hundredths of them; people write none, and a library has none.
        (Cost(Decimal("5000"), "MGA"), Money(500_000, "MGA")),
        (Cost(Decimal("5000"), "SOS"), Money(500_000, "SOS")),
        (Cost(Decimal("5000"), "SLL"), Money(500_000, "SLL")),
    ],
)
def test_minor_units_are_never_rounded(stated: Cost, money: Money | None) -> None:
    assert in_minor_units(stated) == money
    if money is not None:
        assert payable(money, money.currency) == stated.amount


@pytest.mark.parametrize(
    ("status", "body", "active"),
    [
        (200, b'{"result":true}', True),
        (200, b'{"result":false}', False),
        (200, b'{"result":"true"}', True),
        (200, b"true", True),
        (200, b'"false"', False),
        (404, b'{"code":"RESOURCE_NOT_FOUND"}', False),
        (200, b"<html>", None),
        (200, b'{"result":"maybe"}', None),
        (500, b'{"code":"NOT_ALLOWED"}', None),
    ],
)
def test_account_holders(status: int, body: bytes, active: bool | None) -> None:
    assert active_of(status, body) is active


def callback(**changed: object) -> bytes:
    told = {
        "financialTransactionId": "9182736450",
        "externalId": str(REFERENCE),
        "amount": "2500",
        "currency": "RWF",
        "payer": {"partyIdType": "MSISDN", "partyId": "250788000105"},
        "payerMessage": "Umusanzu",
        "payeeNote": "KOP1",
        "status": "SUCCESSFUL",
    }
    return json.dumps({k: v for k, v in (told | changed).items() if v is not None}).encode()


@pytest.mark.parametrize(
    ("changed", "reference", "provider_id", "claims"),
    [
        ({}, REFERENCE, "9182736450", PaymentState.PAID),
        ({"status": "FAILED", "reason": "EXPIRED"}, REFERENCE, "9182736450", PaymentState.EXPIRED),
        ({"status": "TOMORROW"}, REFERENCE, "9182736450", PaymentState.UNKNOWN),
        ({"externalId": None}, None, "9182736450", PaymentState.PAID),
        ({"externalId": "order-17"}, None, "9182736450", PaymentState.PAID),
        (
            {"externalId": None, "referenceId": str(REFERENCE), "financialTransactionId": None},
            *(REFERENCE, None, PaymentState.PAID),
        ),
    ],
)
def test_a_callback_is_a_hint(
    changed: dict[str, object],
    reference: UUID | None,
    provider_id: str | None,
    claims: PaymentState,
) -> None:
    hint = parse_callback(callback(**changed), "application/json")
    assert (hint.reference, hint.provider_id, hint.claims) == (reference, provider_id, claims)
    assert hint.amount == Cost(Decimal(2_500), "RWF")
    assert "250788000105" not in repr(hint)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "not_json"),
        (b"[]", "not_json"),
        (b"status=SUCCESSFUL", "not_json"),
        (callback(status=None), "status: missing"),
        (callback(status=7), "status: missing"),
        (callback(externalId=None, financialTransactionId=None), "externalId: missing"),
        (callback(payeeNote="x" * BODY_MAX_BYTES), "body_too_long"),
        (b"[" * 30_000, "not_json"),
    ],
)
def test_a_callback_that_names_no_payment(body: bytes, why: str) -> None:
    with pytest.raises(BadPayload) as caught:
        parse_callback(body)
    assert str(caught.value) == why
