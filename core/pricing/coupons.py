"""Coupons: a code that somebody types, used so many times.

A coupon that is not stackable leaves lines alone that a promotion has lowered already. An amount
off the order is divided over the coupon's lines by the room above their floors.
"""

from collections.abc import Sequence
from typing import Final

from core.pricing.amounts import changed
from core.pricing.basket import Buyer
from core.pricing.index import BuyersRules, PriceBook, folded
from core.pricing.line import Counts, Line
from core.pricing.rules import OffTotal, Rule, Scope, Stage
from values.allocation import allocate

# Why a coupon changes nothing.
UNKNOWN: Final = "unknown"
NOT_NOW: Final = "not_now"
NOT_YOURS: Final = "not_yours"
USED_UP: Final = "used_up"
ORDER_TOO_SMALL: Final = "order_too_small"
NOTHING_FOR_IT: Final = "nothing_for_it"


def use_coupon(
    lines: Sequence[Line], rules: BuyersRules, buyer: Buyer, counts: Counts, book: PriceBook
) -> tuple[str, str]:
    """Apply the coupon that was typed. Answers its rule, and why it changes nothing."""
    if not buyer.coupon:
        return "", ""
    rule, refused = find_coupon(rules, buyer, book)
    if rule is None:
        return "", refused
    assert rule.coupon is not None
    if sum(line.amount_minor for line in lines) < rule.coupon.order_minimum_minor:
        return rule.id, ORDER_TOO_SMALL
    mine = [
        line
        for line in lines
        if _is_for(rule.scope, line) and (rule.is_stackable or not _is_promoted(line))
    ]
    before = [line.amount_minor for line in mine]
    if isinstance(rule.change, OffTotal):
        room = [line.room_minor for line in mine]
        off_minor = min(rule.change.amount_minor, sum(room))
        parts = allocate(off_minor, room) if off_minor else [0] * len(mine)
        after = [amount - part for amount, part in zip(before, parts, strict=True)]
    else:
        after = [
            changed(rule.change, line.amount_minor, line.quantity, counts.of(line)) for line in mine
        ]
    for line, amount_minor in zip(mine, after, strict=True):
        if line.held(amount_minor) < line.amount_minor:
            line.take(rule, amount_minor)
    if before == [line.amount_minor for line in mine]:
        return rule.id, NOTHING_FOR_IT
    return rule.id, ""


def find_coupon(rules: BuyersRules, buyer: Buyer, book: PriceBook) -> tuple[Rule | None, str]:
    """The rule of the coupon that a buyer typed; None, and why not, where they cannot use it."""
    found = book.coupons.get(folded(buyer.coupon), ())
    if not found:
        return None, UNKNOWN
    now = [rule for rule in found if rules.now(rule.window)]
    if not now:
        return None, NOT_NOW
    mine = [rule for rule in now if _is_whose(rule.scope, buyer)]
    if not mine:
        return None, NOT_YOURS
    rule = mine[0]
    assert rule.coupon is not None
    uses, terms = buyer.coupon_uses, rule.coupon
    is_used_up = (terms.uses_maximum and uses.total >= terms.uses_maximum) or (
        terms.uses_each_maximum and uses.by_customer >= terms.uses_each_maximum
    )
    return (None, USED_UP) if is_used_up else (rule, "")


def _is_whose(scope: Scope, buyer: Buyer) -> bool:
    is_named = not scope.customers and not scope.groups
    is_named = is_named or buyer.customer in scope.customers
    is_named = is_named or not scope.groups.isdisjoint(buyer.groups)
    return (
        is_named
        and (not scope.regions or buyer.region in scope.regions)
        and (not scope.channels or buyer.channel in scope.channels)
    )


def _is_for(scope: Scope, line: Line) -> bool:
    if not scope.products and not scope.categories:
        return True
    return line.product in scope.products or line.category in scope.categories


def _is_promoted(line: Line) -> bool:
    return line.is_alone or any(step.stage is Stage.PROMOTION for step in line.steps)
