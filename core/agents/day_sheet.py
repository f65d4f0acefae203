"""An agent's day: what the float had, what came, what went, and what it has then.

Of each float account, in minor units: opening + came - went = closing. The closing is what the
account has now less all that moved since, and each sum opens to its entries.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.db.database import Tx
from core.money import ledger
from core.money.ledger import StatementLine
from values.ids import floor_of

LISTED: Final = 50
LINES_MAXIMUM: Final = 500


@dataclass(frozen=True, slots=True)
class Day:
    """From a moment until another, which is not of it."""

    begins: datetime
    ends: datetime

    @property
    def ids(self) -> tuple[uuid.UUID, uuid.UUID]:
        """The bounds of the ids that were made on it."""
        begins, ends = (floor_of(int(at.timestamp() * 1_000)) for at in (self.begins, self.ends))
        return begins, ends


@dataclass(frozen=True, slots=True)
class Sheet:
    """A float account on a day; `entries` counts what moved it."""

    code: str
    level: str
    account_id: uuid.UUID
    currency: str
    opening_minor: int
    came_minor: int
    went_minor: int
    closing_minor: int
    entries: int
    agent_id: uuid.UUID


_SHEETS = (
    "SELECT g.code, g.level, a.id, a.currency,"
    " a.balance_minor - s.later - s.came + s.went, s.came, s.went, a.balance_minor - s.later,"
    " s.entries, g.subscriber_id"
    " FROM agent g JOIN account a ON a.tenant_id = g.tenant_id AND a.owner_id = g.subscriber_id"
    f"  AND a.kind = '{ledger.FLOAT}'"
    " CROSS JOIN LATERAL (SELECT"
    "   coalesce(sum(p.amount_minor) FILTER (WHERE p.entry_id >= %(ends)s), 0)::bigint AS later,"
    "   coalesce(sum(p.amount_minor) FILTER (WHERE p.entry_id < %(ends)s"
    "    AND p.amount_minor > 0), 0)::bigint AS came,"
    "   coalesce(-sum(p.amount_minor) FILTER (WHERE p.entry_id < %(ends)s"
    "    AND p.amount_minor < 0), 0)::bigint AS went,"
    "   count(*) FILTER (WHERE p.entry_id < %(ends)s) AS entries"
    "  FROM posting p WHERE p.tenant_id = g.tenant_id AND p.account_id = a.id"
    "   AND p.entry_id >= %(begins)s) s"
    " WHERE g.tenant_id = current_tenant()"
)


def sheets(tx: Tx, day: Day, *, after: str = "", limit: int = LISTED) -> list[Sheet]:
    """The agents' floats on a day, by code, from one on."""
    begins, ends = day.ids
    rows = tx.all(
        f"{_SHEETS} AND g.code > %(after)s ORDER BY g.code, a.id LIMIT %(limit)s",
        {"begins": begins, "ends": ends, "after": after, "limit": limit},
    )
    return [Sheet(*row) for row in rows]


def sheet(tx: Tx, day: Day, code: str) -> tuple[Sheet, list[StatementLine]] | None:
    """One agent's float on a day, with all that moved it, first come first; None for no agent."""
    begins, ends = day.ids
    params = {"begins": begins, "ends": ends, "code": code}
    row = tx.one(f"{_SHEETS} AND g.code = %(code)s ORDER BY a.id LIMIT 1", params)
    if row is None:
        return None
    found = Sheet(*row)
    lines = tx.all(
        "SELECT p.entry_id, e.kind, p.amount_minor, p.currency, e.detail FROM posting p"
        " JOIN entry e ON e.tenant_id = p.tenant_id AND e.id = p.entry_id"
        " WHERE p.tenant_id = current_tenant() AND p.account_id = %(account)s"
        " AND p.entry_id >= %(begins)s AND p.entry_id < %(ends)s"
        f" ORDER BY p.entry_id LIMIT {LINES_MAXIMUM}",
        {"account": found.account_id, "begins": begins, "ends": ends},
    )
    return found, [StatementLine(*line) for line in lines]
