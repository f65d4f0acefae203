"""What flows that read totalisers have in common: a question for a nozzle."""

from core.fuel.shifts import Nozzle
from menus.fractions import Fraction
from menus.screens import Ask
from menus.texts import Text, _

# Pumps show two decimals; a new one stands at 0.
LITRES = Fraction(decimals=2, takes_zero=True)


def ask_litres(prompt: Text) -> Ask:
    return Ask(prompt, LITRES)


def ask_now(nozzle: Nozzle, last: str) -> Ask:
    """What a nozzle's totaliser says now; `last` is what it said before, in litres."""
    return ask_litres(
        _(
            "Nozzle {nozzle}, {product}: meter now? Before: {last} l.",
            nozzle=nozzle.number,
            product=nozzle.name,
            last=last,
        )
    )
