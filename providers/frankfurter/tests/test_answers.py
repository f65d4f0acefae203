"""Answers of Frankfurter, and days that are none of today's."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from werkzeug.test import Client

from providers.contracts.rates import NoSuchPair, RateError
from providers.frankfurter.ask import quote_of
from providers.frankfurter.fake import FrankfurterFake

SUNDAY = datetime(2026, 11, 29, 12, tzinfo=UTC)


def row(**changed: Any) -> dict[str, Any]:
    return {
        "date": "2026-11-27",
        "base": "USD",
        "quote": "NGN",
        "rate": Decimal("1446.8"),
    } | changed


def test_a_quote_has_the_day_of_its_source() -> None:
    quote = quote_of(200, [row(quote="KES"), row()], "USD", "NGN", SUNDAY)
    assert (quote.source_amount, quote.destination_amount) == (Decimal(1), Decimal("1446.8"))
    assert quote.at == datetime(2026, 11, 27, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "said", "code"),
    [
        (200, [row(date="2026-12-03")], "of_the_future"),
        (200, [row(date="2026-11-10")], "too_old"),
        (200, [row(date="soon")], "no_date"),
        (200, [row(rate=Decimal(0))], "no_amount"),
        (200, [], "no_such_pair"),
        (422, {"message": "invalid currency"}, "no_such_pair"),
        (200, None, "unreadable"),
        (200, {"rates": {}}, "unreadable"),
        (418, None, "http_418"),
    ],
)
def test_an_answer_that_is_no_quote(status: int, said: Any, code: str) -> None:
    with pytest.raises(RateError) as refused:
        quote_of(status, said, "USD", "NGN", SUNDAY)
    assert refused.value.code == code
    assert isinstance(refused.value, NoSuchPair) == (code == "no_such_pair")


def test_the_fake_quotes_the_last_weekday() -> None:
    fake = FrankfurterFake(now=lambda: SUNDAY)
    answer = Client(fake).get("/v2/rates?base=USD&quotes=NGN,KES")
    rows = json.loads(answer.data)
    assert [(one["date"], one["base"], one["quote"]) for one in rows] == [
        ("2026-11-27", "USD", "KES"),
        ("2026-11-27", "USD", "NGN"),
    ]
    assert Client(fake).get("/v2/rates?base=USD&quotes=QQQ").status_code == 422
