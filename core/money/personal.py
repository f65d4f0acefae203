"""What of the books is personal."""

from typing import Final

from core.lists.personal import Personal

_THEIRS: Final = "subscriber_id = %(person)s"

PERSONAL: Final = (
    Personal(
        "account",
        whose="owner_id = %(person)s",
        shown=("id", "kind", "currency", "balance_minor", "held_minor", "frozen", "created_at"),
    ),
    Personal(
        "posting",
        whose=(
            "account_id IN (SELECT id FROM account WHERE tenant_id = current_tenant()"
            " AND owner_id = %(person)s)"
        ),
        shown=("entry_id", "account_id", "amount_minor", "currency"),
    ),
    # Its detail says who was at the other side, in short.
    Personal(
        "entry",
        whose=(
            "id IN (SELECT p.entry_id FROM posting p JOIN account a ON a.tenant_id = p.tenant_id"
            " AND a.id = p.account_id WHERE p.tenant_id = current_tenant()"
            " AND a.owner_id = %(person)s)"
        ),
        shown=("id", "kind", "reference", "detail"),
    ),
    Personal(
        "intent",
        whose=_THEIRS,
        shown=("id", "operation", "amount_minor", "fee_minor", "currency", "quote", "state"),
        hidden=("session",),
    ),
    Personal("spending_limit", whose=_THEIRS, shown=("limit_minor", "used_minor", "until")),
    Personal("usage_day", whose=_THEIRS, shown=("operation", "day", "count", "amount_minor")),
)
