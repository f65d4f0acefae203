"""Answers of each version, and what is wrong with some; the fake with a plain HTTP client."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Thread
from typing import Any

import pytest
import requests

from providers.contracts.messages import Account
from providers.contracts.rates import NoSuchPair, RateError
from providers.flutterwave_rates.ask import FlutterwaveRates, quote_of
from providers.flutterwave_rates.fake import ERROR, FlutterwaveFake, Mode
from providers.json_get import retry_after_s
from providers.simulator.loopback import listen

SECRET = "FLWSECK_TEST-not-a-key"


def body(**data: Any) -> Any:
    """The newest documented answer, changed."""
    sides = {
        "rate": 0.000694329,
        "source": {"currency": "NGN", "amount": 1440239.425},
        "destination": {"currency": "USD", "amount": 1000},
    }
    said = {"status": "success", "message": "Transfer rates fetched", "data": sides | data}
    return json.loads(json.dumps(said), parse_float=Decimal, parse_int=Decimal)


@pytest.mark.parametrize(
    "rate", [0.000694329, 1440.239425, "0.000694329", None], ids=["newest", "older", "v4", "none"]
)
def test_each_direction_of_the_field_rate_is_the_same_quote(rate: object) -> None:
    quote = quote_of(200, body(rate=rate), "NGN", "USD")
    assert (quote.source_amount, quote.destination_amount) == (
        Decimal("1440239.425"),
        Decimal(1000),
    )


def test_v4_has_words_and_a_time() -> None:
    said = body(
        rate="0.000694",
        source={"currency": "NGN", "amount": "1440239.425"},
        destination={"currency": "USD", "amount": "1000"},
        created_datetime="2026-11-30T02:30:00Z",
    )
    quote = quote_of(200, said, "NGN", "USD")
    assert quote.source_amount == Decimal("1440239.425")
    assert quote.at == datetime(2026, 11, 30, 2, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "said", "code", "retryable"),
    [
        (200, body(rate=0.0007), "rate_disagrees", False),
        (200, body(source={"currency": "GHS", "amount": 1440239}), "other_currency", False),
        (200, body(source={"currency": "NGN"}), "no_amount", False),
        (200, body(source={"currency": "NGN", "amount": -1}), "no_amount", False),
        (200, body(source={"currency": "NGN", "amount": True}), "no_amount", False),
        (200, body(source=None), "no_amount", False),
        (200, ERROR, "no_rate_now", True),
        (400, ERROR, "no_rate_now", True),
        (400, {"status": "error", "message": "Invalid currency"}, "no_such_pair", False),
        (200, {"status": "success", "data": []}, "refused", False),
        (200, None, "unreadable", True),
        (200, [], "unreadable", True),
    ],
)
def test_an_answer_that_is_no_quote(status: int, said: Any, code: str, retryable: bool) -> None:
    with pytest.raises(RateError) as refused:
        quote_of(status, said, "NGN", "USD")
    assert (refused.value.code, refused.value.retryable) == (code, retryable)
    assert isinstance(refused.value, NoSuchPair) == (code == "no_such_pair")


def test_retry_after_is_seconds_or_a_date() -> None:
    in_a_minute = datetime.now(UTC) + timedelta(seconds=60)
    dated = retry_after_s(f"{in_a_minute:%a, %d %b %Y %H:%M:%S} GMT")
    assert dated is not None
    assert 57 < dated <= 60
    assert [retry_after_s(said) for said in ("7", " 99999 ", "", "soon")] == [7, 3600, None, None]


@pytest.fixture
def served() -> Iterator[tuple[FlutterwaveFake, str]]:
    fake = FlutterwaveFake(key=SECRET)
    server = listen("127.0.0.1", 0, fake)
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield fake, f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join(timeout=5)
    server.server_close()


def test_the_fake_answers_as_documented(served: tuple[FlutterwaveFake, str]) -> None:
    fake, url = served
    fake.market.own["NGN", "USD"] = 1 / Decimal("1440.239425")
    asked = {"amount": "1000", "destination_currency": "USD", "source_currency": "NGN"}
    answer = requests.get(
        f"{url}/v3/transfers/rates",
        params=asked,
        headers={"Authorization": f"Bearer {SECRET}"},
        timeout=5,
    )
    assert answer.json() == {
        "status": "success",
        "message": "Transfer rates fetched",
        "data": {
            "rate": pytest.approx(0.000694329, rel=1e-6),
            "source": {"currency": "NGN", "amount": 1440239.425},
            "destination": {"currency": "USD", "amount": 1000},
        },
    }
    assert requests.get(f"{url}/v3/transfers/rates", params=asked, timeout=5).status_code == 401


@pytest.mark.parametrize(
    ("mode", "code", "retry_after"),
    [
        (Mode("http", status=429, retry_after="3"), "too_many", 3),
        (Mode("http", status=503), "http_503", None),
        (Mode("http", status=200), "unreadable", None),
        (Mode("delay", delay_s=0.6), "answer_timeout", None),
        (Mode("hang"), "connection_dropped", None),
        (Mode("error"), "no_rate_now", None),
    ],
)
def test_a_wire_that_breaks(
    mode: Mode, code: str, retry_after: float | None, served: tuple[FlutterwaveFake, str]
) -> None:
    fake, url = served
    source = FlutterwaveRates(Account("a", SECRET, url, read_timeout_s=0.3))
    fake.script(mode)
    with pytest.raises(RateError) as failed:
        source.quote("USD", "NGN")
    assert (failed.value.code, failed.value.retry_after_s) == (code, retry_after)
    assert failed.value.retryable
    assert SECRET not in repr(failed.value)
    assert source.quote("USD", "NGN").destination_amount == 1_000_000


def test_a_key_that_is_refused_is_an_alarm(served: tuple[FlutterwaveFake, str]) -> None:
    with pytest.raises(RateError) as refused:
        FlutterwaveRates(Account("a", "FLWSECK_TEST-other", served[1])).quote("USD", "NGN")
    assert (refused.value.alarm, refused.value.retryable) == (True, False)
    with pytest.raises(RateError, match="bad_account"):
        FlutterwaveRates(Account("a", SECRET, "http://example.com")).quote("USD", "NGN")
