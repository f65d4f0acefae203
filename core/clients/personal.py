"""What of answers to programs is personal."""

from typing import Final

from core.lists.personal import Personal

PERSONAL: Final = (
    # What was answered once, for 30 days: it may hold whatever the API reads.
    Personal("api_result", hidden=("fields", "body_sealed")),
)
