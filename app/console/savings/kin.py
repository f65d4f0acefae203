"""A member's next of kin, written down by staff as the member tells them."""

import uuid
from typing import Final

from werkzeug.wrappers import Response

from app.console.page import Route, Visit
from app.console.savings.refused import refusals
from app.console.savings.within import WITHIN, group_of
from core.savings import next_of_kin, overview
from core.staff.errors import StaffError
from core.staff.roles import Permission
from menus.answers import Name, Phone

KIN: Final = Permission(
    "savings.kin",
    "write down a member's next of kin",
    ("company_admin", "operator", "organisation_staff"),
    changes=True,
)


class NotAMember(StaffError):
    """Choose one of the group's members."""


def name(visit: Visit, id: uuid.UUID) -> Response:
    group_of(visit, id)
    members = overview.members(visit.tx, visit.keys, id)
    chosen = visit.form.get("member", "")
    found = [one.subscriber_id for one in members if str(one.subscriber_id) == chosen]
    if not found:
        raise NotAMember
    with refusals():
        called = Name(any_letters=True).parse(visit.form.get("called", ""))
        number = Phone(visit.business.country).parse(visit.form.get("number", ""))
    next_of_kin.name(
        *(visit.tx, visit.keys, found[0]),
        called=called,
        number=number,
        by=visit.member.actor,
    )
    return visit.go(f"savings/{id}", "Their next of kin is named.")


ROUTES: Final = (Route("/<uuid:id>/kin", name, KIN, method="POST", scopes=WITHIN),)
