"""What of loans is personal."""

from typing import Final

from core.lists.personal import Personal

_THEIRS: Final = "subscriber_id = %(person)s"

PERSONAL: Final = (
    Personal(
        "loan",
        whose="borrower_id = %(person)s",
        shown=(
            *("id", "group_id", "principal_minor", "currency", "periods", "state", "reason"),
            *("disbursed_on", "lost_minor", "created_at", "ended_at"),
        ),
    ),
    Personal(
        "loan_guarantor",
        whose=_THEIRS,
        shown=("loan_id", "amount_minor", "state", "called_minor", "changed_at"),
    ),
    Personal(
        "loan_decision",
        whose=_THEIRS,
        shown=("loan_id", "role", "approved", "reason", "created_at"),
    ),
    Personal(
        "loan_payment",
        whose="payer_id = %(person)s",
        shown=("id", "loan_id", "source", "paid_on", "amount_minor", "created_at"),
    ),
)
