"""What of orders is personal."""

from typing import Final

from core.lists.personal import Personal

_THEIRS: Final = "subscriber_id = %(person)s"
_KEPT: Final = "what was promised at which price, under an id that names nobody"
_ORDERED: Final = "what was ordered, delivered and paid, under an id that names nobody"
_ASKED: Final = "what credit was asked for and given, under an id that names nobody"
_OF_THEIR_ORDER: Final = (
    "order_id IN (SELECT id FROM shop_order WHERE tenant_id = current_tenant()"
    " AND subscriber_id = %(person)s)"
)

PERSONAL: Final = (
    Personal("shop", whose=_THEIRS, shown=("region", "price_groups"), kept=_KEPT),
    Personal(
        "price_quote",
        whose=_THEIRS,
        shown=(
            *("id", "asked", "priced", "currency", "total_minor", "coupon_rule"),
            *("created_at", "expires_at", "confirmed_at"),
        ),
        kept=_KEPT,
    ),
    Personal(
        "shop_order",
        whose=_THEIRS,
        shown=(
            *("id", "quote_id", "warehouse", "channel", "payment", "state", "currency"),
            *(
                "total_minor",
                "delivered_minor",
                "paid_minor",
                "deliverer",
                "reason",
                "due_on",
                "late_fee_minor",
            ),
            *("created_at", "ended_at"),
        ),
        kept=_ORDERED,
    ),
    Personal(
        "credit_application",
        whose=_THEIRS,
        shown=(
            *("id", "state", "score", "limit_minor", "currency", "reasons", "created_at"),
            *("decided_by", "decided_at"),
        ),
        kept=_ASKED,
    ),
    Personal(
        "trade_credit",
        whose=_THEIRS,
        shown=("state", "limit_minor", "currency", "days", "reason", "created_at"),
        kept=_ASKED,
    ),
    Personal(
        "credit_repayment",
        whose=_OF_THEIR_ORDER,
        shown=("entry_id", "order_id", "invoice_minor", "late_fee_minor"),
        kept=_ORDERED,
    ),
    Personal(
        "shop_order_line",
        whose=_OF_THEIR_ORDER,
        shown=(
            "order_id",
            "number",
            "product",
            "quantity",
            "total_minor",
            "delivered",
            "substitute",
        ),
        kept=_ORDERED,
    ),
    Personal(
        "shop_order_step",
        whose=_OF_THEIR_ORDER,
        shown=("order_id", "ordinal", "step", "actor", "created_at"),
        kept=_ORDERED,
    ),
)
