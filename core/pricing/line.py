"""A line while its price is being made."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from core.pricing.amounts import Count
from core.pricing.basket import Step
from core.pricing.rules import Basis, Rule


@dataclass(slots=True)
class Line:
    """Units of a product, and what they cost so far. `floor_minor` is of all its units, and of its
    part of the units that are free for them."""

    product: str
    category: str
    quantity: int
    unit_list_minor: int
    amount_minor: int
    floor_minor: int
    floor_rule: str
    steps: list[Step] = field(default_factory=list)
    # Whether a promotion that is not stackable stands on it.
    is_alone: bool = False

    @property
    def room_minor(self) -> int:
        """What of the amount lies above the floor."""
        return self.amount_minor - self.floor_minor

    def held(self, amount_minor: int) -> int:
        """An amount, or the floor where that is higher."""
        return max(amount_minor, self.floor_minor)

    def take(self, rule: Rule, amount_minor: int) -> None:
        """Let a rule make the line's amount so large, or the floor where that is higher."""
        held_minor = self.held(amount_minor)
        if held_minor == self.amount_minor and held_minor == amount_minor:
            return
        floor = self.floor_rule if held_minor > amount_minor else ""
        step = Step(rule.id, rule.stage, self.amount_minor, held_minor, floor)
        self.steps.append(step)
        self.amount_minor = held_minor


class Counts:
    """How many units of a product and of a category a basket has."""

    __slots__ = ("_categories", "_products")

    def __init__(self, lines: Iterable[tuple[str, str, int]]) -> None:
        self._products: Counter[str] = Counter()
        self._categories: Counter[str] = Counter()
        for product, category, quantity in lines:
            self._products[product] += quantity
            self._categories[category] += quantity

    def of(self, line: Line) -> Count:
        """What a tier of each basis counts for a line."""

        def count(basis: Basis) -> int:
            if basis is Basis.LINE:
                return line.quantity
            if basis is Basis.PRODUCT:
                return self._products[line.product]
            return self._categories[line.category]

        return count
