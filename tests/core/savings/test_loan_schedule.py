"""Schedules add up to the last minor unit. The figures of a loan of 120,000.00 over 12 months at
2 % a month are worked out by the textbook's formulas, to the cent."""

import random
from datetime import date
from decimal import Decimal

import pytest

from core.savings.errors import LoanTermsInvalid
from core.savings.loan_schedule import Every, LoanTerms, Method, Schedule, schedule


def of(method: Method, principal: int = 12_000_000, rate: str = "2", periods: int = 12) -> Schedule:
    return schedule(
        LoanTerms(
            principal_minor=principal, rate_percent=Decimal(rate), periods=periods, method=method
        )
    )


def test_flat_interest_is_on_what_was_lent() -> None:
    made = of(Method.FLAT)
    assert made.interest_minor == 2_880_000
    assert {one.total_minor for one in made.instalments} == {1_240_000}


def test_equal_instalments_on_what_is_owed() -> None:
    made = of(Method.DECLINING_EQUAL)
    assert {one.total_minor for one in made.instalments[:-1]} == {1_134_715}
    assert (made.instalments[0].interest_minor, made.instalments[0].balance_minor) == (
        240_000,
        11_105_285,
    )
    assert abs(made.interest_minor - 1_616_582) <= 6  # half a cent of rounding a month, at most


def test_equal_principal_on_what_is_owed() -> None:
    made = of(Method.DECLINING_PRINCIPAL)
    assert made.interest_minor == 1_560_000
    assert {one.principal_minor for one in made.instalments} == {1_000_000}
    assert [one.total_minor for one in made.instalments[:2]] == [1_240_000, 1_220_000]


@pytest.mark.parametrize("method", Method)
def test_without_interest_only_the_principal_is_due(method: Method) -> None:
    made = of(method, principal=100_000, rate="0", periods=3)
    assert [one.total_minor for one in made.instalments] == [33_333, 33_333, 33_334]


@pytest.mark.parametrize("method", Method)
def test_every_schedule_adds_up(method: Method) -> None:
    numbers = random.Random(11)
    for _ in range(2_000):
        principal = numbers.choice((1, 7, 99, 100_000, numbers.randint(1, 10**9)))
        rate = numbers.choice(("0", "0.01", "1.5", "2", "3.3333", "25", "100"))
        periods = numbers.choice((1, 2, 3, 12, 52, 120))
        made = of(method, principal, rate, periods)
        assert len(made.instalments) == periods
        assert sum(one.principal_minor for one in made.instalments) == principal
        assert made.instalments[-1].balance_minor == 0
        assert all(one.principal_minor >= 0 <= one.interest_minor for one in made.instalments)
        assert sum(one.total_minor for one in made.instalments) == made.total_minor


def test_a_due_day_at_the_end_of_a_month_comes_back_after_a_short_one() -> None:
    terms = LoanTerms(principal_minor=400, rate_percent=Decimal(1), periods=4, method=Method.FLAT)
    monthly = schedule(terms, first_due_on=date(2027, 12, 31))
    assert [str(one.due_on) for one in monthly.instalments] == [
        "2027-12-31",
        "2028-01-31",
        "2028-02-29",
        "2028-03-31",
    ]
    weekly = schedule(terms, first_due_on=date(2027, 2, 24), every=Every.WEEK)
    assert weekly.last_on == date(2027, 3, 17)


@pytest.mark.parametrize(
    ("principal", "rate", "periods"),
    [
        *((0, "2", 12), (-5, "2", 12), (1, "-1", 12), (1, "NaN", 1), (1, "101", 1), (1, "2", 0)),
        (10**30, "1.75", 3),
    ],
)
def test_terms_that_nobody_can_have(principal: int, rate: str, periods: int) -> None:
    with pytest.raises(LoanTermsInvalid):
        of(Method.FLAT, principal, rate, periods)
