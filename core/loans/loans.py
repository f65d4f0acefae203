"""Loans as they are written down, and what is worked out of one."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from core.db.database import Tx
from core.loans.replay import NewPlan, Paid, Replayed, replay
from core.loans.terms import Planned, Terms, plan
from core.people.people import get as get_person
from core.savings import funds
from core.security.keyring import Keyring
from values import names
from values.ids import reference_of
from values.money import Money

LOAN_ACCOUNT: Final = "loan"
# A group's own accounts for what loans bring and cost.
INTEREST: Final = funds.LOAN_INTEREST
FEES: Final = funds.LOAN_FEES
PENALTIES: Final = funds.LOAN_PENALTIES
LOSSES: Final = funds.LOAN_LOSSES
# How a loan is paid out: to the borrower's wallet, or in cash from the group's box.
WALLET: Final = "wallet"
CASH: Final = "cash"


@dataclass(frozen=True, slots=True)
class Loan:
    """A loan as written. `disbursed_on` and `entry_id` from the day on that it was paid out."""

    id: uuid.UUID
    group_id: uuid.UUID
    group: str
    borrower_id: uuid.UUID
    terms: Terms
    principal_minor: int
    currency: str
    periods: int
    state: str
    reason: str | None
    account_id: uuid.UUID
    disbursed_on: date | None
    entry_id: uuid.UUID | None
    lost_minor: int
    payout: str = WALLET

    @property
    def principal(self) -> Money:
        return Money(self.principal_minor, self.currency)

    @property
    def reference(self) -> str:
        """What the borrower reads out: that of the application, for life."""
        return reference_of(self.id)

    @property
    def is_owed(self) -> bool:
        return self.state in ("disbursed", "repaying")

    def money(self, amount_minor: int) -> Money:
        return Money(amount_minor, self.currency)


_SELECT: Final = (
    "SELECT l.id, l.group_id, g.name, l.borrower_id, l.terms, l.principal_minor, l.currency,"
    " l.periods, l.state, l.reason, l.account_id, l.disbursed_on, l.entry_id, l.lost_minor,"
    " l.payout"
    " FROM loan l JOIN savings_group g ON g.tenant_id = l.tenant_id AND g.id = l.group_id"
    " WHERE l.tenant_id = current_tenant()"
)


def loan_of(row: Sequence[Any]) -> Loan:
    id, group_id, group, borrower_id, terms, *rest = row
    return Loan(id, group_id, group, borrower_id, Terms.from_data(terms), *rest)


def get(tx: Tx, loan_id: uuid.UUID) -> Loan | None:
    row = tx.one(f"{_SELECT} AND l.id = %s", (loan_id,))
    return loan_of(row) if row else None


def locked(tx: Tx, loan_id: uuid.UUID) -> Loan:
    """A loan that nobody else changes until the end of the transaction."""
    row = tx.one(f"{_SELECT} AND l.id = %s FOR UPDATE OF l", (loan_id,))
    assert row is not None, "loans are never deleted"
    return loan_of(row)


def where(tx: Tx, condition: str, params: tuple[Any, ...]) -> list[Loan]:
    """Loans by a condition on `l`, the oldest first."""
    return [loan_of(row) for row in tx.all(f"{_SELECT} AND {condition} ORDER BY l.id", params)]


def of_borrower(tx: Tx, borrower_id: uuid.UUID) -> list[Loan]:
    """What somebody has applied for or owes."""
    return where(
        tx,
        "l.borrower_id = %s AND l.state IN"
        " ('applied', 'guaranteed', 'approved', 'disbursed', 'repaying')",
        (borrower_id,),
    )


def owed_by(tx: Tx, borrower_id: uuid.UUID) -> list[Loan]:
    """What somebody has to repay."""
    return where(tx, "l.borrower_id = %s AND l.state IN ('disbursed', 'repaying')", (borrower_id,))


@dataclass(frozen=True, slots=True)
class Facts:
    """What a loan is worked out from: its first plan, the plans that took its place, payments that
    were not taken back."""

    first: list[Planned]
    later: list[NewPlan]
    payments: list[Paid]

    def replayed(self, terms: Terms, today: date, *more: Paid) -> Replayed:
        paid = [*self.payments, *more]
        return replay(terms, self.first, paid, today, new_plans=self.later)


def facts(tx: Tx, loan_id: uuid.UUID) -> Facts:
    plans: dict[int, tuple[date, list[Planned]]] = {}
    for version, planned_on, *planned in tx.all(
        "SELECT version, planned_on, number, due_on, principal_minor, interest_minor, fee_minor"
        " FROM loan_instalment WHERE tenant_id = current_tenant() AND loan_id = %s"
        " ORDER BY version, number",
        (loan_id,),
    ):
        plans.setdefault(version, (planned_on, []))[1].append(Planned(*planned))
    payments = tx.all(
        "SELECT p.id, p.paid_on, p.amount_minor, p.settles FROM loan_payment p"
        " WHERE p.tenant_id = current_tenant() AND p.loan_id = %s AND NOT EXISTS"
        " (SELECT 1 FROM loan_reversal r WHERE r.tenant_id = p.tenant_id AND r.payment_id = p.id)"
        " ORDER BY p.paid_on, p.id",
        (loan_id,),
    )
    first, *later = [plans[version] for version in sorted(plans)]
    return Facts(
        first[1],
        [NewPlan(on, tuple(instalments)) for on, instalments in later],
        [Paid(*row) for row in payments],
    )


def standing(tx: Tx, loan: Loan, today: date) -> Replayed:
    """What of a loan is due, paid and late on a day."""
    return facts(tx, loan.id).replayed(loan.terms, today)


def payout_minor(loan: Loan, on: date) -> int:
    """What a borrower gets of a loan that is paid out on a day: what is taken off is less."""
    return plan(loan.terms, loan.principal_minor, loan.periods, from_on=on).payout_minor


def name_of(tx: Tx, keys: Keyring, subscriber_id: uuid.UUID) -> str:
    """How others see a member's name."""
    found = get_person(tx, keys, subscriber_id)
    return found.shown_name if found else ""


@dataclass(frozen=True, slots=True)
class GroupMember:
    """Another member of a group, as members see each other."""

    id: uuid.UUID
    name: str


def members_beside(
    tx: Tx, keys: Keyring, group_id: uuid.UUID, subscriber_id: uuid.UUID, limit: int
) -> list[GroupMember]:
    """The other members of a group who may be guarantors, in the order in which they joined."""
    rows = tx.all(
        "SELECT s.id, s.name_sealed FROM membership m JOIN subscriber s"
        " ON s.tenant_id = m.tenant_id AND s.id = m.subscriber_id"
        " WHERE m.tenant_id = current_tenant() AND m.group_id = %s AND m.subscriber_id <> %s"
        " AND m.left_at IS NULL AND s.status <> 'frozen' ORDER BY m.joined_at, s.id LIMIT %s",
        (group_id, subscriber_id, limit),
    )
    shown = names.shown_apart([keys.open(sealed, id.bytes) for id, sealed in rows])
    return [GroupMember(row[0], name) for row, name in zip(rows, shown, strict=True)]
