"""What of broadcasts is forgotten, and when: numbers of lists are people's, too."""

from core.db.retention import Retention

# With a broadcast its recipients go.
RETENTION = (
    Retention(
        *("broadcast", "tenant_id, id", "created_at"),
        kept_days=400,
        kind="broadcasts",
        least_days=30,
    ),
)
