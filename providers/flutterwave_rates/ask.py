"""A question to Flutterwave: what does so much of a currency cost in another one?"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from providers.contracts.messages import Account
from providers.contracts.rates import NoSuchPair, Quote, RateError
from providers.json_get import amount_of, get_json

BASE_URL: Final = "https://api.flutterwave.com"
PATH: Final = "/v3/transfers/rates"
# Of the destination currency. Of a small amount the other one is rounded, and the rate with it.
AMOUNT: Final = "1000000"
# `rate` is one of the two quotients; further off, one of the three numbers is wrong.
RATE_WITHIN: Final = Decimal("0.001")


class FlutterwaveRates:
    """Rates of one account: its `secret` is the secret key. Options: `amount`, of the destination
    currency."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._url = (account.base_url or BASE_URL).rstrip("/")
        self._amount = account.option("amount") or AMOUNT

    def quote(self, source: str, destination: str) -> Quote:
        """Raises RateError."""
        query = {
            "amount": self._amount,
            "destination_currency": destination,
            "source_currency": source,
        }
        headers = {"Authorization": f"Bearer {self._account.secret}", "Accept": "application/json"}
        status, said = get_json(self._account, self._url, PATH, query, headers)
        return quote_of(status, said, source, destination)


def quote_of(status: int, said: Any, source: str, destination: str) -> Quote:
    """The quote in an answer, of whichever version of it. Raises RateError."""
    if not isinstance(said, dict):
        raise RateError("unreadable", retryable=True)
    data = said.get("data")
    if status >= 400 or said.get("status") != "success" or not isinstance(data, dict):
        # "Unable to fetch rates at the moment" passes; what is wrong with the question stays.
        if "moment" in str(said.get("message", "")):
            raise RateError("no_rate_now", retryable=True)
        raise NoSuchPair("no_such_pair") if status in (400, 404) else RateError("refused")
    amounts = []
    for side, currency in (("source", source), ("destination", destination)):
        part = data.get(side)
        if not isinstance(part, dict) or (amount := amount_of(part.get("amount"))) is None:
            raise RateError("no_amount")
        if part.get("currency") != currency:
            raise RateError("other_currency")
        amounts.append(amount)
    source_amount, destination_amount = amounts
    _check(data.get("rate"), source_amount, destination_amount)
    at = _moment(data.get("created_datetime"))
    return Quote(source, destination, source_amount, destination_amount, at)


def _check(said: object, source_amount: Decimal, destination_amount: Decimal) -> None:
    """The field `rate` may be missing, and may be either quotient, but nothing else."""
    if said is None:
        return
    rate = amount_of(said)
    quotients = (destination_amount / source_amount, source_amount / destination_amount)
    if rate is None or not any(abs(rate / each - 1) <= RATE_WITHIN for each in quotients):
        raise RateError("rate_disagrees")


def _moment(said: object) -> datetime | None:
    if not isinstance(said, str):
        return None
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
