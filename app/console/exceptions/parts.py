"""Whose money it is, as a form says it: somebody who is suggested, or people by their numbers."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from app.console.page import Visit
from app.errors import OperatorError
from app.operations.payees import minor_of, purpose_of
from app.operations.persons import person_at
from core.money.purposes import Purpose
from core.payments.allocations import PARTS_MAXIMUM, Part
from core.payments.exceptions import PaymentException
from core.payments.text_errors import NoSuchPayee, WrongParts
from core.people import people


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who is suggested. `name` is short; `label` is what it would be for."""

    place: int
    subscriber_id: uuid.UUID
    name: str
    label: str
    reasons: tuple[str, ...]


def candidates(
    visit: Visit, found: PaymentException, purposes: Mapping[str, Purpose]
) -> list[Candidate]:
    """Who is suggested and can still be paid for, in the order of the suggestions."""
    shown = []
    for place, said in enumerate(found.suggestions):
        part = _suggested(said, found)
        purpose = purposes.get(part.purpose)
        payee = purpose.payee(visit.tx, part.subscriber_id, part.subject_id) if purpose else None
        person = people.get(visit.tx, visit.keys, part.subscriber_id)
        if payee is not None and person is not None:
            reasons = tuple(said["reasons"])
            shown.append(Candidate(place, person.id, person.shown_name, payee.label, reasons))
    return shown


def of_form(visit: Visit, found: PaymentException) -> list[Part]:
    """The parts that a form asks for. Raises WrongParts, NoSuchPayee."""
    if "candidate" in visit.form:
        return [_candidate(visit.form, found)]
    rows = [row for row in _rows(visit.form) if row[0]]
    if not rows:
        raise WrongParts("Say whose it is: a number, and what it is for.")
    try:
        return [_part(visit, found, row, is_one=len(rows) == 1) for row in rows]
    except OperatorError as refused:
        raise WrongParts(str(refused)) from None


def _candidate(form: MultiDict[str, str], found: PaymentException) -> Part:
    place = form["candidate"]
    if not place.isascii() or not place.isdigit() or int(place) >= len(found.suggestions):
        raise NoSuchPayee
    return _suggested(found.suggestions[int(place)], found)


def _suggested(said: Mapping[str, str], found: PaymentException) -> Part:
    ids = uuid.UUID(said["subscriber"]), uuid.UUID(said["subject"])
    return Part(said["purpose"], *ids, found.amount_minor)


def _rows(form: MultiDict[str, str]) -> list[tuple[str, str, str, str]]:
    """Each row's number, kind, code and amount."""
    columns = [form.getlist(name) for name in ("number", "kind", "code", "amount")]
    rows = list(zip(*columns, strict=False))[:PARTS_MAXIMUM]
    return [(n.strip()[:40], k.strip()[:40], c.strip()[:40], a.strip()[:40]) for n, k, c, a in rows]


def _part(
    visit: Visit, found: PaymentException, row: tuple[str, str, str, str], *, is_one: bool
) -> Part:
    """A number may be followed by which of several people who share it, as 0788000001/2."""
    said, kind, code, amount = row
    number, _, which = said.partition("/")
    tx = visit.tx
    purpose, subject_id = purpose_of(tx, f"{kind}:{code}")
    place = int(which) if which.strip().isascii() and which.strip().isdigit() else None
    person = person_at(tx, visit.keys, number, place or None, option="/1, /2 … behind it")
    if purpose.payee(tx, person, subject_id) is None:
        raise NoSuchPayee
    if not amount and not is_one:
        raise WrongParts("Say the amount of each part.")
    minor = minor_of(tx, amount).amount_minor if amount else found.amount_minor
    return Part(purpose.name, person, subject_id, minor)
