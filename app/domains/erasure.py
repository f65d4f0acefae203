"""Somebody's data is erased, by two officers."""

from typing import Final

from app.domains.domain import Domain
from core.erasure import messages
from core.erasure.erasure import Declared, ErasePerson


def _declared() -> Declared:
    from app import domains

    found = domains.load()
    return Declared(found.personal, found.holds_back)


ERASE_PERSON: Final = ErasePerson(_declared)

DOMAIN = Domain(name="erasure", messages=messages.MESSAGES, approvals=(ERASE_PERSON,))
