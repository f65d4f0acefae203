"""What Flutterwave's answers and events mean: a file for each answer, and tables over them."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from providers.contracts.cost import Cost
from providers.contracts.errors import BadPayload
from providers.contracts.messages import Account
from providers.contracts.payments import PaymentKind, PaymentState
from providers.contracts.webhooks import SignedRequest
from providers.flutterwave.answers import accepted, parse_callback, status_of
from providers.flutterwave.signature import SIGNATURE_HEADER, WORD_HEADER, sign, verify
from tests.support.payment_rig import REFERENCE, answers, check_asked, check_status

FIXTURES = Path(__file__).parents[1] / "fixtures"
COLLECTION, DISBURSEMENT = PaymentKind.COLLECTION, PaymentKind.DISBURSEMENT


@pytest.mark.parametrize("path", answers(FIXTURES, "ask-*.json"))
def test_an_answer_to_a_request_for_money(path: Path) -> None:
    check_asked(path, lambda status, body: accepted(COLLECTION, REFERENCE, status, body))


@pytest.mark.parametrize("path", answers(FIXTURES, "status-*.json"))
def test_an_answer_about_a_charge(path: Path) -> None:
    check_status(path, lambda status, body: status_of(COLLECTION, REFERENCE, status, body))


@pytest.mark.parametrize("path", answers(FIXTURES, "transfer-*.json"))
def test_an_answer_about_a_transfer(path: Path) -> None:
    check_status(path, lambda status, body: status_of(DISBURSEMENT, REFERENCE, status, body))


def event(name: str = "charge.completed", **changed: object) -> bytes:
    told = {
        "id": 4975363,
        "tx_ref": str(REFERENCE),
        "amount": 1500,
        "currency": "RWF",
        "status": "successful",
    }
    shown = {k: v for k, v in (told | changed).items() if v is not None}
    return json.dumps({"event": name, "data": shown}).encode()


@pytest.mark.parametrize(
    ("body", "kind", "known", "claims"),
    [
        (event(), COLLECTION, True, PaymentState.PAID),
        (event(status="failed"), COLLECTION, True, PaymentState.FAILED),
        (event(tx_ref="ord-17"), COLLECTION, False, PaymentState.PAID),
        (
            event("transfer.completed", reference=str(REFERENCE), status="SUCCESSFUL"),
            *(DISBURSEMENT, True, PaymentState.PAID),
        ),
    ],
)
def test_an_event_is_a_hint(
    body: bytes, kind: PaymentKind, known: bool, claims: PaymentState
) -> None:
    hint = parse_callback(body)
    assert (hint.kind, hint.claims, hint.provider_id) == (kind, claims, "4975363")
    assert hint.reference == (REFERENCE if known else None)
    assert hint.amount == Cost(Decimal(1_500), "RWF")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"[]", "not_json"),
        (event("subscription.cancelled"), "event: unknown_event"),
        (event(tx_ref=None, id=None), "data.tx_ref: missing"),
    ],
)
def test_an_event_that_names_no_payment(body: bytes, why: str) -> None:
    with pytest.raises(BadPayload) as caught:
        parse_callback(body)
    assert str(caught.value) == why


@pytest.mark.parametrize(
    ("headers", "secrets", "why"),
    [
        ({WORD_HEADER: "w0rd"}, ("w0rd",), ""),
        ({WORD_HEADER: "w0rd"}, ("new", "w0rd"), ""),
        ({SIGNATURE_HEADER: sign(event(), "w0rd")}, ("w0rd",), ""),
        ({SIGNATURE_HEADER: "w0rd"}, ("w0rd",), "wrong_signature"),
        ({SIGNATURE_HEADER: "x", WORD_HEADER: "w0rd"}, ("w0rd",), "wrong_signature"),
        ({WORD_HEADER: "word"}, ("w0rd",), "wrong_signature"),
        ({WORD_HEADER: ""}, ("w0rd",), "no_signature"),
        ({WORD_HEADER: ""}, ("",), "no_signature"),
        ({WORD_HEADER: "w0rd"}, ("",), "no_signing_secret"),
        ({WORD_HEADER: "é"}, ("w0rd",), "unreadable_signature"),
    ],
)
def test_the_word_or_the_signature(
    headers: dict[str, str], secrets: tuple[str, ...], why: str
) -> None:
    request = SignedRequest("", lambda name: headers.get(name, ""), "", event())
    assert verify(request, Account("a", "k", signing_secrets=secrets)) == why
