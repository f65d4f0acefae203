"""A group's share-out: proposed, voted on, frozen by one, paid by another one, closed.

What is worked out and posted of it is in `core.loans.sharing`, since debtors are netted. While it
is on, no loan is applied for, agreed to or paid out; from the freeze to the payment nobody's
savings and loans change at all.
"""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Final

from core.db.database import Tx
from core.lifecycle import Lifecycle
from core.savings.errors import NoShareOut, ShareOutRuns

SHARE_OUT: Final = Lifecycle(
    "savings_share_out",
    initial="proposed",
    transitions=[
        ["freeze", "proposed", "frozen"],
        ["pay", "frozen", "paid"],
        ["close", "paid", "closed"],
        ["reject", "proposed", "rejected"],
        ["cancel", ["proposed", "frozen"], "cancelled"],
    ],
)
# What is netted of loans goes through it; it is empty before and after.
ACCOUNT: Final = "share_out"
WALLET: Final = "wallet"
CASH: Final = "cash"


@dataclass(frozen=True, slots=True)
class ShareOutRow:
    """A share-out as written. Amounts from the freeze on, in minor units."""

    id: uuid.UUID
    group_id: uuid.UUID
    group: str
    vote_id: uuid.UUID
    currency: str
    cycle_from: date
    cycle_until: date
    with_social: bool
    state: str
    frozen_by: uuid.UUID | None
    frozen_on: date | None
    fund_minor: int | None
    carry_over_minor: int | None


_SELECT: Final = (
    "SELECT s.id, s.group_id, g.name, s.vote_id, s.currency, s.cycle_from, s.cycle_until,"
    " s.with_social, s.state, s.frozen_by, s.frozen_on, s.fund_minor, s.carry_over_minor"
    " FROM savings_share_out s JOIN savings_group g ON g.tenant_id = s.tenant_id"
    " AND g.id = s.group_id WHERE s.tenant_id = current_tenant()"
)
_IS_ON: Final = "s.state IN ('proposed', 'frozen', 'paid')"


def find(tx: Tx, group_id: uuid.UUID) -> ShareOutRow | None:
    """The share-out of a group that is on."""
    row = tx.one(f"{_SELECT} AND s.group_id = %s AND {_IS_ON}", (group_id,))
    return ShareOutRow(*row) if row else None


def require(tx: Tx, group_id: uuid.UUID) -> ShareOutRow:
    """The share-out of a group that is on. Raises NoShareOut."""
    found = find(tx, group_id)
    if found is None:
        raise NoShareOut
    return found


def get(tx: Tx, share_out_id: uuid.UUID) -> ShareOutRow:
    """A share-out, whatever has become of it. Raises NoShareOut."""
    row = tx.one(f"{_SELECT} AND s.id = %s", (share_out_id,))
    if row is None:
        raise NoShareOut
    return ShareOutRow(*row)


def require_none(tx: Tx, group_id: uuid.UUID) -> None:
    """Raises ShareOutRuns while one is on: nothing is lent then."""
    if find(tx, group_id) is not None:
        raise ShareOutRuns


def require_not_frozen(tx: Tx, group_id: uuid.UUID) -> None:
    """Raises ShareOutRuns between the freeze and the payment: what is owed stays as it was told."""
    found = find(tx, group_id)
    if found is not None and found.state == "frozen":
        raise ShareOutRuns


_REJECT: Final = SHARE_OUT.advance("reject", sets="ended_at = now()", where="vote_id = %s")


def vote_was_lost(tx: Tx, vote_id: uuid.UUID) -> None:
    """The group said no to a share-out, or too few voted: it is over."""
    tx.execute(_REJECT, (vote_id,))
