"""What of agents is personal."""

from typing import Final

from core.lists.personal import Personal

_THEIRS: Final = "subscriber_id = %(person)s"

PERSONAL: Final = (
    Personal("agent", whose=_THEIRS, shown=("level", "code", "frozen")),
    Personal("lookup_hour", whose=_THEIRS, shown=("hour",)),
)
