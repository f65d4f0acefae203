"""How long a file is kept."""

from typing import Final

from core.db.retention import Retention

KEPT_DAYS: Final = 7

# With an export its parts go.
RETENTION = (
    Retention("export", "tenant_id, id", "created_at", kept_days=KEPT_DAYS, kind="exports"),
)
