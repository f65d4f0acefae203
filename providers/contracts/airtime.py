"""Airtime: an order to a provider, what it answers, and what it asks and tells us of it later.

Whose number it is stays out of every repr and every exception text. Errors are those of messages:
NotSent, Refused and OutcomeUnknown say the same of an order.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import Protocol

from providers.contracts.cost import Cost
from values.money import Money


@dataclass(frozen=True, slots=True)
class AirtimeOrder:
    """So much airtime for one number. `to` is E.164 with a plus; `key` is our own id of the order,
    printable ASCII, by which the provider knows it when it comes again."""

    to: str = field(repr=False)
    amount: Money
    key: str


@dataclass(frozen=True, slots=True)
class AirtimeSent:
    """The provider took the order. What becomes of it is reported by `request_id`; without one, no
    report will ever fit it. `value` is what the number gets, `discount` what we do not pay of it.
    """

    request_id: str | None
    value: Cost | None
    discount: Cost | None
    raw_status: str


class AirtimeSender(Protocol):
    """Sends one order, once; raises NotSent, Refused or OutcomeUnknown."""

    def send_airtime(self, order: AirtimeOrder) -> AirtimeSent: ...


class AirtimeStatus(Enum):
    """What became of an order. A word of the provider's that we do not know is UNKNOWN."""

    DELIVERED = "delivered"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class AirtimeReport:
    """What became of an order, by the provider's id of it. `raw_status` and `note` are its own
    words."""

    provider: str
    request_id: str
    status: AirtimeStatus
    raw_status: str
    note: str
    address: str | None = field(repr=False)
    value: Cost | None
    discount: Cost | None


@dataclass(frozen=True, slots=True)
class AirtimeAsked:
    """The provider asks, before it gives any airtime, whether an order is ours. Unless we say so,
    it gives none. `transaction_id` is its own and not the one that a report names."""

    provider: str
    transaction_id: str
    address: str = field(repr=False)
    amount: Decimal
    currency: str
