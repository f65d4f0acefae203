"""The committee decides: as many officers as the terms ask for agree, or one refuses.

The last one to agree has the loan paid out, in the same transaction.
"""

import uuid
from dataclasses import dataclass

from core.audit.trail import record
from core.db.database import Tx
from core.loans import committee, disbursing, guarantors, loans
from core.loans.errors import DecidedBefore, NotAnOfficer, NotOnOwnLoan, NotWaiting
from core.loans.lifecycle import LOAN
from core.loans.loans import Loan
from core.loans.messages import REFUSED_FOR, LoanApproved
from core.messaging.notices import write_notice
from core.savings import funds, share_outs
from core.security.keyring import Keyring
from core.tenants.directory import Tenant


@dataclass(frozen=True, slots=True)
class Waiting:
    """A loan that waits for an officer's word. Amounts are in minor units."""

    loan_id: uuid.UUID
    borrower: str
    group: str
    principal_minor: int
    periods: int
    every: str
    saved_minor: int
    to_repay_minor: int
    agreed: int
    needed: int


@dataclass(frozen=True, slots=True)
class Agreed:
    """How many officers have agreed, of those that are needed; then it is paid out, or waits to be
    paid out in cash."""

    borrower: str
    agreed: int
    needed: int
    disbursed: bool
    waits_for_cash: bool = False


_WAITING = (
    "l.state = 'guaranteed' AND l.group_id = ANY (%s) AND l.borrower_id <> %s"
    " AND NOT EXISTS (SELECT 1 FROM loan_guarantor n WHERE n.tenant_id = l.tenant_id"
    "  AND n.loan_id = l.id AND n.subscriber_id = %s)"
    " AND NOT EXISTS (SELECT 1 FROM loan_decision d WHERE d.tenant_id = l.tenant_id"
    "  AND d.loan_id = l.id AND d.subscriber_id = %s)"
)


def waiting_for(tx: Tx, keys: Keyring, tenant: Tenant, officer_id: uuid.UUID) -> list[Waiting]:
    """What waits for somebody's word, the oldest first. Raises NotAnOfficer."""
    group_ids = committee.groups_of(tx, officer_id, tenant.today())
    if not group_ids:
        raise NotAnOfficer
    found = loans.where(tx, _WAITING, (group_ids, officer_id, officer_id, officer_id))
    return [_waiting(tx, keys, tenant, loan) for loan in found]


def _waiting(tx: Tx, keys: Keyring, tenant: Tenant, loan: Loan) -> Waiting:
    row = tx.one(
        "SELECT a.balance_minor, (SELECT count(*) FROM loan_decision d"
        "  WHERE d.tenant_id = m.tenant_id AND d.loan_id = %s AND d.approved)"
        " FROM membership m JOIN account a"
        "  ON a.tenant_id = m.tenant_id AND a.id = m.savings_account_id"
        " WHERE m.tenant_id = current_tenant() AND m.group_id = %s AND m.subscriber_id = %s",
        (loan.id, loan.group_id, loan.borrower_id),
    )
    assert row is not None, "a borrower is, or was, a member"
    return Waiting(
        loan_id=loan.id,
        borrower=loans.name_of(tx, keys, loan.borrower_id),
        group=loan.group,
        principal_minor=loan.principal_minor,
        periods=loan.periods,
        every=loan.terms.every.value,
        saved_minor=row[0],
        to_repay_minor=disbursing.plan_of(loan, tenant.today()).to_repay_minor,
        agreed=row[1],
        needed=loan.terms.approvals,
    )


_APPROVED = LOAN.advance("approve", where="id = %s", returning="1")


def approve(
    tx: Tx, keys: Keyring, *, tenant: Tenant, loan_id: uuid.UUID, officer_id: uuid.UUID
) -> Agreed:
    """An officer agrees. Raises NotWaiting, NotAnOfficer, NotOnOwnLoan, DecidedBefore; the last
    one also what paying out raises: FundTooSmall (params: available_minor), ShareOutRuns,
    FrozenAccount."""
    loan = _locked_with_book(tx, loan_id)
    _decide(tx, tenant, loan, officer_id, approved=True, reason=None)
    row = tx.one(
        "SELECT count(*) FROM loan_decision WHERE tenant_id = current_tenant()"
        " AND loan_id = %s AND approved",
        (loan_id,),
    )
    assert row is not None
    agreed, needed = int(row[0]), loan.terms.approvals
    if agreed >= needed:
        assert tx.one(_APPROVED, (loan_id,)) is not None, "it is locked, and was waiting"
        if loan.payout == loans.CASH:
            disbursing.require_fund(tx, loan)
            write_notice(tx, loan.borrower_id, LoanApproved(loan.principal, loan.group))
        else:
            disbursing.disburse(tx, tenant=tenant, loan=loan)
    borrower = loans.name_of(tx, keys, loan.borrower_id)
    is_decided, in_cash = agreed >= needed, loan.payout == loans.CASH
    return Agreed(borrower, agreed, needed, is_decided and not in_cash, is_decided and in_cash)


def _locked_with_book(tx: Tx, loan_id: uuid.UUID) -> Loan:
    """The group's book first, then the loan: in the order in which a meeting closes. Raises
    ShareOutRuns."""
    known = loans.get(tx, loan_id)
    assert known is not None, "loans are never deleted"
    funds.lock(tx, known.group_id, known.currency)
    share_outs.require_none(tx, known.group_id)
    return loans.locked(tx, loan_id)


def refuse(
    tx: Tx,
    *,
    tenant: Tenant,
    loan_id: uuid.UUID,
    officer_id: uuid.UUID,
    reason: str,
) -> None:
    """An officer refuses for a reason of REFUSED_FOR: that ends the application. Raises what
    `approve` raises before paying out."""
    loan = loans.locked(tx, loan_id)
    _decide(tx, tenant, loan, officer_id, approved=False, reason=reason)
    write_notice(tx, loan.borrower_id, REFUSED_FOR[reason](loan.principal, loan.group))
    guarantors.end_application(tx, loan, "refuse", reason)


def _decide(
    tx: Tx, tenant: Tenant, loan: Loan, officer_id: uuid.UUID, *, approved: bool, reason: str | None
) -> None:
    if loan.state != "guaranteed":
        raise NotWaiting
    officers = committee.in_office(tx, loan.group_id, tenant.today())
    if officer_id not in officers:
        raise NotAnOfficer
    if officer_id == loan.borrower_id or officer_id in guarantors.of_loan(tx, loan.id):
        raise NotOnOwnLoan
    row = tx.one(
        "INSERT INTO loan_decision (tenant_id, loan_id, subscriber_id, role, approved, reason)"
        " VALUES (current_tenant(), %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING 1",
        (loan.id, officer_id, officers[officer_id], approved, reason),
    )
    if row is None:
        raise DecidedBefore
    verb = "approve" if approved else "refuse"
    record(tx, f"subscriber {officer_id}", f"{verb} loan", loan.id, {"reason": reason})
