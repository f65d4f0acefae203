"""What of the turn log is personal."""

from typing import Final

from core.lists.personal import Personal

# With the screens of their sessions before it was known who they are.
_THEIRS: Final = (
    "(subscriber_id = %(person)s OR (subscriber_id IS NULL AND session IN (SELECT t.session"
    " FROM turn t WHERE t.tenant_id = current_tenant() AND t.subscriber_id = %(person)s)))"
)

PERSONAL: Final = (
    # What was shown is sealed for the console's replay alone (core/analytics/replay).
    Personal(
        "turn",
        whose=_THEIRS,
        shown=("id", "session", "number", "place", "outcome", "language", "network"),
        hidden=("screen_key", "screen_sealed"),
        kept="how the menus are used, without what was shown; it goes by itself with its month",
        emptied={"screen_key": "NULL", "screen_sealed": "NULL"},
    ),
)
