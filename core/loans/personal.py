"""What of loans is personal."""

from typing import Final

from core.lists.personal import HoldsBack, Personal

_THEIRS: Final = "subscriber_id = %(person)s"
_KEPT: Final = "what the group lent and got back stays provable, under an id that names nobody"
_OPEN: Final = "('applied', 'guaranteed', 'approved', 'disbursed', 'repaying')"

PERSONAL: Final = (
    Personal(
        "loan",
        whose="borrower_id = %(person)s",
        shown=(
            *("id", "group_id", "principal_minor", "currency", "periods", "state", "reason"),
            "payout",
            *("disbursed_on", "lost_minor", "created_at", "ended_at"),
        ),
        kept=_KEPT,
    ),
    Personal(
        "loan_guarantor",
        whose=_THEIRS,
        shown=("loan_id", "amount_minor", "state", "called_minor", "changed_at"),
        kept=_KEPT,
    ),
    Personal(
        "loan_decision",
        whose=_THEIRS,
        shown=("loan_id", "role", "approved", "reason", "created_at"),
        kept=_KEPT,
    ),
    Personal(
        "loan_payment",
        whose="payer_id = %(person)s",
        shown=("id", "loan_id", "source", "paid_on", "amount_minor", "created_at"),
        kept=_KEPT,
    ),
)

HOLDS_BACK: Final = (
    HoldsBack(
        "A loan of theirs is open.",
        "SELECT 1 FROM loan WHERE tenant_id = current_tenant() AND borrower_id = %(person)s"
        f" AND state IN {_OPEN} LIMIT 1",
    ),
    HoldsBack(
        "They stand for somebody's open loan.",
        "SELECT 1 FROM loan_guarantor g JOIN loan l ON l.tenant_id = g.tenant_id"
        " AND l.id = g.loan_id WHERE g.tenant_id = current_tenant()"
        " AND g.subscriber_id = %(person)s AND g.state IN ('asked', 'accepted')"
        f" AND l.state IN {_OPEN} LIMIT 1",
    ),
)
