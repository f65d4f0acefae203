"""What a tenant says of trade credit, as data: the scorecard, the limit, when what is due.

A scorecard is a list of measures of a shop's history. Each gives the points of the highest band
that its value reaches; the score is what was reached of the most that can be, from 0 to 100.
"""

from typing import Final

from msgspec import Struct

MEASURES: Final = (
    "months_known",  # since the first order that was settled
    "orders_paid",  # settled in the window
    "on_time_percent",  # of invoices of the window, those that were paid by their day
    "refused_percent",  # of orders of the window, those that came to nothing by the shop
    "overdue_now",  # invoices that are open beyond their day
)
LATE_FEE: Final = "late_fee"
INVOICE: Final = "invoice"
PARTS: Final = (LATE_FEE, INVOICE)


class Band(Struct, frozen=True):
    """From that value on, so many points."""

    at_least: int
    points: int


class Measure(Struct, frozen=True):
    """`bands` rise; the first is at least 0, so that each value is in one."""

    name: str
    bands: tuple[Band, ...]

    @property
    def most(self) -> int:
        return max(band.points for band in self.bands)


class CreditTerms(Struct, frozen=True):
    """All of it. `limit_percent` is of what the shop pays in 30 days of the window; `days` is when
    an invoice is due, after its own day; beyond `grace_days` it costs a late fee and stops new
    credit. `repaid` is in which order a payment is used; older invoices go first in each part."""

    measures: tuple[Measure, ...]
    approve_at: int
    refer_at: int
    limit_percent: int
    limit_minimum_minor: int
    limit_maximum_minor: int
    coin_minor: int
    days: int
    grace_days: int
    late_fee_basis_points: int
    window_days: int
    again_days: int
    reminders: tuple[int, ...]
    repaid: tuple[str, ...] = PARTS
