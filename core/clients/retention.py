"""How long the API's rows are kept."""

from core.db.retention import Retention

RETENTION = (
    Retention("api_result", "tenant_id, client, idempotency_key", "created_at", kept_days=30),
    Retention("api_key", "tenant_id, id", "expires_at", kept_days=400),
)
