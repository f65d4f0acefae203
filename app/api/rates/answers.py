"""Answers of the rates API: a provider's shape, with when a rate was so beside it.

    {"status": "success", "message": "Transfer rates fetched", "data": {
      "rate": 1612.34567891,
      "source": {"currency": "USD", "amount": 1}, "destination": {"currency": "NGN", "amount": …},
      "fetched_at": …, "changed_at": …, "provider_at": null, "provider": "flutterwave_rates",
      "stale": false, "indicative": true}}

    {"status": "error", "message": "Unable to fetch rates at the moment", "data": null}

destination amount = source amount × rate. Numbers are written from decimals, never from floats.

Of an amount, `rate` is what a customer gets: less the tenant's margin, which then stands beside it
as `margin_percent`, with the `market_rate`. What is rounded is rounded in the eighth place, against
the customer.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext
from typing import Any, Final, NamedTuple

import orjson
from flask import Response, request

from core.rates.history import Value
from core.rates.margins import after_margin
from core.rates.pairs import Rate
from core.rates.quotes import PLACES

FETCHED: Final = "Transfer rates fetched"
NO_RATE: Final = "Unable to fetch rates at the moment"
FRESH_FOR_S: Final = 60
STALE_FOR_S: Final = 10
CSV: Final = "text/csv; charset=utf-8"
NO_MARGIN: Final = Decimal(0)


def number(value: Decimal) -> orjson.Fragment:
    """A JSON number with each of its digits."""
    plain = f"{value:f}"
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return orjson.Fragment(plain.encode())


def one(
    rate: Rate, amount: Decimal | None, now: datetime, *, percent: Decimal = NO_MARGIN
) -> dict[str, Any]:
    """A rate; of so much of the destination, where `amount` says so, with `percent` taken off."""
    source_amount, destination_amount = Decimal(1), rate.rate
    own = rate.rate
    if amount is not None:
        exact = after_margin(rate.rate, percent)
        with localcontext(prec=60):
            source_amount = (amount / exact).quantize(PLACES, ROUND_CEILING)
            own, destination_amount = exact.quantize(PLACES, ROUND_FLOOR), amount
    margin = {"margin_percent": number(percent), "market_rate": number(rate.rate)}
    return {
        "rate": number(own),
        "source": {"currency": rate.pair.source, "amount": number(source_amount)},
        "destination": {
            "currency": rate.pair.destination,
            "amount": number(destination_amount),
        },
        **(margin if percent and amount is not None else {}),
        **_times(rate, now),
    }


def many(base: str, rates: Sequence[Rate], now: datetime) -> dict[str, Any]:
    """All rates of a base currency, by destination."""
    found = {
        rate.pair.destination: {"rate": number(rate.rate), **_times(rate, now)} for rate in rates
    }
    return {"base_currency": base, "rates": found}


def past(values: Sequence[Value]) -> list[dict[str, Any]]:
    """Each change of a rate, the oldest first."""
    return [
        {"rate": number(value.rate), "fetched_at": value.at, "provider": value.provider}
        for value in values
    ]


def _times(rate: Rate, now: datetime) -> dict[str, Any]:
    return {
        "fetched_at": rate.fetched_at,
        "changed_at": rate.changed_at,
        "provider_at": rate.provider_at,
        "provider": rate.provider,
        "stale": rate.is_stale(now),
        "indicative": True,
    }


class Body(NamedTuple):
    """What an answer says, and the tag that it is known again by."""

    content: bytes
    etag: str


def written(data: object) -> Body:
    """An answer's body; many answers may be made of one."""
    content = orjson.dumps({"status": "success", "message": FETCHED, "data": data})
    return Body(content, hashlib.sha256(content).hexdigest()[:32])


def success(body: Body, *, stale: bool = False) -> Response:
    """An answer that may be kept for a while; 304 where it is the one that the caller has."""
    answer = Response(body.content, content_type="application/json")
    answer.set_etag(body.etag)
    answer.headers["Cache-Control"] = kept(stale=stale)
    answer.make_conditional(request)
    return answer


def kept(*, stale: bool) -> str:
    """How long an answer may be kept, as a header says it."""
    return f"public, max-age={STALE_FOR_S if stale else FRESH_FOR_S}"


def error(status: int, message: str) -> Response:
    """An answer that nobody keeps."""
    body = orjson.dumps({"status": "error", "message": message, "data": None})
    answer = Response(body, status, content_type="application/json")
    answer.headers["Cache-Control"] = "no-store"
    return answer
