"""What of the people domain is forgotten, and when."""

from core.db.retention import Retention

RETENTION = (
    Retention("pin_proposal", "tenant_id, session", "expires_at", kept_days=1),
    Retention("wrong_pin", "tenant_id, subscriber_id", "wrong_at", kept_days=30),
)
