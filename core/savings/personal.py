"""What of groups is personal."""

from typing import Final

from core.lists.personal import Personal

_THEIRS: Final = "subscriber_id = %(person)s"

PERSONAL: Final = (
    Personal(
        "membership",
        whose=_THEIRS,
        shown=("group_id", "number", "savings_account_id", "joined_at", "left_at"),
    ),
    Personal(
        "contribution",
        whose=_THEIRS,
        shown=("entry_id", "group_id", "amount_minor", "fee_minor", "currency"),
    ),
)
