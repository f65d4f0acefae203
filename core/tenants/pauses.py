"""What is paused by hand: a provider, an operation, a flow or a tenant, and why.

A row is there while the pause is. One of the installation's, which holds for every tenant, has the
nil UUID for a tenant. What a paused tenant or flow comes to is said by the tenant's own row
(`changes.pause`), which every turn has; these rows say who did it and why, and what of sending
waits: what is paused there stays in the outbox, and nothing is lost.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from core.db.database import Database, Tx

INSTALLATION: Final = uuid.UUID(int=0)


class Paused(StrEnum):
    """What may be paused. An operation is a kind of job, such as send_text."""

    PROVIDER = "provider"
    OPERATION = "operation"
    FLOW = "flow"
    TENANT = "tenant"


@dataclass(frozen=True, slots=True)
class Pause:
    """A pause in force. `tenant_id` None: for every tenant; `name` is "" where the tenant itself
    is paused."""

    tenant_id: uuid.UUID | None
    what: Paused
    name: str
    reason: str
    actor: str
    since: datetime


def begin(tx: Tx, what: Paused, name: str, *, reason: str, actor: str) -> None:
    """Pause it for the transaction's tenant; for every one in a transaction of INSTALLATION. What
    is paused already gets the new reason, and stays paused since when it was."""
    tx.execute(
        "INSERT INTO pause (tenant_id, what, name, reason, actor)"
        " VALUES (current_tenant(), %s, %s, %s, %s) ON CONFLICT (tenant_id, what, name)"
        " DO UPDATE SET reason = excluded.reason, actor = excluded.actor",
        (what.value, name, reason, actor),
    )


def end(tx: Tx, what: Paused, name: str) -> bool:
    """Go on. False where it was not paused."""
    row = tx.one(
        "DELETE FROM pause WHERE tenant_id = current_tenant() AND what = %s AND name = %s"
        " RETURNING 1",
        (what.value, name),
    )
    return row is not None


def in_force(database: Database) -> list[Pause]:
    """Every pause, of all tenants, the oldest first. One cheap statement, for any role that serves.
    Raises Unavailable."""
    with database.transaction(None) as tx:
        rows = tx.all("SELECT tenant_id, what, name, reason, actor, since FROM pauses()")
    return [
        Pause(None if tenant == INSTALLATION else tenant, Paused(what), *rest)
        for tenant, what, *rest in rows
    ]
