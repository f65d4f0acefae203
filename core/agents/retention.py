"""What of the agents domain is forgotten, and when."""

from core.db.retention import Retention

RETENTION = (Retention("lookup_hour", "tenant_id, subscriber_id, hour", "hour", kept_days=7),)
