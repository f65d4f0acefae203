"""Broadcasts: the same words to many, drafted and sent as by command."""

import uuid
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field

from app import domains
from app.api.call import Call, Endpoint
from app.api.listing import Page, Paging, cursor_of
from app.api.problems import ProblemError
from core.approvals.errors import ApprovalError
from core.approvals.requests import Officer
from core.broadcasts import broadcasts, outcomes, sending, single
from core.broadcasts.audience import read_filters
from core.broadcasts.errors import NoSuchBroadcast
from core.tenants import directory

READ = "broadcasts:read"
SEND = "broadcasts:send"


Filter = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]


class BroadcastToSend(BaseModel, extra="forbid"):
    """The same words to everybody whom all filters fit. `words` are by language, the business's
    first among them, with {name}, {group} and {tenant} in them."""

    where: list[Filter] = Field(
        max_length=4,
        description="As role=member, language=rw, group=KOP1, pin=yes; [] is everyone.",
    )
    words: dict[str, str] = Field(min_length=1, max_length=10)
    reason: str = Field(min_length=3, max_length=200, pattern=r"^[^\x00]*$")


class Broadcast(BaseModel):
    """A broadcast. `outcomes` counts its people by what became of them."""

    id: uuid.UUID
    audience: str
    people: int
    state: str = Field(description="draft, running, paused, done or cancelled")
    created_by: str
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


class BroadcastAsked(Broadcast):
    """A broadcast that runs, or waits as a draft for a second person: the request's id."""

    request_id: uuid.UUID | None


class BroadcastStatus(Broadcast):
    """A broadcast, with how many of its people have each outcome."""

    outcomes: dict[str, int]


class BroadcastsPage(Page[Broadcast]):
    """A page of broadcasts."""


class BroadcastsQuery(Paging):
    """Which page."""


class BroadcastPath(BaseModel):
    """Which broadcast."""

    broadcast_id: uuid.UUID


def send_broadcast(call: Call, body: BroadcastToSend) -> BroadcastAsked:
    """Send to up to as many people as one officer may alone; for more, a second person is asked,
    in the console or by `piga approvals`. The same within a day is refused."""
    by = Officer(call.client.actor, "api")
    try:
        services = directory.services_of(call.tx)
        service = single.texting(services)
        languages = service.tenant.languages
        whom = read_filters(body.where, roles=domains.load().roles, languages=languages)
        made = broadcasts.draft(call.tx, call.keys, service, whom, body.words, by=by)
        request = sending.send(
            *(call.tx, call.keys, service.tenant, made.id), by=by, reason=body.reason
        )
        found = broadcasts.get(call.tx, made.id)
    except ApprovalError as refused:
        raise ProblemError("refused", str(refused)) from None
    return BroadcastAsked(**_fields(found), request_id=request.id if request else None)


def list_broadcasts(call: Call, query: BroadcastsQuery) -> BroadcastsPage:
    """List broadcasts, the newest first."""
    rows = broadcasts.page(call.tx, after=query.after, limit=query.limit)
    return BroadcastsPage(
        items=[Broadcast(**_fields(row)) for row in rows],
        next_cursor=cursor_of([row.id for row in rows], query.limit),
    )


def get_broadcast(call: Call, path: BroadcastPath) -> BroadcastStatus:
    """One broadcast, and how far it is."""
    try:
        found = broadcasts.get(call.tx, path.broadcast_id)
    except NoSuchBroadcast:
        raise ProblemError("not_found") from None
    return BroadcastStatus(**_fields(found), outcomes=outcomes.counts(call.tx, found.id))


def _fields(found: broadcasts.Broadcast) -> dict[str, Any]:
    return {name: getattr(found, name) for name in Broadcast.model_fields}


ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/broadcasts",
        view=send_broadcast,
        scope=SEND,
        answer=BroadcastAsked,
        body_model=BroadcastToSend,
        status=202,
        problems=("refused",),
        tags=("broadcasts",),
    ),
    Endpoint(
        method="GET",
        path="/broadcasts",
        view=list_broadcasts,
        scope=READ,
        answer=BroadcastsPage,
        query_model=BroadcastsQuery,
        tags=("broadcasts",),
    ),
    Endpoint(
        method="GET",
        path="/broadcasts/<broadcast_id>",
        view=get_broadcast,
        scope=READ,
        answer=BroadcastStatus,
        path_model=BroadcastPath,
        problems=("not_found",),
        tags=("broadcasts",),
    ),
)
