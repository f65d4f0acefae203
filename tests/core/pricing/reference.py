"""Prices again, slowly, written from what the rules say and not from how they are compiled: each
line looks at all rules of each stage. Fractions are exact until the rules say to round."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from math import floor

from core.pricing.basket import Buyer, Wanted
from core.pricing.rules import (
    Basis,
    Bundle,
    Change,
    FreeGoods,
    OffTotal,
    Percent,
    PerUnit,
    Product,
    RoundingPer,
    Rule,
    Stage,
    TaxRate,
    Terms,
    Tiers,
    UnitPrice,
    Window,
)


def nearest(value: Fraction) -> int:
    return floor(value + Fraction(1, 2))


@dataclass
class Item:
    """A line of the reference."""

    product: str
    category: str
    quantity: int
    listed: int
    least: int
    amount: int
    promoted: bool = False
    alone: bool = False
    by: list[str] = field(default_factory=list)

    def set(self, amount: int) -> None:
        self.amount = max(amount, self.least)


@dataclass
class Answer:
    amounts: list[int]
    taxes: list[int]
    free: list[tuple[str, str, int]]
    total: int
    refused: str


class Reference:
    """`price` answers what `core.pricing.calculate.price` should."""

    def __init__(self, terms: Terms, products: Sequence[Product], rules: Sequence[Rule]) -> None:
        self.terms = terms
        self.category = {product.code: product.category for product in products}
        self.rules = rules

    def price(self, buyer: Buyer, wanted: Sequence[Wanted]) -> Answer:
        self.buyer, self.wanted = buyer, wanted
        self.items = [self.item(one) for one in wanted]
        for item in self.items:
            for stage in (Stage.CUSTOMER, Stage.REGION, Stage.CHANNEL):
                self.decide(item, stage)
            self.volume(item)
        free = self.promotions()
        refused = self.coupon()
        taxes = self.taxes()
        extra = 0 if self.terms.tax_included else 1
        totals = [item.amount + extra * tax for item, tax in zip(self.items, taxes, strict=True)]
        coin = self.terms.coin_minor
        least = [item.least + extra * tax for item, tax in zip(self.items, taxes, strict=True)]
        if self.terms.rounding_per is RoundingPer.LINE:
            total = sum(self.coins(*pair, coin) for pair in zip(totals, least, strict=True))
        else:
            total = self.coins(sum(totals), sum(least), coin)
        return Answer([item.amount for item in self.items], taxes, free, total, refused)

    @staticmethod
    def coins(amount: int, least: int, coin: int) -> int:
        rounded = nearest(Fraction(amount, coin)) * coin
        return rounded if rounded >= least else rounded + coin

    def item(self, one: Wanted) -> Item:
        category = self.category[one.product]
        unit = self.unit(Stage.LIST, one.product)
        assert unit is not None
        least = (self.unit(Stage.FLOOR, one.product) or 0) * one.quantity
        item = Item(one.product, category, one.quantity, unit, least, 0)
        item.set(unit * one.quantity)
        return item

    def unit(self, stage: Stage, product: str) -> int | None:
        for rule in self.matching(stage, product):
            assert isinstance(rule.change, UnitPrice)
            return rule.change.price_minor
        return None

    def matching(self, stage: Stage, product: str) -> list[Rule]:
        found = []
        for rule in self.rules:
            level = self.level(rule, product)
            if rule.stage is stage and level is not None and is_open(rule.window, self.buyer.at):
                start = rule.window.starts_at
                since = start.timestamp() if start else 0.0
                found.append(((*level, rule.priority, since), rule))
        found.sort(key=lambda pair: pair[1].id)
        found.sort(key=lambda pair: pair[0], reverse=True)
        return [rule for _, rule in found]

    def level(self, rule: Rule, product: str) -> tuple[int, int, int, int] | None:
        """How narrow a rule is for a product and the buyer; None where it is not for them."""
        scope, buyer = rule.scope, self.buyer
        goods = 0
        if isinstance(rule.change, Bundle):
            if product not in dict(rule.change.parts):
                return None
            goods = 2
        elif scope.products or scope.categories:
            if product in scope.products:
                goods = 2
            elif self.category[product] in scope.categories:
                goods = 1
            else:
                return None
        whose = 0
        if scope.customers or scope.groups:
            if buyer.customer in scope.customers:
                whose = 2
            elif scope.groups & set(buyer.groups):
                whose = 1
            else:
                return None
        if scope.regions and buyer.region not in scope.regions:
            return None
        if scope.channels and buyer.channel not in scope.channels:
            return None
        return goods, whose, int(bool(scope.regions)), int(bool(scope.channels))

    def decide(self, item: Item, stage: Stage) -> None:
        found = self.matching(stage, item.product)
        alone = [rule for rule in found if not rule.is_stackable]
        stacked = by_priority([rule for rule in found if rule.is_stackable])
        for rule in alone[:1] + stacked:
            item.set(self.after(rule.change, item, item.amount))

    def volume(self, item: Item) -> None:
        found = self.matching(Stage.VOLUME, item.product)
        amounts = [self.after(rule.change, item, item.amount) for rule in found]
        item.set(min([item.amount, *amounts]))

    def after(self, change: Change, item: Item, amount: int) -> int:
        if isinstance(change, Tiers) and change.is_marginal:
            return self.marginal(change, item, amount)
        if isinstance(change, Tiers):
            count = {
                Basis.LINE: item.quantity,
                Basis.PRODUCT: self.count(lambda one: one.product == item.product),
                Basis.CATEGORY: self.count(lambda one: self.category[one.product] == item.category),
            }[change.basis]
            reached = [tier for tier in change.tiers if tier.minimum <= count]
            return part(reached[-1].change, amount, item.quantity) if reached else amount
        return part(change, amount, item.quantity)

    def count(self, is_one: Callable[[Wanted], bool]) -> int:
        return sum(one.quantity for one in self.wanted if is_one(one))

    @staticmethod
    def marginal(tiers: Tiers, item: Item, amount: int) -> int:
        units = [
            amount * (number + 1) // item.quantity - amount * number // item.quantity
            for number in range(item.quantity)
        ]
        bands: dict[int, list[int]] = {}
        for number, unit in enumerate(units, 1):
            tier = max([0, *(it.minimum for it in tiers.tiers if it.minimum <= number)])
            bands.setdefault(tier, []).append(unit)
        changes = {tier.minimum: tier.change for tier in tiers.tiers}
        return sum(
            part(changes[tier], sum(band), len(band)) if tier else sum(band)
            for tier, band in bands.items()
        )

    def promotions(self) -> list[tuple[str, str, int]]:
        best: list[tuple[int, list[Rule]]] = [self.best(item) for item in self.items]
        across: list[Rule] = []
        for item in self.items:
            for rule in self.matching(Stage.PROMOTION, item.product):
                if isinstance(rule.change, Bundle | FreeGoods) and rule not in across:
                    across.append(rule)
        free: list[tuple[str, str, int]] = []
        offers = []
        for rule in across:
            offer = None if rule.is_stackable else self.offer(rule)
            if offer:
                lost = sum(self.items[at].amount - best[at][0] for at in offer[1])
                if offer[0] > lost:
                    offers.append((offer[0] - lost, offer))
        for _, (_, after, gift) in sorted(offers, key=lambda it: -it[0]):
            if not any(self.items[at].alone for at in after):
                self.give(after, gift, free)
                for at in after:
                    self.items[at].alone = True
        for item, (amount, used) in zip(self.items, best, strict=True):
            if not item.alone and used:
                item.amount, item.promoted = amount, True
                item.alone = not used[0].is_stackable
        for rule in by_priority([rule for rule in across if rule.is_stackable]):
            offer = self.offer(rule)
            if offer:
                self.give(offer[1], offer[2], free)
        return free

    def give(
        self,
        after: dict[int, int],
        gift: tuple[str, str, int] | None,
        free: list[tuple[str, str, int]],
    ) -> None:
        for at, amount in after.items():
            if gift is None and max(amount, self.items[at].least) != self.items[at].amount:
                self.items[at].set(amount)
                self.items[at].promoted = True
        if gift is not None:
            free.append(gift)
            _, product, quantity = gift
            least = (self.unit(Stage.FLOOR, product) or 0) * quantity
            giving = [self.items[at] for at in after]
            if least:
                room = [item.amount - item.least for item in giving]
                for item, more in zip(giving, divided(least, room), strict=True):
                    item.least += more

    def best(self, item: Item) -> tuple[int, list[Rule]]:
        found = [
            rule
            for rule in self.matching(Stage.PROMOTION, item.product)
            if not isinstance(rule.change, Bundle | FreeGoods)
        ]
        best: tuple[int, list[Rule]] = (item.amount, [])
        for rule in found:
            amount = max(self.after(rule.change, item, item.amount), item.least)
            if not rule.is_stackable and amount < best[0]:
                best = (amount, [rule])
        used: list[Rule] = []
        amount = item.amount
        for rule in by_priority([rule for rule in found if rule.is_stackable]):
            lower = max(self.after(rule.change, item, amount), item.least)
            if lower < amount:
                amount, used = lower, [*used, rule]
        return (amount, used) if amount < best[0] else best

    def offer(self, rule: Rule) -> tuple[int, dict[int, int], tuple[str, str, int] | None] | None:
        """What a rule gives; what its lines cost then; the goods that are free."""
        change = rule.change
        if isinstance(change, Bundle):
            return self.bundle(change)
        assert isinstance(change, FreeGoods)
        at = [
            place
            for place, item in enumerate(self.items)
            if not item.alone and rule in self.matching(Stage.PROMOTION, item.product)
        ]
        bought = [self.items[place] for place in at]
        times = sum(item.quantity for item in bought) // change.buy
        times = min(times, change.times_maximum or times)
        if not times:
            return None
        product = change.product or bought[0].product
        unit = self.unit(Stage.LIST, product)
        least = self.unit(Stage.FLOOR, product) or 0
        room = sum(item.amount - item.least for item in bought)
        while times and times * change.free * least > room:
            times -= 1
        if unit is None or not times:
            return None
        gift = (rule.id, product, times * change.free)
        return unit * gift[2], {place: self.items[place].amount for place in at}, gift

    def bundle(self, bundle: Bundle) -> tuple[int, dict[int, int], None] | None:
        at = {
            code: [
                place
                for place, item in enumerate(self.items)
                if item.product == code and not item.alone
            ]
            for code, _ in bundle.parts
        }
        sets = min(
            sum(self.items[place].quantity for place in at[code]) // count
            for code, count in bundle.parts
        )
        share: dict[int, int] = {}
        for code, count in bundle.parts:
            needed = sets * count
            for place in at[code]:
                item = self.items[place]
                used = min(needed, item.quantity)
                needed -= used
                if used:
                    share[place] = item.amount * used // item.quantity
        saved = sum(share.values()) - sets * bundle.price_minor
        if not sets or saved <= 0:
            return None
        off = divided(saved, list(share.values()))
        after = {
            place: self.items[place].amount - less for place, less in zip(share, off, strict=True)
        }
        value = sum(
            self.items[place].amount - max(amount, self.items[place].least)
            for place, amount in after.items()
        )
        return (value, after, None) if value > 0 else None

    def coupon(self) -> str:
        buyer = self.buyer
        if not buyer.coupon:
            return ""
        typed = [
            rule
            for rule in sorted(self.rules, key=lambda rule: rule.id)
            if rule.coupon and rule.coupon.code.lower() == buyer.coupon.strip().lower()
        ]
        if not typed:
            return "unknown"
        typed = [rule for rule in typed if is_open(rule.window, buyer.at)]
        if not typed:
            return "not_now"
        typed = [rule for rule in typed if self.is_whose(rule)]
        if not typed:
            return "not_yours"
        rule = typed[0]
        assert rule.coupon is not None
        for maximum, uses in (
            (rule.coupon.uses_maximum, buyer.coupon_uses.total),
            (rule.coupon.uses_each_maximum, buyer.coupon_uses.by_customer),
        ):
            if maximum and uses >= maximum:
                return "used_up"
        if sum(item.amount for item in self.items) < rule.coupon.order_minimum_minor:
            return "order_too_small"
        mine = [
            item
            for item in self.items
            if self.is_for(rule, item) and (rule.is_stackable or not (item.promoted or item.alone))
        ]
        before = [item.amount for item in mine]
        if isinstance(rule.change, OffTotal):
            room = [item.amount - item.least for item in mine]
            off = min(rule.change.amount_minor, sum(room))
            for item, less in zip(mine, divided(off, room) if off else [], strict=False):
                item.amount -= less
        else:
            for item in mine:
                item.amount = min(
                    item.amount, max(self.after(rule.change, item, item.amount), item.least)
                )
        return "" if [item.amount for item in mine] != before else "nothing_for_it"

    def is_whose(self, rule: Rule) -> bool:
        scope, buyer = rule.scope, self.buyer
        return (
            (
                not (scope.customers or scope.groups)
                or buyer.customer in scope.customers
                or bool(scope.groups & set(buyer.groups))
            )
            and (not scope.regions or buyer.region in scope.regions)
            and (not scope.channels or buyer.channel in scope.channels)
        )

    @staticmethod
    def is_for(rule: Rule, item: Item) -> bool:
        scope = rule.scope
        named = item.product in scope.products or item.category in scope.categories
        return named or not (scope.products or scope.categories)

    def taxes(self) -> list[int]:
        rates = []
        for item in self.items:
            found = self.matching(Stage.TAX, item.product)
            change = found[0].change if found else TaxRate(0)
            assert isinstance(change, TaxRate)
            rates.append(change.basis_points)
        if self.terms.rounding_per is RoundingPer.LINE:
            return [
                nearest(self.tax(item.amount, rate))
                for item, rate in zip(self.items, rates, strict=True)
            ]
        taxes = [0] * len(rates)
        for rate in set(rates):
            at = [place for place, one in enumerate(rates) if one == rate]
            amounts = [self.items[place].amount for place in at]
            if sum(amounts):
                whole = nearest(self.tax(sum(amounts), rate))
                for place, one in zip(at, divided(whole, amounts), strict=True):
                    taxes[place] = one
        return taxes

    def tax(self, amount: int, rate: int) -> Fraction:
        return Fraction(amount * rate, 10_000 + (rate if self.terms.tax_included else 0))


def part(change: Change, amount: int, quantity: int) -> int:
    if isinstance(change, UnitPrice):
        return change.price_minor * quantity
    if isinstance(change, PerUnit):
        return amount + change.amount_minor * quantity
    assert isinstance(change, Percent)
    return nearest(amount * (1 + Fraction(change.basis_points, 10_000)))


def by_priority(rules: list[Rule]) -> list[Rule]:
    return sorted(rules, key=lambda rule: -rule.priority)


def divided(whole: int, weights: list[int]) -> list[int]:
    """By the largest remainder; of equal ones the first gets the unit."""
    exact = [Fraction(whole * weight, sum(weights)) for weight in weights]
    parts = [floor(one) for one in exact]
    order = sorted(range(len(parts)), key=lambda at: (parts[at] - exact[at], at))
    for at in order[: whole - sum(parts)]:
        parts[at] += 1
    return parts


def is_open(window: Window, at: datetime) -> bool:
    if window.starts_at and at < window.starts_at:
        return False
    if window.ends_at and at >= window.ends_at:
        return False
    minute = at.hour * 60 + at.minute
    if window.from_minute < window.until_minute:
        day, is_now = at, window.from_minute <= minute < window.until_minute
    elif minute >= window.from_minute:
        day, is_now = at, True
    else:
        day, is_now = at - timedelta(days=1), minute < window.until_minute
    return is_now and (not window.weekdays or day.weekday() in window.weekdays)
