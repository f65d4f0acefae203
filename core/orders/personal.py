"""What of orders is personal."""

from typing import Final

from core.lists.personal import Personal

_THEIRS: Final = "subscriber_id = %(person)s"
_KEPT: Final = "what was promised at which price, under an id that names nobody"

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
)
