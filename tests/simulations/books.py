"""What a group's books must say after each meeting, from a tally kept beside them.

The tally adds up what people did; it knows nothing of accounts. It is compared with what the ledger
says the group has, and every entry since the last look must come to nothing.
"""

import uuid
from dataclasses import dataclass
from typing import Final

from core.loans import loans
from core.loans.loans import Loan
from core.loans.replay import Replayed
from core.loans.terms import Part
from core.savings import funds
from tests.support.tenants import CURRENCY
from tests.support.year import Year

_BEFORE_ALL: Final = uuid.UUID(int=0)
# By the index of postings (account, entry): what has moved on these accounts since.
_MOVED: Final = (
    "SELECT entry_id FROM posting WHERE tenant_id = %s AND account_id = ANY (%s) AND entry_id > %s"
)
_UNEVEN: Final = (
    "SELECT entry_id FROM posting WHERE tenant_id = %s AND entry_id BETWEEN %s AND %s"
    " AND entry_id = ANY (%s) GROUP BY entry_id, currency HAVING sum(amount_minor) <> 0"
)
_WRONG_BALANCES: Final = (
    "SELECT a.id FROM account a LEFT JOIN LATERAL (SELECT sum(p.amount_minor) AS posted"
    "  FROM posting p WHERE p.tenant_id = a.tenant_id AND p.account_id = a.id) p ON true"
    " WHERE a.tenant_id = %s AND a.id = ANY (%s) AND a.guarded"
    " AND a.balance_minor <> coalesce(p.posted, 0)"
)


@dataclass
class Tally:
    """What a group has by what its people did, in minor units."""

    saved_minor: int = 0
    social_minor: int = 0
    box_minor: int = 0
    seen: uuid.UUID = _BEFORE_ALL  # the newest entry that was looked at

    def look(self, group: Year) -> None:
        """Raises AssertionError where the books say otherwise, or an entry does not add up."""
        owed = owed_by(group)
        now = group.funds
        said = (now.saved_minor, now.social_minor, now.cash_minor)
        assert said == (self.saved_minor, self.social_minor, self.box_minor), group.id
        standing = {loan.id: group.standing(loan.id) for loan in owed}
        assert now.lent_minor == sum(one.open_of(Part.PRINCIPAL) for one in standing.values())
        for loan in owed:
            adds_up(loan, standing[loan.id])
        self._look_at_entries(group)

    def _look_at_entries(self, group: Year) -> None:
        admin, tenant_id = group.tenant.admin, group.tenant.tenant_id
        accounts = _accounts(group)
        found = [
            row[0] for row in admin.execute(_MOVED, (tenant_id, accounts, self.seen)).fetchall()
        ]
        if not found:
            return
        first, self.seen = min(found), max(found)
        uneven = admin.execute(_UNEVEN, (tenant_id, first, self.seen, found)).fetchall()
        assert uneven == []
        assert admin.execute(_WRONG_BALANCES, (tenant_id, accounts)).fetchall() == []


def _accounts(group: Year) -> list[uuid.UUID]:
    """All accounts of the group, its members' savings and its loans."""
    book = funds.book_of(group.id, CURRENCY)
    return [
        *(book.cash, book.social_fund),
        *funds.earning_accounts(group.id, CURRENCY),
        *(group.savings_of(member) for member in group.people),
        *(loan.account_id for loan in loans_of(group)),
    ]


def loans_of(group: Year) -> list[Loan]:
    """All loans that the group ever paid out."""
    return _loans(group, "disbursed", "repaying", "closed", "written_off")


def owed_by(group: Year) -> list[Loan]:
    """Those that are owed."""
    return _loans(group, "disbursed", "repaying")


def _loans(group: Year, *states: str) -> list[Loan]:
    with group.tenant.tx() as tx:
        return loans.where(tx, "l.group_id = %s AND l.state = ANY (%s)", (group.id, list(states)))


def adds_up(loan: Loan, standing: Replayed) -> None:
    """The instalments come to what was lent, and to what is paid and owed."""
    parts = [one.asked[Part.PRINCIPAL] for one in standing.instalments]
    assert sum(parts) == loan.principal_minor
    asked_minor = sum(sum(one.asked.values()) for one in standing.instalments)
    paid_minor = sum(sum(one.paid.values()) for one in standing.instalments)
    assert asked_minor == paid_minor + standing.owed_minor
