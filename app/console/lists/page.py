"""Every list that may be taken away, looked through on a page: filtered, ordered, a page at a time,
and taken away as it is shown. A list takes the permission of its own page."""

from pathlib import Path
from typing import Final, get_args
from urllib.parse import urlencode

from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from app.console.exports.page import EXPORTS, WITHIN, listing_of, may_see, wanted_of
from app.console.page import Page, Route, Visit
from core.audit.trail import record
from core.documents.table import RIGHT, shown_in
from core.exports.errors import WrongExport
from core.exports.exports import Format
from core.lists.listing import Listing, Order, Seen, Wanted, WrongLook

SHOWN: Final = 50
ASKED: Final = ("since", "until", "subject")


def listed(visit: Visit) -> Response:
    found = [one for one in visit.console.domains.listings.values() if may_see(visit, one)]
    return visit.show("lists/list.html", listings=sorted(found, key=lambda one: str(one.title)))


def one(visit: Visit, name: str) -> Response:
    try:
        listing = listing_of(visit, name)
    except WrongExport:
        raise NotFound from None
    fields = (*ASKED, *(f"only_{one.column}" for one in listing.filters))
    asked = {key: visit.args.get(key, "").strip() for key in fields}
    wanted = wanted_of(visit, listing, asked)
    order = Order(visit.args.get("by", ""), visit.args.get("way") != "up")
    is_ready = not listing.subject or wanted.subject_id is not None
    seen = _page(visit, listing, wanted, order) if is_ready else Seen((), "")
    here = {key: value for key, value in asked.items() if value} | {
        "by": order.by,
        "way": "down" if order.backwards else "up",
    }
    return visit.show(
        "lists/one.html",
        listing=listing,
        asked=asked,
        order=order,
        rows=seen.rows,
        is_ready=is_ready,
        more=urlencode(here | {"place": seen.place}) if seen.place else "",
        cell=shown_in(visit.business.zone),
        right=RIGHT,
        formats=get_args(Format),
        titles={column.name: column.title for column in listing.columns},
    )


def _page(visit: Visit, listing: Listing, wanted: Wanted, order: Order) -> Seen:
    order = Order(order.by, order.backwards, visit.args.get("place", ""))
    try:
        seen = listing.look(visit.tx, visit.keys, wanted, order, limit=SHOWN)
    except WrongLook:
        raise NotFound from None
    detail = {"list": listing.name, "rows": len(seen.rows), "only": dict(wanted.only)}
    record(visit.tx, visit.member.actor, "look at list", wanted.subject_id, detail)
    return seen


PAGE = Page(
    name="lists",
    title="Lists",
    folder=Path(__file__).parent,
    order=79,
    routes=(
        Route("", listed, EXPORTS, scopes=WITHIN),
        Route("/<name>", one, EXPORTS, scopes=WITHIN),
    ),
)
