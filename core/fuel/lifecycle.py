"""The states that a shift goes through."""

from typing import Final

from core.lifecycle import Lifecycle

SHIFT: Final = Lifecycle("fuel_shift", initial="open", transitions=[["close", "open", "closed"]])
