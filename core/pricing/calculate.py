"""The price of a basket: one function, for phones, pages, the API and jobs alike.

Always made from the list price, so that making it again gives the same price.
"""

from collections.abc import Sequence
from typing import Final

from core.pricing.amounts import changed
from core.pricing.basket import (
    QUANTITY_MAXIMUM,
    TOTAL_MAXIMUM_MINOR,
    Buyer,
    Priced,
    QuantityNotSold,
    TotalTooLarge,
    UnknownProduct,
    Wanted,
)
from core.pricing.coupons import use_coupon
from core.pricing.index import BuyersRules, PriceBook
from core.pricing.line import Counts, Line
from core.pricing.promotions import promote
from core.pricing.rules import Stage
from core.pricing.totals import total
from core.pricing.units import floor_of, list_price

_ONE_DECIDES: Final = (Stage.CUSTOMER, Stage.REGION, Stage.CHANNEL)


def price(book: PriceBook, buyer: Buyer, wanted: Sequence[Wanted]) -> Priced:
    """What a basket costs, and why. Raises UnknownProduct, NoListPrice, QuantityNotSold,
    TotalTooLarge."""
    for one in wanted:
        if one.product not in book.categories:
            raise UnknownProduct("There is no such product.", one.product)
        if not 1 <= one.quantity <= QUANTITY_MAXIMUM:
            sold = f"A quantity is a whole number from 1 to {QUANTITY_MAXIMUM:,}."
            raise QuantityNotSold(sold, one.product)
    rules = book.for_buyer(buyer)
    categories = book.categories
    counts = Counts((one.product, categories[one.product], one.quantity) for one in wanted)
    lines = [_listed(rules, one, categories[one.product]) for one in wanted]
    deciding = [stage for stage in _ONE_DECIDES if stage in rules.stages]
    for line in lines:
        for stage in deciding:
            _decide(line, rules, stage, counts)
        _best_volume(line, rules, counts)
    free = promote(lines, rules, counts)
    coupon = use_coupon(lines, rules, buyer, counts, book)
    priced = total(lines, free, rules, book, coupon)
    if priced.total_minor > TOTAL_MAXIMUM_MINOR:
        raise TotalTooLarge("An order of this size has no price here.")
    return priced


def _listed(rules: BuyersRules, wanted: Wanted, category: str) -> Line:
    rule, unit = list_price(rules, wanted.product)
    floor_minor, floor_rule = floor_of(rules, wanted.product)
    line = Line(
        *(wanted.product, category, wanted.quantity, unit.price_minor, 0),
        *(floor_minor * wanted.quantity, floor_rule),
    )
    line.take(rule, unit.price_minor * wanted.quantity)
    return line


def _decide(line: Line, rules: BuyersRules, stage: Stage, counts: Counts) -> None:
    """The narrowest rule, then those that are stackable, the highest priority first."""
    found = [candidate.rule for candidate in rules.of(stage, line.product)]
    if not found:
        return
    decides = [rule for rule in found if not rule.is_stackable][:1]
    stacked = sorted((rule for rule in found if rule.is_stackable), key=lambda it: -it.priority)
    for rule in decides + stacked:
        line.take(rule, changed(rule.change, line.amount_minor, line.quantity, counts.of(line)))


def _best_volume(line: Line, rules: BuyersRules, counts: Counts) -> None:
    """The volume rule that makes the lowest price, where one lowers it."""
    best, best_minor = None, line.amount_minor
    for candidate in rules.of(Stage.VOLUME, line.product):
        amount_minor = changed(
            candidate.rule.change, line.amount_minor, line.quantity, counts.of(line)
        )
        if amount_minor < best_minor:
            best, best_minor = candidate.rule, amount_minor
    if best is not None:
        line.take(best, best_minor)
