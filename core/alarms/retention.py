"""What of the alarms is forgotten, and when: nothing that is open."""

from core.db.retention import Retention

RETENTION = (Retention("alarm", "tenant_id, id", "state = 'closed' AND closed_at", kept_days=400),)
