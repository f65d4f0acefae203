"""Accounts as programs and staff see them."""

import uuid
from dataclasses import dataclass

from core.db.database import Tx


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
