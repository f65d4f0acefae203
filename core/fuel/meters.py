"""A nozzle's totaliser: what it must say next, and what was sold since. Pure.

In centilitres, as pumps count: 12,345.67 l is 1,234,567.
"""

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from core.fuel.errors import MeterBelow, MeterTooFar

CENTILITRES: Final = 100
# No nozzle gives more between two readings: 40 l a minute for a day and a night.
STEP_L_MAXIMUM: Final = 57_600


def centilitres(litres: str) -> int:
    """A number of litres in plain digits, as answers are kept; what is beyond two places is cut."""
    return int(Decimal(litres) * CENTILITRES)


def litres(volume_cl: int) -> str:
    """As screens show it: 12345.67."""
    return f"{volume_cl // CENTILITRES}.{volume_cl % CENTILITRES:02d}"


def sold_cl(before_cl: int, now_cl: int, digits: int) -> int:
    """What ran through between two readings. A totaliser of so many digits before the point begins
    again at 0 after them; that is believed where it fits. Raises MeterBelow, MeterTooFar (`last`
    is the reading before)."""
    full_cl = 10**digits * CENTILITRES
    if now_cl >= full_cl:
        raise MeterTooFar(last=litres(before_cl))
    step_cl = now_cl - before_cl if now_cl >= before_cl else now_cl + full_cl - before_cl
    if step_cl <= STEP_L_MAXIMUM * CENTILITRES:
        return step_cl
    if now_cl < before_cl:
        raise MeterBelow(last=litres(before_cl))
    raise MeterTooFar(last=litres(before_cl))


def amount_minor(volume_cl: int, price_minor: int) -> int:
    """What a volume costs at a price a litre, half up to a minor unit."""
    exact = Decimal(volume_cl * price_minor) / CENTILITRES
    return int(exact.quantize(Decimal(1), ROUND_HALF_UP))
