"""What of signing in by a code is personal."""

from typing import Final

from core.lists.personal import Personal

_THEIRS: Final = "subscriber_id = %(person)s"

PERSONAL: Final = (
    Personal(
        "sign_in",
        whose=_THEIRS,
        shown=("id", "client", "created_at", "ended_at", "reason"),
        hidden=("address_lookup",),
    ),
    Personal(
        "sign_in_code",
        whose=_THEIRS,
        shown=("id", "client", "created_at", "used_at"),
        hidden=("address_lookup",),
    ),
)
