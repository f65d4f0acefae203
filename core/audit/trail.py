"""Who did what to whom: written in the transaction that does it, and never changed."""

import uuid
from typing import Any

import orjson

from core.db.database import Tx
from values.ids import uuid7


def record(
    tx: Tx, actor: str, action: str, object_id: uuid.UUID | None, detail: dict[str, Any]
) -> None:
    """Write one line of the audit trail, with the COMMIT. No secret belongs in `detail`."""
    tx.defer(
        "INSERT INTO audit (tenant_id, id, actor, action, object_id, detail)"
        " VALUES (current_tenant(), %s, %s, %s, %s, %s)",
        (uuid7(), actor, action, object_id, orjson.dumps(detail).decode()),
    )
