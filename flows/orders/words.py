"""How conversations about orders speak of goods."""

from collections.abc import Sequence
from typing import Final

# A title has room for so many lines of a basket.
SHOWN_MAXIMUM: Final = 2


def items_text(items: Sequence[tuple[int, str]]) -> str:
    """Quantities and codes as a title shows them: 5 OIL1, 2 SOAP +3."""
    shown = ", ".join(f"{quantity} {code}" for quantity, code in items[:SHOWN_MAXIMUM])
    more = len(items) - SHOWN_MAXIMUM
    return f"{shown} +{more}" if more > 0 else shown
