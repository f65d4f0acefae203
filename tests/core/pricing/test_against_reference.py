"""The compiled prices are those that a slow reference makes, whatever the rules and the basket."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from core.pricing.basket import Buyer, Uses, Wanted
from core.pricing.calculate import price
from core.pricing.check import faults
from core.pricing.index import PriceBook, read, written
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
from tests.core.pricing.reference import Reference

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
PRODUCTS = [Product(f"P{number}", f"C{number % 2}") for number in range(4)]
CODES = [product.code for product in PRODUCTS]


class Shuffled:
    """Rules and baskets made by a seed. Values are few, so that rules meet."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def some(self, names: list[str], chance: float = 0.4) -> frozenset[str]:
        if self.random.random() > chance:
            return frozenset()
        return frozenset(self.random.sample(names, self.random.randint(1, 2)))

    def scope(self, *, of_goods: bool = True) -> Scope:
        return Scope(
            products=self.some(CODES, 0.5) if of_goods else frozenset(),
            categories=self.some(["C0", "C1"], 0.2) if of_goods else frozenset(),
            customers=self.some(["U0", "U1"], 0.2),
            groups=self.some(["G0", "G1"], 0.2),
            regions=self.some(["R0", "R1"], 0.2),
            channels=self.some(["ussd", "sms"], 0.2),
        )

    def window(self) -> Window:
        if self.random.random() < 0.6:
            return Window()
        pick = self.random.choice
        starts, ends = pick([(None, None), (-30, 0), (-1, 30), (0, 1), (None, 0), (1, None)])
        first, last = pick([(0, 1440), (600, 720), (720, 1080), (1320, 780)])
        return Window(
            NOON + timedelta(days=starts) if starts is not None else None,
            NOON + timedelta(days=ends) if ends is not None else None,
            frozenset(pick([(), (), (0,), (5, 6), (0, 6)])),
            first,
            last,
        )

    def simple(self, least: int = -4_000) -> UnitPrice | PerUnit | Percent:
        whole = self.random.randint
        kind = self.random.randrange(3)
        if kind == 0:
            return UnitPrice(whole(0, 300))
        if kind == 1:
            return PerUnit(whole(-90, -1) if least < 0 else whole(1, 90))
        return Percent(whole(least, -1) if self.random.random() < 0.8 else whole(1, 2_000))

    def tiers(self) -> Tiers:
        is_marginal = self.random.random() < 0.4
        minimums = sorted(self.random.sample(range(1, 12), self.random.randint(1, 3)))
        basis = Basis.LINE if is_marginal else self.random.choice(list(Basis))
        return Tiers(tuple(Tier(one, self.simple()) for one in minimums), basis, is_marginal)

    def change(self, stage: Stage) -> Change:
        whole = self.random.randint
        if stage in (Stage.FLOOR, Stage.LIST):
            return UnitPrice(whole(0, 60) if stage is Stage.FLOOR else whole(50, 400))
        if stage is Stage.TAX:
            return TaxRate(self.random.choice([0, 750, 1_600, 1_800]))
        if stage is Stage.VOLUME:
            return self.tiers()
        if stage is Stage.COUPON and self.random.random() < 0.5:
            return OffTotal(whole(1, 900))
        if stage is Stage.PROMOTION:
            kind = self.random.randrange(5)
            if kind == 0:
                return self.tiers()
            if kind == 1:
                other = self.random.choice(["", "", *CODES])
                return FreeGoods(whole(1, 4), whole(1, 2), other, whole(0, 3))
            if kind == 2:
                parts = self.random.sample(CODES, self.random.randint(2, 3))
                return Bundle(tuple((code, whole(1, 3)) for code in parts), whole(0, 900))
        return self.simple()

    def rule(self, number: int) -> Rule:
        stage = self.random.choice([*Stage, Stage.PROMOTION, Stage.PROMOTION])
        change = self.change(stage)
        may_stack = stage in (
            *(Stage.CUSTOMER, Stage.REGION, Stage.CHANNEL, Stage.PROMOTION, Stage.COUPON),
        ) and not isinstance(change, UnitPrice)
        coupon = None
        if stage is Stage.COUPON:
            limits = self.random.choice([(0, 0, 0), (500, 0, 0), (0, 3, 0), (0, 0, 1)])
            coupon = CouponTerms(f"SAVE{number}", *limits)
        return Rule(
            f"r{number:02}",
            stage,
            change,
            self.scope(of_goods=not isinstance(change, Bundle)),
            self.window(),
            # Each its own, so that no two contradict each other.
            number - 30,
            may_stack and self.random.random() < 0.5,
            coupon,
        )

    def rules(self) -> list[Rule]:
        listed = [
            Rule(f"list-{code}", Stage.LIST, UnitPrice(self.random.randint(50, 400)),
                 Scope(products=frozenset([code])))
            for code in CODES
        ]  # fmt: skip
        more = [self.rule(number) for number in range(self.random.randint(0, 20))]
        self.random.shuffle(more)
        return listed + more

    def buyer(self, rules: list[Rule]) -> Buyer:
        pick = self.random.choice
        codes = [rule.coupon.code for rule in rules if rule.coupon]
        return Buyer(
            at=NOON + timedelta(minutes=pick([0, 0, -721, 59, 600, 60 * 24 * 3])),
            customer=pick(["", "U0", "U1"]),
            groups=pick([(), ("G0",), ("G0", "G1")]),
            region=pick(["", "R0", "R1"]),
            channel=pick(["", "ussd", "sms"]),
            coupon=pick(["", "save99", *(code.lower() for code in codes * 3)]),
            coupon_uses=pick([Uses(), Uses(3, 1)]),
        )

    def basket(self) -> list[Wanted]:
        return [
            Wanted(self.random.choice(CODES), self.random.randint(1, 12))
            for _ in range(self.random.randint(1, 5))
        ]

    def terms(self) -> Terms:
        return Terms(
            "GHS",
            self.random.random() < 0.5,
            self.random.choice(list(RoundingPer)),
            self.random.choice([1, 5, 10]),
        )


@pytest.mark.parametrize("hundred", range(8))
def test_prices_are_those_of_the_reference(hundred: int) -> None:
    for seed in range(hundred * 100, hundred * 100 + 100):
        made = Shuffled(seed)
        terms, rules = made.terms(), made.rules()
        said = Published(terms, tuple(PRODUCTS), tuple(rules))
        assert faults(said) == []
        book, reference = PriceBook(read(written(said))), Reference(terms, PRODUCTS, rules)
        again = PriceBook(Published(terms, tuple(reversed(PRODUCTS)), tuple(reversed(rules))))
        assert again.version == book.version
        for _ in range(4):
            buyer, basket = made.buyer(rules), made.basket()
            got, wanted = price(book, buyer, basket), reference.price(buyer, basket)
            paid = [line for line in got.lines if not line.free_by]
            assert [line.amount_minor for line in paid] == wanted.amounts, seed
            assert [line.tax_minor for line in paid] == wanted.taxes, seed
            free = [(it.free_by, it.product, it.quantity) for it in got.lines if it.free_by]
            assert free == wanted.free, seed
            assert (got.total_minor, got.coupon_refused) == (wanted.total, wanted.refused), seed
            assert got.total_minor == sum(it.total_minor for it in got.lines) + got.rounding_minor
            for line in paid:
                chain_of = [(step.before_minor, step.after_minor) for step in line.steps]
                chain = [0, *(after for _, after in chain_of)]
                assert [before for before, _ in chain_of] == chain[:-1], seed
                assert chain[-1] == line.amount_minor >= 0, seed
            assert price(again, buyer, basket) == got, seed
