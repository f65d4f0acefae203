"""What of orders is forgotten, and when. Published prices and confirmed quotes are kept."""

from core.db.retention import Retention

RETENTION = (
    Retention("price_quote", "tenant_id, id", "confirmed_at IS NULL AND expires_at", kept_days=30),
)
