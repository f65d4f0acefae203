"""What Paystack's answers and events mean: a file for each answer, and tables over them."""

import json
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest

from providers.contracts.cost import Cost
from providers.contracts.errors import BadPayload
from providers.contracts.messages import Account
from providers.contracts.payments import PaymentKind, PaymentState
from providers.contracts.webhooks import SignedRequest
from providers.paystack.answers import accepted, parse_callback, status_of
from providers.paystack.signature import HEADER, sign, verify
from tests.support.payment_rig import REFERENCE, answers, check_asked, check_status

FIXTURES = Path(__file__).parents[1] / "fixtures"
COLLECTION, DISBURSEMENT = PaymentKind.COLLECTION, PaymentKind.DISBURSEMENT
REFUND = PaymentKind.REFUND


@pytest.mark.parametrize("path", answers(FIXTURES, "ask-*.json"))
def test_an_answer_to_a_request_for_money(path: Path) -> None:
    check_asked(path, lambda status, body: accepted(COLLECTION, REFERENCE, status, body))


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        pytest.param(kind, *each.values, id=str(each.id))
        for kind, pattern in (
            (COLLECTION, "status"),
            (DISBURSEMENT, "transfer"),
            (REFUND, "refund"),
        )
        for each in answers(FIXTURES, f"{pattern}-*.json")
    ],
)
def test_an_answer_about_a_payment(kind: PaymentKind, path: Path) -> None:
    check_status(path, lambda status, body: status_of(kind, REFERENCE, status, body))


def event(name: str, **changed: object) -> bytes:
    told: dict[str, object] = {
        "id": 59214,
        "status": "success",
        "reference": str(REFERENCE),
        "amount": 10000,
        "currency": "GHS",
    }
    shown = {k: v for k, v in (told | changed).items() if v is not None}
    return json.dumps({"event": name, "data": shown}).encode()


@pytest.mark.parametrize(
    ("body", "kind", "reference", "provider_id", "claims"),
    [
        (event("charge.success"), COLLECTION, REFERENCE, "59214", PaymentState.PAID),
        (
            event("transfer.reversed", status="reversed"),
            *(DISBURSEMENT, REFERENCE, "59214", PaymentState.FAILED),
        ),
        (
            event(
                "refund.processed",
                reference=None,
                transaction_reference=str(REFERENCE),
                refund_reference="132013318360",
                status="processed",
                amount="10000",
            ),
            *(REFUND, REFERENCE, "132013318360", PaymentState.PAID),
        ),
        (
            event("refund.pending", transaction_reference=str(REFERENCE), status="pending"),
            *(REFUND, REFERENCE, None, PaymentState.PENDING),
        ),
        (
            event("charge.success", reference="shop-17", status="new"),
            *(COLLECTION, None, "59214", PaymentState.UNKNOWN),
        ),
    ],
)
def test_an_event_is_a_hint(
    body: bytes,
    kind: PaymentKind,
    reference: UUID | None,
    provider_id: str | None,
    claims: PaymentState,
) -> None:
    hint = parse_callback(body, "application/json")
    assert (hint.kind, hint.reference) == (kind, reference)
    assert (hint.provider_id, hint.claims) == (provider_id, claims)
    assert hint.amount == Cost(Decimal(100), "GHS"), "a number or a string, in pesewas"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "not_json"),
        (b'{"event":7}', "event: unknown_event"),
        (event("customeridentification.success"), "event: unknown_event"),
        (event("charge.success", reference=None, id=None), "data.reference: missing"),
    ],
)
def test_an_event_that_names_no_payment(body: bytes, why: str) -> None:
    with pytest.raises(BadPayload) as caught:
        parse_callback(body)
    assert str(caught.value) == why


BODY = b'{"event":"charge.success","data":{"a":"\\u00e9 \\/","n":10.0}}'


@pytest.mark.parametrize(
    ("body", "given", "secrets", "why"),
    [
        (BODY, sign(BODY, "sk"), (), ""),
        (BODY, sign(BODY, "sk").upper(), (), ""),
        (BODY, sign(BODY, "old"), ("old",), ""),
        (BODY, sign(BODY, "old"), (), "wrong_signature"),
        (json.dumps(json.loads(BODY)).encode(), sign(BODY, "sk"), (), "wrong_signature"),
        (BODY + b" ", sign(BODY, "sk"), (), "wrong_signature"),
        (BODY, sign(BODY, "sk")[:-1] + "x", (), "wrong_signature"),
        (BODY, "", (), "no_signature"),
        (BODY, "é", (), "unreadable_signature"),
    ],
)
def test_the_signature_is_over_the_raw_body(
    body: bytes, given: str, secrets: tuple[str, ...], why: str
) -> None:
    account = Account("impuye", "sk", signing_secrets=secrets)
    shown = {HEADER: given}
    request = SignedRequest("", lambda name: shown.get(name, ""), "application/json", body)
    assert verify(request, account) == why
