"""What of the money domain is forgotten, and when. Entries and postings never are."""

from core.db.retention import Retention

RETENTION = (
    Retention("usage_day", "tenant_id, subscriber_id, operation, day", "day", kept_days=400),
    Retention("spending_limit", "tenant_id, subscriber_id", "until", kept_days=1),
    # What came to nothing; one that was to be approved is remembered with its approval.
    Retention(
        "intent",
        "tenant_id, id",
        "state IN ('open', 'void') AND NOT EXISTS (SELECT 1 FROM approval a"
        " WHERE a.tenant_id = intent.tenant_id AND a.intent_id = intent.id) AND created_at",
        kept_days=7,
    ),
)
