"""What a text to a group costs, as its committee reads it before it is sent."""

from decimal import Decimal

import pytest

from core.broadcasts.estimate import Price
from flows.savings.text_group import _cost
from values.money import Money


@pytest.mark.parametrize(
    ("price", "texts", "cost"),
    [
        (Price(Decimal("12.5"), "RWF", 9), 15, Money(188, "RWF")),
        (Price(Decimal("0.0331"), "USD", 9), 12, Money(40, "USD")),  # not 0 dollars
        (Price(Decimal("0.03"), "GHS", 9), 25, Money(75, "GHS")),
    ],
)
def test_it_is_in_the_currencys_own_units(price: Price, texts: int, cost: Money) -> None:
    assert _cost(price, texts) == cost
