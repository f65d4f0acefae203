"""What a message costs, and for how long somebody may be answered: dated tables, a file of data.

Where nobody has told us a price, the table says so, and why: none is invented. An installation
brings its own by `add_rate_card`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

import yaml

FILE: Final = Path(__file__).with_name("prices.yaml")
ANYWHERE: Final = "*"
REPLIES: Final = ("free", "utility")

NOT_IN_TABLE: Final = "not_in_table"
NO_RATE_CARD: Final = "no_rate_card"
REASONS: Final = {
    NOT_IN_TABLE: "No table says what a message on this channel costs.",
    NO_RATE_CARD: "The provider's price for this country is not known here: write your rate card"
    " into the file that PIGA_PRICES names.",
}


class Dated(Protocol):
    """A row that holds from a day on."""

    @property
    def begins(self) -> date: ...


D = TypeVar("D", bound=Dated)


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
    """What something costs. `currency` is ISO 4217; "" where it costs nothing in whatever one."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class UnknownPrice:
    """Nobody has told us; `reason` is one of `REASONS`."""

    reason: str


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
class UnknownMarket:
    """That the prices of a channel in some countries are not known from a day on, and why."""

    channel: str
    markets: frozenset[str]
    begins: date
    reason: str


@dataclass(frozen=True, slots=True)
class PriceTable:
    """All rows, newest first."""

    rules: tuple[Rule, ...]
    prices: tuple[MarketPrice, ...]
    unknown: tuple[UnknownMarket, ...] = ()

    def with_prices(self, more: Iterable[MarketPrice]) -> "PriceTable":
        """The same with the rows of a rate card, which hold before ours of the same day."""
        return replace(self, prices=_newest_first((*more, *self.prices)))

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
    ) -> Price | UnknownPrice:
        """The list price of one message to somebody in a country, or why it is not known.
        `replies_this_month`: how many free-form replies the number that it goes out from has sent
        before it."""
        rule = self.rule(channel, at)
        paid_as, is_free = category, False
        if category is Category.SERVICE:
            has_rule = rule.begins > date.min
            within = replies_this_month < rule.free_replies_a_month
            is_free = has_rule and (rule.replies_as is None or within)
            paid_as = rule.replies_as or Category.UTILITY
        found = self._listed(channel, market, paid_as, at)
        if is_free:
            return Price(Decimal(0), found.currency if isinstance(found, Price) else "")
        return found

    def _listed(
        self, channel: str, market: str, category: Category, at: datetime
    ) -> Price | UnknownPrice:
        for place in (market, ANYWHERE):
            for row in self.prices:
                if row.channel != channel or row.begins > at.date() or place not in row.markets:
                    continue
                if category in row.amounts:
                    return Price(row.amounts[category], row.currency)
        for place in (market, ANYWHERE):
            for one in self.unknown:
                if one.channel == channel and one.begins <= at.date() and place in one.markets:
                    return UnknownPrice(one.reason)
        return UnknownPrice(NOT_IN_TABLE)


def table() -> PriceTable:
    """The table of this installation. Raises BadPrices."""
    return _installed[0] if _installed else _ours()


def add_rate_card(text: str) -> None:
    """From now on this process knows the prices of a rate card, too. Raises BadPrices."""
    _installed[:] = [_ours().with_prices(_rows(_mapping(text, "prices"), "prices", _price))]


_installed: list[PriceTable] = []


@cache
def _ours() -> PriceTable:
    return read(FILE.read_text("utf-8"))


def read(text: str) -> PriceTable:
    """Read a table. Raises BadPrices."""
    data = _mapping(text, "rules", "prices", "unknown")
    return PriceTable(
        _newest_first(_rows(data, "rules", _rule)),
        _newest_first(_rows(data, "prices", _price)),
        _newest_first(_rows(data, "unknown", _unknown)),
    )


def _mapping(text: str, *parts: str) -> dict[str, Any]:
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise BadPrices(f"prices.yaml is no YAML: {error}") from None
    if not isinstance(data, dict) or data.keys() != set(parts):
        needed = ", ".join(parts)
        raise BadPrices(f"prices.yaml: these are needed, and nothing else: {needed}")
    return data


def _newest_first(rows: Iterable[D]) -> tuple[D, ...]:
    return tuple(sorted(rows, key=lambda one: one.begins, reverse=True))


def _rows(data: dict[str, Any], part: str, reader: Callable[[dict[str, Any]], D]) -> list[D]:
    if not isinstance(data[part], list):
        raise BadPrices(f"prices.yaml: {part} is no list")
    return [_row(part, number, row, reader) for number, row in enumerate(data[part])]


def _row(part: str, number: int, row: Any, reader: Callable[[dict[str, Any]], D]) -> D:
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
    found = MarketPrice(
        channel=_word(row.pop("channel")),
        markets=_markets(row.pop("market")),
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


def _unknown(row: dict[str, Any]) -> UnknownMarket:
    reason = _word(row.pop("why"))
    if reason not in REASONS:
        raise ValueError(f"why is one of {', '.join(REASONS)}")
    channel, markets = _word(row.pop("channel")), _markets(row.pop("market"))
    found = UnknownMarket(channel, markets, _day(row.pop("from")), reason)
    _require_nothing_else(row)
    return found


def _markets(value: Any) -> frozenset[str]:
    return frozenset(map(_word, [value] if isinstance(value, str) else value))


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
