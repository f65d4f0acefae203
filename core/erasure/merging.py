"""Two records of one person become one: asked for by one officer, approved by another.

The record that goes has nothing that must end first, no money above all; it is emptied as a person
who is erased, and its numbers are from then on the other's. What it did stays in the books, under
its own id; the request says whose it is now.
"""

import uuid
from collections.abc import Callable
from typing import ClassVar

from core.approvals.errors import ApprovalError
from core.approvals.kinds import Done, Kind, Request, Shown
from core.audit.trail import record
from core.db.database import Tx
from core.erasure.erasure import Declared, ErasedBefore, erase, require_nothing_waits
from core.messaging import notices, number_changes
from core.money import freezing
from core.people import numbers, people
from core.people.people import Person
from core.security.keyring import Keyring
from values.refusals import BusinessError


class CannotMerge(ApprovalError):
    """The two are one record, or a number cannot go over now."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class MergePeople(Kind):
    """`subject_id` is the record that goes. `params`: {"into": the id of the one that stays}."""

    name: ClassVar[str] = "merge_people"
    life_s: ClassVar[int] = 7 * 24 * 60 * 60
    decided_with: ClassVar[str] = "people.erase"

    def __init__(self, declared: Callable[[], Declared]) -> None:
        self._declared = declared

    def show(self, tx: Tx, keys: Keyring, request: Request) -> Shown:
        goes, stays = _both(tx, keys, request)
        require_nothing_waits(tx, self._declared(), goes.id)
        moved = len(_live(tx, keys, goes.id))
        return Shown(
            f"Merge {goes.shown_name} into {stays.shown_name}",
            {"records": "2", "numbers that go over": "0"},
            {"records": f"1, of {stays.shown_name}", "numbers that go over": str(moved)},
        )

    def do(self, tx: Tx, keys: Keyring, request: Request) -> Done:
        assert request.subject_id is not None
        freezing.lock_of_person(tx, request.subject_id)
        # Or each of the two could be made the other at one moment, and nobody would be left.
        people.lock_people(tx, request.subject_id, uuid.UUID(request.params["into"]))
        goes, stays = _both(tx, keys, request)
        require_nothing_waits(tx, self._declared(), goes.id)
        by = f"officer {request.requested_by}"
        service_id = notices.service_for(tx, stays.id)
        try:
            for address in _live(tx, keys, goes.id):
                numbers.detach(tx, keys, goes.id, address, actor=by, reason=request.reason)
                if address in _live(tx, keys, stays.id):
                    continue
                if service_id is None:
                    raise CannotMerge
                number_changes.attach(
                    *(tx, keys, stays.id, address),
                    service_id=service_id,
                    actor=by,
                    reason=request.reason,
                )
        except BusinessError:
            raise CannotMerge from None
        erase(tx, keys, self._declared(), goes)
        record(tx, by, "merge people", stays.id, {"from": str(goes.id)})
        return Done({"into": str(stays.id)})

    def asked(self, tx: Tx, keys: Keyring, request: Request) -> None:
        goes, _stays = _both(tx, keys, request)
        require_nothing_waits(tx, self._declared(), goes.id)


def _both(tx: Tx, keys: Keyring, request: Request) -> tuple[Person, Person]:
    """The record that goes and the one that stays. Raises CannotMerge, ErasedBefore."""
    assert request.subject_id is not None
    stays_id = uuid.UUID(request.params["into"])
    goes, stays = people.get(tx, keys, request.subject_id), people.get(tx, keys, stays_id)
    if goes is None or stays is None or goes.id == stays.id:
        raise CannotMerge
    if people.is_erased(tx, goes.id) or people.is_erased(tx, stays.id):
        raise ErasedBefore
    return goes, stays


def _live(tx: Tx, keys: Keyring, person_id: uuid.UUID) -> list[str]:
    known = numbers.numbers_of(tx, keys, person_id)
    return [one.address for one in known if one.detached_at is None]
