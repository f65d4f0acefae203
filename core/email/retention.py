"""How long it is kept to whom e-mail was sent."""

from core.db.retention import Retention

RETENTION = (
    # For 30 days no e-mail goes to an address that it came back from.
    Retention(
        *("email", "tenant_id, id", "state <> 'queued' AND created_at"),
        kept_days=400,
        kind="emails",
        least_days=30,
    ),
)
