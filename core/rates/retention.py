"""What of rates is forgotten, and when. Rates themselves are kept for good."""

from core.db.retention import Retention

RETENTION = (
    Retention("rate_run", "tenant_id, id", "started_at", kept_days=90),
    Retention("rate_alert", "tenant_id, id", "state = 'over' AND ended_at", kept_days=90),
    Retention(
        "rate_asked", "tenant_id, subscriber_id, source, destination", "asked_at", kept_days=400
    ),
)
