"""What a message costs, and for how long somebody may be answered: dated tables, a file of data."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

FILE: Final = Path(__file__).with_name("prices.yaml")
ANYWHERE: Final = "*"
REPLIES: Final = ("free", "utility")


class BadPrices(Exception):
    """The file cannot be used: `prices.yaml: prices[2]: ...`."""


class Category(StrEnum):
    """What a channel charges a message as. SERVICE: a free-form reply within the window."""

    SERVICE = "service"
    UTILITY = "utility"
    AUTHENTICATION = "authentication"
    MARKETING = "marketing"


@dataclass(frozen=True, slots=True)
class Price:
    """What something costs. `currency` is ISO 4217."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Rule:
    """What holds for a channel from a day on: for how long after somebody's last message they may
    be answered freely (None: always), and what such a reply costs: nothing, or as much as a message
    of `replies_as` beyond so many free ones a month and number."""

    channel: str
    begins: date
    window: timedelta | None
    replies_as: Category | None
    free_replies_a_month: int


@dataclass(frozen=True, slots=True)
class MarketPrice:
    """The prices of a channel in some countries from a day on, by category."""

    channel: str
    markets: frozenset[str]
    begins: date
    currency: str
    amounts: Mapping[Category, Decimal]


@dataclass(frozen=True, slots=True)
class PriceTable:
    """All rows, newest first."""

    rules: tuple[Rule, ...]
    prices: tuple[MarketPrice, ...]

    def rule(self, channel: str, at: datetime) -> Rule:
        """What holds for a channel at a moment; nothing but freedom where no row does."""
        found = (one for one in self.rules if one.channel == channel and one.begins <= at.date())
        return next(found, Rule(channel, date.min, None, None, 0))

    def cost_of(
        self,
        channel: str,
        market: str,
        category: Category,
        at: datetime,
        *,
        replies_this_month: int = 0,
    ) -> Price | None:
        """The list price of one message to somebody in a country; None where no row says one.
        `replies_this_month`: how many free-form replies the number that it goes out from has sent
        before it."""
        rule = self.rule(channel, at)
        paid_as = category
        if category is Category.SERVICE:
            is_free = rule.replies_as is None or replies_this_month < rule.free_replies_a_month
            paid_as = rule.replies_as or Category.UTILITY
        else:
            is_free = False
        for place in (market, ANYWHERE):
            for row in self.prices:
                if row.channel != channel or row.begins > at.date() or place not in row.markets:
                    continue
                if paid_as in row.amounts:
                    return Price(Decimal(0) if is_free else row.amounts[paid_as], row.currency)
        return None


@cache
def table() -> PriceTable:
    """The table of this installation. Raises BadPrices."""
    return read(FILE.read_text("utf-8"))


def read(text: str) -> PriceTable:
    """Read a table. Raises BadPrices."""
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise BadPrices(f"prices.yaml is no YAML: {error}") from None
    if not isinstance(data, dict) or data.keys() != {"rules", "prices"}:
        raise BadPrices("prices.yaml: rules and prices are needed, and nothing else")
    rules = [_row("rules", number, row, _rule) for number, row in enumerate(data["rules"])]
    prices = [_row("prices", number, row, _price) for number, row in enumerate(data["prices"])]
    return PriceTable(
        tuple(sorted(rules, key=lambda one: one.begins, reverse=True)),
        tuple(sorted(prices, key=lambda one: one.begins, reverse=True)),
    )


def _row(part: str, number: int, row: Any, reader: Any) -> Any:
    try:
        return reader(dict(row))
    except (KeyError, TypeError, ValueError, InvalidOperation) as error:
        why = f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)
        raise BadPrices(f"prices.yaml: {part}[{number}]: {why}") from None


def _rule(row: dict[str, Any]) -> Rule:
    replies = row.pop("replies")
    if replies not in REPLIES:
        raise ValueError(f"replies is one of {', '.join(REPLIES)}")
    found = Rule(
        channel=_word(row.pop("channel")),
        begins=_day(row.pop("from")),
        window=timedelta(hours=_count(row.pop("window_h"))),
        replies_as=Category(replies) if replies != "free" else None,
        free_replies_a_month=_count(row.pop("free_replies_a_month", 0)),
    )
    _require_nothing_else(row)
    return found


def _price(row: dict[str, Any]) -> MarketPrice:
    markets = row.pop("market")
    found = MarketPrice(
        channel=_word(row.pop("channel")),
        markets=frozenset(map(_word, [markets] if isinstance(markets, str) else markets)),
        begins=_day(row.pop("from")),
        currency=_word(row.pop("currency")),
        amounts={
            category: _amount(row.pop(category.value))
            for category in Category
            if category.value in row
        },
    )
    _require_nothing_else(row)
    return found


def _require_nothing_else(row: Iterable[str]) -> None:
    if left := sorted(row):
        raise ValueError(f"no such field: {', '.join(left)}")


def _word(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError(f"{value!r} is no word; a country such as NO needs quotes")
    return value


def _day(value: Any) -> date:
    if type(value) is not date:
        raise TypeError(f"{value!r} is no day such as 2026-10-01")
    return value


def _count(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise TypeError(f"{value!r} is no count")
    return value


def _amount(value: Any) -> Decimal:
    amount = Decimal(_word(value))
    if not amount.is_finite() or amount < 0:
        raise ValueError(f"{value!r} is no price")
    return amount
