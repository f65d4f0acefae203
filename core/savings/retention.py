"""What of savings groups is forgotten, and when."""

from core.db.retention import Retention

RETENTION = (
    Retention(
        "savings_reminder",
        "tenant_id, kind, subject_id, subscriber_id, day",
        "created_at",
        kept_days=120,
    ),
)
