"""Whom a page is about: found by what a clerk types, and within the scopes that the clerk has."""

import uuid
from datetime import datetime, timedelta

from app.console.page import Visit
from core.money import owned
from core.people import names_found, numbers, people
from core.people.people import Person
from core.savings import groups
from core.staff.errors import StaffError
from core.staff.roles import ScopeKind
from values import clock, phone

FOUND_MAXIMUM = 20
REFERENCE_DAYS_MAXIMUM = 7
WITHIN: tuple[ScopeKind, ...] = ("tenant", "organisation")


class NobodyHere(StaffError):
    """There is no such person here."""


def ids_of(visit: Visit, asked: str, day: str) -> list[uuid.UUID]:
    """By number where it is one, by reference where a day is said or it looks like one, by name."""
    try:
        number = phone.read(asked, visit.business.country)
    except phone.NotAPhoneNumber:
        number = ""
    if number:
        at = people.identify(visit.tx, visit.keys, number)
        return [person.id for person in at or numbers.former_at(visit.tx, visit.keys, number)]
    since, days = _days(visit, day)
    by_reference = owned.owners_by_reference(visit.tx, asked, since, days)
    by_name = names_found.named(visit.tx, visit.keys, asked, limit=FOUND_MAXIMUM)
    return list(dict.fromkeys((*by_reference, *by_name)))


def _days(visit: Visit, day: str) -> tuple[datetime, int]:
    """The day that was said, in the business's own time; else the week until now."""
    try:
        return datetime.fromisoformat(day).replace(tzinfo=visit.business.zone), 1
    except ValueError:
        return clock.now() - timedelta(days=REFERENCE_DAYS_MAXIMUM), REFERENCE_DAYS_MAXIMUM + 1


def is_within(visit: Visit, id: uuid.UUID) -> bool:
    return visit.sees_everything or groups.is_within(
        visit.tx, id, [scope.value for scope in visit.scopes]
    )


def person_of(visit: Visit, id: uuid.UUID) -> Person:
    """Who that is. Somebody of another organisation is nobody here, as who is not there."""
    person = people.get(visit.tx, visit.keys, id)
    if person is None or not is_within(visit, id):
        raise NobodyHere
    return person
