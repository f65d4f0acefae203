"""Messages as staff see them: whose, of what kind, in which state; never their words."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from core.audit.trail import record
from core.db.connection import Row
from core.db.database import Tx
from core.documents.table import Column, Value
from core.lists.listing import Filter, Listing, Wanted
from core.messaging.delivery import raise_status
from core.security.keyring import Keyring
from values.ids import made_at

LISTED: Final = 50

Unsettled = Literal["", "sending", "unknown"]


@dataclass(frozen=True, slots=True)
class Listed:
    """A message to a person, or into a conversation of somebody unknown."""

    id: uuid.UUID
    subscriber_id: uuid.UUID | None
    template: str
    state: str
    reason: str | None
    segments: int | None
    entry_id: uuid.UUID | None

    @property
    def at(self) -> datetime:
        """When it was written."""
        return made_at(self.id)


_COLUMNS = "id, subscriber_id, template, state, reason, segments, entry_id"
_LISTED = f"SELECT {_COLUMNS} FROM message WHERE tenant_id = current_tenant()"


def page(tx: Tx, *, state: Unsettled = "", before: uuid.UUID | None = None) -> list[Listed]:
    """The tenant's messages, the newest first, from one backwards; only those in a state that is
    not settled where one is named."""
    only = "" if not state else f" AND state = '{state}'"
    rows = tx.all(
        f"{_LISTED}{only} AND (%(before)s::uuid IS NULL OR id < %(before)s)"
        " ORDER BY id DESC LIMIT %(limit)s",
        {"before": before, "limit": LISTED},
    )
    return [Listed(*row) for row in rows]


def of_person(
    tx: Tx, subscriber_id: uuid.UUID, *, before: uuid.UUID | None = None, limit: int = LISTED
) -> list[Listed]:
    """A person's messages, the newest first."""
    rows = tx.all(
        f"{_LISTED} AND subscriber_id = %(who)s AND (%(before)s::uuid IS NULL OR id < %(before)s)"
        " ORDER BY id DESC LIMIT %(limit)s",
        {"who": subscriber_id, "before": before, "limit": limit},
    )
    return [Listed(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class Followed:
    """A message and what became of it, for who sent it: by when it left, was taken by its provider,
    and was reported as delivered or failed."""

    message: Listed
    service_id: uuid.UUID
    left_at: datetime | None
    taken_at: datetime | None
    ended_at: datetime | None


def follow(tx: Tx, message_id: uuid.UUID) -> Followed | None:
    """One message; None where there is none of that id."""
    row = tx.one(
        f"SELECT {_COLUMNS}, service_id, sending_at, accepted_at, ended_at FROM message"
        " WHERE tenant_id = current_tenant() AND id = %s",
        (message_id,),
    )
    return Followed(Listed(*row[:7]), *row[7:]) if row else None


def settle(tx: Tx, message_id: uuid.UUID, *, delivered: bool, actor: str, reason: str) -> bool:
    """Somebody found out what became of a message whose outcome is unknown. False where a report
    settled it meanwhile, or where its outcome is none of the unknown."""
    row = tx.one(
        "SELECT state FROM message WHERE tenant_id = current_tenant() AND id = %s FOR UPDATE",
        (message_id,),
    )
    if row is None or row[0] != "unknown":
        return False
    state = "delivered" if delivered else "failed"
    done = raise_status(tx, message_id, state, reason="by_hand", taken=delivered)
    record(tx, actor, "settle message", message_id, {"state": state, "reason": reason})
    return done


def _rows(
    _tx: Tx, _keys: Keyring, _wanted: Wanted, found: Sequence[Row]
) -> Sequence[tuple[Value, ...]]:
    return [
        (
            *(made_at(id), str(id), str(who) if who else None, template, state, reason, segments),
            *(accepted_at, ended_at),
        )
        for id, who, template, state, reason, segments, accepted_at, ended_at in found
    ]


MESSAGES: Final = Listing(
    name="messages",
    title="Messages",
    permission="messages.look",
    api_scope="messages:read",
    columns=(
        Column("at", "Written", "moment", width=1.2),
        Column("message", "Message", width=2),
        Column("person", "Person", width=2),
        Column("kind", "Kind", width=1.2),
        Column("state", "State"),
        Column("reason", "Reason"),
        Column("segments", "Segments", "number", width=0.7),
        Column("accepted_at", "Accepted", "moment", width=1.2),
        Column("ended_at", "Ended", "moment", width=1.2),
    ),
    key="m.id",
    query=(
        "SELECT m.id, m.subscriber_id, m.template, m.state, m.reason, m.segments, m.accepted_at,"
        " m.ended_at FROM message m WHERE m.tenant_id = current_tenant()"
    ),
    dated="m.id",
    rows=_rows,
    filters=(
        Filter(
            "state", "m.state", ("queued", "sending", "accepted", "delivered", "failed", "unknown")
        ),
    ),
)
