"""What of rides is personal."""

from typing import Final

from core.lists.personal import HoldsBack, Personal
from core.rides.lifecycle import IS_ACTIVE

_KEPT: Final = "what was ridden and paid stays provable, under an id that names nobody"

PERSONAL: Final = (
    Personal(
        "driver",
        whose="subscriber_id = %(person)s",
        shown=(
            *("plate", "licence", "licence_until", "insurance_until"),
            *("stop_id", "latitude_e7", "longitude_e7", "seen_at"),
        ),
        kept=_KEPT,
        emptied={
            "plate": "'gone ' || subscriber_id",
            "licence": "''",
            **dict.fromkeys(("stop_id", "cell", "latitude_e7", "longitude_e7", "seen_at"), "NULL"),
        },
    ),
    Personal(
        "driver_papers",
        whose="subscriber_id = %(person)s",
        shown=(
            *("id", "plate", "licence", "licence_until", "insurance_until", "brought_at", "state"),
            *("reason", "ended_at"),
        ),
        kept=_KEPT,
        emptied={"plate": "''", "licence": "''", "reason": "NULL"},
    ),
    Personal(
        "driver_reminder",
        whose="subscriber_id = %(person)s",
        shown=("paper", "until", "days", "reminded_at"),
        kept=_KEPT,
    ),
    Personal(
        "ride",
        whose="%(person)s IN (customer_id, driver_id)",
        shown=(
            *("id", "pickup_id", "destination_id", "distance_m", "fare_minor", "waiting_minor"),
            *("fee_minor", "currency", "state", "stars", "requested_at", "accepted_at"),
            *("arrived_at", "started_at", "ended_at"),
        ),
        kept=_KEPT,
    ),
    Personal(
        "ride_event",
        whose="actor_id = %(person)s",
        shown=("ride_id", "step", "at"),
        kept=_KEPT,
    ),
    Personal(
        "ride_offer",
        whose="driver_id = %(person)s",
        shown=("ride_id", "state", "offered_at", "expires_at"),
        kept=_KEPT,
    ),
)

HOLDS_BACK: Final = (
    HoldsBack(
        "A ride of theirs is under way.",
        "SELECT 1 FROM ride WHERE tenant_id = current_tenant()"
        f" AND %(person)s IN (customer_id, driver_id) AND {IS_ACTIVE} LIMIT 1",
    ),
)
