"""Promotions: of a line, of a bundle, and goods that are free.

- On a line: the best one that is not stackable, or all stackable ones one after the other, the
  highest priority first; whichever makes the lower amount.
- A bundle or free goods that are not stackable stand alone: they are taken where they give more
  than the promotions of their lines together, the one that gives most first, and their lines get
  no other promotion.
- What is stackable comes last, on the lines that nothing stands alone on.
- Free goods are lines of their own that cost nothing, and worth their list price. As many are
  given as keep what is paid at or above the floor of all units that leave the store.
"""

from collections.abc import Sequence

from core.pricing.amounts import changed
from core.pricing.index import BuyersRules
from core.pricing.line import Counts, Line
from core.pricing.offers import Free, Offer, offer_of
from core.pricing.rules import Bundle, FreeGoods, Rule, Stage
from values.allocation import allocate


def promote(lines: Sequence[Line], rules: BuyersRules, counts: Counts) -> list[Free]:
    """Apply the promotions that hold. Answers the free goods."""
    if Stage.PROMOTION not in rules.stages:
        return []
    found = {line.product: [one.rule for one in rules.of(Stage.PROMOTION, line.product)]
             for line in lines}  # fmt: skip
    if not any(found.values()):
        return []
    best = [_best_of_line(line, found[line.product], counts) for line in lines]
    across = _across(lines, found)
    free = _take_alone(lines, [rule for rule in across if not rule.is_stackable], best, rules)
    for line, (steps, amount_minor) in zip(lines, best, strict=True):
        if line.is_alone:
            continue
        line.is_alone = bool(steps) and not steps[0].is_stackable
        for rule in steps:
            line.take(rule, _on_line(rule, line, line.amount_minor, counts))
        assert line.amount_minor == amount_minor
    for rule in sorted((it for it in across if it.is_stackable), key=lambda it: -it.priority):
        offer = offer_of(rule, lines, rules)
        if offer is not None:
            _take(offer, lines, free)
    return free


def _across(lines: Sequence[Line], found: dict[str, list[Rule]]) -> list[Rule]:
    """Bundles and free goods, each once, in the order in which they decide on their first line."""
    once = {}
    for line in lines:
        for rule in found[line.product]:
            if isinstance(rule.change, Bundle | FreeGoods):
                once[rule.id] = rule
    return list(once.values())


def _best_of_line(line: Line, found: list[Rule], counts: Counts) -> tuple[list[Rule], int]:
    """The rules that make the line's lowest amount, in order, and that amount."""
    mine = [rule for rule in found if not isinstance(rule.change, Bundle | FreeGoods)]
    best: tuple[list[Rule], int] = ([], line.amount_minor)
    for rule in mine:
        if not rule.is_stackable:
            amount_minor = line.held(_on_line(rule, line, line.amount_minor, counts))
            if amount_minor < best[1]:
                best = ([rule], amount_minor)
    stacked, amount_minor = [], line.amount_minor
    for rule in sorted((it for it in mine if it.is_stackable), key=lambda it: -it.priority):
        next_minor = line.held(_on_line(rule, line, amount_minor, counts))
        if next_minor < amount_minor:
            stacked.append(rule)
            amount_minor = next_minor
    return (stacked, amount_minor) if amount_minor < best[1] else best


def _on_line(rule: Rule, line: Line, amount_minor: int, counts: Counts) -> int:
    return changed(rule.change, amount_minor, line.quantity, counts.of(line))


def _take_alone(
    lines: Sequence[Line],
    rules_alone: list[Rule],
    best: list[tuple[list[Rule], int]],
    rules: BuyersRules,
) -> list[Free]:
    free: list[Free] = []
    offers = []
    for rule in rules_alone:
        offer = offer_of(rule, lines, rules)
        if offer is not None:
            otherwise_minor = sum(
                lines[place].amount_minor - best[place][1] for place in offer.places
            )
            if offer.value_minor > otherwise_minor:
                offers.append((otherwise_minor - offer.value_minor, offer))
    for _, offer in sorted(offers, key=lambda it: it[0]):
        if not any(lines[place].is_alone for place in offer.places):
            _take(offer, lines, free)
            for place in offer.places:
                lines[place].is_alone = True
    return free


def _take(offer: Offer, lines: Sequence[Line], free: list[Free]) -> None:
    for place, amount_minor in zip(offer.places, offer.amounts_minor, strict=False):
        lines[place].take(offer.rule, amount_minor)
    if offer.free is not None:
        free.append(offer.free)
        _keep_floor(offer.free, [lines[place] for place in offer.places])


def _keep_floor(free: Free, lines: Sequence[Line]) -> None:
    """Let no later rule take what is paid for the lines below the floor of the free units, too."""
    if not free.floor_minor:
        return
    parts = allocate(free.floor_minor, [line.room_minor for line in lines])
    for line, part in zip(lines, parts, strict=True):
        line.floor_minor += part
        line.floor_rule = line.floor_rule or free.floor_rule
