"""What of events is forgotten, and when."""

from core.db.retention import Retention

RETENTION = (
    Retention("event", "tenant_id, id", "state <> 'waiting' AND created_at", kept_days=30),
)
