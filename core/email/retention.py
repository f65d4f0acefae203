"""How long it is kept to whom e-mail was sent."""

from core.db.retention import Retention

RETENTION = (
    Retention("email", "tenant_id, id", "state <> 'queued' AND created_at", kept_days=400),
)
