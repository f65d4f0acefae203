"""Somebody's data is erased, and two records are made one, by two officers."""

from typing import Final

from app.domains.domain import Domain
from core.erasure import messages
from core.erasure.erasure import Declared, ErasePerson
from core.erasure.merging import MergePeople


def _declared() -> Declared:
    from app import domains

    found = domains.load()
    return Declared(found.personal, found.holds_back)


ERASE_PERSON: Final = ErasePerson(_declared)
MERGE_PEOPLE: Final = MergePeople(_declared)

DOMAIN = Domain(name="erasure", messages=messages.MESSAGES, approvals=(ERASE_PERSON, MERGE_PEOPLE))
