"""Sessions: how far somebody came, turn by turn; neither what they typed nor what they saw."""

import uuid
from datetime import datetime

from pydantic import BaseModel, Field

from app.api.call import Call, Endpoint
from app.api.listing import Page, Paging, cursor_of
from app.api.problems import ProblemError
from app.api.resources.people import PersonPath, require_person
from core.analytics import replay
from values.ids import made_at

READ = "sessions:read"


class Session(BaseModel):
    """A session, and where it stood last."""

    session: str
    began_at: datetime
    turns: int
    place: str = Field(description="The flow and the screen.")
    outcome: str
    language: str


class SessionsPage(Page[Session]):
    """A page of sessions."""


class SessionsQuery(Paging):
    """Which page."""


class Turn(BaseModel):
    """One message and the reply to it."""

    at: datetime
    service_id: uuid.UUID
    person_id: uuid.UUID | None
    place: str
    outcome: str
    language: str
    took_us: int = Field(description="In millionths of a second.")


class Turns(BaseModel):
    """A session's turns in their order, the first 200."""

    session: str
    items: list[Turn]


class SessionPath(BaseModel):
    """Which session."""

    session: str = Field(pattern=r"^[0-9a-f]{32}$")


def list_sessions(call: Call, path: PersonPath, query: SessionsQuery) -> SessionsPage:
    """A person's sessions, the newest first."""
    require_person(call, path.person_id)
    call.looked_at("sessions", path.person_id)
    rows = replay.sessions_of(call.tx, path.person_id, before=query.after, limit=query.limit)
    # So many turns are read at once: then the last session may have more, and is the next page's.
    is_cut = sum(row.turns for row in rows) >= replay.TURNS_MAXIMUM
    if is_cut and len(rows) > 1:
        rows = rows[:-1]
    return SessionsPage(
        items=[
            Session(
                session=row.session,
                began_at=made_at(row.began_id),
                turns=row.turns,
                place=row.place,
                outcome=row.outcome,
                language=row.language,
            )
            for row in rows
        ],
        next_cursor=cursor_of([row.began_id for row in rows], 1 if is_cut else query.limit),
    )


def get_session(call: Call, path: SessionPath) -> Turns:
    """One session, turn by turn."""
    rows = replay.turns_of(call.tx, path.session)
    if not rows:
        raise ProblemError("not_found")
    call.looked_at("a session", None, session=path.session)
    return Turns(
        session=path.session,
        items=[
            Turn(
                at=row.at,
                service_id=row.service_id,
                person_id=row.subscriber_id,
                place=row.place,
                outcome=row.outcome,
                language=row.language,
                took_us=row.took_us,
            )
            for row in rows
        ],
    )


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/people/<person_id>/sessions",
        view=list_sessions,
        scope=READ,
        answer=SessionsPage,
        path_model=PersonPath,
        query_model=SessionsQuery,
        problems=("not_found",),
        tags=("sessions",),
    ),
    Endpoint(
        method="GET",
        path="/sessions/<session>",
        view=get_session,
        scope=READ,
        answer=Turns,
        path_model=SessionPath,
        problems=("not_found",),
        tags=("sessions",),
    ),
)
