"""What of payments is personal."""

from typing import Final

from core.lists.personal import NO_BYTES, NO_LOOKUP, HoldsBack, Personal

_THEIRS: Final = "subscriber_id = %(person)s"
_KEPT: Final = "what moved at a provider, by its transaction, without the number that paid"

PERSONAL: Final = (
    Personal(
        "payment",
        whose=_THEIRS,
        shown=(
            *("id", "kind", "provider", "wallet", "operation", "amount_minor", "currency"),
            *("state", "reason", "provider_id", "created_at", "ended_at"),
        ),
        sealed={"party_sealed": "id"},
        # A code is of use for some seconds, to nobody but its provider.
        hidden=("party_lookup", "code_sealed"),
        kept=_KEPT,
        emptied={"party_sealed": NO_BYTES, "party_lookup": NO_LOOKUP, "code_sealed": "NULL"},
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
        kept=_KEPT,
        emptied={
            "counterparty_sealed": "NULL",
            "counterparty_lookup": "NULL",
            "words_sealed": "NULL",
        },
    ),
    Personal(
        "expected_payment",
        whose=_THEIRS,
        shown=("id", "purpose", "wallet", "amount_minor", "currency", "state", "created_at"),
        kept="what was expected and came, under an id that names nobody",
        emptied={"state": "CASE state WHEN 'open' THEN 'withdrawn' ELSE state END"},
    ),
    Personal(
        "missing_money",
        whose=_THEIRS,
        shown=("id", "amount_minor", "currency", "txid", "state", "created_at", "ended_at"),
        kept="what they missed and what became of it, under an id that names nobody",
    ),
    Personal("payment_token", whose=_THEIRS, shown=("token", "purpose", "created_at"), goes=True),
    # The network's words, which name whoever paid; nobody is found by them.
    Personal("payment_text", hidden=("digest", "body_sealed")),
)

HOLDS_BACK: Final = (
    HoldsBack(
        "A payment of theirs by mobile money is under way, or in review.",
        "SELECT 1 FROM payment WHERE tenant_id = current_tenant() AND subscriber_id = %(person)s"
        " AND state IN ('created', 'submitted', 'pending', 'unknown', 'review') LIMIT 1",
    ),
    HoldsBack(
        "Money that they miss is still looked for.",
        "SELECT 1 FROM missing_money WHERE tenant_id = current_tenant()"
        " AND subscriber_id = %(person)s AND state = 'open' LIMIT 1",
    ),
)
