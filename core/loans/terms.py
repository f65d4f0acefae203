"""A loan product's terms, and the plan of a loan on them: what is due on which day.

Pure: nothing is read or written here. `core.savings.loan_schedule` works the amounts out; this
module adds grace, interest in advance, one payment at the end, and fees.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from typing import Any, Final

from core.savings.loan_schedule import DAY_COUNT, Every, LoanTerms, Method, due_on, schedule


class Part(Enum):
    """What a repayment pays."""

    PENALTY = "penalty"
    FEE = "fee"
    INTEREST = "interest"
    PRINCIPAL = "principal"


class Interest(Enum):
    """When interest is paid: with each instalment, or taken off when the loan is paid out."""

    WITH_INSTALMENTS = "with-instalments"
    IN_ADVANCE = "in-advance"


class Repaid(Enum):
    """In instalments, or all at once at the end."""

    INSTALMENTS = "instalments"
    AT_END = "at-end"


class FeeDue(Enum):
    """Taken off when the loan is paid out, or due with the first instalment."""

    AT_PAYOUT = "at-payout"
    FIRST_INSTALMENT = "first-instalment"


class PenaltyPer(Enum):
    DAY = "day"
    ONCE = "once"


class Early(Enum):
    """Who repays all at once before the end pays interest up to the current period, or all of
    it."""

    TO_DATE = "to-date"
    IN_FULL = "in-full"


USUAL_ALLOCATION: Final = (Part.PENALTY, Part.FEE, Part.INTEREST, Part.PRINCIPAL)
_ENUMS: Final[Mapping[str, type[Enum]]] = {
    "method": Method,
    "every": Every,
    "interest": Interest,
    "repaid": Repaid,
    "fee_due": FeeDue,
    "penalty_per": PenaltyPer,
    "early": Early,
}
_DECIMALS: Final = (
    *("rate_percent", "fee_percent", "penalty_percent", "penalty_cap_percent"),
    *("savings_multiple", "guaranteed_percent"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a product says. Amounts are in minor units; percentages are of 100.

    `rate_percent` is per period (`every`). In the first `grace_periods` only interest is due.
    A penalty is `penalty_percent` of what is overdue of an instalment, its penalties left out, for
    each day after `penalty_after_days` or once; all penalties of an instalment come to
    `penalty_cap_percent` of it at most. All guarantors together pledge `guaranteed_percent` of the
    principal, in equal parts.
    """

    method: Method
    rate_percent: Decimal
    every: Every
    minimum_periods: int
    maximum_periods: int
    minimum_minor: int
    maximum_minor: int
    interest: Interest = Interest.WITH_INSTALMENTS
    repaid: Repaid = Repaid.INSTALMENTS
    grace_periods: int = 0
    fee_minor: int = 0
    fee_percent: Decimal = Decimal(0)
    fee_due: FeeDue = FeeDue.AT_PAYOUT
    penalty_percent: Decimal = Decimal(0)
    penalty_per: PenaltyPer = PenaltyPer.DAY
    penalty_after_days: int = 0
    penalty_cap_percent: Decimal = Decimal(100)
    savings_multiple: Decimal = Decimal(3)
    guarantors: int = 0
    guaranteed_percent: Decimal = Decimal(0)
    approvals: int = 3
    allocation: tuple[Part, ...] = USUAL_ALLOCATION
    early: Early = Early.TO_DATE
    day_count: str = DAY_COUNT

    def to_data(self) -> dict[str, Any]:
        """As JSON: decimals and choices as texts."""
        found: dict[str, Any] = {name: getattr(self, name) for name in self.__slots__}
        found |= {name: getattr(self, name).value for name in _ENUMS}
        found |= {name: f"{getattr(self, name).normalize():f}" for name in _DECIMALS}
        return found | {"allocation": [part.value for part in self.allocation]}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Terms":
        """The terms that `to_data` wrote. Raises ValueError and TypeError for what is none."""
        found = dict(data)
        found |= {name: kind(data[name]) for name, kind in _ENUMS.items() if name in data}
        found |= {name: Decimal(data[name]) for name in _DECIMALS if name in data}
        if "allocation" in data:
            found["allocation"] = tuple(Part(name) for name in data["allocation"])
        return cls(**found)

    def fee_of(self, principal_minor: int) -> int:
        return self.fee_minor + rounded(principal_minor * self.fee_percent / 100)

    def pledge_of(self, principal_minor: int) -> int:
        """What each guarantor pledges, rounded up: together they pledge no less than agreed."""
        if not self.guarantors:
            return 0
        share = rounded(principal_minor * self.guaranteed_percent / 100)
        return -(-share // self.guarantors)


@dataclass(frozen=True, slots=True)
class Planned:
    """What is due on a day, in minor units."""

    number: int
    due_on: date
    principal_minor: int
    interest_minor: int
    fee_minor: int = 0

    @property
    def total_minor(self) -> int:
        return self.principal_minor + self.interest_minor + self.fee_minor


@dataclass(frozen=True, slots=True)
class Plan:
    """A loan as it is offered: what the borrower gets, and what is due when."""

    principal_minor: int
    taken_off_minor: int  # interest in advance, and a fee at payout
    interest_in_advance_minor: int
    instalments: tuple[Planned, ...]

    @property
    def payout_minor(self) -> int:
        return self.principal_minor - self.taken_off_minor

    @property
    def to_repay_minor(self) -> int:
        return sum(one.total_minor for one in self.instalments)

    @property
    def last_on(self) -> date:
        return self.instalments[-1].due_on


def plan(terms: Terms, principal_minor: int, periods: int, *, from_on: date) -> Plan:
    """Work a loan out that is paid out on a day: the first instalment is due one period later.
    Raises LoanTermsInvalid."""
    amounts = _amounts(terms, principal_minor, periods)
    in_advance_minor = 0
    if terms.interest is Interest.IN_ADVANCE:
        in_advance_minor = sum(interest for _, interest in amounts)
        amounts = [(principal, 0) for principal, _ in amounts]
    if terms.repaid is Repaid.AT_END:
        # One payment: the periods before it have nothing due.
        amounts = [
            *[(0, 0)] * (periods - 1),
            (principal_minor, sum(interest for _, interest in amounts)),
        ]
    fee_minor = terms.fee_of(principal_minor)
    at_payout = terms.fee_due is FeeDue.AT_PAYOUT
    found = [
        (due_on(from_on, terms.every, number), principal, interest)
        for number, (principal, interest) in enumerate(amounts, start=1)
        if principal or interest
    ]
    return Plan(
        principal_minor,
        in_advance_minor + (fee_minor if at_payout else 0),
        in_advance_minor,
        tuple(
            Planned(number, day, principal, interest, 0 if at_payout or number > 1 else fee_minor)
            for number, (day, principal, interest) in enumerate(found, start=1)
        ),
    )


def _amounts(terms: Terms, principal_minor: int, periods: int) -> list[tuple[int, int]]:
    """Principal and interest of each period."""
    grace = min(terms.grace_periods, periods - 1)

    def parts(over: int) -> list[tuple[int, int]]:
        agreed = LoanTerms(
            principal_minor=principal_minor,
            rate_percent=terms.rate_percent,
            periods=over,
            method=terms.method,
        )
        return [(one.principal_minor, one.interest_minor) for one in schedule(agreed).instalments]

    if not grace:
        return parts(periods)
    principals = [*[0] * grace, *(principal for principal, _ in parts(periods - grace))]
    if terms.method is Method.FLAT:
        interests = [interest for _, interest in parts(periods)]
    else:
        a_period = rounded(principal_minor * terms.rate_percent / 100)
        interests = [*[a_period] * grace, *(interest for _, interest in parts(periods - grace))]
    return list(zip(principals, interests, strict=True))


def rounded(amount: Decimal) -> int:
    """Half up, to the minor unit."""
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))
