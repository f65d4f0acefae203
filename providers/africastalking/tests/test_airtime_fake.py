"""The fake of airtime: it asks us, gives, tells, and serves the company's own SDK."""

import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from africastalking.Airtime import AirtimeService
from werkzeug.wrappers import Request, Response

from providers.africastalking.airtime import (
    AirtimeOrders,
    parse_status,
    parse_validation,
)
from providers.africastalking.airtime_fake import AirtimeOptions
from providers.contracts.airtime import AirtimeOrder, AirtimeStatus
from providers.contracts.messages import (
    Account,
    Refused,
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


@pytest.fixture
def asked(us: Us, fakes: Fakes) -> Us:
    """The fake asks and tells at once."""
    fakes.airtime.options = AirtimeOptions(delay_s=0.0, retry_every_s=0.02)
    return us


def says(word: str) -> Callable[[Request], Response | None]:
    def respond(request: Request) -> Response | None:
        asked = "airtime-validation" in request.path
        return Response(json.dumps({"status": word}), 200) if asked else None

    return respond


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("Validated", AirtimeStatus.DELIVERED),
        ("Failed", AirtimeStatus.FAILED),
        ("validated?", AirtimeStatus.FAILED),
    ],
)
def test_airtime_is_given_where_we_say_yes(
    asked: Us, fakes: Fakes, word: str, status: AirtimeStatus
) -> None:
    asked.respond = says(word)
    sent = orders(f"{fakes.url}/at").send_airtime(ORDER)
    assert fakes.later.settle()
    [question] = asked.of("airtime-validation")
    read = parse_validation(question.body, question.headers["content-type"])
    assert (read.address, read.amount, read.currency) == (RWANDAN, Decimal(500), "RWF")
    [report] = [parse_status(each.body) for each in asked.of("airtime-status")]
    assert (report.request_id, report.status) == (sent.request_id, status)


@pytest.mark.parametrize(
    ("options", "count", "content_type"),
    [
        ({"status": "twice"}, 2, "application/json"),
        ({"status": "form"}, 1, FORM),
        ({"status": "off"}, 0, ""),
    ],
)
def test_how_it_is_told(
    asked: Us, fakes: Fakes, options: dict[str, str], count: int, content_type: str
) -> None:
    asked.respond = says("Validated")
    fakes.airtime.options = fakes.airtime.options.changed(**options)
    orders(f"{fakes.url}/at").send_airtime(ORDER)
    assert fakes.later.settle()
    reports = asked.of("airtime-status")
    assert [each.headers["content-type"] for each in reports] == [content_type] * count
    assert all(
        parse_status(each.body, content_type).status is AirtimeStatus.DELIVERED for each in reports
    )


def test_the_same_key_is_the_same_order(fakes: Fakes) -> None:
    sender = orders(f"{fakes.url}/at")
    assert sender.send_airtime(ORDER) == sender.send_airtime(ORDER)
    assert len(fakes.airtime.orders) == 1


def test_the_same_amount_again_within_five_minutes_is_refused(fakes: Fakes) -> None:
    sender = orders(f"{fakes.url}/at")
    sender.send_airtime(ORDER)
    for other in (replace(ORDER, to="+250788000106"), replace(ORDER, amount=Money(501, "RWF"))):
        sender.send_airtime(replace(other, key=f"{other.amount.amount_minor}{other.to}"))
    with pytest.raises(Refused) as error:
        sender.send_airtime(replace(ORDER, key="another"))
    assert (error.value.code, error.value.retryable) == ("duplicate_order", True)
    later = fakes.airtime._clock() + 301
    fakes.airtime._clock = lambda: later
    sender.send_airtime(replace(ORDER, key="yet-another"))
    assert len(fakes.airtime.orders) == 4


def test_the_fake_serves_the_sdk(fakes: Fakes) -> None:
    service = AirtimeService("impuye", "k3y")
    service._baseUrl = f"{fakes.url}/at/version1/airtime"
    many = [
        {"phoneNumber": number, "amount": "100", "currency_code": currency}
        for number, currency in ((RWANDAN, "RWF"), (KENYAN, "KES"))
    ]
    answer = service.send(recipients=many, idempotency_key="key-one")
    assert (answer["numSent"], answer["errorMessage"]) == (2, "None")
    assert [each["status"] for each in answer["responses"]] == ["Sent", "Sent"]
    assert [each["amount"] for each in answer["responses"]] == ["RWF 100.0000", "KES 100.0000"]


def test_nobody_orders_with_another_key(fakes: Fakes) -> None:
    error = AirtimeOrders(Account("impuye", "wrong", f"{fakes.url}/at"))
    with pytest.raises(Refused, match=r"^unauthorized$"):
        error.send_airtime(ORDER)
    assert fakes.airtime.orders == []
