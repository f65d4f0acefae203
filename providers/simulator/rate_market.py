"""What currencies are worth to the fakes that quote rates: invented, near what they once were, and
moving a little each six hours, the same for everybody who asks."""

from __future__ import annotations

import hashlib
from datetime import datetime
from decimal import Decimal
from typing import Final

# Units for one US dollar.
A_DOLLAR: Final = {
    **{"USD": "1", "EUR": "0.8614", "GBP": "0.7562", "CAD": "1.3985"},
    **{"XOF": "565.04", "XAF": "565.04", "EGP": "47.62", "ETB": "154.3", "GHS": "11.24"},
    **{"KES": "129.45", "MAD": "9.2751", "NGN": "1446.8", "ZAR": "17.132", "UGX": "3571.5"},
    **{"ZMW": "22.914", "RWF": "1452.6"},
}
MOVES_AN_H: Final = 6
_STEPS: Final = 800  # of 0.001 %: at most 0.8 % either way


class Market:
    """`set` gives a pair a rate of its own."""

    def __init__(self) -> None:
        self.own: dict[tuple[str, str], Decimal] = {}

    def knows(self, currency: str) -> bool:
        return currency in A_DOLLAR

    def rate(self, source: str, destination: str, at: datetime) -> Decimal:
        """Units of the destination for one of the source. Raises KeyError."""
        own = self.own.get((source, destination))
        if own is not None:
            return own
        middle = Decimal(A_DOLLAR[destination]) / Decimal(A_DOLLAR[source])
        slot = int(at.timestamp()) // (MOVES_AN_H * 3_600)
        drawn = hashlib.sha256(f"{source}{destination}{slot}".encode()).digest()
        step = int.from_bytes(drawn[:4]) % (2 * _STEPS + 1) - _STEPS
        return middle * (1 + Decimal(step) / 100_000)
