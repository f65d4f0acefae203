"""A question to Frankfurter, or to one's own copy of it: the reference rate of a pair."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from providers.contracts.messages import Account
from providers.contracts.rates import NoSuchPair, Quote, RateError
from providers.json_get import amount_of, get_json

BASE_URL: Final = "https://api.frankfurter.dev"
PATH: Final = "/v2/rates"
# Central banks have weekends and feasts, and one that has stopped is no source. A day that is to
# come is a slip: an entry of the future would hide all that come before it.
AGE_MAXIMUM: Final = timedelta(days=14)
AHEAD_MAXIMUM: Final = timedelta(days=2)


class Frankfurter:
    """Rates without a key. An account has a username only; `base_url` is one's own copy."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._url = (account.base_url or BASE_URL).rstrip("/")

    def quote(self, source: str, destination: str) -> Quote:
        """Raises RateError."""
        query = {"base": source, "quotes": destination}
        status, said = get_json(
            self._account, self._url, PATH, query, {"Accept": "application/json"}
        )
        return quote_of(status, said, source, destination, datetime.now(UTC))


def quote_of(status: int, said: Any, source: str, destination: str, now: datetime) -> Quote:
    """The quote in an answer: a list of one. Raises RateError."""
    if status in (404, 422):
        raise NoSuchPair("no_such_pair")
    if status >= 400:
        raise RateError(f"http_{status}")
    if not isinstance(said, list):
        # A page that says sorry is no list without entries: that would be "no such pair".
        raise RateError("unreadable", retryable=True)
    found = [
        row
        for row in said
        if isinstance(row, dict) and (row.get("base"), row.get("quote")) == (source, destination)
    ]
    if not found:
        raise NoSuchPair("no_such_pair")
    rate = amount_of(found[-1].get("rate"))
    if rate is None:
        raise RateError("no_amount")
    try:
        day = datetime.fromisoformat(str(found[-1].get("date"))).replace(tzinfo=UTC)
    except ValueError:
        raise RateError("no_date") from None
    if day > now + AHEAD_MAXIMUM:
        raise RateError("of_the_future")
    if day < now - AGE_MAXIMUM:
        raise RateError("too_old")
    return Quote(source, destination, Decimal(1), rate, at=day)
