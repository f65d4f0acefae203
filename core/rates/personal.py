"""What of rates is personal."""

from typing import Final

from core.lists.personal import Personal

_THEIRS: Final = "subscriber_id = %(person)s"

PERSONAL: Final = (
    Personal(
        "rate_alert",
        whose=_THEIRS,
        shown=("id", "source", "destination", "direction", "level", "state", "created_at"),
        kept="it is over, and goes by itself after 90 days",
        emptied={"state": "'over'", "ended_at": "coalesce(ended_at, now())"},
    ),
    Personal(
        "rate_daily",
        whose=_THEIRS,
        shown=("source", "destination", "hour", "created_at"),
        goes=True,
    ),
    Personal("rate_asked", whose=_THEIRS, shown=("source", "destination", "asked_at"), goes=True),
)
