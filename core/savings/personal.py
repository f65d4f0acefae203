"""What of groups is personal."""

from typing import Final

from core.lists.personal import Personal

_THEIRS: Final = "subscriber_id = %(person)s"

PERSONAL: Final = (
    Personal(
        "membership",
        whose=_THEIRS,
        shown=(
            *("group_id", "number", "savings_account_id", "joined_at", "left_at"),
            "member_since",
        ),
    ),
    Personal(
        "contribution",
        whose=_THEIRS,
        shown=("entry_id", "group_id", "amount_minor", "fee_minor", "currency"),
    ),
    Personal(
        "savings_office", whose=_THEIRS, shown=("group_id", "role", "valid_from", "valid_until")
    ),
    Personal(
        "savings_meeting_line",
        whose=_THEIRS,
        shown=(
            *("meeting_id", "number", "attendance", "saved_minor", "social_minor", "fine_minor"),
            *("fines", "entry_id"),
        ),
    ),
    Personal(
        "savings_correction",
        whose=_THEIRS,
        shown=(
            *("meeting_id", "corrects_entry_id", "saved_minor", "social_minor", "fine_minor"),
            *("reason", "entry_id"),
        ),
    ),
)
