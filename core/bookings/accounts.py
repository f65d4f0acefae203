"""Accounts as officers read them: what they are called, and what is on them."""

import uuid
from dataclasses import dataclass

from core.bookings.errors import NoSuchAccount
from core.db.database import Tx
from core.people import people
from core.security.keyring import Keyring


@dataclass(frozen=True, slots=True)
class Account:
    """An account that officers may book on. `owner_id` is a person, or None for the tenant's own.
    `balance_minor` is what its holder was given in all."""

    id: uuid.UUID
    kind: str
    currency: str
    owner_id: uuid.UUID | None
    name: str
    balance_minor: int


def find(tx: Tx, keys: Keyring, account_id: uuid.UUID) -> Account:
    """One account with what is on it. Raises NoSuchAccount."""
    row = tx.one(
        "SELECT a.kind, a.currency, CASE WHEN a.owner_id <> a.tenant_id THEN a.owner_id END,"
        " CASE WHEN a.guarded THEN a.balance_minor ELSE (SELECT coalesce(sum(p.amount_minor), 0)"
        "  FROM posting p WHERE p.tenant_id = a.tenant_id AND p.account_id = a.id) END,"
        " coalesce(g.code, s.code)"
        " FROM account a LEFT JOIN agent g ON g.tenant_id = a.tenant_id"
        "  AND g.subscriber_id = a.owner_id AND a.kind = 'float'"
        " LEFT JOIN membership m ON m.tenant_id = a.tenant_id AND m.subscriber_id = a.owner_id"
        "  AND m.savings_account_id = a.id"
        " LEFT JOIN savings_group s ON s.tenant_id = m.tenant_id AND s.id = m.group_id"
        " WHERE a.tenant_id = current_tenant() AND a.id = %s",
        (account_id,),
    )
    if row is None:
        raise NoSuchAccount
    kind, currency, owner_id, balance_minor, code = row
    name = kind if owner_id is None else f"{kind} of {_shown(tx, keys, owner_id)}"
    if code:
        name = f"{name} {code}"
    return Account(account_id, kind, currency, owner_id, name, int(balance_minor))


def _shown(tx: Tx, keys: Keyring, owner_id: uuid.UUID) -> str:
    person = people.get(tx, keys, owner_id)
    assert person is not None, "an account's owner is a person, or the tenant"
    return person.shown_name
