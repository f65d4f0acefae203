"""What Airtel's answers and callbacks mean: a file for each answer, and tables over them."""

import json
from pathlib import Path
from uuid import UUID

import pytest

from providers.airtel_money.answers import accepted, active_of, parse_callback, status_of
from providers.airtel_money.signature import sign, verify
from providers.contracts.errors import BadPayload
from providers.contracts.messages import Account
from providers.contracts.payments import PaymentKind, PaymentState
from providers.contracts.webhooks import SignedRequest
from providers.limits import BODY_MAX_BYTES
from tests.support.payment_rig import REFERENCE, answers, check_asked, check_status

FIXTURES = Path(__file__).parents[1] / "fixtures"


@pytest.mark.parametrize("path", answers(FIXTURES, "ask-*.json"))
def test_an_answer_to_a_request_for_money(path: Path) -> None:
    check_asked(path, lambda status, body: accepted(REFERENCE, status, body))


@pytest.mark.parametrize("path", answers(FIXTURES, "status-*.json"))
def test_an_answer_about_a_payment(path: Path) -> None:
    kind = PaymentKind.DISBURSEMENT if "payout" in path.stem else PaymentKind.COLLECTION
    check_status(path, lambda status, body: status_of(kind, REFERENCE, status, body))


@pytest.mark.parametrize(
    ("status", "body", "active"),
    [
        (200, {"data": {"is_barred": False, "registration": {"status": "REGISTERED"}}}, True),
        (200, {"data": {"is_barred": False, "registration": {"status": "SUBS"}}}, True),
        (200, {"data": {"is_barred": True, "registration": {"status": "REGISTERED"}}}, False),
        (200, {"data": {"is_barred": False, "registration": {"status": "UNREGISTERED"}}}, False),
        (400, {"status": {"response_code": "DP02200000000"}}, False),
        (404, {}, False),
        (200, {"data": {"is_barred": "no"}}, None),
        (200, {"data": {}}, None),
        (500, {}, None),
    ],
)
def test_people(status: int, body: dict[str, object], active: bool | None) -> None:
    assert active_of(status, json.dumps(body).encode()) is active


def callback(**changed: object) -> bytes:
    told = {
        "id": str(REFERENCE),
        "message": "Paid RWF 2,500 to IMPUYE, {Trans} ID MP210603.1234.L06941.",
        "status_code": "TS",
        "airtel_money_id": "MP210603.1234.L06941",
    }
    shown = {k: v for k, v in (told | changed).items() if v is not None}
    return json.dumps({"transaction": shown}).encode()


@pytest.mark.parametrize(
    ("changed", "reference", "provider_id", "claims"),
    [
        ({}, REFERENCE, "MP210603.1234.L06941", PaymentState.PAID),
        (
            {"status_code": "TF", "airtel_money_id": None},
            *(REFERENCE, None, PaymentState.FAILED),
        ),
        ({"status_code": "TX"}, REFERENCE, "MP210603.1234.L06941", PaymentState.UNKNOWN),
        ({"id": "ord20417a1"}, None, "MP210603.1234.L06941", PaymentState.PAID),
    ],
)
def test_a_callback_is_a_hint(
    changed: dict[str, object], reference: UUID | None, provider_id: str | None, claims: object
) -> None:
    hint = parse_callback(callback(**changed), "application/json")
    assert (hint.reference, hint.provider_id, hint.claims) == (reference, provider_id, claims)
    assert hint.amount is None, "it has one only in words for people"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "not_json"),
        (b"[]", "not_json"),
        (b'{"transaction":[]}', "transaction.status_code: missing"),
        (callback(status_code=None), "transaction.status_code: missing"),
        (callback(id="ord1", airtel_money_id=None), "transaction.id: missing"),
        (callback(message="x" * BODY_MAX_BYTES), "body_too_long"),
    ],
)
def test_a_callback_that_names_no_payment(body: bytes, why: str) -> None:
    with pytest.raises(BadPayload) as caught:
        parse_callback(body)
    assert str(caught.value) == why


# --- the hash -----------------------------------------------------------------------------------

SENT = b'{"id":"B\\u00e9","message":"Paid {RWF} 2,500 \\"x\\" a\\/b","status_code":"TS"}'
BOTH = b'{"transaction":' + SENT + b"}"


def why(body: bytes, *keys: str) -> str:
    account = Account("cl1ent", "s3cret", signing_secrets=keys)
    return verify(SignedRequest("", lambda name: "", "application/json", body), account)


def signed(hashed: bytes, key: str = "k", *, sent: bytes = SENT, gap: bytes = b"") -> bytes:
    found = sign(hashed, key).encode()
    return b'{"transaction":' + gap + sent + b',"hash":"' + found + b'"}'


@pytest.mark.parametrize(
    ("body", "keys", "expected"),
    [
        (signed(SENT), ("k",), ""),
        (signed(BOTH), ("k",), ""),
        (signed(SENT, gap=b" "), ("k",), ""),
        (signed(SENT), ("another", "k"), ""),
        (signed(SENT), ("another",), "wrong_signature"),
        (signed(SENT, "K"), ("k",), "wrong_signature"),
        (signed(SENT, sent=SENT.replace(b"TS", b"TF")), ("k",), "wrong_signature"),
        (signed(SENT).replace(b"\\u00e9", "é".encode()), ("k",), "wrong_signature"),
        (signed(SENT).replace(b'"hash"', b'"mash"'), ("k",), "no_signature"),
        (b'{"transaction":1,"hash":"' + sign(b"", "k").encode() + b'"}', ("k",), "wrong_signature"),
        ('{"transaction":{},"hash":"é"}'.encode(), ("k",), "unreadable_signature"),
        (b"[]", ("k",), "no_signature"),
        (b'{"transaction":{}}', (), ""),
        (b'{"transaction":{}}', ("",), ""),
    ],
)
def test_the_hash_is_over_the_bytes_as_they_came(
    body: bytes, keys: tuple[str, ...], expected: str
) -> None:
    assert why(body, *keys) == expected
