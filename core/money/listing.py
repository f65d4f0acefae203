"""Accounts and their movements, a page at a time."""

import uuid
from dataclasses import dataclass

from core.db.database import Tx
from core.money.ledger import StatementLine


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


def movements(
    tx: Tx, account_id: uuid.UUID, *, after: uuid.UUID | None, limit: int
) -> list[StatementLine]:
    """What moved on an account, the newest first, from behind an entry on."""
    rows = tx.all(
        "SELECT p.entry_id, e.kind, p.amount_minor, p.currency, e.detail FROM posting p"
        " CROSS JOIN LATERAL (SELECT kind, detail FROM entry"
        "  WHERE tenant_id = current_tenant() AND id = p.entry_id OFFSET 0) e"
        " WHERE p.tenant_id = current_tenant() AND p.account_id = %(account)s"
        " AND (%(after)s::uuid IS NULL OR p.entry_id < %(after)s)"
        " ORDER BY p.entry_id DESC LIMIT %(limit)s",
        {"account": account_id, "after": after, "limit": limit},
    )
    return [StatementLine(*row) for row in rows]
