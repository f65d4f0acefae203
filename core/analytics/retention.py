"""What of the analytics is forgotten by rows; the turn log goes by whole months."""

from core.db.retention import Retention

RETENTION = (
    Retention("gateway_cost", "tenant_id, kind, reference", "created_at", kept_days=800),
    Retention(
        "funnel_day",
        "tenant_id, day, service_id, language, network, place",
        "day",
        kept_days=800,
    ),
)
