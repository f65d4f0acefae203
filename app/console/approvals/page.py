"""Requests that a second person decides: what is so before and after, and who asks for it."""

import uuid
from collections.abc import Iterable
from pathlib import Path

from werkzeug.wrappers import Response

from app.console.page import Page, Route, Visit
from app.operations.officers import whole
from core.approvals import kinds, requests
from core.approvals.errors import NoSuchRequest
from core.approvals.kinds import Kind, Request
from core.db.database import Tx
from core.security.keyring import Keyring
from core.staff import work
from core.staff.roles import Permission
from core.staff.work import Item, Work
from values.said import said

KIND = "approval"
LOOK = Permission(
    "approvals.look",
    "see what waits for a second person",
    ("company_admin", "operator", "treasurer", "auditor"),
)
DECIDE = Permission(
    "approvals.decide",
    "approve or refuse what another asked for",
    ("company_admin", "treasurer"),
    changes=True,
)


def waiting(visit: Visit) -> Response:
    found = []
    for request in requests.waiting(visit.tx):
        kind = visit.console.domains.approvals.get(request.kind)
        if kind is not None:
            found.append((request, kinds.shown(kind, visit.tx, visit.keys, request).what))
    return visit.show("approvals/list.html", found=found)


def one(visit: Visit, id: uuid.UUID) -> Response:
    request, kind = _request(visit, id)
    return visit.show(
        "approvals/one.html",
        request=request,
        shown=kinds.shown(kind, visit.tx, visit.keys, request),
        may_decide=_may_decide(visit, kind),
    )


def approve(visit: Visit, id: uuid.UUID) -> Response:
    """Done at once. What is to be handed over is shown in this answer and nowhere else."""
    request, kind = _request(visit, id)
    _require_decider(visit, kind)
    work.require_free(visit.tx, KIND, id, by=visit.member)
    done = requests.approve(
        visit.tx, visit.keys, visit.console.domains.approvals, id, by=visit.member.officer
    )
    if done.done.handover:
        handover = whole(visit.console.base_url, done.done.handover)
        return visit.show("approvals/handover.html", request=request, handover=handover)
    return visit.go("approvals", "It is approved." if done.was_new else "You approved it before.")


def refuse(visit: Visit, id: uuid.UUID) -> Response:
    _, kind = _request(visit, id)
    _require_decider(visit, kind)
    work.require_free(visit.tx, KIND, id, by=visit.member)
    requests.refuse(visit.tx, id, by=visit.member.officer, reason=visit.form.get("reason", ""))
    return visit.go("approvals", "It is refused. Nothing was changed.")


def _request(visit: Visit, id: uuid.UUID) -> tuple[Request, Kind]:
    request = requests.get(visit.tx, id)
    kind = visit.console.domains.approvals.get(request.kind)
    if kind is None:
        raise NoSuchRequest
    return request, kind


def _may_decide(visit: Visit, kind: Kind) -> bool:
    """A kind may ask for more than the usual permission."""
    return visit.rights.may(visit.member, visit.rights.permissions[kind.decided_with])


def _require_decider(visit: Visit, kind: Kind) -> None:
    visit.rights.require(visit.member, visit.rights.permissions[kind.decided_with])


def _waiting(tx: Tx, keys: Keyring) -> Iterable[Item]:
    for request in requests.waiting(tx):
        what = said(
            "{kind}, asked by {name}",
            kind=request.kind.replace("_", " "),
            name=request.requested_by,
        )
        path = f"approvals/{request.id}"
        yield Item(KIND, request.id, what, request.created_at, path, request.expires_at)


PAGE = Page(
    name="approvals",
    title="Approvals",
    folder=Path(__file__).parent,
    order=10,
    changes="work",
    routes=(
        Route("", waiting, LOOK),
        Route("/<uuid:id>", one, LOOK),
        Route("/<uuid:id>/approve", approve, DECIDE, method="POST"),
        Route("/<uuid:id>/refuse", refuse, DECIDE, method="POST"),
    ),
    work=(Work(KIND, "Waits for a second person", DECIDE, _waiting),),
)
