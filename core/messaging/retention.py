"""What of the messaging domain is forgotten, and when."""

from core.db.retention import Retention

_PROVIDER_ID = "tenant_id, provider, provider_message_id"

RETENTION = (
    Retention("early_report", _PROVIDER_ID, "created_at", kept_days=7),
    Retention("message_receipt", _PROVIDER_ID, "created_at", kept_days=90),
)
