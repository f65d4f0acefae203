"""Who works here: invited, given roles by two persons, let go, or given a new way in by two."""

import uuid
from pathlib import Path

from werkzeug.wrappers import Response

from app.console.page import Page, Route, Visit
from app.operations.officers import whole
from core.email import telling
from core.staff import members
from core.staff.errors import NoSuchRole, StaffError
from core.staff.roles import ROLES, Grant, Permission, Scope
from core.staff.second_person import NEW_WAY_IN, in_words, params_of
from core.staff.second_person import ROLES as ROLES_KIND
from values.said import said

LOOK = Permission("staff.look", "see who works here", ("company_admin", "auditor"))
MANAGE = Permission("staff.manage", "say who works here, and as what", (), changes=True)


class NotOneself(StaffError):
    """Somebody else does that to you."""


def everybody(visit: Visit) -> Response:
    return visit.show(
        "staff/list.html", staff=members.listed(visit.tx), may_manage=visit.may(MANAGE)
    )


def one(visit: Visit, id: uuid.UUID) -> Response:
    member = members.get(visit.tx, id)
    return visit.show("staff/one.html", member=member, roles=ROLES.values())


def invite(visit: Visit) -> Response:
    """Somebody new, as nobody yet: roles are given by two. The link is in this answer alone."""
    handle, to = visit.form.get("handle", "").strip().lower(), visit.form.get("email", "").strip()
    token = members.invite(
        visit.tx, visit.keys, visit.business.id, handle, (), by=visit.member.actor
    )
    link = whole(visit.console.base_url, f"/console/welcome/{token}")
    if to:
        telling.invitation(visit.tx, visit.keys, handle, to, link)
        return visit.go("staff", said("The link for {name} is on its way.", name=handle))
    return visit.show("staff/invited.html", handle=handle, link=link)


def ask_for_roles(visit: Visit, id: uuid.UUID) -> Response:
    """One line a role: its name, and where it is not the whole business the kind of scope and its
    value: "station_manager station Tema 2"."""
    _not_oneself(visit, id)
    grants = tuple(
        _grant(line) for line in visit.form.get("roles", "").splitlines() if line.strip()
    )
    asked = visit.ask_for(ROLES_KIND, id, params_of(grants))
    return visit.go(f"approvals/{asked.id}", "It waits for a second person.")


def ask_for_way_in(visit: Visit, id: uuid.UUID) -> Response:
    _not_oneself(visit, id)
    asked = visit.ask_for(NEW_WAY_IN, id)
    return visit.go(f"approvals/{asked.id}", "It waits for a second person.")


def revoke(visit: Visit, id: uuid.UUID) -> Response:
    _not_oneself(visit, id)
    member = members.get(visit.tx, id)
    reason = visit.form.get("reason", "")[:200]
    members.revoke(visit.tx, member.handle, by=visit.member.actor, reason=reason)
    return visit.go("staff", said("Nothing opens for {name} any more.", name=member.handle))


def _not_oneself(visit: Visit, id: uuid.UUID) -> None:
    if id == visit.member.id:
        raise NotOneself


def _grant(line: str) -> Grant:
    name, _, scope = line.strip().partition(" ")
    kind, _, value = scope.strip().partition(" ")
    role = ROLES.get(name)
    if role is None:
        raise NoSuchRole
    for allowed in role.scopes:
        if (kind or "tenant") == allowed and (allowed == "tenant") == (not value.strip()):
            return Grant(name, Scope(allowed, value.strip()))
    raise NoSuchRole


PAGE = Page(
    name="staff",
    title="Staff",
    folder=Path(__file__).parent,
    order=80,
    routes=(
        Route("", everybody, LOOK),
        Route("/<uuid:id>", one, LOOK),
        Route("/invite", invite, MANAGE, method="POST"),
        Route("/<uuid:id>/roles", ask_for_roles, MANAGE, method="POST"),
        Route("/<uuid:id>/way-in", ask_for_way_in, MANAGE, method="POST"),
        Route("/<uuid:id>/revoke", revoke, MANAGE, method="POST"),
    ),
    values={"in_words": in_words},
)
