"""What a unit costs before anything is taken off, and the least that it may cost."""

from core.pricing.basket import NoListPrice
from core.pricing.index import BuyersRules
from core.pricing.rules import Rule, Stage, UnitPrice


def list_price(rules: BuyersRules, product: str) -> tuple[Rule, UnitPrice]:
    """What a unit costs before anything is taken off. Raises NoListPrice."""
    for candidate in rules.of(Stage.LIST, product):
        change = candidate.rule.change
        assert isinstance(change, UnitPrice), "looked at when the rules were published"
        return candidate.rule, change
    raise NoListPrice("This product has no price now.", product)


def floor_of(rules: BuyersRules, product: str) -> tuple[int, str]:
    """The least that a unit may cost, and the rule that says so."""
    for candidate in rules.of(Stage.FLOOR, product):
        change = candidate.rule.change
        assert isinstance(change, UnitPrice), "looked at when the rules were published"
        return change.price_minor, candidate.rule.id
    return 0, ""
