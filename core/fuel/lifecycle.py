"""The states that a shift, a sale to a customer's phone, a complaint and a dip go through."""

from typing import Final

from core.lifecycle import Lifecycle

SHIFT: Final = Lifecycle("fuel_shift", initial="open", transitions=[["close", "open", "closed"]])
SALE: Final = Lifecycle(
    "fuel_sale",
    initial="offered",
    transitions=[["pay", "offered", "paid"], ["refuse", "offered", "refused"]],
)
COMPLAINT: Final = Lifecycle(
    "fuel_complaint",
    initial="open",
    transitions=[["answer", ["open", "late"], "answered"], ["go_up", "open", "late"]],
)
DIP: Final = Lifecycle(
    "fuel_dip",
    initial="entered",
    transitions=[["confirm", "entered", "confirmed"], ["refuse", "entered", "refused"]],
)
