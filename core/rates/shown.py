"""How a rate is written for people: as many digits as its size needs."""

from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Final

# Above this, so many decimals; below the last of them, all that are kept.
_DECIMALS: Final = (
    (Decimal(5000), 0),
    (Decimal(80), 2),
    (Decimal(20), 3),
    (Decimal(1), 4),
    (Decimal("0.01"), 5),
    (Decimal("0.000001"), 6),
)
_DECIMALS_ELSE: Final = 8


def shown(rate: Decimal) -> str:
    """A rate as a screen has it: 17,425 and 1,612.35 and 24.066 and 1.0832 and 0.000621."""
    decimals = next((digits for above, digits in _DECIMALS if rate > above), _DECIMALS_ELSE)
    with localcontext(prec=60):
        rounded = rate.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return f"{rounded:,f}"


def shown_change(before: Decimal, after: Decimal) -> str:
    """From one rate to the next, in percent with its sign: +0.84 %, -1.20 %, 0.00 %."""
    with localcontext(prec=40):
        percent = ((after / before - 1) * 100).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return f"{percent:+.2f} %" if percent else "0.00 %"
