"""People who asked to be called, because a menu did not understand them."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

from core.audit.trail import record
from core.db.database import Tx
from core.security.keyring import Keyring
from values.ids import uuid7


def ask(
    tx: Tx,
    keys: Keyring,
    *,
    service_id: uuid.UUID,
    subscriber_id: str | None,
    address: str,
    place: str,
) -> None:
    """Note a call to be made, and where the person was when they gave up. With the COMMIT."""
    id = uuid7()
    tx.defer(
        "INSERT INTO call_back (tenant_id, id, service_id, subscriber_id, address_sealed, place)"
        " VALUES (current_tenant(), %s, %s, %s, %s, %s)",
        (id, service_id, subscriber_id, keys.seal(address, id.bytes), place),
    )


LISTED_MAXIMUM = 200  # at once: nobody calls more in a day


@dataclass(frozen=True, slots=True)
class CallBack:
    """A call to be made: whom, and at which menu or question they gave up."""

    id: uuid.UUID
    asked_at: datetime
    number: str
    place: str


def waiting(tx: Tx, keys: Keyring) -> list[CallBack]:
    """The calls that nobody has made yet, first come first."""
    rows = tx.all(
        "SELECT id, address_sealed, place FROM call_back WHERE tenant_id = current_tenant()"
        f" AND state = 'waiting' ORDER BY id LIMIT {LISTED_MAXIMUM}"
    )
    return [
        CallBack(id, _made_at(id), keys.open(sealed, id.bytes), place) for id, sealed, place in rows
    ]


def _made_at(id: uuid.UUID) -> datetime:
    """When an id of ours was made: its first 48 bits say so."""
    return datetime.fromtimestamp((id.int >> 80) / 1_000, UTC)


def done(tx: Tx, id: uuid.UUID, *, actor: str) -> bool:
    """The person was called. False when there is no such call that waits."""
    row = tx.one(
        "UPDATE call_back SET state = 'done' WHERE tenant_id = current_tenant() AND id = %s"
        " AND state = 'waiting' RETURNING 1",
        (id,),
    )
    if row is not None:
        record(tx, actor, "call back", id, {})
    return row is not None
