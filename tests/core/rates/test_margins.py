"""Margins: which one holds; published by two; and never in the customer's favour."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from core.rates import margins
from core.rates.converting import needed, received
from core.rates.margins import BadMargin, Margin, after_margin, params_of, percent_of
from core.rates.quotes import Pair
from values.money import Money

NAIRA = Pair("USD", "NGN")
FIRST, SECOND = date(2026, 11, 1), date(2026, 12, 1)


def margin(day: date, amount: str, percent: str) -> Margin:
    return Margin(NAIRA, day, Decimal(amount), Decimal(percent))


@pytest.mark.parametrize(
    ("units", "day", "percent"),
    [
        ("999.99", FIRST, "2"),
        ("1000", FIRST, "1.5"),
        ("1000", SECOND, "1"),
        ("10", SECOND, "2"),  # what says nothing new for small sums leaves them their own
        ("10", date(2026, 10, 31), "0"),
        ("5000", date(2027, 1, 1), "0.75"),
    ],
)
def test_the_highest_amount_reached_holds_as_it_was_last_said(
    units: str, day: date, percent: str
) -> None:
    known = [
        *(margin(FIRST, "0", "2"), margin(FIRST, "1000", "1.5"), margin(SECOND, "1000", "1")),
        margin(SECOND, "5000", "0.75"),
    ]
    assert percent_of(known, NAIRA, Decimal(units), day) == Decimal(percent)
    assert percent_of(known, Pair("USD", "GHS"), Decimal(units), day) == 0


@pytest.mark.parametrize("percent", ["0", "0.5", "1.25", "3.333"])
def test_a_customer_loses_less_than_a_minor_unit_by_rounding(percent: str) -> None:
    rate = Decimal("1612.34567891")
    own = after_margin(rate, Decimal(percent))
    exact = Fraction(rate) * (100 - Fraction(percent)) / 100
    assert Fraction(own) == exact
    for minor in (1, 3_333, 99_999_999):
        got = received(Money(minor, "USD"), "NGN", own).money.amount_minor
        assert 0 <= minor * exact - got < 1
        cost = needed(Money(minor, "NGN"), "USD", own).money.amount_minor
        assert 0 <= cost - minor / exact < 1


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"percent": "1,5", "valid_from": "2026-12-01"}, "The margin is a number from 0 to 50"),
        ({"percent": "51", "valid_from": "2026-12-01"}, "The margin is"),
        ({"percent": "-1", "valid_from": "2026-12-01"}, "The margin is"),
        ({"percent": "0.000000001", "valid_from": "2026-12-01"}, "with a point and at most 8"),
        ({"percent": "1e-999999", "valid_from": "2026-12-01"}, "The margin is"),  # a text of 1 MB
        ({"percent": "1", "valid_from": "1/12/2026"}, "The day is written as"),
        ({"percent": "1", "valid_from": "2026-12-01", "from_amount": "NaN"}, "The amount is"),
    ],
)
def test_what_is_no_margin_is_said(said: dict[str, str], reason: str) -> None:
    with pytest.raises(BadMargin, match=reason):
        params_of(NAIRA, said)


def test_a_margin_is_kept_as_it_was_written() -> None:
    said = {"percent": " 1.50", "valid_from": "2026-12-01", "from_amount": ""}
    assert margins.params_of(NAIRA, said) == {
        **{"source": "USD", "destination": "NGN", "valid_from": "2026-12-01"},
        **{"from_amount": "0", "percent": "1.5"},
    }
