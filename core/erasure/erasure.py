"""Erasing a person: asked for by one officer, approved by another.

What goes and what stays is declared with each table (`Personal.goes`, `kept`, `emptied`), by its
domain; so is what has to end before (`HoldsBack`). The person's id stays, for the books: it has no
name, no number and no PIN, no money moves from or to it, and no folder brings it back.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from core.approvals.errors import ApprovalError
from core.approvals.kinds import Done, Kind, Request, Shown
from core.db.database import Tx
from core.erasure.messages import ErasureAsked
from core.lists.personal import HoldsBack, Personal
from core.messaging.notices import write_notice
from core.money import freezing
from core.people import people
from core.people.people import Person
from core.security.keyring import Keyring
from values import clock, names

NO_NAME: Final = "-"
# Above this many rows of a table, officers read that there are more.
COUNTED_MAXIMUM: Final = 10_000


class ErasedBefore(ApprovalError):
    """That person was erased before."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class HeldBack(ApprovalError):
    """Somebody cannot be erased yet: the text says all that has to end first."""

    def __init__(self, because: Sequence[str]) -> None:
        self.because = tuple(because)
        super().__init__(" ".join(because))


@dataclass(frozen=True, slots=True)
class Declared:
    """What all domains declare: whose tables hold what, and what holds an erasure back."""

    personal: Sequence[Personal]
    holds_back: Sequence[HoldsBack]

    @property
    def of_people(self) -> list[Personal]:
        """The tables that have rows of people, those first that are found by others: a chat's
        messages by the chat, what was said of a number by the number."""
        found = [one for one in self.personal if one.whose]
        return sorted(found, key=lambda one: "SELECT" not in one.whose)


class ErasePerson(Kind):
    """What says who somebody is goes, and what stays says why."""

    name: ClassVar[str] = "erase_person"
    life_s: ClassVar[int] = 7 * 24 * 60 * 60
    decided_with: ClassVar[str] = "people.erase"

    def __init__(self, declared: Callable[[], Declared]) -> None:
        self._declared = declared

    def show(self, tx: Tx, keys: Keyring, request: Request) -> Shown:
        person = _person(tx, keys, request)
        declared = self._declared()
        require_nothing_waits(tx, declared, person.id)
        before, after = {}, {}
        for one in declared.of_people:
            if count := _count(tx, one, person.id):
                what = one.table.replace("_", " ")
                more = "+" if count > COUNTED_MAXIMUM else ""
                before[what] = f"{min(count, COUNTED_MAXIMUM)}{more}"
                after[what] = "gone" if one.goes else f"kept: {one.kept}"
        return Shown(f"Erase {person.shown_name}", before, after)

    def do(self, tx: Tx, keys: Keyring, request: Request) -> Done:
        # A payment that is under way ends first, and the next one finds the accounts frozen.
        assert request.subject_id is not None
        freezing.lock_of_person(tx, request.subject_id)
        people.lock_people(tx, request.subject_id)
        person = _person(tx, keys, request)
        declared = self._declared()
        require_nothing_waits(tx, declared, person.id)
        return Done(erase(tx, keys, declared, person))

    def asked(self, tx: Tx, keys: Keyring, request: Request) -> None:
        person = _person(tx, keys, request)
        require_nothing_waits(tx, self._declared(), person.id)
        write_notice(tx, person.id, ErasureAsked(at=clock.now()))


def require_nothing_waits(tx: Tx, declared: Declared, person_id: uuid.UUID) -> None:
    """Raises HeldBack where something has to end before a person is erased."""
    params = {"person": person_id}
    because = [one.because for one in declared.holds_back if tx.one(one.query, params) is not None]
    if because:
        raise HeldBack(because)


def erase(tx: Tx, keys: Keyring, declared: Declared, person: Person) -> dict[str, str]:
    """Do what the tables' declarations say. Answers by table how many rows went or were emptied;
    those with neither are left out."""
    params = {
        "person": person.id,
        "names": names.every_form(person.name),
        "no_name": keys.seal(NO_NAME, person.id.bytes),
    }
    done = {}
    for one in declared.of_people:
        for statement in one.also:
            tx.execute(statement, params)
    for one in declared.of_people:
        where = f"WHERE tenant_id = current_tenant() AND {one.whose}"
        if one.goes:
            count = tx.execute(f"DELETE FROM {one.table} {where}", params).rowcount
        elif one.emptied:
            sets = ", ".join(f"{column} = {value}" for column, value in one.emptied.items())
            count = tx.execute(f"UPDATE {one.table} SET {sets} {where}", params).rowcount
        else:
            continue
        if count:
            done[one.table] = f"{count} {'gone' if one.goes else 'emptied'}"
    freezing.mark_of_person(tx, person.id)
    return done


def _count(tx: Tx, one: Personal, person_id: uuid.UUID) -> int:
    row = tx.one(
        f"SELECT count(*) FROM (SELECT 1 FROM {one.table}"
        f" WHERE tenant_id = current_tenant() AND {one.whose} LIMIT {COUNTED_MAXIMUM + 1}) found",
        {"person": person_id},
    )
    assert row is not None
    return int(row[0])


def _person(tx: Tx, keys: Keyring, request: Request) -> Person:
    assert request.subject_id is not None
    person = people.get(tx, keys, request.subject_id)
    assert person is not None, "people never disappear"
    if people.is_erased(tx, person.id):
        raise ErasedBefore
    return person
