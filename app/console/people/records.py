"""What staff put right of a person's record: receipts again, numbers, two records made one."""

import uuid
from collections.abc import Callable
from typing import Any, Final

from werkzeug.wrappers import Response

from app.console.page import Route, Visit
from app.console.people.who import WITHIN, ids_of, person_of
from core.erasure.erasure import ErasedBefore
from core.messaging import again, notices, number_changes
from core.people import people
from core.people.errors import (
    MoneyWaits,
    NumberIsNotTheirs,
    NumberIsTheirs,
    TooManyPeople,
)
from core.staff.errors import StaffError
from core.staff.roles import Permission
from values import phone
from values.refusals import BusinessError
from values.said import Said, said

RESEND: Final = Permission(
    "people.resend", "send somebody a receipt again", ("company_admin", "operator"), changes=True
)
NUMBERS: Final = Permission(
    "people.numbers",
    "give somebody a number, or take one out",
    ("company_admin",),
    changes=True,
)
MERGE: Final = Permission(
    "people.merge",
    "ask that two records of one person become one",
    ("company_admin",),
    changes=True,
)
_REFUSED: Final[dict[type[BusinessError], Said]] = {
    MoneyWaits: said("Money of theirs is waiting. Try again when it is done."),
    NumberIsTheirs: said("They have that number already."),
    NumberIsNotTheirs: said("They do not have that number."),
    TooManyPeople: said("Too many people have that number already."),
}


class NoNumber(StaffError):
    """That is no number of a telephone, or nobody can be texted yet."""


class NotOnePerson(StaffError):
    """That finds nobody else, or more than one: type the number of the record that stays."""


class RecordRefused(StaffError):
    """A record cannot be changed: the text says why."""

    def __init__(self, why: Said) -> None:
        super().__init__()
        self.args = (why,)


def send_again(visit: Visit, id: uuid.UUID, message: uuid.UUID) -> Response:
    person_of(visit, id)
    again.send_again(visit.tx, message, id, actor=visit.member.actor)
    return visit.go(f"people/{id}", "It is sent again, to the number that they have now.")


def change_number(visit: Visit, id: uuid.UUID) -> Response:
    person_of(visit, id)
    people.lock_people(visit.tx, id)
    if people.is_erased(visit.tx, id):
        raise ErasedBefore
    reason, taken = visit.reason(), visit.form.get("do") == "take"
    try:
        number = phone.read(visit.form.get("number", ""), visit.business.country)
    except phone.NotAPhoneNumber:
        raise NoNumber from None
    service_id = notices.service_for(visit.tx, id)
    if service_id is None:
        raise NoNumber
    change: Callable[..., Any] = number_changes.detach if taken else number_changes.attach
    try:
        change(
            *(visit.tx, visit.keys, id, number),
            service_id=service_id,
            actor=visit.member.actor,
            reason=reason,
        )
    except tuple(_REFUSED) as refused:
        raise RecordRefused(_REFUSED[type(refused)]) from None
    return visit.go(f"people/{id}", "It is taken out." if taken else "It is theirs from now on.")


def merge(visit: Visit, id: uuid.UUID) -> Response:
    from app.domains.erasure import MERGE_PEOPLE

    person_of(visit, id)
    others = [
        one for one in ids_of(visit, visit.form.get("into", "")[:80].strip(), "") if one != id
    ]
    if len(others) != 1:
        raise NotOnePerson
    person_of(visit, others[0])
    params = {"into": str(others[0])}
    asked = visit.ask_for(MERGE_PEOPLE, id, params)
    if dict(asked.params) != params:
        raise RecordRefused(said("{name} asked for it before.", name=asked.requested_by))
    return visit.go(f"people/{id}", said("It waits for a second person: {id}.", id=asked.id))


ROUTES: Final = (
    Route("/<uuid:id>/receipt/<uuid:message>", send_again, RESEND, method="POST", scopes=WITHIN),
    # Numbers and records are the whole tenant's, and no organisation's.
    Route("/<uuid:id>/number", change_number, NUMBERS, method="POST"),
    Route("/<uuid:id>/merge", merge, MERGE, method="POST"),
)
