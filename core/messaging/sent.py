"""How much a tenant has sent: of a moment on, whatever it cost."""

from datetime import datetime, timedelta
from typing import Final

from core.db.database import Tx
from values.ids import floor_of

# So long before it is sent a message may have been written: it is not sent when it is older.
WRITTEN_BEFORE: Final = timedelta(days=1)


def segments_since(tx: Tx, moment: datetime) -> int:
    """How many segments the tenant's messages had, by SMS or USSD, that left since `moment`, which
    has a zone; a message of a chat is one. What was refused does not count."""
    row = tx.one(
        "SELECT coalesce(sum(segments), 0) FROM message WHERE tenant_id = current_tenant()"
        " AND id >= %s AND sending_at >= %s AND (state <> 'failed' OR accepted_at IS NOT NULL)",
        (floor_of(int((moment - WRITTEN_BEFORE).timestamp() * 1000)), moment),
    )
    return int(row[0]) if row else 0
