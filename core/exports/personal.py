"""What of exports is personal."""

from typing import Final

from core.lists.personal import Personal

PERSONAL: Final = (
    # Lists that were taken away, for seven days: they may hold whatever a list has.
    Personal("export_part", hidden=("content_sealed",)),
)
