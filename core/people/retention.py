"""What of the people domain is forgotten, and when."""

from core.db.retention import Retention

RETENTION = (Retention("pin_proposal", "tenant_id, session", "expires_at", kept_days=1),)
