"""Exchange rates: what a source quotes for a pair, and the ways a question can fail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from providers.contracts.errors import ProviderError


@dataclass(frozen=True, slots=True)
class Quote:
    """So much of `source` is so much of `destination`, as the company said. `at` is its own time
    of the quote, where it gives one."""

    source: str
    destination: str
    source_amount: Decimal
    destination_amount: Decimal
    at: datetime | None = None


class RateError(ProviderError):
    """No quote came. `code` says why; `retryable` that the same question may be answered a moment
    later, and not before `retry_after_s` where the company said so; `alarm` that a person must act
    first."""

    def __init__(
        self,
        code: str,
        *,
        retryable: bool = False,
        retry_after_s: float | None = None,
        alarm: bool = False,
    ) -> None:
        super().__init__(code)
        self.retryable = retryable
        self.retry_after_s = retry_after_s
        self.alarm = alarm


class NoSuchPair(RateError):
    """The company quotes no such pair."""


class RateSource(Protocol):
    """Asks once for one pair, in its own direction. Raises RateError."""

    def quote(self, source: str, destination: str) -> Quote: ...
