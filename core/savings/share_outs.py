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
from core.security.keyring import Keyring
from values import names

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


@dataclass(frozen=True, slots=True)
class PartRow:
    """A member's part of a share-out, by their number in the group; amounts in minor units."""

    number: int
    name: str
    saved_minor: int
    part_minor: int
    netted_minor: int
    cash_minor: int
    wallet_minor: int


def last(tx: Tx, group_id: uuid.UUID) -> ShareOutRow:
    """The newest share-out of a group whose parts are written down: frozen, paid or closed. Raises
    NoShareOut."""
    row = tx.one(
        f"{_SELECT} AND s.group_id = %s AND s.state IN ('frozen', 'paid', 'closed')"
        " ORDER BY s.id DESC LIMIT 1",
        (group_id,),
    )
    if row is None:
        raise NoShareOut
    return ShareOutRow(*row)


def parts(tx: Tx, keys: Keyring, share_out: ShareOutRow) -> list[PartRow]:
    """What each one gets, by their numbers; names as others see them."""
    rows = tx.all(
        "SELECT m.number, l.subscriber_id, s.name_sealed, l.saved_minor, l.part_minor,"
        " l.netted_minor, l.cash_minor, l.wallet_minor FROM savings_share_out_line l"
        " JOIN subscriber s ON s.tenant_id = l.tenant_id AND s.id = l.subscriber_id"
        " JOIN (SELECT subscriber_id, row_number() OVER (ORDER BY joined_at, subscriber_id)"
        "   AS number FROM membership WHERE tenant_id = current_tenant() AND group_id = %s) m"
        "  ON m.subscriber_id = l.subscriber_id"
        " WHERE l.tenant_id = current_tenant() AND l.share_out_id = %s ORDER BY m.number",
        (share_out.group_id, share_out.id),
    )
    shown = names.shown_apart([keys.open(row[2], row[1].bytes) for row in rows])
    return [
        PartRow(number, name, *amounts)
        for (number, _, _, *amounts), name in zip(rows, shown, strict=True)
    ]
