"""What of the analytics is forgotten by rows; the turn log goes by whole months."""

from core.db.retention import Retention

RETENTION = (Retention("gateway_cost", "tenant_id, kind, reference", "created_at", kept_days=800),)
