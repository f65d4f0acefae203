"""Rules that cannot be, or that contradict each other, are not published."""

from datetime import UTC, datetime

import pytest

from core.pricing.check import faults
from core.pricing.rules import (
    Basis,
    Bundle,
    Change,
    CouponTerms,
    FreeGoods,
    OffTotal,
    Percent,
    PerUnit,
    Product,
    Published,
    Rule,
    Scope,
    Stage,
    TaxRate,
    Terms,
    Tier,
    Tiers,
    UnitPrice,
    Window,
)

PRODUCTS = (Product("oil", "food"), Product("rice", "food"))
DAY = datetime(2026, 12, 1, tzinfo=UTC)


def texts(*rules: Rule) -> list[str]:
    return [fault.text for fault in faults(Published(Terms("GHS"), PRODUCTS, rules))]


@pytest.mark.parametrize(
    ("stage", "change", "text"),
    [
        (Stage.LIST, Percent(-100), "a list rule cannot do this"),
        (Stage.VOLUME, UnitPrice(1), "a volume rule cannot do this"),
        (Stage.LIST, UnitPrice(-1), "a price is not below 0"),
        (Stage.CUSTOMER, PerUnit(0), "an amount a unit is not 0"),
        (Stage.CUSTOMER, Percent(-10_001), "a percentage is from -100"),
        (Stage.TAX, TaxRate(10_001), "a tax is from 0 to 100 percent"),
        (Stage.VOLUME, Tiers(()), "tiers begin at 1 unit"),
        (Stage.VOLUME, Tiers((Tier(5, Percent(-1)), Tier(5, Percent(-2)))), "each tier begins"),
        (Stage.VOLUME, Tiers((Tier(5, Percent(-1)),), Basis.PRODUCT, True), "marginal tiers"),
        (Stage.VOLUME, Tiers((Tier(5, Percent(0)),)), "a percentage is from -100"),
        (Stage.PROMOTION, FreeGoods(0, 1), "free goods are so many"),
        (Stage.PROMOTION, FreeGoods(1, 1, "ghost"), "there is no product ghost"),
        (Stage.PROMOTION, Bundle((("oil", 1),), 1), "a bundle has two or more products"),
        (Stage.PROMOTION, Bundle((("oil", 1), ("rice", 0)), 1), "a bundle has one or more units"),
        (Stage.COUPON, OffTotal(0), "an amount off the order is above 0"),
    ],
)
def test_a_rule_that_cannot_be(stage: Stage, change: Change, text: str) -> None:
    coupon = CouponTerms("SAVE") if stage is Stage.COUPON else None
    [said] = texts(Rule("one", stage, change, coupon=coupon))
    assert said.startswith(text)


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"window": Window(DAY, DAY)}, "this ends before it starts"),
        ({"window": Window(from_minute=60, until_minute=60)}, "hours are from 00:00"),
        ({"window": Window(weekdays=frozenset([7]))}, "a day of the week"),
        ({"priority": 1_001}, "a priority is from"),
        ({"coupon": CouponTerms("SAVE")}, "a coupon has a code"),
        ({"scope": Scope(products=frozenset(["ghost"]))}, "there is no product ghost"),
        ({"scope": Scope(categories=frozenset(["toys"]))}, "there is no category toys"),
        ({"scope": Scope(customers=frozenset(str(it) for it in range(10_001)))}, "this names more"),
    ],
)
def test_a_rule_that_cannot_hold(more: dict[str, object], text: str) -> None:
    rule = Rule("one", Stage.CUSTOMER, Percent(-100), **more)  # type: ignore[arg-type]
    [said] = texts(rule)
    assert said.startswith(text)


def test_a_price_does_not_stack() -> None:
    [said] = texts(Rule("one", Stage.CUSTOMER, UnitPrice(5), is_stackable=True))
    assert said.startswith("a price replaces what came before")


def test_a_name_stands_once() -> None:
    one = Rule("one", Stage.LIST, UnitPrice(5))
    assert texts(one, one) == ["this rule stands here twice"]


OIL = Scope(products=frozenset(["oil"]))
FOOD = Scope(categories=frozenset(["food"]))


@pytest.mark.parametrize(
    ("other", "is_fault"),
    [
        (Rule("other", Stage.LIST, UnitPrice(6), OIL), True),
        (Rule("other", Stage.LIST, UnitPrice(5), OIL), False),
        (Rule("other", Stage.LIST, UnitPrice(6), OIL, priority=1), False),
        (Rule("other", Stage.LIST, UnitPrice(6), OIL, Window(DAY)), False),
        (Rule("other", Stage.LIST, UnitPrice(6), FOOD), False),
        (Rule("other", Stage.LIST, UnitPrice(6), OIL, Window(weekdays=frozenset([5]))), True),
        (Rule("other", Stage.FLOOR, UnitPrice(1), OIL), False),
    ],
)
def test_two_that_contradict_each_other(other: Rule, is_fault: bool) -> None:
    one = Rule("one", Stage.LIST, UnitPrice(5), OIL)
    found = faults(Published(Terms("GHS"), PRODUCTS, (one, other)))
    assert [set(fault.rules) for fault in found] == ([{"one", "other"}] if is_fault else [])


def test_two_in_different_hours_or_weeks_do_not_meet() -> None:
    morning, evening = Window(from_minute=360, until_minute=720), Window(from_minute=720)
    first, second = Window(None, DAY), Window(weekdays=frozenset([0, 1]))
    third = Window(weekdays=frozenset([2]))
    for one, other in ((morning, evening), (second, third)):
        rules = [
            Rule("one", Stage.LIST, UnitPrice(5), OIL, one),
            Rule("other", Stage.LIST, UnitPrice(6), OIL, other),
        ]
        assert texts(*rules) == []
    assert texts(Rule("one", Stage.LIST, UnitPrice(5), OIL, first)) == []


def test_two_coupons_of_one_code() -> None:
    one = Rule("one", Stage.COUPON, Percent(-1), coupon=CouponTerms("SAVE-10"))
    other = Rule("other", Stage.COUPON, Percent(-2), coupon=CouponTerms("save 10"))
    assert texts(one, other) == ["two coupons have one code at one time"]
