"""What an account at a provider has left."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol


@dataclass(frozen=True, slots=True)
class BalanceLeft:
    """In whole units, as the provider counts: texts cost fractions of a minor unit. `product` tells
    the purses of one account apart, and is "" where it has one."""

    amount: Decimal
    currency: str
    product: str = ""


class Balances(Protocol):
    """Asks once; raises NotSent, Refused or OutcomeUnknown. No answer moves any money."""

    def balances(self) -> list[BalanceLeft]: ...
