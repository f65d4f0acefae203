"""The states that an order goes through.

Each step is one transaction, with all that it does and with what it takes back; so a process that
is killed leaves the order before the step or after it, and the clock takes the next one.
"""

from typing import Final

from core.lifecycle import Lifecycle

ORDER: Final = Lifecycle(
    "shop_order",
    initial="created",
    transitions=[
        ["reserve", "created", "reserved"],
        ["confirm", "reserved", "confirmed"],
        ["assign", "confirmed", "assigned"],
        ["take_back", "assigned", "confirmed"],
        ["pick", "assigned", "picked"],
        ["deliver", "picked", "delivered"],
        ["invoice", "delivered", "invoiced"],
        ["settle", "invoiced", "settled"],
        ["refuse", "picked", "refused"],
        ["cancel", ["created", "reserved", "confirmed", "assigned"], "cancelled"],
        ["expire", ["created", "reserved"], "expired"],
    ],
)

# While an order is in one of these, its goods are promised to it.
RESERVED: Final = ("reserved", "confirmed", "assigned", "picked")
HOLDS_STOCK: Final = "state IN ('reserved', 'confirmed', 'assigned', 'picked')"
# Until then a shop may cancel by itself; staff may until the goods are picked.
CANCELLED_BY_SHOP: Final = ("created", "reserved", "confirmed")
CANCELLED_BY_STAFF: Final = (*CANCELLED_BY_SHOP, "assigned")
