"""Lists as files: asked for, watched, taken. A list takes the permission of its own page."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final, get_args

from werkzeug.wrappers import Response

from app.console.page import Page, Route, Visit
from core.exports import exports, parts
from core.exports.errors import WrongExport
from core.exports.exports import MEDIA_TYPES, Export, Format
from core.lists.listing import Listing, Wanted
from core.staff.errors import NotAllowed
from core.staff.roles import Permission, ScopeKind
from values.said import said

EXPORTS = Permission(
    "exports.ask",
    "take lists away as files, those that they may see",
    (
        *("company_admin", "operator", "organisation_staff", "treasurer", "auditor"),
        *("regional_manager", "station_manager", "government"),
    ),
)
WITHIN: tuple[ScopeKind, ...] = ("tenant", "organisation", "region", "station")
WHOLE: Final = "people.reveal"
# While something is written the page is asked for again, without a script.
LOOK_AGAIN_S: Final = 3


def listed(visit: Visit) -> Response:
    found = exports.listed(visit.tx, visit.member.actor)
    values = {
        "exports": found,
        "listings": [one for one in visit.console.domains.listings.values() if may_see(visit, one)],
        "titles": {one.name: one.title for one in visit.console.domains.listings.values()},
        "formats": get_args(Format),
        "may_reveal": visit.may(visit.rights.permissions[WHOLE]),
    }
    if any(one.is_open for one in found):
        return visit.show_again("exports/list.html", "exports", LOOK_AGAIN_S, **values)
    return visit.show("exports/list.html", **values)


def ask(visit: Visit) -> Response:
    listing = listing_of(visit, visit.form.get("list", ""))
    format = visit.form.get("format", "")
    if format not in get_args(Format):
        raise WrongExport("Choose a kind of file.")
    whole = visit.form.get("whole") == "1"
    if whole and not visit.may(visit.rights.permissions[WHOLE]):
        raise NotAllowed
    exports.ask(
        visit.tx,
        listing,
        format,  # type: ignore[arg-type]  # it was looked for among them
        wanted_of(visit, listing, visit.form, whole=whole),
        by=visit.member.actor,
        reason=visit.form.get("reason", ""),
    )
    return visit.go("exports", said("{list}: it is being written.", list=listing.title))


def take(visit: Visit, id: uuid.UUID) -> Response:
    """The file, part by part. Who has lost the right to the list since, gets none."""
    found = exports.of(visit.tx, id, visit.member.actor)
    listing = listing_of(visit, found.listing)
    if found.wanted.organisations != organisations_of(visit, listing):
        raise NotAllowed
    if found.wanted.whole and not visit.may(visit.rights.permissions[WHOLE]):
        raise NotAllowed
    found = exports.take(visit.tx, id, visit.member.actor)
    console = visit.console
    content = parts.read(console.database, visit.keys, visit.member.tenant_id, id, "file")
    return as_file(content, found)


def as_file(content: object, found: Export) -> Response:
    """A file to be kept, and never to be shown by the browser."""
    answer = Response(content, mimetype=MEDIA_TYPES[found.format])  # type: ignore[arg-type]
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.file_name}"'
    if found.file_bytes is not None:
        answer.content_length = found.file_bytes
    return answer


def listing_of(visit: Visit, name: str) -> Listing:
    """Raises WrongExport, NotAllowed."""
    found: Listing | None = visit.console.domains.listings.get(name)
    if found is None:
        raise WrongExport("There is no such list.")
    if not may_see(visit, found):
        raise NotAllowed
    return found


def may_see(visit: Visit, listing: Listing) -> bool:
    return bool(_scopes(visit, listing))


def _scopes(visit: Visit, listing: Listing) -> list[str | None]:
    """Where somebody may see a list: None is everywhere, else organisations that it can keep to."""
    known = visit.rights.permissions.get(listing.permission)
    held = visit.rights.scopes(visit.member, known) if known is not None else ()
    return [
        None if scope.kind == "tenant" else scope.value
        for scope in held
        if scope.kind == "tenant" or (scope.kind == "organisation" and listing.within)
    ]


def organisations_of(visit: Visit, listing: Listing) -> tuple[uuid.UUID, ...] | None:
    scopes = _scopes(visit, listing)
    if None in scopes:
        return None
    return tuple(sorted(uuid.UUID(scope) for scope in scopes if scope))


def wanted_of(
    visit: Visit, listing: Listing, asked: Mapping[str, str], *, whole: bool = False
) -> Wanted:
    """Which rows a form or an address asks for. Days are the business's own; the last one is in.
    Raises WrongExport."""
    last = _day(visit, asked.get("until", ""))
    try:
        subject = uuid.UUID(asked["subject"]) if asked.get("subject") else None
    except ValueError:
        raise WrongExport("That is no id.") from None
    now = exports.until_now()
    return Wanted(
        since=_day(visit, asked.get("since", "")),
        until=now if last is None or last >= now else min(now, last + timedelta(days=1)),
        subject_id=subject if listing.subject else None,
        organisations=organisations_of(visit, listing),
        whole=whole,
        only={
            one.column: value
            for one in listing.filters
            if (value := asked.get(f"only_{one.column}", "").strip())
        },
    )


def _day(visit: Visit, said: str) -> datetime | None:
    if not said:
        return None
    try:
        day = date.fromisoformat(said)
        return datetime(day.year, day.month, day.day, tzinfo=visit.business.zone)
    except ValueError:
        raise WrongExport("That is no day.") from None


PAGE = Page(
    name="exports",
    title="Exports",
    folder=Path(__file__).parent,
    order=80,
    routes=(
        Route("", listed, EXPORTS, scopes=WITHIN),
        Route("", ask, EXPORTS, method="POST", scopes=WITHIN),
        Route("/<uuid:id>/file", take, EXPORTS, scopes=WITHIN),
    ),
)
