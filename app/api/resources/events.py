"""Events: what the business subscribed to and was told, for a program that was away."""

import uuid
from datetime import datetime
from typing import Any

import msgspec
from pydantic import BaseModel, Field

from app.api.call import Call, Endpoint
from app.api.listing import Page, Paging, cursor_of
from core.events import events, payloads
from core.events.events import Listed
from core.events.payloads import Gone

READ = "events:read"


class Event(BaseModel):
    """A fact that a subscription asked for; `data` is as it is posted, without numbers."""

    id: uuid.UUID
    type: str
    subscription_id: uuid.UUID
    timestamp: datetime
    state: str = Field(description="waiting, delivered, dead or dropped")
    data: dict[str, Any] | None = Field(description="Null where the fact is kept no longer.")


class EventsPage(Page[Event]):
    """A page of events."""


class EventsQuery(Paging):
    """Which page, and of which type."""

    type: str = Field("", pattern=r"^[a-z_.]{0,40}$")


def list_events(call: Call, query: EventsQuery) -> EventsPage:
    """List events, the newest first. Nothing is noted for a business without a subscription."""
    rows = events.page(call.tx, after=query.after, limit=query.limit, kind=query.type)
    call.looked_at("events")
    return EventsPage(
        items=[_event(call, row) for row in rows],
        next_cursor=cursor_of([row.id for row in rows], query.limit),
    )


def _event(call: Call, row: Listed) -> Event:
    try:
        read = payloads.read(call.tx, call.keys, row.kind, row.subject_id, with_numbers=False)
        data = msgspec.to_builtins(read)
    except Gone:
        data = None
    return Event(
        id=row.id,
        type=row.kind,
        subscription_id=row.subscription_id,
        timestamp=row.created_at,
        state=row.state,
        data=data,
    )


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/events",
        view=list_events,
        scope=READ,
        answer=EventsPage,
        query_model=EventsQuery,
        tags=("events",),
    ),
)
