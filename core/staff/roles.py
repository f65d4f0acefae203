"""Roles and permissions, and where they hold.

A permission is declared beside what it allows, by what brings it, and says which roles have
it. A role is the set of permissions that name it. Somebody has a role within a scope: the whole
tenant, or one organisation, region or station of it; a scope holds what is in it and nothing else.

    LOOK = Permission("people.look", "look people up", ("company_admin", "auditor"))
    rights = Rights([LOOK])
    rights.require(member, LOOK)                                    # NotAllowed
    rights.scopes(member, LOOK)                                     # where they may
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from core.approvals.requests import Officer
from core.staff.errors import NotAllowed

ScopeKind = Literal["tenant", "organisation", "region", "station"]


@dataclass(frozen=True, slots=True)
class Scope:
    """Where something holds. `value` is an organisation's id, or a region's or station's name."""

    kind: ScopeKind = "tenant"
    value: str = ""

    def holds(self, other: "Scope") -> bool:
        return self.kind == "tenant" or self == other


EVERYWHERE: Final = Scope()


@dataclass(frozen=True, slots=True)
class Role:
    """A role by its name, what it is for, and the kinds of scope that it may be given in."""

    name: str
    sentence: str
    scopes: tuple[ScopeKind, ...] = ("tenant",)


SUPER_ADMIN: Final = "super_admin"

_ROLES = (
    Role(SUPER_ADMIN, "may do everything here"),
    Role("company_admin", "runs the business, but for who may do what"),
    Role("regional_manager", "runs the stations of a region", ("region",)),
    Role("station_manager", "runs a station", ("station",)),
    Role("operator", "serves people", ("tenant", "organisation", "station")),
    Role("organisation_staff", "serves an organisation's groups", ("organisation",)),
    Role("treasurer", "decides on an organisation's money", ("tenant", "organisation")),
    Role("auditor", "sees everything and changes nothing", ("tenant", "organisation")),
    Role("government", "reads reports and changes nothing"),
)
ROLES: Final = {role.name: role for role in _ROLES}


@dataclass(frozen=True, slots=True)
class Permission:
    """Something that may be done, by who has one of `roles`; a super_admin may do everything.
    `changes` says that something is another after it: nobody who only reads may have it."""

    name: str
    sentence: str
    roles: tuple[str, ...]
    changes: bool = False

    def __post_init__(self) -> None:
        unknown = set(self.roles) - set(ROLES)
        if unknown:
            raise ValueError(f"{self.name} is for a role that there is not: {sorted(unknown)}")
        if self.changes and {"government", "auditor"} & set(self.roles):
            raise ValueError(f"{self.name} changes something, for a role that reads only")


@dataclass(frozen=True, slots=True)
class Grant:
    """A role that somebody has, and where."""

    role: str
    scope: Scope = EVERYWHERE


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who works for a tenant, as what they do needs them. `language` is the one that they
    chose for their pages; None where they did not."""

    tenant_id: uuid.UUID
    id: uuid.UUID
    handle: str
    grants: tuple[Grant, ...] = ()
    language: str | None = None

    @property
    def officer(self) -> Officer:
        """Who they are where two officers decide."""
        return Officer(self.handle, "console")

    @property
    def actor(self) -> str:
        """As the audit trail calls them."""
        return self.officer.actor


class Rights:
    """What the permissions of an installation let somebody do: the one place where it is decided.
    Raises ValueError where two permissions have one name."""

    def __init__(self, permissions: Iterable[Permission]) -> None:
        self.permissions: dict[str, Permission] = {}
        for each in permissions:
            if self.permissions.setdefault(each.name, each) != each:
                raise ValueError(f"two permissions are called {each.name}")

    def scopes(self, member: Member, permission: Permission) -> tuple[Scope, ...]:
        """Where somebody may do that: the whole tenant alone, or each scope; nowhere where none."""
        known = self.permissions[permission.name]
        found = {
            grant.scope: None
            for grant in member.grants
            if grant.role == SUPER_ADMIN or grant.role in known.roles
        }
        return (EVERYWHERE,) if EVERYWHERE in found else tuple(found)

    def may(self, member: Member, permission: Permission, within: Scope = EVERYWHERE) -> bool:
        return any(scope.holds(within) for scope in self.scopes(member, permission))

    def require(self, member: Member, permission: Permission, within: Scope = EVERYWHERE) -> None:
        """Raises NotAllowed."""
        if not self.may(member, permission, within):
            raise NotAllowed
