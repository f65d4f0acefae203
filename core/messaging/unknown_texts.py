"""Texts that may or may not have been sent: found when their worker died, listed for staff."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from core.db.database import Database, Tx
from core.messaging.delivery import lock_number, match_report, raise_status


def sweep_sending(app: Database, relay: Database, *, older_than_s: float, limit: int = 500) -> int:
    """Texts whose worker died while sending them become `unknown`. Answers how many.

    The lease sees to that as well; this works also where no worker runs.
    """
    with relay.transaction(None) as tx:
        stale = tx.all(
            "SELECT tenant_id, id FROM message WHERE state = 'sending'"
            " AND sending_at < now() - make_interval(secs => %s) LIMIT %s",
            (older_than_s, limit),
        )
    swept = 0
    for tenant_id, message_id in stale:
        with app.transaction(tenant_id) as tx:
            row = tx.one(
                "SELECT sent_to FROM message WHERE tenant_id = current_tenant() AND id = %s",
                (message_id,),
            )
            lookup = row[0] if row else None
            if lookup is not None:
                lock_number(tx, lookup)
            swept += raise_status(tx, message_id, "unknown", reason="worker_lost", taken=False)
            if lookup is not None:
                match_report(tx, lookup)
    return swept


@dataclass(frozen=True, slots=True)
class Unknown:
    """A text whose outcome is unknown, for staff: ids and the reason, no person's data."""

    message_id: uuid.UUID
    entry_id: uuid.UUID | None
    template: str
    reason: str
    sending_at: datetime


def unknown_texts(tx: Tx, limit: int = 100) -> list[Unknown]:
    """The tenant's texts that may or may not have been sent, oldest first."""
    rows = tx.all(
        "SELECT id, entry_id, template, coalesce(reason, ''), sending_at FROM message"
        " WHERE tenant_id = current_tenant() AND state = 'unknown' ORDER BY id LIMIT %s",
        (limit,),
    )
    return [Unknown(*row) for row in rows]
