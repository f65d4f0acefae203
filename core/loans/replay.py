"""What a loan's payments have paid, worked out from its plan and its payments alone.

Pure. What is said of a loan (what is due, arrears, penalties, how each payment was split) is worked
out here again from the facts in their order by day. So a payment that is told late gives the same
result as one told in time, and what was booked otherwise shows as a difference.

A payment pays instalment by instalment, the oldest first; within one in the product's order. On one
day payments come before the penalty of that day.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from core.loans.terms import Early, Part, PenaltyPer, Planned, Terms, rounded

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment. One that `settles` ends the loan: interest of later periods is not owed then,
    where the terms say so."""

    id: uuid.UUID
    on: date
    amount_minor: int
    settles: bool = False


@dataclass(frozen=True, slots=True)
class NewPlan:
    """From a day on these instalments take the place of what was not paid by then."""

    on: date
    instalments: tuple[Planned, ...]


@dataclass(frozen=True, slots=True)
class Split:
    """What of a payment went where, in minor units."""

    penalty_minor: int = 0
    fee_minor: int = 0
    interest_minor: int = 0
    principal_minor: int = 0

    @property
    def total_minor(self) -> int:
        return self.penalty_minor + self.fee_minor + self.interest_minor + self.principal_minor

    def negative(self) -> "Split":
        return Split().minus(self)

    def minus(self, other: "Split") -> "Split":
        return Split(*(mine - theirs for mine, theirs in zip(self.row, other.row, strict=True)))

    @property
    def row(self) -> tuple[int, int, int, int]:
        return self.penalty_minor, self.fee_minor, self.interest_minor, self.principal_minor


@dataclass(slots=True)
class Instalment:
    """An instalment, what of it was asked for and what of that is paid, by part."""

    number: int
    due_on: date
    asked: dict[Part, int]
    paid: dict[Part, int] = field(default_factory=lambda: dict.fromkeys(Part, 0))
    waived_minor: int = 0

    def open_of(self, part: Part) -> int:
        return self.asked[part] - self.paid[part]

    @property
    def open_minor(self) -> int:
        return sum(self.open_of(part) for part in Part)

    @property
    def overdue_minor(self) -> int:
        """What a penalty is counted on: penalties themselves are left out."""
        return self.open_minor - self.open_of(Part.PENALTY)


@dataclass(slots=True)
class Replayed:
    """A loan as it stands at the end of the day before `today`, and with all payments up to it."""

    instalments: list[Instalment]
    splits: dict[uuid.UUID, Split]
    charges: dict[tuple[int, date], int]
    left_over_minor: int  # paid, and owed by nobody
    today: date

    @property
    def owed_minor(self) -> int:
        return sum(one.open_minor for one in self.instalments)

    def open_of(self, part: Part) -> int:
        return sum(one.open_of(part) for one in self.instalments)

    @property
    def due_now_minor(self) -> int:
        """Overdue and due today."""
        return sum(one.open_minor for one in self.instalments if one.due_on <= self.today)

    @property
    def next(self) -> Instalment | None:
        """The first instalment of which something is open."""
        return next((one for one in self.instalments if one.open_minor), None)

    @property
    def days_late(self) -> int:
        """Days since the oldest instalment that is not fully paid was due; 0 where none is late."""
        first = self.next
        return max(0, (self.today - first.due_on).days) if first else 0

    def settled_for_minor(self, terms: Terms) -> int:
        """What ends the loan today."""
        return self.owed_minor - _unearned_minor(terms, self.instalments, self.today)


def replay(
    terms: Terms,
    instalments: Sequence[Planned],
    payments: Sequence[Paid],
    today: date,
    *,
    new_plans: Sequence[NewPlan] = (),
) -> Replayed:
    """Work a loan out as it stands. Payments and new plans are taken in the order of their days,
    those of one day in the order given."""
    state = [_instalment(one) for one in instalments]
    found = Replayed(state, {}, {}, 0, today)
    events: list[tuple[date, int, Paid | NewPlan]] = sorted(
        [*((one.on, 1, one) for one in payments), *((one.on, 0, one) for one in new_plans)],
        key=lambda event: event[:2],
    )
    charged_to: date | None = None
    for on, _, event in events:
        charged_to = _charge(terms, found, charged_to, on)
        if isinstance(event, NewPlan):
            _replan(found, event)
        else:
            _pay(terms, found, event)
    _charge(terms, found, charged_to, today)
    return found


def _instalment(planned: Planned) -> Instalment:
    asked = {
        Part.PENALTY: 0,
        Part.FEE: planned.fee_minor,
        Part.INTEREST: planned.interest_minor,
        Part.PRINCIPAL: planned.principal_minor,
    }
    return Instalment(planned.number, planned.due_on, asked)


def _charge(terms: Terms, found: Replayed, after: date | None, before: date) -> date:
    """Charge the penalties of the days behind `after` up to the one before `before`."""
    if terms.penalty_percent:
        late = timedelta(days=terms.penalty_after_days + 1)
        for one in found.instalments:
            first = one.due_on + late
            _charge_one(terms, found, one, first if after is None else max(first, after), before)
    return before


def _charge_one(terms: Terms, found: Replayed, one: Instalment, day: date, before: date) -> None:
    """The penalties of one instalment: what is overdue does not change between payments."""
    if day >= before or not one.overdue_minor:
        return
    share_minor = rounded(one.overdue_minor * terms.penalty_percent / 100)
    whole_minor = sum(minor for part, minor in one.asked.items() if part is not Part.PENALTY)
    cap_minor = rounded(whole_minor * terms.penalty_cap_percent / 100)
    while day < before:
        if terms.penalty_per is PenaltyPer.ONCE and one.asked[Part.PENALTY]:
            return
        charge_minor = min(share_minor, cap_minor - one.asked[Part.PENALTY])
        if charge_minor < 1:
            return
        one.asked[Part.PENALTY] += charge_minor
        found.charges[one.number, day] = charge_minor
        day += DAY


def _pay(terms: Terms, found: Replayed, payment: Paid) -> None:
    if payment.settles:
        _waive(terms, found.instalments, payment.on)
    left_minor, split = payment.amount_minor, dict.fromkeys(Part, 0)
    for one in found.instalments:
        for part in terms.allocation:
            taken_minor = min(left_minor, one.open_of(part))
            one.paid[part] += taken_minor
            split[part] += taken_minor
            left_minor -= taken_minor
    found.left_over_minor += left_minor
    found.splits[payment.id] = Split(
        split[Part.PENALTY], split[Part.FEE], split[Part.INTEREST], split[Part.PRINCIPAL]
    )


def _unearned(terms: Terms, instalments: Sequence[Instalment], on: date) -> list[Instalment]:
    """The instalments behind the current one: their interest is for time that has not begun."""
    if terms.early is Early.IN_FULL:
        return []
    return [one for one in instalments if one.due_on >= on][1:]


def _unearned_minor(terms: Terms, instalments: Sequence[Instalment], on: date) -> int:
    return sum(one.open_of(Part.INTEREST) for one in _unearned(terms, instalments, on))


def _waive(terms: Terms, instalments: Sequence[Instalment], on: date) -> None:
    for one in _unearned(terms, instalments, on):
        one.waived_minor += one.open_of(Part.INTEREST)
        one.asked[Part.INTEREST] = one.paid[Part.INTEREST]


def _replan(found: Replayed, new: NewPlan) -> None:
    """What was not paid is not asked for any more, but for penalties; the new instalments are."""
    for one in found.instalments:
        for part in (Part.FEE, Part.INTEREST, Part.PRINCIPAL):
            one.asked[part] = one.paid[part]
    found.instalments.extend(_instalment(one) for one in new.instalments)
