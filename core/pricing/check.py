"""What is wrong with rules, before they are published: a rule that cannot be, and two that
contradict each other."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any, Final

from core.pricing.basket import QUANTITY_MAXIMUM
from core.pricing.index import PLACES_MAXIMUM, Candidate, PriceBook, folded, places_count
from core.pricing.rules import (
    BASIS_POINTS,
    MINUTES_A_DAY,
    Basis,
    Bundle,
    Change,
    FreeGoods,
    OffTotal,
    Percent,
    PerUnit,
    Published,
    Rule,
    Stage,
    TaxRate,
    Tiers,
    UnitPrice,
    Window,
)

_LINE: Final = (UnitPrice, PerUnit, Percent)
_ALLOWED: Final[dict[Stage, tuple[type[Change], ...]]] = {
    Stage.FLOOR: (UnitPrice,),
    Stage.LIST: (UnitPrice,),
    Stage.CUSTOMER: _LINE,
    Stage.REGION: _LINE,
    Stage.CHANNEL: _LINE,
    Stage.VOLUME: (Tiers,),
    Stage.PROMOTION: (*_LINE, Tiers, FreeGoods, Bundle),
    Stage.COUPON: (*_LINE, OffTotal),
    Stage.TAX: (TaxRate,),
}
# Where one rule decides: two that rank alike would contradict each other.
_ONE_DECIDES: Final = (
    *(Stage.FLOOR, Stage.LIST, Stage.CUSTOMER, Stage.REGION, Stage.CHANNEL, Stage.TAX),
)
_MAY_STACK: Final = (*(Stage.CUSTOMER, Stage.REGION, Stage.CHANNEL, Stage.PROMOTION, Stage.COUPON),)
AMOUNT_MAXIMUM_MINOR: Final = 10**12
PRIORITY_MAXIMUM: Final = 1_000
RAISE_MAXIMUM: Final = 10 * BASIS_POINTS


@dataclass(frozen=True, slots=True)
class RuleFault:
    """What is wrong, and with which rules."""

    rules: tuple[str, ...]
    text: str


def faults(published: Published) -> list[RuleFault]:
    """Everything that is wrong with a tenant's rules, in their order."""
    products, rules = published.products, published.rules
    found = [RuleFault((name,), "this rule stands here twice") for name in _twice(rules)]
    codes = {product.code for product in products}
    categories = {product.category for product in products if product.category}
    for rule in rules:
        texts = [*_wrong_in(rule), *_unknown_in(rule, codes, categories)]
        found += [RuleFault((rule.id,), text) for text in texts]
    if found:
        return found
    book = PriceBook(published)
    for stage in _ONE_DECIDES:
        for cell in book.cells(stage):
            found += _contradictions(cell)
    return [*dict.fromkeys(found), *_coupons_twice(book)]


def _twice(rules: Iterable[Rule]) -> list[str]:
    return [name for name, count in Counter(rule.id for rule in rules).items() if count > 1]


def _wrong_in(rule: Rule) -> Iterator[str]:
    change, window = rule.change, rule.window
    if not isinstance(change, _ALLOWED[rule.stage]):
        yield f"a {rule.stage.name.lower()} rule cannot do this"
        return
    yield from _wrong_change(change)
    if places_count(rule.scope) > PLACES_MAXIMUM:
        yield f"this names more than {PLACES_MAXIMUM:,} combinations: make several rules of it"
    if rule.is_stackable and rule.stage not in _MAY_STACK:
        yield f"a {rule.stage.name.lower()} rule is not stackable"
    if rule.is_stackable and isinstance(change, UnitPrice):
        yield "a price replaces what came before: it is not stackable"
    if abs(rule.priority) > PRIORITY_MAXIMUM:
        yield f"a priority is from -{PRIORITY_MAXIMUM} to {PRIORITY_MAXIMUM}"
    if window.starts_at and window.ends_at and window.starts_at >= window.ends_at:
        yield "this ends before it starts"
    minutes = (window.from_minute, window.until_minute)
    if not all(0 <= minute <= MINUTES_A_DAY for minute in minutes) or minutes[0] == minutes[1]:
        yield "hours are from 00:00 to 24:00, and not empty"
    if any(not 0 <= day <= 6 for day in window.weekdays):
        yield "a day of the week is needed here"
    if (rule.coupon is not None) != (rule.stage is Stage.COUPON):
        yield "a coupon has a code, and nothing else has one"
    elif rule.coupon is not None and len(folded(rule.coupon.code)) < 3:
        yield "a coupon's code has at least three letters or digits"
    if isinstance(change, Bundle) and (rule.scope.products or rule.scope.categories):
        yield "a bundle names its products itself"


def _wrong_change(change: Change) -> Iterator[str]:
    """What is wrong with numbers."""
    if isinstance(change, Tiers):
        yield from _wrong_tiers(change)
    elif isinstance(change, Bundle):
        yield from _wrong_change(UnitPrice(change.price_minor))
        parts = [code for code, _ in change.parts]
        if len(parts) < 2 or len(set(parts)) < len(parts):
            yield "a bundle has two or more products, each once"
        if not all(1 <= count <= QUANTITY_MAXIMUM for _, count in change.parts):
            yield "a bundle has one or more units of each product"
    else:
        is_right, text = _NUMBERS[type(change)]
        if not is_right(change):
            yield text


_NUMBERS: Final[dict[type[Change], tuple[Callable[[Any], bool], str]]] = {
    UnitPrice: (
        lambda it: 0 <= it.price_minor <= AMOUNT_MAXIMUM_MINOR,
        "a price is not below 0, and not that high",
    ),
    PerUnit: (
        lambda it: 0 < abs(it.amount_minor) <= AMOUNT_MAXIMUM_MINOR,
        "an amount a unit is not 0, and not that high",
    ),
    Percent: (
        lambda it: it.basis_points and -BASIS_POINTS <= it.basis_points <= RAISE_MAXIMUM,
        "a percentage is from -100 to 1,000, and not 0",
    ),
    OffTotal: (
        lambda it: 0 < it.amount_minor <= AMOUNT_MAXIMUM_MINOR,
        "an amount off the order is above 0, and not that high",
    ),
    TaxRate: (
        lambda it: 0 <= it.basis_points <= BASIS_POINTS,
        "a tax is from 0 to 100 percent",
    ),
    FreeGoods: (
        lambda it: (
            1 <= it.buy <= QUANTITY_MAXIMUM
            and 1 <= it.free <= QUANTITY_MAXIMUM
            and it.times_maximum >= 0
        ),
        "free goods are so many for so many, from 1 on",
    ),
}


def _wrong_tiers(tiers: Tiers) -> Iterator[str]:
    minimums = [tier.minimum for tier in tiers.tiers]
    if not minimums or minimums[0] < 1 or minimums[-1] > QUANTITY_MAXIMUM:
        yield "tiers begin at 1 unit or more"
    if any(first >= second for first, second in pairwise(minimums)):
        yield "each tier begins above the one before it"
    if tiers.is_marginal and tiers.basis is not Basis.LINE:
        yield "marginal tiers count the units of their line"
    for tier in tiers.tiers:
        yield from _wrong_change(tier.change)


def _unknown_in(rule: Rule, codes: set[str], categories: set[str]) -> Iterator[str]:
    named = set(rule.scope.products)
    if isinstance(rule.change, Bundle):
        named.update(code for code, _ in rule.change.parts)
    if isinstance(rule.change, FreeGoods) and rule.change.product:
        named.add(rule.change.product)
    for code in sorted(named - codes):
        yield f"there is no product {code}"
    for name in sorted(rule.scope.categories - categories):
        yield f"there is no category {name}"


def _contradictions(cell: tuple[Candidate, ...]) -> Iterator[RuleFault]:
    """Two rules of one place that rank alike, hold at one time and say different things."""
    alone = [candidate for candidate in cell if not candidate.rule.is_stackable]
    by_rank: dict[object, list[Rule]] = {}
    for candidate in alone:
        by_rank.setdefault(candidate.rank, []).append(candidate.rule)
    for alike in by_rank.values():
        for one, other in combinations(alike, 2):
            if one.change != other.change and meet(one.window, other.window):
                names = (one.id, other.id)
                yield RuleFault(names, "these two contradict each other: give one more priority")


def _coupons_twice(book: PriceBook) -> Iterator[RuleFault]:
    for rules in book.coupons.values():
        for one, other in combinations(rules, 2):
            if meet(one.window, other.window):
                yield RuleFault((one.id, other.id), "two coupons have one code at one time")


def meet(one: Window, other: Window) -> bool:
    """Whether two windows may be open at one time. Days and hours are compared where both have
    hours within a day; hours that pass midnight are taken to meet."""
    if one.starts_at and other.ends_at and other.ends_at <= one.starts_at:
        return False
    if other.starts_at and one.ends_at and one.ends_at <= other.starts_at:
        return False
    within = all(window.from_minute < window.until_minute for window in (one, other))
    if not within:
        return True
    if one.weekdays and other.weekdays and one.weekdays.isdisjoint(other.weekdays):
        return False
    return one.from_minute < other.until_minute and other.from_minute < one.until_minute
