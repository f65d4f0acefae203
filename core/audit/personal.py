"""What of the audit trail is personal."""

from typing import Final

from core.lists.personal import Personal

PERSONAL: Final = (
    # Who looked at somebody, and did what.
    Personal(
        "audit",
        whose="object_id = %(person)s",
        shown=("id", "actor", "action", "detail"),
        kept="who did what is a chain that nobody may break; it has ids and no names",
    ),
)
