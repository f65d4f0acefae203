"""What of rides is personal."""

from typing import Final

from core.lists.personal import Personal

PERSONAL: Final = (
    Personal(
        "driver",
        whose="subscriber_id = %(person)s",
        shown=(
            *("plate", "licence", "licence_until", "insurance_until"),
            *("stop_id", "latitude_e7", "longitude_e7", "seen_at"),
        ),
    ),
    Personal(
        "ride",
        whose="%(person)s IN (customer_id, driver_id)",
        shown=(
            *("id", "pickup_id", "destination_id", "distance_m", "fare_minor", "waiting_minor"),
            *("fee_minor", "currency", "state", "stars", "requested_at", "accepted_at"),
            *("arrived_at", "started_at", "ended_at"),
        ),
    ),
    Personal(
        "ride_event",
        whose="actor_id = %(person)s",
        shown=("ride_id", "step", "at"),
    ),
    Personal(
        "ride_offer",
        whose="driver_id = %(person)s",
        shown=("ride_id", "state", "offered_at", "expires_at"),
    ),
)
