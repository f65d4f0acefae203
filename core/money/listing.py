"""Accounts as programs and staff see them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from core.db.connection import Row
from core.db.database import Tx
from core.documents.table import Column, Value
from core.lists.listing import Listing, Wanted
from core.security.keyring import Keyring
from values.ids import made_at, reference_of
from values.money import Money


@dataclass(frozen=True, slots=True)
class Account:
    """An account of somebody. An account that only collects (`guarded` is False) has no balance."""

    id: uuid.UUID
    kind: str
    currency: str
    owner_id: uuid.UUID | None
    guarded: bool
    frozen: bool
    balance_minor: int
    held_minor: int


_COLUMNS = "id, kind, currency, owner_id, guarded, frozen, balance_minor, held_minor"


def accounts_of(tx: Tx, owner_id: uuid.UUID) -> list[Account]:
    """All accounts that somebody owns."""
    rows = tx.all(
        f"SELECT {_COLUMNS} FROM account WHERE tenant_id = current_tenant() AND owner_id = %s"
        " ORDER BY kind, currency, id",
        (owner_id,),
    )
    return [Account(*row) for row in rows]


def account(tx: Tx, account_id: uuid.UUID) -> Account | None:
    row = tx.one(
        f"SELECT {_COLUMNS} FROM account WHERE tenant_id = current_tenant() AND id = %s",
        (account_id,),
    )
    return Account(*row) if row else None


def _rows(
    _tx: Tx, _keys: Keyring, _wanted: Wanted, found: Sequence[Row]
) -> Sequence[tuple[Value, ...]]:
    return [
        (made_at(id), str(id), reference_of(id), kind, Money(amount_minor, currency))
        for id, kind, amount_minor, currency in found
    ]


MOVEMENTS: Final = Listing(
    name="movements",
    title="Movements of an account",
    permission="people.look",
    api_scope="accounts:read",
    columns=(
        Column("at", "When", "moment", width=1.2),
        Column("entry", "Entry", width=2),
        Column("reference", "Reference"),
        Column("kind", "Kind"),
        Column("amount", "Amount", "amount", width=1.2),
    ),
    key="p.entry_id",
    query=(
        "SELECT p.entry_id, e.kind, p.amount_minor, p.currency FROM posting p"
        " JOIN entry e ON e.tenant_id = p.tenant_id AND e.id = p.entry_id"
        " WHERE p.tenant_id = current_tenant() AND p.account_id = %(subject)s"
    ),
    dated="p.entry_id",
    rows=_rows,
    subject="account",
)
