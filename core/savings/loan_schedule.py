"""A loan's schedule: what is due when, to the last minor unit.

Pure: nothing is read or written here. The rate is per period, so a day count plays no part: a month
is a month, whatever its days (the "periodic" day count). Each amount is rounded half up to the
minor unit where it becomes due; the last instalment takes what rounding left, so the principal
always adds up to what was lent.
"""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from enum import Enum
from typing import Final

from core.savings.errors import LoanTermsInvalid

PERIODS_MAXIMUM: Final = 1_200
PRINCIPAL_MAXIMUM_MINOR: Final = 10**15  # no group lends so much, and no sum of it overflows
RATE_PERCENT_MAXIMUM: Final = Decimal(100)
DAY_COUNT: Final = "periodic"
_PRECISION: Final = 60  # of (1 + rate) ** periods, far beyond the minor units of any loan


class Method(Enum):
    """How interest is counted, and what is equal in each period.

    FLAT: on what was lent, for the whole time, however much is repaid; equal instalments.
    DECLINING_EQUAL: on what is still owed; equal instalments (an annuity).
    DECLINING_PRINCIPAL: on what is still owed; equal principal, so that instalments fall.
    """

    FLAT = "flat"
    DECLINING_EQUAL = "declining-equal"
    DECLINING_PRINCIPAL = "declining-principal"


class Every(Enum):
    """How long a period is."""

    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanTerms:
    """What was agreed. `rate_percent` is per period: 2 for 2 % a month."""

    principal_minor: int
    rate_percent: Decimal
    periods: int
    method: Method


@dataclass(frozen=True, slots=True)
class Instalment:
    """One period: what is due, and what is owed of the principal after it, in minor units."""

    number: int
    due_on: date | None
    principal_minor: int
    interest_minor: int
    balance_minor: int

    @property
    def total_minor(self) -> int:
        return self.principal_minor + self.interest_minor


@dataclass(frozen=True, slots=True)
class Schedule:
    """All instalments of a loan. A member is shown the total and the last date, not the rate."""

    terms: LoanTerms
    instalments: tuple[Instalment, ...]

    @property
    def interest_minor(self) -> int:
        return sum(one.interest_minor for one in self.instalments)

    @property
    def total_minor(self) -> int:
        return self.terms.principal_minor + self.interest_minor

    @property
    def last_on(self) -> date | None:
        return self.instalments[-1].due_on


def schedule(
    terms: LoanTerms, *, first_due_on: date | None = None, every: Every = Every.MONTH
) -> Schedule:
    """Work a loan out. Without a first day the instalments have numbers only.

    A first day late in the month stays at the month's end where a month is shorter, and comes back
    after it: 31 January, 28 February, 31 March. Raises LoanTermsInvalid.
    """
    _require_sound(terms)
    instalments = []
    balance_minor = terms.principal_minor
    for number, (principal_minor, interest_minor) in enumerate(_parts(terms), start=1):
        balance_minor -= principal_minor
        day = due_on(first_due_on, every, number - 1) if first_due_on else None
        instalments.append(Instalment(number, day, principal_minor, interest_minor, balance_minor))
    return Schedule(terms, tuple(instalments))


def _require_sound(terms: LoanTerms) -> None:
    if terms.principal_minor < 1:
        raise LoanTermsInvalid("The principal is at least one minor unit.")
    if terms.principal_minor > PRINCIPAL_MAXIMUM_MINOR:
        raise LoanTermsInvalid(f"The principal is at most {PRINCIPAL_MAXIMUM_MINOR} minor units.")
    if not 1 <= terms.periods <= PERIODS_MAXIMUM:
        raise LoanTermsInvalid(f"A loan has 1 to {PERIODS_MAXIMUM} periods.")
    rate = terms.rate_percent
    if not rate.is_finite() or not 0 <= rate <= RATE_PERCENT_MAXIMUM:
        raise LoanTermsInvalid(f"The rate is 0 to {RATE_PERCENT_MAXIMUM} % a period.")


def _parts(terms: LoanTerms) -> Iterator[tuple[int, int]]:
    """Principal and interest of each period."""
    match terms.method:
        case Method.FLAT:
            return _flat(terms)
        case Method.DECLINING_EQUAL:
            return _declining_equal(terms)
        case Method.DECLINING_PRINCIPAL:
            return _declining_principal(terms)


def _flat(terms: LoanTerms) -> Iterator[tuple[int, int]]:
    interest_minor = _rounded(terms.principal_minor * _rate(terms) * terms.periods)
    return zip(
        _evenly(terms.principal_minor, terms.periods),
        _evenly(interest_minor, terms.periods),
        strict=True,
    )


def _declining_principal(terms: LoanTerms) -> Iterator[tuple[int, int]]:
    balance_minor = terms.principal_minor
    for principal_minor in _evenly(terms.principal_minor, terms.periods):
        yield principal_minor, _rounded(balance_minor * _rate(terms))
        balance_minor -= principal_minor


def _declining_equal(terms: LoanTerms) -> Iterator[tuple[int, int]]:
    instalment_minor = _annuity_minor(terms)
    balance_minor = terms.principal_minor
    for left in range(terms.periods, 0, -1):
        interest_minor = _rounded(balance_minor * _rate(terms))
        fits_minor = min(max(instalment_minor - interest_minor, 0), balance_minor)
        principal_minor = balance_minor if left == 1 else fits_minor
        yield principal_minor, interest_minor
        balance_minor -= principal_minor


def _annuity_minor(terms: LoanTerms) -> int:
    """The equal instalment: principal x rate / (1 - (1 + rate) ** -periods)."""
    rate = _rate(terms)
    with localcontext(prec=_PRECISION):
        if not rate:
            return _rounded(Decimal(terms.principal_minor) / terms.periods)
        growth = (1 + rate) ** terms.periods
        return _rounded(terms.principal_minor * rate * growth / (growth - 1))


def _evenly(amount_minor: int, periods: int) -> Iterator[int]:
    """The same part in each period; the last takes what rounding left, and none is below 0."""
    part_minor = _rounded(Decimal(amount_minor) / periods)
    left_minor = amount_minor
    for left in range(periods, 0, -1):
        taken_minor = left_minor if left == 1 else min(part_minor, left_minor)
        yield taken_minor
        left_minor -= taken_minor


def _rate(terms: LoanTerms) -> Decimal:
    return terms.rate_percent / 100


def _rounded(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


def due_on(first: date, every: Every, periods: int) -> date:
    """The day so many periods after the first. One late in the month stays at the month's end where
    a month is shorter, and comes back after it."""
    if every is Every.WEEK:
        return first + timedelta(weeks=periods)
    month = first.month - 1 + periods
    year, month = first.year + month // 12, month % 12 + 1
    return date(year, month, min(first.day, calendar.monthrange(year, month)[1]))
