"""Savings groups and who is in them."""

import uuid

from pydantic import BaseModel

from app.api.call import Call, Endpoint
from app.api.listing import Page, Paging, cursor_of
from app.api.problems import ProblemError
from core.savings import listing

READ = "groups:read"


class Group(BaseModel):
    """A savings group."""

    id: uuid.UUID
    organisation_id: uuid.UUID
    code: str
    name: str
    frozen: bool
    members: int


class Member(BaseModel):
    """Somebody in a group, and what they have saved in it."""

    person_id: uuid.UUID
    account_id: uuid.UUID
    currency: str
    saved_minor: int


class GroupPath(BaseModel):
    """Which group."""

    group_id: uuid.UUID


class GroupsPage(Page[Group]):
    """A page of groups."""


class MembersPage(Page[Member]):
    """A page of members."""


class GroupsQuery(Paging):
    """Which page."""


def list_groups(call: Call, query: GroupsQuery) -> GroupsPage:
    """List groups, the newest first."""
    rows = listing.groups(call.tx, after=query.after, limit=query.limit)
    return GroupsPage(
        items=[_group(row) for row in rows],
        next_cursor=cursor_of([row.id for row in rows], query.limit),
    )


def get_group(call: Call, path: GroupPath) -> Group:
    """One group."""
    return _group(_found(call, path.group_id))


def list_members(call: Call, path: GroupPath, query: GroupsQuery) -> MembersPage:
    """Who is in a group, and what each has saved."""
    group = _found(call, path.group_id)
    call.looked_at("a group's members", group.id)
    rows = listing.members(call.tx, group.id, after=query.after, limit=query.limit)
    return MembersPage(
        items=[
            Member(
                person_id=row.subscriber_id,
                account_id=row.savings_account_id,
                currency=row.currency,
                saved_minor=row.saved_minor,
            )
            for row in rows
        ],
        next_cursor=cursor_of([row.subscriber_id for row in rows], query.limit),
    )


def _found(call: Call, group_id: uuid.UUID) -> listing.ListedGroup:
    rows = listing.groups(call.tx, after=None, limit=1, group_id=group_id)
    if not rows:
        raise ProblemError("not_found")
    return rows[0]


def _group(row: listing.ListedGroup) -> Group:
    return Group(
        id=row.id,
        organisation_id=row.organisation_id,
        code=row.code,
        name=row.name,
        frozen=row.frozen,
        members=row.members,
    )


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/groups",
        view=list_groups,
        scope=READ,
        answer=GroupsPage,
        query_model=GroupsQuery,
        tags=("groups",),
    ),
    Endpoint(
        method="GET",
        path="/groups/<group_id>",
        view=get_group,
        scope=READ,
        answer=Group,
        path_model=GroupPath,
        problems=("not_found",),
        tags=("groups",),
    ),
    Endpoint(
        method="GET",
        path="/groups/<group_id>/members",
        view=list_members,
        scope=READ,
        answer=MembersPage,
        path_model=GroupPath,
        query_model=GroupsQuery,
        problems=("not_found",),
        tags=("groups",),
    ),
)
