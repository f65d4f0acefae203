"""Amounts: integer minor units of a currency."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in integer minor units of an ISO 4217 currency: Money(150, "KES") is 1.50 KES."""

    amount_minor: int
    currency: str
