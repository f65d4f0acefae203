"""What of payments is forgotten, and when. What was booked stands in the ledger."""

from core.db.retention import Retention

RETENTION = (
    Retention(
        "payment_text",
        "tenant_id, id",
        "state IN ('set_aside', 'credited') AND created_at",
        kept_days=400,
    ),
    Retention("missing_money", "tenant_id, id", "state <> 'open' AND created_at", kept_days=400),
    # A payment is asked about for three days.
    Retention("payment_hint", "tenant_id, id", "created_at", kept_days=30),
    Retention("trust_balance", "tenant_id, id", "created_at", kept_days=3_650),
)
