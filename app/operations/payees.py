"""Payees and amounts as commands name them."""

import uuid

from app import domains
from app.errors import OperatorError
from app.operations.persons import person_at
from core.db.database import Tx
from core.money.purposes import Payee, Purpose
from core.security.keyring import Keyring
from values.currencies import minor_digits
from values.money import Money


def purpose_of(tx: Tx, said: str) -> tuple[Purpose, uuid.UUID]:
    """What `contribution:KOP1` names. Raises OperatorError."""
    kind, _, code = said.partition(":")
    purpose = domains.load().purposes.get(kind)
    if purpose is None:
        known = ", ".join(domains.load().purposes)
        raise OperatorError(f"Nobody pays for {kind}; there are: {known}.")
    subject_id = purpose.subject(tx, code)
    if subject_id is None:
        raise OperatorError(f"There is no {said}.")
    return purpose, subject_id


def payee_at(tx: Tx, keys: Keyring, number: str, which: int | None, said: str) -> Payee:
    """Who has a number, for what `said` names. Raises OperatorError."""
    purpose, subject_id = purpose_of(tx, said)
    payee = purpose.payee(tx, person_at(tx, keys, number, which), subject_id)
    if payee is None:
        raise OperatorError(f"That person does not pay for {said}: no member, or it is frozen.")
    return payee


def currency_of(tx: Tx) -> str:
    """The tenant's currency."""
    row = tx.one("SELECT currency FROM tenant WHERE id = current_tenant()")
    assert row is not None
    return str(row[0])


def minor_of(tx: Tx, said: str) -> Money:
    """An amount in the tenant's currency, as it was typed: 5000, 12.50. Raises OperatorError."""
    currency = currency_of(tx)
    whole, _, parts = said.replace(",", "").partition(".")
    digits = minor_digits(currency)
    if not (whole + parts).isascii() or not (whole + parts).isdigit() or len(parts) > digits:
        raise OperatorError(f"{said} is no amount in {currency}.")
    if len(whole) > 13:
        raise OperatorError(f"{said} is too much.")
    return Money(int(whole or "0") * 10**digits + int(parts.ljust(digits, "0") or "0"), currency)
