"""How much a page may carry on a channel."""

from dataclasses import dataclass

from menus.limits import BUDGET_SEPTETS_MIN, BUDGET_UCS2_UNITS_MIN


@dataclass(frozen=True, slots=True)
class Budget:
    """The size of one page: septets of GSM-7, or UCS-2 units where the service carries those.

    `ucs2_units` 0 says that it does not: every text is folded into GSM-7. `folds` False: where it
    does, letters outside GSM-7 stay, whatever they cost.
    """

    septets: int
    ucs2_units: int = 0
    folds: bool = True

    def __post_init__(self) -> None:
        if self.septets < BUDGET_SEPTETS_MIN:
            raise ValueError(f"a page needs at least {BUDGET_SEPTETS_MIN} septets")
        if self.ucs2_units and self.ucs2_units < BUDGET_UCS2_UNITS_MIN:
            raise ValueError(f"a page needs at least {BUDGET_UCS2_UNITS_MIN} UCS-2 units")
        # A unit has 16 bits and a septet 7: what carries so many units carries twice the septets.
        # Of a longer text some pages may be pure GSM-7, and gateways send those as such.
        if self.ucs2_units * 2 > self.septets:
            raise ValueError("a page carries at least two septets for each UCS-2 unit")
