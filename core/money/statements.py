"""A statement of an account: what was on it, what moved, what is on it at the end."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.approvals.errors import ApprovalError
from core.db.database import Tx
from core.money.ledger import StatementLine

LINES_MAXIMUM: Final = 10_000


class StatementTooLong(ApprovalError):
    """A statement has 10,000 movements at most: ask for a shorter time."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


@dataclass(frozen=True, slots=True)
class AccountStatement:
    """`lines` are in the order of time; `opening_minor` and `closing_minor` are the balances
    before and behind them, in minor units of `currency`."""

    account_id: uuid.UUID
    kind: str
    currency: str
    owner_id: uuid.UUID | None
    opening_minor: int
    lines: Sequence[StatementLine]

    @property
    def closing_minor(self) -> int:
        return self.opening_minor + sum(line.amount_minor for line in self.lines)


# One statement of SQL, so one snapshot: opening, lines and closing fit each other.
_STATEMENT = (
    "SELECT a.kind, a.currency, a.owner_id, o.minor, m.* FROM account a"
    " CROSS JOIN LATERAL (SELECT coalesce(sum(p.amount_minor), 0)::bigint AS minor FROM posting p"
    "  WHERE p.tenant_id = current_tenant() AND p.account_id = a.id"
    "  AND p.entry_id < uuid7_floor(%(since)s)) o"
    " LEFT JOIN LATERAL (SELECT p.entry_id, e.kind, p.amount_minor, p.currency, e.detail"
    "  FROM posting p JOIN entry e ON e.tenant_id = p.tenant_id AND e.id = p.entry_id"
    "  WHERE p.tenant_id = current_tenant() AND p.account_id = a.id"
    "  AND p.entry_id >= uuid7_floor(%(since)s) AND p.entry_id < uuid7_floor(%(until)s)"
    "  ORDER BY p.entry_id LIMIT %(limit)s) m ON true"
    " WHERE a.tenant_id = current_tenant() AND a.id = %(account)s ORDER BY m.entry_id"
)


def of_account(
    tx: Tx, account_id: uuid.UUID, since: datetime, until: datetime
) -> AccountStatement | None:
    """The statement from `since` until `until`, which is not in; None where there is no such
    account. Raises StatementTooLong."""
    rows = tx.all(
        _STATEMENT,
        {"account": account_id, "since": since, "until": until, "limit": LINES_MAXIMUM + 1},
    )
    if not rows:
        return None
    if len(rows) > LINES_MAXIMUM:
        raise StatementTooLong
    kind, currency, owner_id, opening_minor = rows[0][:4]
    lines = [StatementLine(*row[4:]) for row in rows if row[4] is not None]
    return AccountStatement(account_id, kind, currency, owner_id, opening_minor, lines)
