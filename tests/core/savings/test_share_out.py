"""Share-outs add up to the fund, whatever the fund and the shares."""

import random
from fractions import Fraction

import pytest

from core.savings.errors import CoinTooSmall, FundNegative, NoShares, SharesNegative
from core.savings.share_out import share_out


def test_what_division_leaves_goes_to_the_largest_remainders() -> None:
    made = share_out(1_234_567, {"a": 57, "b": 130, "c": 88, "d": 5})
    assert made.parts_minor == {"a": 251_322, "b": 573_192, "c": 388_007, "d": 22_046}
    assert made.carry_over_minor == 0


def test_of_two_alike_the_first_gets_the_unit() -> None:
    assert share_out(5, {"first": 1, "second": 1}).parts_minor == {"first": 3, "second": 2}


def test_parts_in_coins_leave_a_carry_over() -> None:
    made = share_out(1_234_567, {"a": 57, "b": 130, "c": 88, "d": 5}, coin_minor=100)
    assert made.parts_minor == {"a": 251_300, "b": 573_100, "c": 388_000, "d": 22_000}
    assert made.carry_over_minor == 167


def test_nobody_is_paid_without_shares() -> None:
    assert share_out(100, {"a": 0, "b": 3}).parts_minor == {"a": 0, "b": 100}
    assert share_out(0, {"a": 1}).parts_minor == {"a": 0}


@pytest.mark.parametrize(
    ("fund", "shares", "coin", "error"),
    [
        (-1, {"a": 1}, 1, FundNegative),
        (1, {"a": -1, "b": 2}, 1, SharesNegative),
        (1, {"a": 0}, 1, NoShares),
        (1, {}, 1, NoShares),
        (1, {"a": 1}, 0, CoinTooSmall),
    ],
)
def test_what_cannot_be_shared_out(
    fund: int, shares: dict[str, int], coin: int, error: type[Exception]
) -> None:
    with pytest.raises(error):
        share_out(fund, shares, coin_minor=coin)


def test_ten_thousand_groups_are_paid_what_there_is() -> None:
    numbers = random.Random(7)
    for _ in range(10_000):
        shares = {n: numbers.choice((0, 1, 5, 57, 10_000)) for n in range(numbers.randint(1, 30))}
        shares[0] += 1
        fund, coin = numbers.randint(0, 10**9), numbers.choice((1, 1, 10, 100))
        made = share_out(fund, shares, coin_minor=coin)
        total = sum(shares.values())
        assert sum(made.parts_minor.values()) + made.carry_over_minor == fund
        assert 0 <= made.carry_over_minor < coin * len(shares)
        for member, part in made.parts_minor.items():
            assert part % coin == 0
            assert abs(part - Fraction(fund * shares[member], total)) < max(coin, 1) + (coin > 1)
