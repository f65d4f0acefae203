"""What of the books is personal."""

from typing import Final

from core.lists.personal import HoldsBack, Personal

_THEIRS: Final = "subscriber_id = %(person)s"
_BOOKS: Final = "the books stay whole: amounts and times, under an id that names nobody"

PERSONAL: Final = (
    Personal(
        "account",
        whose="owner_id = %(person)s",
        shown=("id", "kind", "currency", "balance_minor", "held_minor", "frozen", "created_at"),
        kept=_BOOKS,
    ),
    Personal(
        "posting",
        whose=(
            "account_id IN (SELECT id FROM account WHERE tenant_id = current_tenant()"
            " AND owner_id = %(person)s)"
        ),
        shown=("entry_id", "account_id", "amount_minor", "currency"),
        kept=_BOOKS,
    ),
    # Its detail says who was at either side, in short.
    Personal(
        "entry",
        whose=(
            "id IN (SELECT p.entry_id FROM posting p JOIN account a ON a.tenant_id = p.tenant_id"
            " AND a.id = p.account_id WHERE p.tenant_id = current_tenant()"
            " AND a.owner_id = %(person)s)"
        ),
        shown=("id", "kind", "reference", "detail"),
        kept=_BOOKS,
        also=("SELECT erase_names(%(person)s, %(names)s)",),
    ),
    Personal(
        "intent",
        whose=_THEIRS,
        shown=("id", "operation", "amount_minor", "fee_minor", "currency", "quote", "state"),
        hidden=("session",),
        kept=_BOOKS,
        also=(
            "UPDATE intent SET quote = without_names(quote, %(names)s)"
            " WHERE tenant_id = current_tenant() AND id IN ("
            "  SELECT substr(e.key, 8)::uuid FROM entry e JOIN posting p ON p.tenant_id ="
            "   e.tenant_id AND p.entry_id = e.id JOIN account a ON a.tenant_id = p.tenant_id"
            "   AND a.id = p.account_id WHERE e.tenant_id = current_tenant()"
            "   AND a.owner_id = %(person)s AND e.key LIKE 'intent:%%'"
            "  UNION SELECT id FROM intent WHERE tenant_id = current_tenant()"
            "   AND subscriber_id = %(person)s)",
        ),
    ),
    Personal(
        "spending_limit",
        whose=_THEIRS,
        shown=("limit_minor", "used_minor", "until"),
        kept="it goes by itself within two days",
    ),
    Personal(
        "usage_day",
        whose=_THEIRS,
        shown=("operation", "day", "count", "amount_minor"),
        kept="sums of days, which go by themselves after 400",
    ),
)

HOLDS_BACK: Final = (
    HoldsBack(
        "There is money on an account of theirs: pay it out first.",
        "SELECT 1 FROM account WHERE tenant_id = current_tenant() AND owner_id = %(person)s"
        " AND (balance_minor <> 0 OR held_minor <> 0) LIMIT 1",
    ),
    HoldsBack(
        "A payment of theirs, or to them, waits for somebody's word.",
        "SELECT 1 FROM intent WHERE tenant_id = current_tenant() AND state = 'pending'"
        " AND (subscriber_id = %(person)s OR payee_id = %(person)s) LIMIT 1",
    ),
)
