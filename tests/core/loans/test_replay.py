"""Plans and replays: every loan adds up to the last unit, whatever the product and the payments."""

import uuid
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.loans.replay import NewPlan, Paid, replay
from core.loans.terms import (
    Early,
    FeeDue,
    Interest,
    Part,
    PenaltyPer,
    Planned,
    Repaid,
    Terms,
    plan,
)
from core.savings.loan_schedule import Every, Method

START = date(2026, 1, 31)
PLAIN = Terms(
    method=Method.FLAT,
    rate_percent=Decimal(2),
    every=Every.MONTH,
    minimum_periods=1,
    maximum_periods=60,
    minimum_minor=1,
    maximum_minor=10**9,
)


def percents(most: int) -> st.SearchStrategy[Decimal]:
    return st.decimals(0, most, places=2)


@st.composite
def products(draw: st.DrawFn) -> Terms:
    method = draw(st.sampled_from(Method))
    is_flat = method is Method.FLAT
    return replace(
        PLAIN,
        method=method,
        rate_percent=draw(percents(10)),
        every=draw(st.sampled_from(Every)),
        interest=draw(st.sampled_from(Interest)) if is_flat else Interest.WITH_INSTALMENTS,
        repaid=draw(st.sampled_from(Repaid)) if is_flat else Repaid.INSTALMENTS,
        grace_periods=draw(st.integers(0, 3)),
        fee_minor=draw(st.integers(0, 500)),
        fee_due=draw(st.sampled_from(FeeDue)),
        penalty_percent=draw(percents(5)),
        penalty_per=draw(st.sampled_from(PenaltyPer)),
        penalty_after_days=draw(st.integers(0, 10)),
        penalty_cap_percent=draw(percents(50)),
        allocation=tuple(draw(st.permutations(tuple(Part)))),
        early=draw(st.sampled_from(Early)),
    )


LOANS = st.tuples(products(), st.integers(1, 10**7), st.integers(1, 36))
PAYMENTS = st.lists(st.tuples(st.integers(0, 500), st.integers(1, 10**6)), max_size=6)


@settings(deadline=None, max_examples=40)
@given(LOANS)
def test_every_plan_adds_up(loan: tuple[Terms, int, int]) -> None:
    terms, principal, periods = loan
    made = plan(terms, principal, periods, from_on=START)
    assert sum(one.principal_minor for one in made.instalments) == principal
    fees = made.taken_off_minor - made.interest_in_advance_minor
    fees += sum(one.fee_minor for one in made.instalments)
    assert fees == terms.fee_of(principal)
    assert min(one.total_minor for one in made.instalments) > 0
    days = [one.due_on for one in made.instalments]
    assert days == sorted(set(days))
    assert Terms.from_data(terms.to_data()) == terms


@settings(deadline=None, max_examples=40)
@given(LOANS, PAYMENTS, st.integers(0, 600))
def test_nothing_is_lost_between_payments(
    loan: tuple[Terms, int, int], payments: list[tuple[int, int]], days: int
) -> None:
    terms, principal, periods = loan
    made = plan(terms, principal, periods, from_on=START)
    paid = [Paid(uuid.uuid4(), START + timedelta(days=day), minor) for day, minor in payments]
    today = max([START + timedelta(days=days), *(one.on for one in paid)])
    found = replay(terms, made.instalments, paid, today)
    split = sum(one.total_minor for one in found.splits.values())
    assert split + found.left_over_minor == sum(minor for _, minor in payments)
    charged = sum(found.charges.values())
    assert found.owed_minor == made.to_repay_minor + charged - split
    assert found.left_over_minor == 0 or found.owed_minor >= 0
    for one in found.instalments:
        whole = sum(minor for part, minor in one.asked.items() if part is not Part.PENALTY)
        assert one.asked[Part.PENALTY] <= whole * terms.penalty_cap_percent / 100 + 1
        assert all(one.open_of(part) >= 0 for part in Part)
    # In whatever order payments are told, the result is the same.
    assert replay(terms, made.instalments, paid[::-1], today).charges == found.charges


@settings(deadline=None, max_examples=40)
@given(LOANS, st.integers(0, 400))
def test_what_settles_a_loan_leaves_nothing(loan: tuple[Terms, int, int], days: int) -> None:
    terms, principal, periods = loan
    made = plan(terms, principal, periods, from_on=START)
    today = START + timedelta(days=days)
    whole = replay(terms, made.instalments, [], today).settled_for_minor(terms)
    last = Paid(uuid.uuid4(), today, whole, settles=True)
    found = replay(terms, made.instalments, [last], today)
    assert (found.owed_minor, found.left_over_minor) == (0, 0)
    waived = sum(one.waived_minor for one in found.instalments)
    assert whole == made.to_repay_minor + sum(found.charges.values()) - waived


@pytest.mark.parametrize(
    ("terms", "first", "last", "total"),
    [
        # 120,000 over 12 months at 2 %, as they are shown elsewhere, in francs and in cents.
        (PLAIN, 12_400, date(2027, 1, 31), 148_800),
        (replace(PLAIN, method=Method.DECLINING_EQUAL), 11_347, date(2027, 1, 31), 136_167),
        (replace(PLAIN, method=Method.DECLINING_PRINCIPAL), 12_400, date(2027, 1, 31), 135_600),
        (replace(PLAIN, interest=Interest.IN_ADVANCE), 10_000, date(2027, 1, 31), 120_000),
        (replace(PLAIN, repaid=Repaid.AT_END), 148_800, date(2027, 1, 31), 148_800),
        (replace(PLAIN, grace_periods=2), 2_400, date(2027, 1, 31), 148_800),
        (replace(PLAIN, every=Every.WEEK), 12_400, date(2026, 4, 25), 148_800),
        (
            replace(PLAIN, fee_minor=500, fee_due=FeeDue.FIRST_INSTALMENT),
            12_900,
            date(2027, 1, 31),
            149_300,
        ),
    ],
)
def test_plans_worked_out_by_hand(terms: Terms, first: int, last: date, total: int) -> None:
    made = plan(terms, 120_000, 12, from_on=START)
    assert (made.instalments[0].total_minor, made.last_on) == (first, last)
    assert made.to_repay_minor == total


def test_interest_in_advance_and_the_fee_are_taken_off_the_payout() -> None:
    terms = replace(PLAIN, interest=Interest.IN_ADVANCE, fee_percent=Decimal("1.5"))
    made = plan(terms, 120_000, 12, from_on=START)
    assert (made.interest_in_advance_minor, made.payout_minor) == (28_800, 89_400)


def test_the_order_of_the_product_decides_what_is_paid_first() -> None:
    terms = replace(PLAIN, penalty_percent=Decimal(1))
    one = [Planned(1, date(2026, 2, 28), 1_000, 100)]
    paid = Paid(uuid.uuid4(), date(2026, 3, 2), 500)
    # Two days late: 1 March. The day of the payment is not over.
    assert replay(terms, one, [paid], paid.on).splits[paid.id].row == (11, 0, 100, 389)
    backwards = replace(terms, allocation=terms.allocation[::-1])
    assert replay(backwards, one, [paid], paid.on).splits[paid.id].row == (0, 0, 0, 500)


def test_a_payment_that_counts_from_an_earlier_day_takes_penalties_back() -> None:
    terms = replace(PLAIN, penalty_percent=Decimal(1))
    one = [Planned(1, date(2026, 2, 28), 1_000, 0)]
    later = Paid(uuid.uuid4(), date(2026, 3, 11), 300)
    told = replay(terms, one, [later], date(2026, 3, 20))
    assert told.splits[later.id].row == (100, 0, 0, 200)
    earlier = Paid(uuid.uuid4(), date(2026, 2, 28), 900)
    after = replay(terms, one, [later, earlier], date(2026, 3, 20))
    assert after.splits[later.id].row == (10, 0, 0, 100)
    assert (after.left_over_minor, after.owed_minor) == (190, 0)


def test_a_new_plan_takes_the_place_of_what_was_not_paid() -> None:
    terms = replace(PLAIN, penalty_percent=Decimal(1), penalty_cap_percent=Decimal(2))
    old = plan(terms, 1_200, 12, from_on=START).instalments
    new = NewPlan(date(2026, 3, 2), (Planned(1, date(2026, 6, 30), 1_200, 24),))
    found = replay(terms, old, [], date(2026, 5, 1), new_plans=[new])
    assert found.owed_minor == 1_224 + sum(found.charges.values())
    assert found.charges == {(1, date(2026, 3, 1)): 1}
