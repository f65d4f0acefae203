"""Prices that people know by heart, and those that other programs got wrong."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.pricing.basket import (
    Buyer,
    NoListPrice,
    Priced,
    PricingError,
    QuantityNotSold,
    TotalTooLarge,
    UnknownProduct,
    Uses,
    Wanted,
)
from core.pricing.calculate import price
from core.pricing.check import faults
from core.pricing.index import PriceBook
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
    RoundingPer,
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

PRODUCTS = [Product("soap", "home"), Product("oil", "food"), Product("rice", "food")]
LISTED = {"soap": 16_800, "oil": 1_000, "rice": 333}
BUYER = Buyer(datetime(2026, 11, 30, 12, tzinfo=UTC), customer="kofi", groups=("small",))
GHS = Terms("GHS")


def rule(name: str, stage: Stage, change: Change, product: str = "", **more: object) -> Rule:
    scope = Scope(products=frozenset([product] if product else []))
    return Rule(name, stage, change, **{"scope": scope, **more})  # type: ignore[arg-type]


def book(*rules: Rule, terms: Terms = GHS) -> PriceBook:
    listed = [rule(f"list-{it}", Stage.LIST, UnitPrice(one), it) for it, one in LISTED.items()]
    published = Published(terms, tuple(PRODUCTS), (*listed, *rules))
    assert faults(published) == []
    return PriceBook(published)


def cost(prices: PriceBook, *wanted: tuple[str, int], buyer: Buyer = BUYER) -> Priced:
    return price(prices, buyer, [Wanted(*one) for one in wanted])


def steps(priced: Priced, line: int = 0) -> list[tuple[str, int, int]]:
    return [(it.rule, it.before_minor, it.after_minor) for it in priced.lines[line].steps]


def test_a_discount_is_an_amount_and_not_a_rounded_percentage() -> None:
    """168.00 less 10.00 is 158.00; two cost 316.00, not 316.01."""
    priced = cost(book(rule("ten", Stage.PROMOTION, PerUnit(-1_000), "soap")), ("soap", 2))
    assert (priced.total_minor, priced.discount_minor) == (31_600, 2_000)
    assert steps(priced) == [("list-soap", 0, 33_600), ("ten", 33_600, 31_600)]


def test_amount_off_and_percent_off_are_both_taken_in_the_order_of_priority() -> None:
    both = (
        rule("tenth", Stage.PROMOTION, Percent(-1_000), "oil", priority=1, is_stackable=True),
        rule("fifty", Stage.PROMOTION, PerUnit(-50), "oil", priority=2, is_stackable=True),
    )
    priced = cost(book(*both), ("oil", 3))
    assert steps(priced)[1:] == [("fifty", 3_000, 2_850), ("tenth", 2_850, 2_565)]


def test_a_customers_price_replaces_and_is_not_discounted_twice() -> None:
    prices = book(
        rule("kofi", Stage.CUSTOMER, UnitPrice(900), scope=Scope(customers=frozenset(["kofi"]))),
        rule("small", Stage.CUSTOMER, UnitPrice(950), scope=Scope(groups=frozenset(["small"]))),
        rule("tenth", Stage.PROMOTION, Percent(-1_000)),
    )
    assert cost(prices, ("oil", 10)).total_minor == 8_100
    other = Buyer(BUYER.at, customer="ama", groups=("small",))
    assert cost(prices, ("oil", 10), buyer=other).total_minor == 8_550


@pytest.mark.parametrize(
    ("is_marginal", "quantity", "total_minor"),
    [(False, 9, 9_000), (False, 10, 9_000), (False, 25, 20_000), (True, 9, 9_000),
     (True, 10, 9_900), (True, 25, 22_800)],
)  # fmt: skip
def test_tiers_are_for_all_units_or_for_those_above(
    is_marginal: bool, quantity: int, total_minor: int
) -> None:
    tiers = Tiers((Tier(10, UnitPrice(900)), Tier(20, UnitPrice(800))), is_marginal=is_marginal)
    prices = book(rule("more", Stage.VOLUME, tiers, "oil"))
    assert cost(prices, ("oil", quantity)).total_minor == total_minor


def test_a_tier_of_a_category_counts_the_whole_basket_and_goes_with_the_line_that_leaves() -> None:
    tiers = Tiers((Tier(10, Percent(-500)),), Basis.CATEGORY)
    prices = book(rule("food", Stage.VOLUME, tiers, scope=Scope(categories=frozenset(["food"]))))
    assert cost(prices, ("oil", 6), ("rice", 4), ("soap", 1)).total_minor == 5_700 + 1_265 + 16_800
    assert cost(prices, ("oil", 6)).total_minor == 6_000


def test_free_goods_are_lines_of_their_own() -> None:
    prices = book(rule("12+1", Stage.PROMOTION, FreeGoods(12, 1), "oil"))
    priced = cost(prices, ("oil", 25))
    free = priced.lines[1]
    assert (free.product, free.quantity, free.total_minor, free.free_by) == ("oil", 2, 0, "12+1")
    assert priced.total_minor == 25_000


def test_free_goods_stop_where_the_floor_is_reached() -> None:
    prices = book(
        rule("3+1", Stage.PROMOTION, FreeGoods(3, 1), "oil"),
        rule("floor", Stage.FLOOR, UnitPrice(800), "oil"),
    )
    # 12 paid at 1,000 cover 15 at 800.
    assert cost(prices, ("oil", 12)).lines[1].quantity == 3


@pytest.mark.parametrize("is_stackable", [False, True])
def test_what_comes_after_free_goods_leaves_their_floor_paid(is_stackable: bool) -> None:
    """Neither a coupon nor more free goods: 12 paid, 15 leave the store, none of them below 800."""
    gift = FreeGoods(3, 1)
    prices = book(
        rule("3+1", Stage.PROMOTION, gift, "oil", is_stackable=is_stackable),
        rule("again", Stage.PROMOTION, gift, "oil", is_stackable=is_stackable),
        rule("floor", Stage.FLOOR, UnitPrice(800), "oil"),
        rule("half", Stage.COUPON, Percent(-5_000), coupon=CouponTerms("HALF"), is_stackable=True),
    )
    priced = cost(prices, ("oil", 12), buyer=replace(BUYER, coupon="half"))
    assert [line.quantity for line in priced.lines] == [12, 3]
    assert priced.total_minor == 12_000
    assert priced.coupon_refused == "nothing_for_it"


def test_a_bundle_is_taken_off_its_lines_in_proportion() -> None:
    bundle = Bundle((("oil", 2), ("rice", 1)), 2_000)
    priced = cost(book(rule("meal", Stage.PROMOTION, bundle)), ("oil", 3), ("rice", 3))
    # One bundle: 2,333 for 2,000. 333 are divided 2,000 to 333: 285 and 48.
    assert [line.amount_minor for line in priced.lines] == [2_715, 951]


def test_the_better_of_a_bundle_and_its_lines_promotions_is_taken() -> None:
    bundle = Bundle((("oil", 1), ("rice", 1)), 1_300)
    prices = book(
        rule("pair", Stage.PROMOTION, bundle),
        rule("half", Stage.PROMOTION, Percent(-5_000), "oil"),
    )
    assert cost(prices, ("oil", 1), ("rice", 1)).total_minor == 500 + 333


def test_nothing_falls_below_the_floor_or_below_zero() -> None:
    floor = rule("floor", Stage.FLOOR, UnitPrice(700), "oil")
    off = rule("much", Stage.PROMOTION, PerUnit(-5_000), scope=Scope())
    priced = cost(book(floor, off), ("oil", 2), ("rice", 1))
    assert [line.amount_minor for line in priced.lines] == [1_400, 0]
    assert priced.lines[0].steps[-1].floor == "floor"


def test_an_amount_off_the_order_stays_above_each_floor() -> None:
    terms = CouponTerms("Karibu-10")
    prices = book(
        rule("floor", Stage.FLOOR, UnitPrice(990), "oil"),
        rule("coupon", Stage.COUPON, OffTotal(200), scope=Scope(), coupon=terms),
    )
    buyer = Buyer(BUYER.at, coupon=" karibu10 ")
    priced = cost(prices, ("oil", 1), ("rice", 1), buyer=buyer)
    assert (priced.total_minor, priced.coupon_rule, priced.coupon_refused) == (1_133, "coupon", "")
    assert priced.lines[0].amount_minor >= 990


@pytest.mark.parametrize(
    ("code", "uses", "oil", "reason"),
    [
        ("NOPE", Uses(), 9, "unknown"),
        ("TEN", Uses(100, 0), 9, "used_up"),
        ("TEN", Uses(5, 1), 9, "used_up"),
        ("TEN", Uses(5, 0), 4, "order_too_small"),
        ("OLD", Uses(), 9, "not_now"),
        ("AMA", Uses(), 9, "not_yours"),
        ("SOAP", Uses(), 9, "nothing_for_it"),
        ("TEN", Uses(5, 0), 5, ""),
    ],
)
def test_a_coupon_that_changes_nothing_says_why(
    code: str, uses: Uses, oil: int, reason: str
) -> None:
    past = Window(ends_at=datetime(2026, 11, 30, 12, tzinfo=UTC))
    prices = book(
        rule("ten", Stage.COUPON, Percent(-1_000), coupon=CouponTerms("TEN", 5_000, 100, 1)),
        rule("old", Stage.COUPON, Percent(-1_000), coupon=CouponTerms("OLD"), window=past),
        rule("ama", Stage.COUPON, Percent(-1_000), coupon=CouponTerms("AMA"),
             scope=Scope(customers=frozenset(["ama"]))),
        rule("soap", Stage.COUPON, Percent(-1_000), "soap", coupon=CouponTerms("SOAP")),
    )  # fmt: skip
    buyer = Buyer(BUYER.at, customer="kofi", coupon=code, coupon_uses=uses)
    priced = cost(prices, ("oil", oil), buyer=buyer)
    assert priced.coupon_refused == reason
    assert priced.total_minor == (oil * 900 if not reason else oil * 1_000)


@pytest.mark.parametrize(
    ("terms", "tax_minor", "total_minor"),
    [
        (Terms("GHS"), 25 + 25 + 25, 999 + 75),
        (Terms("GHS", rounding_per=RoundingPer.TOTAL), 75, 999 + 75),
        (Terms("GHS", tax_included=True), 23 + 23 + 23, 999),
        (Terms("GHS", tax_included=True, rounding_per=RoundingPer.TOTAL), 70, 999),
        (Terms("GHS", coin_minor=5), 75, 3 * 360),
        (Terms("GHS", coin_minor=5, rounding_per=RoundingPer.TOTAL), 75, 1_075),
    ],
)
def test_tax_and_coins_are_rounded_on_lines_or_on_the_total(
    terms: Terms, tax_minor: int, total_minor: int
) -> None:
    """Three times 333 at 7.5 %: 24.975 each when it comes on top, 23.23 when it is included."""
    prices = book(rule("vat", Stage.TAX, TaxRate(750)), terms=terms)
    priced = cost(prices, ("rice", 1), ("rice", 1), ("rice", 1))
    assert (priced.tax_minor, priced.total_minor) == (tax_minor, total_minor)


@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        ([("ghost", 1)], UnknownProduct),
        ([("oil", 0)], QuantityNotSold),
        ([("oil", -1)], QuantityNotSold),
        ([("oil", 10**9)], QuantityNotSold),
        ([("gold", 1_000_000)], TotalTooLarge),
        ([("unlisted", 1)], NoListPrice),
    ],
)
def test_what_has_no_price_says_why(
    wanted: list[tuple[str, int]], error: type[PricingError]
) -> None:
    products = (*PRODUCTS, Product("gold"), Product("unlisted"))
    listed = (
        rule("list", Stage.LIST, UnitPrice(1_000), "oil"),
        rule("gold", Stage.LIST, UnitPrice(10**12), "gold"),
    )
    prices = PriceBook(Published(GHS, products, listed))
    with pytest.raises(error) as raised:
        cost(prices, *wanted)
    assert raised.value.product in {code for code, _ in wanted} | {""}
