"""The states that a shift, and a sale to a customer's phone, go through."""

from typing import Final

from core.lifecycle import Lifecycle

SHIFT: Final = Lifecycle("fuel_shift", initial="open", transitions=[["close", "open", "closed"]])
SALE: Final = Lifecycle(
    "fuel_sale",
    initial="offered",
    transitions=[["pay", "offered", "paid"], ["refuse", "offered", "refused"]],
)
