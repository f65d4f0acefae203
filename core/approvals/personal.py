"""What of requests of officers is personal."""

from typing import Final

from core.lists.personal import Personal

PERSONAL: Final = (
    Personal(
        "approval_request",
        whose="subject_id = %(person)s",
        shown=("id", "kind", "reason", "state", "created_at", "ended_at"),
    ),
)
