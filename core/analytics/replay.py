"""What a phone was shown, session by session, from the turn log. What was typed is kept nowhere."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from core.db.connection import Row
from core.db.database import Tx
from core.documents.table import Column, Value
from core.lists.listing import Filter, Listing, Wanted
from core.security.keyring import Keyring
from values.ids import made_at

TURNS_MAXIMUM: Final = 200


@dataclass(frozen=True, slots=True)
class SessionSeen:
    """A session that somebody had. `session` is its keyed hash."""

    session: str
    began_id: uuid.UUID
    turns: int
    place: str
    outcome: str
    language: str


@dataclass(frozen=True, slots=True)
class TurnSeen:
    """A turn as the log has it. What was shown is sealed (`engine.turn.seal.KeptScreen`); it is not
    there for a turn of a chat, whose replies are messages."""

    id: uuid.UUID
    service_id: uuid.UUID
    subscriber_id: uuid.UUID | None
    number: int
    place: str
    outcome: str
    language: str
    took_us: int
    screen_key: str | None
    screen_sealed: bytes | None = field(repr=False)

    @property
    def at(self) -> datetime:
        return made_at(self.id)


def sessions_of(
    tx: Tx, subscriber_id: uuid.UUID, *, before: uuid.UUID | None, limit: int
) -> list[SessionSeen]:
    """A person's sessions by their last turn, the newest first, from a turn backwards."""
    rows = tx.all(
        "SELECT session, min(id::text)::uuid, count(*), (array_agg(place ORDER BY id DESC))[1],"
        " (array_agg(outcome ORDER BY id DESC))[1], (array_agg(language ORDER BY id DESC))[1]"
        " FROM (SELECT session, id, place, outcome, language FROM turn"
        "  WHERE tenant_id = current_tenant() AND subscriber_id = %(who)s"
        "  AND (%(before)s::uuid IS NULL OR id < %(before)s)"
        "  ORDER BY id DESC LIMIT %(turns)s) t"
        " GROUP BY session ORDER BY max(id::text) DESC LIMIT %(limit)s",
        {"who": subscriber_id, "before": before, "limit": limit, "turns": TURNS_MAXIMUM},
    )
    return [SessionSeen(*row) for row in rows]


def turns_of(tx: Tx, session: str) -> list[TurnSeen]:
    """A session's turns in their order."""
    rows = tx.all(
        "SELECT id, service_id, subscriber_id, number, place, outcome, language, took_us,"
        " screen_key, screen_sealed FROM turn"
        " WHERE tenant_id = current_tenant() AND session = %s ORDER BY id LIMIT %s",
        (session, TURNS_MAXIMUM),
    )
    return [TurnSeen(*row) for row in rows]


def _rows(
    _tx: Tx, _keys: Keyring, _wanted: Wanted, found: Sequence[Row]
) -> Sequence[tuple[Value, ...]]:
    return [
        (made_at(id), session, who and str(who), str(service), number, place, outcome, *rest)
        for id, session, who, service, number, place, outcome, *rest in found
    ]


TURNS: Final = Listing(
    name="turns",
    title="Sessions, turn by turn",
    permission="people.look",
    api_scope="sessions:read",
    columns=(
        Column("at", "When", "moment", width=1.2),
        Column("session", "Session", width=1.8),
        Column("person", "Person", width=2),
        Column("service", "Service", width=2),
        Column("turn", "Turn", "number", width=0.6),
        Column("place", "Screen", width=1.5),
        Column("outcome", "Outcome"),
        Column("language", "Language", width=0.8),
        Column("took_us", "Took, µs", "number", width=0.8),
    ),
    key="t.id",
    query=(
        "SELECT t.id, t.session, t.subscriber_id, t.service_id, t.number, t.place, t.outcome,"
        " t.language, t.took_us FROM turn t WHERE t.tenant_id = current_tenant()"
    ),
    dated="t.id",
    rows=_rows,
    filters=(Filter("session", "t.session"),),
)
