"""What was tried too often: somebody looks at it, and has it tried again."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.audit.trail import record
from core.db.database import Tx

LISTED: Final = 100


@dataclass(frozen=True, slots=True)
class Dead:
    """A row of the outbox that was given up on."""

    id: uuid.UUID
    kind: str
    subject_id: uuid.UUID
    attempts: int
    since: datetime


def listed(tx: Tx, *, before: uuid.UUID | None = None) -> list[Dead]:
    """The tenant's dead rows, the newest first, from one backwards."""
    rows = tx.all(
        "SELECT id, kind, subject_id, attempts, coalesce(done_at, available_at) FROM outbox"
        " WHERE tenant_id = current_tenant() AND state = 'dead'"
        " AND (%(before)s::uuid IS NULL OR id < %(before)s) ORDER BY id DESC LIMIT %(limit)s",
        {"before": before, "limit": LISTED},
    )
    return [Dead(*row) for row in rows]


def retry(tx: Tx, outbox_id: uuid.UUID, *, actor: str) -> bool:
    """Have it done after all: it starts again at once. False where it is not dead any more."""
    row = tx.one(
        "UPDATE outbox SET state = 'waiting', attempts = 0, available_at = now(), done_at = NULL,"
        " lease_until = NULL WHERE tenant_id = current_tenant() AND id = %s AND state = 'dead'"
        " RETURNING kind",
        (outbox_id,),
    )
    if row is not None:
        record(tx, actor, "retry job", outbox_id, {"kind": row[0]})
    return row is not None
