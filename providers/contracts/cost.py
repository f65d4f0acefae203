"""What a provider says that something cost."""

from decimal import Decimal
from typing import NamedTuple


class Cost(NamedTuple):
    """A price as a provider states it. `currency` is ISO 4217, or '' where the wire gave none."""

    amount: Decimal
    currency: str
