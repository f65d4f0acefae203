"""A tank's book against its dips: what is missing, since when, and why somebody looks. Pure.

Book stock is the dip of the day before, and what the tickets of deliveries say, less what the
meters sold. The variance is the dip less the book: below 0 fuel is missing. All volumes are litres
as observed; litres at 15 °C are never added to them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from statistics import median
from typing import Final

SUDDEN: Final = "sudden"
TREND: Final = "slow_trend"
MONTH: Final = "month"
DELIVERY: Final = "delivery"
_PERCENT: Final = 100
_PER_MILLE: Final = 1_000
_READINGS: Final = 2  # a day lies between two dips
_PLACES: Final = Decimal("0.1")
_MAD_TO_SIGMA: Final = Decimal("1.4826")
_MEDIAN_TO_MEAN: Final = Decimal("1.2533")  # how much less sure a median is


@dataclass(frozen=True, slots=True)
class Tolerances:
    """What is let pass. `month_percent` and `month_l` are the leak rule of 40 CFR 280.43(a) (130
    US gallons); half a per cent a day is the trade's habit, 2 mm a dip that of the tax office."""

    day_percent: Decimal = Decimal("0.5")
    dip_mm: Decimal = Decimal(2)
    month_percent: Decimal = Decimal("1.0")
    month_l: Decimal = Decimal(492)
    delivery_percent: Decimal = Decimal("0.5")
    trend_days: int = 10
    trend_sigmas: Decimal = Decimal(4)
    trend_percent: Decimal = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Delivery:
    """`received_l` is what the dips before and after say, and what was sold in between; `limit_l`
    what passed when it was received, where that is known."""

    ticket_l: Decimal
    received_l: Decimal
    limit_l: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """A tank's day: its dip at the end, and how much a millimetre is there."""

    day: date
    dip_l: Decimal
    litres_a_mm: Decimal
    sold_l: Decimal
    deliveries: tuple[Delivery, ...] = ()


@dataclass(frozen=True, slots=True)
class Reconciled:
    """A day with its book. `cumulative_l` is from the month's first day that has a book on."""

    day: date
    book_l: Decimal
    dip_l: Decimal
    variance_l: Decimal
    tolerance_l: Decimal
    sold_l: Decimal
    cumulative_l: Decimal

    @property
    def per_mille(self) -> Decimal | None:
        """The variance of what was sold; None where nothing was."""
        if not self.sold_l:
            return None
        return (self.variance_l / self.sold_l * _PER_MILLE).quantize(_PLACES)


@dataclass(frozen=True, slots=True)
class Alarm:
    """Why somebody looks, and at how much: below 0 fuel is missing. `day` is when it was seen."""

    kind: str
    day: date
    litres: Decimal
    limit_l: Decimal

    @property
    def sentence(self) -> str:
        missing = "missing" if self.litres < 0 else "too much"
        size, limit = f"{abs(self.litres):.0f}", f"{self.limit_l:.0f}"
        match self.kind:
            case "delivery":
                return f"A delivery of {self.day} came with {size} l {missing}; {limit} l pass."
            case "sudden":
                return f"On {self.day} {size} l are {missing} at once; {limit} l a day pass."
            case "slow_trend":
                return f"By {self.day} {size} l are {missing} day by day; {limit} l are chance."
        return f"By {self.day} {size} l are {missing} in the month; {limit} l pass."


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """A tank's month."""

    days: tuple[Reconciled, ...]
    alarms: tuple[Alarm, ...]


def reconcile(days: Sequence[Day], tolerances: Tolerances | None = None) -> Reconciliation:
    """A tank's days in their order, of one month; the first gives the opening stock. A delivery
    that came short is alarmed as that, and is no loss of the tank's."""
    passes = tolerances or Tolerances()
    found: list[Reconciled] = []
    alarms: list[Alarm] = []
    of_tank: list[_Own] = []
    cumulative = Decimal()
    for before, day in pairwise(days):
        ticketed = sum((one.ticket_l for one in day.deliveries), Decimal())
        book = before.dip_l + ticketed - day.sold_l
        variance = day.dip_l - book
        cumulative += variance
        by_dip = passes.dip_mm * _READINGS * max(before.litres_a_mm, day.litres_a_mm)
        tolerance = max(passes.day_percent * day.sold_l / _PERCENT, by_dip)
        found.append(
            Reconciled(day.day, book, day.dip_l, variance, tolerance, day.sold_l, cumulative)
        )
        short = list(_deliveries(day, passes))
        alarms += short
        own = variance - sum((alarm.litres for alarm in short), Decimal())
        # The dips around a delivery are read, too: each may be as wrong as any other.
        limit = tolerance + by_dip * len(short)
        of_tank.append(_Own(day.day, own, limit, day.sold_l, by_dip))
    usual = _usual(of_tank, passes)
    calm = []
    for one in of_tank:
        if abs(one.variance_l - usual) > one.limit_l:
            alarms.append(Alarm(SUDDEN, one.day, one.variance_l - usual, one.limit_l))
        else:
            calm.append(one)
    alarms += _over_the_month(calm, passes)
    return Reconciliation(tuple(found), tuple(alarms))


@dataclass(frozen=True, slots=True)
class _Own:
    """A day's variance without what its deliveries brought short; `by_dip_l` is how wrong its two
    dips may make it."""

    day: date
    variance_l: Decimal
    limit_l: Decimal
    sold_l: Decimal
    by_dip_l: Decimal


def _usual(days: Sequence[_Own], passes: Tolerances) -> Decimal:
    """The tank's normal variance a day, from which a sudden one stands out; nothing where so few
    days are known that it cannot be told."""
    if len(days) < passes.trend_days:
        return Decimal()
    return median(one.variance_l for one in days)


def _deliveries(day: Day, passes: Tolerances) -> Iterator[Alarm]:
    by_dip = passes.dip_mm * _READINGS * day.litres_a_mm
    for one in day.deliveries:
        limit = one.limit_l
        if limit is None:
            limit = max(passes.delivery_percent * one.ticket_l / _PERCENT, by_dip)
        if abs(one.received_l - one.ticket_l) > limit:
            yield Alarm(DELIVERY, day.day, one.received_l - one.ticket_l, limit)


def _over_the_month(days: Sequence[_Own], passes: Tolerances) -> Iterator[Alarm]:
    """What days that were each in order come to together."""
    if not days:
        return
    total = sum((one.variance_l for one in days), Decimal())
    sold = sum((one.sold_l for one in days), Decimal())
    limit = passes.month_percent * sold / _PERCENT + passes.month_l
    last = days[-1].day
    if len(days) >= passes.trend_days:
        middle = median(one.variance_l for one in days)
        spread = median(abs(one.variance_l - middle) for one in days) * _MAD_TO_SIGMA
        sure_l = passes.trend_sigmas * _MEDIAN_TO_MEAN * spread / Decimal(len(days)).sqrt()
        # One day's dip too high is the next one's too low: over all days only the first and the
        # last dip are wrong.
        by_dips_l = max(one.by_dip_l for one in days)
        chance_l = max(sure_l, passes.trend_percent * sold / _PERCENT / len(days))
        if abs(middle) > chance_l and abs(total) > by_dips_l:
            yield Alarm(TREND, last, total, chance_l * len(days))
            return
    if abs(total) > limit:
        yield Alarm(MONTH, last, total, limit)
