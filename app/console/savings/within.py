"""Which groups somebody of staff has to do with: their organisations', or all of the tenant's."""

import uuid
from typing import Final

from app.console.page import Visit
from core.savings import overview
from core.savings.overview import GroupRow
from core.staff.errors import StaffError
from core.staff.roles import Permission, ScopeKind

LOOK: Final = Permission(
    "savings.look",
    "see savings groups, their meetings and loans",
    ("company_admin", "operator", "organisation_staff", "treasurer", "auditor"),
)
WITHIN: Final[tuple[ScopeKind, ...]] = ("tenant", "organisation")


class NoSuchGroup(StaffError):
    """There is no such group here."""


def within(visit: Visit) -> list[uuid.UUID] | None:
    """The organisations that they see; None where it is all of them."""
    if visit.sees_everything:
        return None
    return [uuid.UUID(scope.value) for scope in visit.scopes]


def group_of(visit: Visit, id: uuid.UUID) -> GroupRow:
    """Raises NoSuchGroup, for another organisation's, too."""
    found = overview.group(visit.tx, id, within=within(visit))
    if found is None:
        raise NoSuchGroup
    return found
