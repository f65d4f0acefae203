"""The states that a ride and an offer of it go through. Paid and rated are no states: a ride that
was completed has its entry, or was paid in cash, and has stars once the customer gave them."""

from typing import Final

from core.lifecycle import Lifecycle

RIDE: Final = Lifecycle(
    "ride",
    initial="requested",
    transitions=[
        ["offer", "requested", "offered"],
        ["decline", ["offered", "accepted", "arrived"], "requested"],
        ["accept", "offered", "accepted"],
        ["arrive", "accepted", "arrived"],
        ["start", ["accepted", "arrived"], "started"],
        ["complete", "started", "completed"],
        ["cancel", ["requested", "offered", "accepted", "arrived"], "cancelled"],
        ["expire", ["requested", "offered"], "expired"],
        ["miss", "arrived", "no_show"],
    ],
)

OFFER: Final = Lifecycle(
    "ride_offer",
    initial="open",
    transitions=[
        ["accept", "open", "accepted"],
        ["refuse", "open", "refused"],
        ["expire", "open", "expired"],
        ["withdraw", "open", "withdrawn"],
        # By staff, who spoke with the driver.
        ["reopen", ["accepted", "refused", "expired", "withdrawn"], "open"],
    ],
)

PAPERS: Final = Lifecycle(
    "driver_papers",
    initial="waiting",
    transitions=[
        ["accept", "waiting", "accepted"],
        ["refuse", "waiting", "refused"],
        # Others were brought before these were looked at.
        ["replace", "waiting", "replaced"],
    ],
)

# Of a customer there is at most one such ride, and of a rider at most one that is his.
IS_ACTIVE: Final = "state IN ('requested', 'offered', 'accepted', 'arrived', 'started')"
IS_TAKEN: Final = "state IN ('accepted', 'arrived', 'started')"
