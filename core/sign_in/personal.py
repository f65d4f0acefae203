"""What of signing in by a code is personal."""

from typing import Final

from core.lists.personal import NO_LOOKUP, Personal

_THEIRS: Final = "subscriber_id = %(person)s"

PERSONAL: Final = (
    Personal(
        "sign_in",
        whose=_THEIRS,
        shown=("id", "client", "created_at", "ended_at", "reason"),
        hidden=("address_lookup",),
        kept="it has ended, and goes by itself after 200 days",
        emptied={
            "address_lookup": NO_LOOKUP,
            "reason": "coalesce(reason, 'erased')",
            "ended_at": "coalesce(ended_at, now())",
        },
    ),
    Personal(
        "sign_in_code",
        whose=_THEIRS,
        shown=("id", "client", "created_at", "used_at"),
        hidden=("address_lookup",),
        kept="it goes by itself after seven days",
        emptied={"address_lookup": NO_LOOKUP, "expires_at": "least(expires_at, now())"},
    ),
)
