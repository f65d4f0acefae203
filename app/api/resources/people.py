"""People: found by number, listed, frozen and let go."""

import uuid
from datetime import datetime

from pydantic import BaseModel, Field

from app.api.call import Call, Endpoint
from app.api.listing import Page, Paging, cursor_of
from app.api.problems import ProblemError
from core.people import listing, numbers, people

READ = "people:read"
FREEZE = "people:freeze"


class Person(BaseModel):
    """Somebody as this business knows them."""

    id: uuid.UUID
    name: str
    language: str
    roles: list[str]
    status: str = Field(description="active or frozen")
    numbers: list[str] = Field(description="In E.164; those that were taken out are left out.")
    registered_at: datetime | None
    created_at: datetime


class PersonPath(BaseModel):
    """Which person."""

    person_id: uuid.UUID


class PeopleQuery(Paging):
    """All of them, or those who have a number."""

    number: str | None = Field(None, description="In E.164.", pattern=r"^\+[1-9][0-9]{6,14}$")


class Freezing(BaseModel, extra="forbid"):
    """To hold somebody's money, or to let it go. The reason is kept in the audit trail."""

    frozen: bool
    reason: str = Field(min_length=3, max_length=200, pattern=r"^[^\x00]*$")


class Freeze(BaseModel):
    """Whether somebody's money moves. Nothing else of them: who may freeze need not read."""

    id: uuid.UUID
    status: str = Field(description="active or frozen")


class PeoplePage(Page[Person]):
    """A page of people."""


def list_people(call: Call, query: PeopleQuery) -> PeoplePage:
    """List people, the newest first."""
    ids = None
    if query.number is not None:
        found = people.identify(call.tx, call.keys, query.number)
        ids = [person.id for person in found]
    rows = listing.page(call.tx, call.keys, after=query.after, limit=query.limit, ids=ids)
    call.looked_at("people", people=[str(row.id) for row in rows])
    return PeoplePage(
        items=[_person(call, row) for row in rows],
        next_cursor=cursor_of([row.id for row in rows], query.limit),
    )


def get_person(call: Call, path: PersonPath) -> Person:
    """One person."""
    call.looked_at("a person", path.person_id)
    return _person(call, require_person(call, path.person_id))


def freeze_person(call: Call, path: PersonPath, body: Freezing) -> Freeze:
    """Freeze a person or let go: no money moves from or to what is theirs."""
    require_person(call, path.person_id)
    people.freeze(
        call.tx, path.person_id, frozen=body.frozen, actor=call.client.actor, reason=body.reason
    )
    return Freeze(id=path.person_id, status=require_person(call, path.person_id).status)


def require_person(call: Call, person_id: uuid.UUID) -> listing.Listed:
    """Raises ProblemError where there is no such person in this tenant."""
    rows = listing.page(call.tx, call.keys, after=None, limit=1, ids=[person_id])
    if not rows:
        raise ProblemError("not_found")
    return rows[0]


def _person(call: Call, row: listing.Listed) -> Person:
    held = numbers.numbers_of(call.tx, call.keys, row.id)
    return Person(
        id=row.id,
        name=row.name,
        language=row.language,
        roles=list(row.roles),
        status=row.status,
        numbers=[one.address for one in held if one.detached_at is None],
        registered_at=row.registered_at,
        created_at=row.created_at,
    )


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/people",
        view=list_people,
        scope=READ,
        answer=PeoplePage,
        query_model=PeopleQuery,
        tags=("people",),
    ),
    Endpoint(
        method="GET",
        path="/people/<person_id>",
        view=get_person,
        scope=READ,
        answer=Person,
        path_model=PersonPath,
        problems=("not_found",),
        tags=("people",),
    ),
    Endpoint(
        method="POST",
        path="/people/<person_id>/freeze",
        view=freeze_person,
        scope=FREEZE,
        answer=Freeze,
        path_model=PersonPath,
        body_model=Freezing,
        problems=("not_found", "refused"),
        tags=("people",),
    ),
)
