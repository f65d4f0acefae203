"""Airtime: the order on the wire, what we make of each answer, and their questions and reports."""

import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from werkzeug.wrappers import Response

from providers.africastalking.airtime import (
    AirtimeOrders,
    currencies_at,
    outcome,
    parse_status,
    parse_validation,
    plain_amount,
    validation_reply,
)
from providers.africastalking.airtime_fake import DUPLICATE
from providers.africastalking.fake import Mode
from providers.contracts.airtime import AirtimeOrder, AirtimeSent, AirtimeStatus
from providers.contracts.cost import Cost
from providers.contracts.errors import BadPayload
from providers.contracts.messages import (
    Account,
    NotSent,
    OutcomeUnknown,
    Refused,
    Scope,
    SendError,
)
from providers.simulator.process import Fakes
from tests.support.providers import Us
from values.money import Money

FIXTURES = Path(__file__).parents[1] / "fixtures"
RWANDAN, KENYAN, UGANDAN = "+250788000105", "+254720000105", "+256772000105"
ORDER = AirtimeOrder(RWANDAN, Money(500, "RWF"), "019a06fa-467d")
FORM = "application/x-www-form-urlencoded"
RawServer = Callable[[bytes | None], str]


def orders(url: str, **more: Any) -> AirtimeOrders:
    return AirtimeOrders(Account("impuye", "k3y", url, **more))


def caught(url: str, order: AirtimeOrder = ORDER, **more: Any) -> SendError:
    with pytest.raises(SendError) as error:
        orders(url, **more).send_airtime(order)
    return error.value


def told(*entries: dict[str, object], error: object = "None") -> dict[str, object]:
    return {"errorMessage": error, "numSent": len(entries), "responses": list(entries)}


def entry(
    status: str = "Sent", error: object = "None", id: object = "ATQid_7a11"
) -> dict[str, object]:
    return {
        "phoneNumber": RWANDAN,
        "amount": "RWF 500.0000",
        "discount": "RWF 20.0000",
        "status": status,
        "errorMessage": error,
        "requestId": id,
    }


def test_an_order_is_taken(fakes: Fakes) -> None:
    sent = orders(f"{fakes.url}/at").send_airtime(ORDER)
    [kept] = fakes.airtime.orders
    assert sent == AirtimeSent(
        kept.id, Cost(Decimal("500.0000"), "RWF"), Cost(Decimal("20.0000"), "RWF"), "Sent"
    )
    assert (kept.username, kept.to, kept.currency, kept.amount, kept.key) == (
        *("impuye", RWANDAN, "RWF", Decimal(500), ORDER.key),
    )


@pytest.mark.parametrize(
    ("to", "amount", "wire"),
    [
        (RWANDAN, Money(500, "RWF"), "RWF 500"),
        (KENYAN, Money(10_050, "KES"), "KES 100.50"),
        (UGANDAN, Money(5_000, "UGX"), "UGX 5000"),
    ],
)
def test_the_request(us: Us, to: str, amount: Money, wire: str) -> None:
    us.respond = lambda request: answer_of(told(entry()))
    sender = orders(us.url)
    sender.send_airtime(AirtimeOrder(to, amount, "key-one"))
    sender.send_airtime(AirtimeOrder(to, amount, "key-two"))
    first, second = us.taken
    assert (first.path, first.headers["apikey"]) == ("/version1/airtime/send", "k3y")
    form = {name: value for name, [value] in parse_qs(first.body.decode()).items()}
    assert form["username"] == "impuye"
    assert json.loads(form["recipients"]) == [{"phoneNumber": to, "amount": wire}]
    # The SDK would send the key of the first order with the second.
    assert [each.headers["idempotency-key"] for each in (first, second)] == ["key-one", "key-two"]


def answer_of(body: object, content_type: str = "application/json") -> Response:
    return Response(json.dumps(body), 201, content_type=content_type)


@pytest.mark.parametrize(
    ("answer", "id"),
    [
        (told(entry()), "ATQid_7a11"),
        (told(entry(), error=None), "ATQid_7a11"),
        (told(entry(error=None)), "ATQid_7a11"),
        (told(entry(id="None")), None),
        (json.dumps(told(entry())), "ATQid_7a11"),  # as the SDK gives it, for another header
    ],
)
def test_taken(answer: object, id: str | None) -> None:
    assert outcome(answer).request_id == id


@pytest.mark.parametrize(
    ("answer", "code", "retryable", "alarm", "scope"),
    [
        (told(error=DUPLICATE), "duplicate_order", True, False, Scope.TEXT),
        (told(entry("Failed", DUPLICATE)), "duplicate_order", True, False, Scope.TEXT),
        (
            told(entry("Failed", "Insufficient Balance")),
            "insufficient_balance",
            False,
            True,
            Scope.ACCOUNT,
        ),
        (told(error="Insufficient Credit"), "insufficient_balance", False, True, Scope.ACCOUNT),
        (
            told(entry("Failed", "Invalid phone number", "None")),
            "invalid_number",
            False,
            False,
            Scope.TEXT,
        ),
        (told(entry("Failed", "Invalid Amount")), "invalid_amount", False, False, Scope.TEXT),
        (
            told(entry("Failed", "Telco not supported")),
            "unsupported_number",
            False,
            False,
            Scope.TEXT,
        ),
        (told(entry("Failed", "Something of tomorrow")), "refused", False, False, Scope.TEXT),
        (told(entry("Failed", "None")), "refused", False, False, Scope.TEXT),
    ],
)
def test_refused(answer: object, code: str, retryable: bool, alarm: bool, scope: Scope) -> None:
    with pytest.raises(Refused) as error:
        outcome(answer)
    got = error.value
    assert (got.code, got.retryable, got.alarm, got.scope) == (code, retryable, alarm, scope)
    assert got.sentence


@pytest.mark.parametrize(
    ("answer", "code", "id"),
    [
        (told(entry("Queued")), "unknown_status", "ATQid_7a11"),
        (told(entry("Sent", "Something odd")), "unknown_status", "ATQid_7a11"),
        (told(), "unreadable_answer", None),
        (told(entry(), entry()), "unreadable_answer", None),
        ({}, "unreadable_answer", None),
        ([], "unreadable_answer", None),
        ("<xml/>", "unreadable_answer", None),
        (None, "unreadable_answer", None),
    ],
)
def test_unknown(answer: object, code: str, id: str | None) -> None:
    with pytest.raises(OutcomeUnknown) as error:
        outcome(answer)
    assert (error.value.code, error.value.message_id) == (code, id)


@pytest.mark.parametrize(
    ("mode", "kind", "code", "kept"),
    [
        (Mode("unauthorized"), Refused, "unauthorized", 0),
        (Mode("http"), OutcomeUnknown, "http_502", 0),
        (Mode("http", status=302), Refused, "http_302", 0),
        (Mode("drop_before"), OutcomeUnknown, "connection_dropped", 0),
        (Mode("drop_after"), OutcomeUnknown, "connection_dropped", 1),
    ],
)
def test_a_broken_wire(
    fakes: Fakes, mode: Mode, kind: type[SendError], code: str, kept: int
) -> None:
    fakes.airtime.script([mode])
    error = caught(f"{fakes.url}/at")
    assert (type(error), error.code) == (kind, code)
    assert len(fakes.airtime.orders) == kept


def test_silence_is_unknown_and_nobody_there_never_left(fakes: Fakes) -> None:
    fakes.airtime.script([Mode("delay", delay_s=0.5)])
    error = caught(f"{fakes.url}/at", read_timeout_s=0.1)
    assert (type(error), error.code) == (OutcomeUnknown, "answer_timeout")
    assert type(caught("http://127.0.0.1:9")) is NotSent


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"to": "0788000105"}, "invalid_number"),
        ({"to": "+2507880001054444444"}, "invalid_number"),
        ({"amount": Money(0, "RWF")}, "invalid_amount"),
        ({"amount": Money(-5, "RWF")}, "invalid_amount"),
        ({"amount": Money(500, "KES")}, "currency_mismatch"),
        ({"to": "+255712000105", "amount": Money(500, "KES")}, "currency_mismatch"),
        ({"key": ""}, "invalid_key"),
        ({"key": "a\r\nX: b"}, "invalid_key"),
    ],
)
def test_refused_before_any_request(changed: dict[str, object], code: str) -> None:
    error = caught("http://127.0.0.1:9", replace(ORDER, **changed))  # type: ignore[arg-type]
    assert (type(error), error.code, error.never_left) == (Refused, code, True)


@pytest.mark.parametrize(
    ("number", "currency"), [(RWANDAN, "RWF"), (KENYAN, "KES"), ("+233244000105", "GHS")]
)
def test_the_currency_of_a_number(number: str, currency: str) -> None:
    assert currency in currencies_at(number)
    assert "XAU" not in currencies_at(number)


@pytest.mark.parametrize(
    ("amount", "wire"),
    [
        (Money(1, "RWF"), "1"),
        (Money(1_000_000, "UGX"), "1000000"),
        (Money(5, "KES"), "0.05"),
        (Money(1_234, "TND"), "1.234"),
    ],
)
def test_amounts(amount: Money, wire: str) -> None:
    assert plain_amount(amount) == wire


@pytest.mark.parametrize(
    "account",
    [
        Account("", "k3y", "http://127.0.0.1:1"),
        Account("impuye", "two words", "http://127.0.0.1:1"),
        Account("impuye", "k3y", "http://at.example"),
    ],
)
def test_an_account_that_cannot_be_used(account: Account) -> None:
    with pytest.raises(Refused, match=r"^bad_account$"):
        AirtimeOrders(account)


# --- what they ask and tell us ------------------------------------------------------------------


@pytest.mark.parametrize("name", ["airtime-validation", "airtime-validation-text"])
def test_a_question(name: str) -> None:
    asked = parse_validation((FIXTURES / f"{name}.json").read_bytes())
    assert (asked.address, asked.amount, asked.currency) == (RWANDAN, Decimal(500), "RWF")
    assert asked.transaction_id.startswith("ATTid_5d1c7")
    assert RWANDAN[1:] not in repr(asked)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"transactionId": None}, "transactionId: missing"),
        ({"phoneNumber": None}, "phoneNumber: missing"),
        ({"phoneNumber": "0788000105"}, "phoneNumber: not_a_phone_number"),
        ({"currencyCode": "rwf"}, "currencyCode: unreadable"),
        ({"amount": None}, "amount: unreadable"),
        ({"amount": "much"}, "amount: unreadable"),
        ({"amount": "NaN"}, "amount: unreadable"),
        ({"amount": -1}, "amount: unreadable"),
        ({"amount": True}, "amount: unreadable"),
    ],
)
def test_a_question_that_cannot_be_read(changed: dict[str, object], why: str) -> None:
    fields = json.loads((FIXTURES / "airtime-validation.json").read_bytes()) | changed
    body = json.dumps({name: value for name, value in fields.items() if value is not None})
    with pytest.raises(BadPayload) as error:
        parse_validation(body.encode())
    assert str(error.value) == why


@pytest.mark.parametrize(
    ("body", "content_type", "why"),
    [
        (b"", "application/json", "not_json"),
        (b"[1]", "application/json", "not_an_object"),
        (b"<x/>", "text/xml", "content-type: not_json"),
        (b" " * 70_000, "application/json", "body_too_long"),
        (b"&".join([b"a=1"] * 100), FORM, "too_many_fields"),
    ],
)
def test_a_body_that_cannot_be_read(body: bytes, content_type: str, why: str) -> None:
    for parse in (parse_validation, parse_status):
        with pytest.raises(BadPayload) as error:
            parse(body, content_type)
        assert str(error.value) == why


def test_our_word() -> None:
    assert validation_reply(True).body == b'{"status":"Validated"}'
    assert validation_reply(False).body == b'{"status":"Failed"}'


@pytest.mark.parametrize(
    ("name", "content_type", "status", "note", "value"),
    [
        (
            *("airtime-status.json", "application/json", AirtimeStatus.DELIVERED),
            *("Airtime Delivered Successfully", Cost(Decimal("500.0000"), "RWF")),
        ),
        (
            *("airtime-status-failed.json", "application/json; charset=utf-8"),
            *(AirtimeStatus.FAILED, "Failed: code … of the network"),
            Cost(Decimal("500.0000"), "RWF"),
        ),
        ("airtime-status-new-word.json", "", AirtimeStatus.UNKNOWN, "", None),
        ("airtime-status-short.form", FORM, AirtimeStatus.DELIVERED, "", None),
    ],
)
def test_a_report(
    name: str, content_type: str, status: AirtimeStatus, note: str, value: Cost | None
) -> None:
    report = parse_status((FIXTURES / name).read_bytes(), content_type)
    assert report.request_id.startswith("ATQid_7a1")
    assert (report.status, report.note, report.value) == (status, note, value)
    assert report.address == (RWANDAN if value else None)
    assert RWANDAN[1:] not in repr(report)


@pytest.mark.parametrize(
    ("body", "why"), [(b'{"status":"Success"}', "requestId: missing"), (b"{}", "status: missing")]
)
def test_a_report_that_cannot_be_read(body: bytes, why: str) -> None:
    with pytest.raises(BadPayload) as error:
        parse_status(body)
    assert str(error.value) == why
