"""What two persons decide about staff: a new way in for somebody who lost theirs, and roles."""

from typing import ClassVar, Final

from core.approvals.errors import ApprovalError
from core.approvals.kinds import Done, Kind, Request, Shown
from core.db.database import Tx
from core.security.keyring import Keyring
from core.staff import members
from core.staff.errors import StaffError
from core.staff.roles import Grant, Member, Scope


class NotPossible(ApprovalError):
    """It cannot be done: the text says why."""


def _member(tx: Tx, request: Request) -> Member:
    assert request.subject_id is not None
    try:
        return members.get(tx, request.subject_id)
    except StaffError as refused:
        raise NotPossible(str(refused)) from None


class NewWayIn(Kind):
    """A member who lost what they sign in by gets a link; what opened before is gone when it is
    used. The second officer reads the link, once, and hands it over."""

    name: ClassVar[str] = "staff_way_in"
    life_s: ClassVar[int] = 24 * 60 * 60
    decided_with: ClassVar[str] = "staff.manage"

    def show(self, tx: Tx, keys: Keyring, request: Request) -> Shown:
        member = _member(tx, request)
        return Shown(
            f"New way in for {member.handle}",
            {"sign-in": "as it is"},
            {"sign-in": "chosen by who has the link that you hand over"},
        )

    def do(self, tx: Tx, keys: Keyring, request: Request) -> Done:
        member = _member(tx, request)
        token = members.link_for(
            tx, keys, member.id, member.tenant_id, f"officer {request.requested_by}"
        )
        return Done(handover=f"/console/welcome/{token}")

    def asked(self, tx: Tx, keys: Keyring, request: Request) -> None:
        _member(tx, request)


class Roles(Kind):
    """Somebody has these roles from now on, and no others. `params`: {"roles": [[role, kind of
    scope, its value], …]}."""

    name: ClassVar[str] = "staff_roles"
    life_s: ClassVar[int] = 24 * 60 * 60
    decided_with: ClassVar[str] = "staff.manage"

    def show(self, tx: Tx, keys: Keyring, request: Request) -> Shown:
        member = _member(tx, request)
        after = grants_of(request)
        return Shown(
            f"Roles of {member.handle}",
            {"roles": in_words(member.grants)},
            {"roles": in_words(after)},
        )

    def do(self, tx: Tx, keys: Keyring, request: Request) -> Done:
        member = _member(tx, request)
        try:
            by = f"officer {request.requested_by}"
            members.set_grants(tx, member.handle, grants_of(request), by=by)
        except StaffError as refused:
            raise NotPossible(str(refused)) from None
        return Done()

    def asked(self, tx: Tx, keys: Keyring, request: Request) -> None:
        _member(tx, request)


NEW_WAY_IN: Final = NewWayIn()
ROLES: Final = Roles()


def params_of(grants: tuple[Grant, ...]) -> dict[str, list[list[str]]]:
    """Roles as a request keeps them."""
    return {"roles": [[one.role, one.scope.kind, one.scope.value] for one in grants]}


def grants_of(request: Request) -> tuple[Grant, ...]:
    return tuple(Grant(role, Scope(kind, value)) for role, kind, value in request.params["roles"])


def in_words(grants: tuple[Grant, ...]) -> str:
    """Roles as one line."""
    words = [
        one.role
        if one.scope.kind == "tenant"
        else f"{one.role} ({one.scope.kind} {one.scope.value})"
        for one in grants
    ]
    return ", ".join(words) or "none"
