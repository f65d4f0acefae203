"""What a source quotes for a pair of currencies, and the rate that follows from it.

A rate is what one unit of the source currency is worth in the destination currency: destination
amount / source amount. What a source itself calls its rate is not used: the pages of one provider
have said both directions of it.
"""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation, localcontext
from typing import Final

# Eight places are kept. A pair is asked for in its own direction: an inverse has lost digits.
PLACES: Final = Decimal("0.00000001")
AMOUNT_MINIMUM: Final = Decimal("1e-9")
AMOUNT_MAXIMUM: Final = Decimal("1e18")
_DIGITS: Final = 60


class BadQuote(ValueError):
    """A quote that no rate follows from. The text says why."""


@dataclass(frozen=True, slots=True, order=True)
class Pair:
    """Two ISO 4217 codes: what is sent, and what arrives. USD-NGN is not NGN-USD."""

    source: str
    destination: str

    def __str__(self) -> str:
        return f"{self.source}-{self.destination}"


@dataclass(frozen=True, slots=True)
class Poll:
    """One answer of a source. `fetched_at` is when it came, `provider_at` the time that the source
    itself gives, `rate` what the amounts come to, in eight places.

    Raises BadQuote.
    """

    pair: Pair
    source_amount: Decimal
    destination_amount: Decimal
    fetched_at: datetime
    provider: str = ""
    provider_at: datetime | None = None
    rate: Decimal = field(init=False)

    def __post_init__(self) -> None:
        rate = rate_of(self.source_amount, self.destination_amount)
        object.__setattr__(self, "rate", rate)


def is_currency(code: str) -> bool:
    """Whether that can be a code of ISO 4217: three capital letters."""
    return len(code) == 3 and code.isascii() and code.isalpha() and code.isupper()


def rate_of(source_amount: Decimal, destination_amount: Decimal) -> Decimal:
    """destination / source, in eight places. Raises BadQuote."""
    for name, amount in (("source", source_amount), ("destination", destination_amount)):
        if not amount.is_finite() or amount <= 0:
            raise BadQuote(f"the {name} amount is not above 0")
        if not AMOUNT_MINIMUM <= amount <= AMOUNT_MAXIMUM:
            raise BadQuote(f"the {name} amount is beyond what a quote has")
    with localcontext(prec=_DIGITS):
        rate = (destination_amount / source_amount).quantize(PLACES)
    if not rate:
        raise BadQuote("the rate is less than its eighth place")
    return rate


def read_amount(text: str) -> Decimal:
    """An amount as a file has it: 1000, 0.5, 1.44E+6, 1,440,239.425. Raises BadQuote.

    A lone comma (1,600) may be thousands or a decimal point, and is refused.
    """
    text = text.strip()
    whole, point, fraction = text.partition(".")
    threes = whole.split(",")
    if len(threes) > 1:
        regular = 1 <= len(threes[0]) <= 3 and all(len(three) == 3 for three in threes[1:])
        if not (regular and (point or len(threes) > 2)) or "," in fraction:
            raise BadQuote("the commas of an amount may mean two things")
        text = text.replace(",", "")
    if not text.isascii() or "_" in text:
        raise BadQuote("an amount is no number")
    try:
        return Decimal(text)
    except InvalidOperation:
        raise BadQuote("an amount is no number") from None
