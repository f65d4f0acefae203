"""Alarms as rows: one while it is open for each kind and subject of a tenant, however often it is
raised. What is no tenant's, such as a host's clock, has the nil UUID for a tenant."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.db.database import Database, Tx
from core.lifecycle import Lifecycle
from values.ids import uuid7

INSTALLATION: Final = uuid.UUID(int=0)
SUBJECT_CHARS_MAXIMUM: Final = 200
SENTENCE_CHARS_MAXIMUM: Final = 1_000
LISTED_MAXIMUM: Final = 500

# How a kind of alarm ends that is a person's call for help, such as `ride_sos`.
_SOS: Final = "_sos"

ALARM = Lifecycle("alarm", initial="open", transitions=[["close", "open", "closed"]])

_RECORD = (
    "INSERT INTO alarm AS a (tenant_id, id, kind, subject, sentence, count)"
    " VALUES (current_tenant(), %s, %s, %s, %s, %s)"
    " ON CONFLICT (tenant_id, kind, subject) WHERE state = 'open' DO UPDATE"
    " SET count = least(a.count::bigint + excluded.count, 2147483647), last_at = now(),"
    " sentence = excluded.sentence"
)
_CLOSE = ALARM.advance(
    "close", sets="closed_at = now(), closed_by = %s", where="id = %s", returning="id"
)


@dataclass(frozen=True, slots=True)
class StoredAlarm:
    """An alarm as staff see it. `tenant_id` None is the installation's."""

    tenant_id: uuid.UUID | None
    id: uuid.UUID
    kind: str
    subject: str
    sentence: str
    state: str
    count: int
    first_at: datetime
    last_at: datetime
    closed_at: datetime | None
    closed_by: str | None

    @property
    def is_sos(self) -> bool:
        """Whether it is a person who calls for help."""
        return self.kind.endswith(_SOS)


_COLUMNS = (
    "nullif(tenant_id, '00000000-0000-0000-0000-000000000000'), id, kind, subject, sentence, state,"
    " count, first_at, last_at, closed_at, closed_by"
)


def record(tx: Tx, *, kind: str, subject: str, sentence: str, count: int) -> None:
    """Add so many raises to the open alarm of this tenant, kind and subject; a new one where there
    is none. With the COMMIT."""
    tx.defer(
        _RECORD,
        (
            uuid7(),
            kind,
            subject[:SUBJECT_CHARS_MAXIMUM],
            sentence[:SENTENCE_CHARS_MAXIMUM],
            count,
        ),
    )


def listed(relay: Database, *, closed: bool = False) -> list[StoredAlarm]:
    """The alarms of all tenants and of the installation, the last raised first: those that are
    open, or also those that were closed. `relay` is piga_relay's."""
    with relay.transaction(None) as tx:
        rows = tx.all(
            f"SELECT {_COLUMNS} FROM alarm WHERE %s OR state = 'open'"
            f" ORDER BY last_at DESC LIMIT {LISTED_MAXIMUM}",
            (closed,),
        )
    return [StoredAlarm(*row) for row in rows]


def find(relay: Database, alarm_id: uuid.UUID) -> StoredAlarm | None:
    """One alarm, whosever it is. `relay` is piga_relay's."""
    with relay.transaction(None) as tx:
        row = tx.one(f"SELECT {_COLUMNS} FROM alarm WHERE id = %s", (alarm_id,))
    return StoredAlarm(*row) if row else None


def open_of_tenant(tx: Tx) -> list[StoredAlarm]:
    """The tenant's open alarms, the last raised first."""
    rows = tx.all(
        f"SELECT {_COLUMNS} FROM alarm WHERE tenant_id = current_tenant() AND state = 'open'"
        f" ORDER BY last_at DESC LIMIT {LISTED_MAXIMUM}"
    )
    return [StoredAlarm(*row) for row in rows]


def close_of_tenant(tx: Tx, alarm_id: uuid.UUID, *, actor: str) -> bool:
    """Somebody of the tenant has looked at it. False where it was closed before."""
    return tx.one(_CLOSE, (actor, alarm_id)) is not None


def close(database: Database, alarm: StoredAlarm, *, actor: str) -> bool:
    """Somebody has looked at it. False where it was closed before; raised again, it is a new
    alarm."""
    with database.transaction(alarm.tenant_id or INSTALLATION) as tx:
        return tx.one(_CLOSE, (actor, alarm.id)) is not None
