"""People as commands name them: by a number, as staff read it from a paper or a screen."""

import uuid

from app.errors import OperatorError
from core.db.database import Tx
from core.people.numbers import former_at
from core.people.people import identify
from core.security.keyring import Keyring
from values import phone


def number_of(tx: Tx, typed: str) -> str:
    """A number as it was typed, in E.164: by the plan of the tenant's country. Raises
    OperatorError."""
    row = tx.one("SELECT country FROM tenant WHERE id = current_tenant()")
    try:
        return phone.read(typed, str(row[0]) if row else "")
    except phone.NotAPhoneNumber:
        raise OperatorError("There is no such phone number.") from None


def person_at(
    tx: Tx,
    keys: Keyring,
    typed: str,
    which: int | None,
    *,
    option: str = "--which",
    also_former: bool = False,
) -> uuid.UUID:
    """Who has a number; with `also_former`, where nobody has it, who had it. `which` of several,
    from 1, is what `option` says. Raises OperatorError."""
    address = number_of(tx, typed)
    found = identify(tx, keys, address)
    if not found and also_former:
        found = former_at(tx, keys, address)
    if not found:
        raise OperatorError("Nobody has that number here.")
    if len(found) > 1 and which is None:
        shown = ", ".join(f"{place} {who.shown_name}" for place, who in enumerate(found, 1))
        raise OperatorError(f"{len(found)} people share that number: add {option} ({shown}).")
    if which is not None and which > len(found):
        raise OperatorError(f"Only {len(found)} people have that number.")
    return found[(which or 1) - 1].id
