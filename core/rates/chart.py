"""A week of a rate as a line: where it goes on a drawing, and what is written beside it.

Pure, so that a page draws it as SVG and a message as a picture. A rate holds until it changes, so
the line goes in steps.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from core.db.database import Tx
from core.rates import history
from core.rates.history import Value
from core.rates.quotes import Pair
from core.rates.shown import shown

DAYS: Final = 7
CHANGES_MAXIMUM: Final = 2_000
# Of the height, above the highest and below the lowest.
_ROOM: Final = Decimal("0.08")


@dataclass(frozen=True, slots=True)
class Chart:
    """`line` are points from the left top of a drawing of `width` and `height`; `days` are where a
    day begins, and its name. `first` and `last` are what was served as the week began, and is."""

    pair: Pair
    width: int
    height: int
    line: tuple[tuple[float, float], ...]
    days: tuple[tuple[float, str], ...]
    first: str
    last: str
    lowest: str
    highest: str
    lowest_y: float
    highest_y: float


def of_week(tx: Tx, pair: Pair, now: datetime, *, width: int, height: int) -> Chart | None:
    """The week up to now (which is in the tenant's zone); None where the pair has no rate."""
    start = now - timedelta(days=DAYS)
    before = history.before(tx, [pair], start).get(pair)
    changes = history.between(tx, pair, start, now + timedelta(seconds=1), limit=CHANGES_MAXIMUM)
    values = ([Value(before.rate, start)] if before else []) + changes
    return draw(pair, values, start=start, now=now, width=width, height=height)


def draw(
    pair: Pair, values: Sequence[Value], *, start: datetime, now: datetime, width: int, height: int
) -> Chart | None:
    """Draw these values, the oldest first; None where there are none."""
    if not values:
        return None
    lowest = min(value.rate for value in values)
    highest = max(value.rate for value in values)
    span = (highest - lowest) or Decimal(1)

    def across(at: datetime) -> float:
        return round(width * max(0.0, (at - start) / (now - start)), 1)

    def down(rate: Decimal) -> float:
        share = (rate - lowest) / span if highest > lowest else Decimal("0.5")
        return round(float(height * (1 - _ROOM - share * (1 - 2 * _ROOM))), 1)

    line = [(across(values[0].at), down(values[0].rate))]
    for value in values[1:]:
        x, y = across(value.at), down(value.rate)
        line += [(x, line[-1][1]), (x, y)]
    line.append((float(width), line[-1][1]))
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    days = [midnight - timedelta(days=back) for back in reversed(range(DAYS))]
    return Chart(
        *(pair, width, height, tuple(line)),
        tuple((across(day), f"{day:%d.%m.}") for day in days),
        *(shown(values[0].rate), shown(values[-1].rate), shown(lowest), shown(highest)),
        *(down(lowest), down(highest)),
    )
