"""What promotions that concern more than a line would give: bundles, and goods that are free."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.pricing.basket import NoListPrice
from core.pricing.index import BuyersRules
from core.pricing.line import Line
from core.pricing.rules import Bundle, FreeGoods, Rule, Stage
from core.pricing.units import floor_of, list_price
from values.allocation import allocate


@dataclass(frozen=True, slots=True)
class Free:
    """Units that cost nothing, the rule that gives them, and the least that all of them may cost:
    what is paid for the lines that gave them covers it."""

    rule: str
    product: str
    quantity: int
    unit_list_minor: int
    floor_minor: int
    floor_rule: str


@dataclass(frozen=True, slots=True)
class Offer:
    """What a rule would give, in minor units, and what it would make of the lines in these places;
    free goods leave their lines' amounts as they are."""

    rule: Rule
    places: tuple[int, ...]
    value_minor: int
    amounts_minor: tuple[int, ...] = ()
    free: Free | None = None


def offer_of(rule: Rule, lines: Sequence[Line], rules: BuyersRules) -> Offer | None:
    """What a bundle or free goods would give as the lines are now; None where nothing. Lines that
    a promotion stands alone on have no part in it."""
    if isinstance(rule.change, Bundle):
        return _bundle(rule, rule.change, lines)
    assert isinstance(rule.change, FreeGoods)
    return _free_goods(rule, rule.change, lines, rules)


def _bundle(rule: Rule, bundle: Bundle, lines: Sequence[Line]) -> Offer | None:
    """As many bundles as there are units for; what they save is taken off the units' lines in
    proportion to what the units cost there."""
    there = {
        product: [
            place
            for place, line in enumerate(lines)
            if line.product == product and not line.is_alone
        ]
        for product, _ in bundle.parts
    }
    sets = min(
        sum(lines[place].quantity for place in there[product]) // quantity
        for product, quantity in bundle.parts
    )
    if not sets:
        return None
    places, weights = [], []
    for product, quantity in bundle.parts:
        needed = sets * quantity
        for place in there[product]:
            line = lines[place]
            used = min(needed, line.quantity)
            needed -= used
            if used:
                places.append(place)
                weights.append(line.amount_minor * used // line.quantity)
    saved_minor = sum(weights) - sets * bundle.price_minor
    if saved_minor <= 0:
        return None
    before = [lines[place].amount_minor for place in places]
    parts = allocate(saved_minor, weights)
    after = [amount - part for amount, part in zip(before, parts, strict=True)]
    value_minor = sum(
        amount - lines[place].held(left)
        for place, amount, left in zip(places, before, after, strict=True)
    )
    return Offer(rule, tuple(places), value_minor, tuple(after)) if value_minor > 0 else None


def _free_goods(
    rule: Rule, goods: FreeGoods, lines: Sequence[Line], rules: BuyersRules
) -> Offer | None:
    """As many free units as the units bought give, and as the floor leaves room for."""
    places = tuple(
        place for place, line in enumerate(lines) if not line.is_alone and _gives(rule, line, rules)
    )
    times = sum(lines[place].quantity for place in places) // goods.buy
    if goods.times_maximum:
        times = min(times, goods.times_maximum)
    if not times:
        return None
    product = goods.product or lines[places[0]].product
    try:
        _, unit = list_price(rules, product)
    except NoListPrice:
        return None
    floor_minor, floor_rule = floor_of(rules, product)
    if floor_minor:
        room_minor = sum(lines[place].room_minor for place in places)
        times = min(times, room_minor // (floor_minor * goods.free))
    if not times:
        return None
    quantity = times * goods.free
    free = Free(
        *(rule.id, product, quantity, unit.price_minor),
        *(floor_minor * quantity, floor_rule),
    )
    return Offer(rule, places, unit.price_minor * quantity, free=free)


def _gives(rule: Rule, line: Line, rules: BuyersRules) -> bool:
    return any(found.rule is rule for found in rules.of(Stage.PROMOTION, line.product))
