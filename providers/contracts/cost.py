"""What a provider says that something cost."""

from decimal import Decimal
from typing import NamedTuple


class Cost(NamedTuple):
    """A price as a provider states it. `currency` is ISO 4217, or '' where the wire gave none."""

    amount: Decimal
    currency: str


class Pricing(NamedTuple):
    """How a provider says that it bills a message: its own words for the kind of price and the
    category, such as "regular" and "utility". `market` is where, or '' where it did not say."""

    is_billable: bool
    kind: str
    category: str
    market: str = ""
