"""What of the turn log is personal."""

from typing import Final

from core.lists.personal import Personal

_THEIRS: Final = "subscriber_id = %(person)s"

PERSONAL: Final = (
    # What was shown is sealed for the console's replay alone (core/analytics/replay).
    Personal(
        "turn",
        whose=_THEIRS,
        shown=("id", "session", "number", "place", "outcome", "language"),
        hidden=("screen_key", "screen_sealed"),
    ),
)
