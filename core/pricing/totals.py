"""Tax, coins and the total."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from core.pricing.amounts import half_up
from core.pricing.basket import Priced, PricedLine
from core.pricing.index import BuyersRules, PriceBook
from core.pricing.line import Line
from core.pricing.offers import Free
from core.pricing.rules import BASIS_POINTS, RoundingPer, Stage, TaxRate, Terms
from values.allocation import allocate


def total(
    lines: Sequence[Line],
    free: Sequence[Free],
    rules: BuyersRules,
    book: PriceBook,
    coupon: tuple[str, str],
) -> Priced:
    """The price of lines that all their rules have changed, with tax, rounded to coins."""
    terms = book.terms
    taxes = _taxes(lines, [_rate(rules, line.product) for line in lines], terms)
    priced = [_priced(line, tax, terms) for line, tax in zip(lines, taxes, strict=True)]
    if terms.rounding_per is RoundingPer.LINE:
        priced = [
            _to_coins(one, line.floor_minor, terms) for one, line in zip(priced, lines, strict=True)
        ]
    sum_minor = sum(line.total_minor for line in priced)
    rounding_minor = 0
    if terms.rounding_per is RoundingPer.TOTAL:
        floor_minor = sum(line.floor_minor for line in lines)
        above_minor = floor_minor + (0 if terms.tax_included else sum(taxes))
        rounding_minor = _coins(sum_minor, above_minor, terms.coin_minor) - sum_minor
    return Priced(
        currency=terms.currency,
        lines=(*priced, *(_free(one) for one in free)),
        list_minor=sum(line.list_minor for line in priced),
        amount_minor=sum(line.amount_minor for line in priced),
        tax_minor=sum(taxes),
        rounding_minor=rounding_minor,
        total_minor=sum_minor + rounding_minor,
        version=book.version,
        coupon_rule=coupon[0],
        coupon_refused=coupon[1],
    )


def _rate(rules: BuyersRules, product: str) -> int:
    for candidate in rules.of(Stage.TAX, product):
        change = candidate.rule.change
        assert isinstance(change, TaxRate), "looked at when the rules were published"
        return change.basis_points
    return 0


def _taxes(lines: Sequence[Line], rates: Sequence[int], terms: Terms) -> list[int]:
    """The tax of each line; rounded on each, or once for all lines of a rate and then divided."""
    if terms.rounding_per is RoundingPer.LINE:
        return [
            _tax(line.amount_minor, rate, terms) for line, rate in zip(lines, rates, strict=True)
        ]
    taxes = [0] * len(lines)
    by_rate = defaultdict(list)
    for place, rate in enumerate(rates):
        by_rate[rate].append(place)
    for rate, places in by_rate.items():
        amounts = [lines[place].amount_minor for place in places]
        if rate and sum(amounts):
            parts = allocate(_tax(sum(amounts), rate, terms), amounts)
            for place, part in zip(places, parts, strict=True):
                taxes[place] = part
    return taxes


def _tax(amount_minor: int, rate: int, terms: Terms) -> int:
    return half_up(amount_minor * rate, BASIS_POINTS + (rate if terms.tax_included else 0))


def _priced(line: Line, tax_minor: int, terms: Terms) -> PricedLine:
    return PricedLine(
        product=line.product,
        quantity=line.quantity,
        unit_list_minor=line.unit_list_minor,
        amount_minor=line.amount_minor,
        tax_minor=tax_minor,
        rounding_minor=0,
        total_minor=line.amount_minor + (0 if terms.tax_included else tax_minor),
        steps=tuple(line.steps),
    )


def _to_coins(line: PricedLine, floor_minor: int, terms: Terms) -> PricedLine:
    if terms.coin_minor == 1:
        return line
    above_minor = floor_minor + (0 if terms.tax_included else line.tax_minor)
    total_minor = _coins(line.total_minor, above_minor, terms.coin_minor)
    return replace(line, rounding_minor=total_minor - line.total_minor, total_minor=total_minor)


def _coins(amount_minor: int, floor_minor: int, coin_minor: int) -> int:
    """An amount in whole coins: the nearest, or the next above where that falls below the floor."""
    rounded_minor = half_up(amount_minor, coin_minor) * coin_minor
    return rounded_minor + coin_minor if rounded_minor < floor_minor else rounded_minor


def _free(free: Free) -> PricedLine:
    return PricedLine(
        product=free.product,
        quantity=free.quantity,
        unit_list_minor=free.unit_list_minor,
        amount_minor=0,
        tax_minor=0,
        rounding_minor=0,
        total_minor=0,
        steps=(),
        free_by=free.rule,
    )
