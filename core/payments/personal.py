"""What of payments is personal."""

from typing import Final

from core.lists.personal import Personal

_THEIRS: Final = "subscriber_id = %(person)s"

PERSONAL: Final = (
    Personal(
        "payment",
        whose=_THEIRS,
        shown=(
            *("id", "kind", "provider", "wallet", "operation", "amount_minor", "currency"),
            *("state", "reason", "provider_id", "created_at", "ended_at"),
        ),
        sealed={"party_sealed": "id"},
        hidden=("party_lookup",),
    ),
    Personal(
        "provider_movement",
        whose=(
            "payment_id IN (SELECT id FROM payment WHERE tenant_id = current_tenant()"
            " AND subscriber_id = %(person)s)"
        ),
        shown=("id", "wallet", "provider_txid", "amount_minor", "currency", "happened_at"),
        sealed={"counterparty_sealed": "id", "words_sealed": "id"},
        hidden=("counterparty_lookup",),
    ),
    Personal(
        "expected_payment",
        whose=_THEIRS,
        shown=("id", "purpose", "wallet", "amount_minor", "currency", "state", "created_at"),
    ),
    Personal(
        "missing_money",
        whose=_THEIRS,
        shown=("id", "amount_minor", "currency", "txid", "state", "created_at", "ended_at"),
    ),
    Personal("payment_token", whose=_THEIRS, shown=("token", "purpose", "created_at")),
    # The network's words, which name whoever paid; nobody is found by them.
    Personal("payment_text", hidden=("digest", "body_sealed")),
)
