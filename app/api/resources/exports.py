"""Exports: a list asked for as a file, how far it is, and the file."""

import uuid
from datetime import datetime
from functools import cache

from pydantic import AwareDatetime, BaseModel, Field

from app import domains
from app.api.call import Call, Endpoint, File
from app.api.listing import Page, Paging, cursor_of
from app.api.problems import ProblemError
from core.exports import exports, parts
from core.exports.errors import ExportError, NoSuchExport
from core.exports.exports import MEDIA_TYPES, Format
from core.lists.listing import Listing, Wanted

READ = "exports:read"
WRITE = "exports:write"


class ExportAsked(BaseModel, extra="forbid"):
    """Which list, as what, and from when until when. The key needs the list's own scope, too."""

    list: str = Field(description="people, movements, messages, …", pattern="^[a-z_]{1,40}$")
    format: Format
    since: AwareDatetime | None = None
    until: AwareDatetime | None = Field(None, description="Not in. Now, where it is not said.")
    subject_id: uuid.UUID | None = Field(None, description="Of movements: the account.")


class Export(BaseModel):
    """An export of this key. `state` is reading, writing, ready or failed; then `reason` says why.

    In the file is every row that was committed when it was asked for, exactly once; each as it was
    between created_at and ended_at.
    """

    id: uuid.UUID
    list: str
    format: Format
    state: str
    reason: str | None
    rows_expected: int | None
    rows_read: int
    percent: int
    file_bytes: int | None
    created_at: datetime
    ended_at: datetime | None


class ExportsPage(Page[Export]):
    """Exports of this key, the newest first; kept for seven days."""


class ExportPath(BaseModel):
    """Which export."""

    export_id: uuid.UUID


def ask_for_export(call: Call, body: ExportAsked) -> Export:
    """Ask for a list as a file. Names and numbers are whole, as in the API's lists."""
    listing = _listing(call, body.list)
    now = exports.until_now()
    wanted = Wanted(
        since=body.since,
        until=min(now, body.until) if body.until else now,
        subject_id=body.subject_id,
        whole=True,
    )
    try:
        made = exports.ask(
            *(call.tx, listing, body.format, wanted),
            by=call.client.actor,
            reason="asked for by API",
        )
    except ExportError as refused:
        raise ProblemError("refused", str(refused)) from None
    return _export(made)


def list_exports(call: Call, query: Paging) -> ExportsPage:
    """List this key's exports."""
    found = exports.listed(call.tx, call.client.actor, before=query.after, limit=query.limit)
    return ExportsPage(
        items=[_export(one) for one in found],
        next_cursor=cursor_of([one.id for one in found], query.limit),
    )


def get_export(call: Call, path: ExportPath) -> Export:
    """How far an export is."""
    try:
        return _export(exports.of(call.tx, path.export_id, call.client.actor))
    except NoSuchExport:
        raise ProblemError("not_found") from None


def get_export_file(call: Call, path: ExportPath) -> File:
    """The file of an export that is ready. Each time is a line of the audit trail."""
    try:
        found = exports.take(call.tx, path.export_id, call.client.actor)
    except NoSuchExport:
        raise ProblemError("not_found") from None
    except ExportError as refused:
        raise ProblemError("refused", str(refused)) from None
    _listing(call, found.listing)
    keys, tenant_id = call.keys, call.client.tenant_id
    return File(
        found.file_name,
        MEDIA_TYPES[found.format],
        found.file_bytes or 0,
        lambda database: parts.read(database, keys, tenant_id, found.id, "file"),
    )


def _listing(call: Call, name: str) -> Listing:
    found = _listings().get(name)
    if found is None:
        raise ProblemError("not_found", f"There is no list {name}.")
    if found.api_scope not in call.client.scopes:
        raise ProblemError("forbidden", f"It lacks the scope {found.api_scope}.")
    return found


@cache
def _listings() -> dict[str, Listing]:
    return {**domains.load().listings}


def _export(one: exports.Export) -> Export:
    return Export(
        id=one.id,
        list=one.listing,
        format=one.format,
        state=one.state,
        reason=one.reason,
        rows_expected=one.rows_expected,
        rows_read=one.rows_read,
        percent=one.percent,
        file_bytes=one.file_bytes,
        created_at=one.created_at,
        ended_at=one.ended_at,
    )


ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/exports",
        view=ask_for_export,
        scope=WRITE,
        answer=Export,
        body_model=ExportAsked,
        problems=("not_found", "refused"),
        status=202,
        tags=("exports",),
    ),
    Endpoint(
        method="GET",
        path="/exports",
        view=list_exports,
        scope=READ,
        answer=ExportsPage,
        query_model=Paging,
        tags=("exports",),
    ),
    Endpoint(
        method="GET",
        path="/exports/<export_id>",
        view=get_export,
        scope=READ,
        answer=Export,
        path_model=ExportPath,
        problems=("not_found",),
        tags=("exports",),
    ),
    Endpoint(
        method="GET",
        path="/exports/<export_id>/file",
        view=get_export_file,
        scope=READ,
        answer=tuple(MEDIA_TYPES.values()),
        path_model=ExportPath,
        problems=("not_found", "refused"),
        tags=("exports",),
    ),
)
