"""Guarantors: each answers on their own phone; what they pledge is held on their savings."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from core.audit.trail import record
from core.db.database import Tx
from core.loans import committee, loans
from core.loans.errors import NotWaiting, OwnSavingsTooLow
from core.loans.lifecycle import GUARANTOR, LOAN
from core.loans.loans import Loan
from core.loans.messages import GuarantorFree, GuarantorRefused, LoanWaits
from core.messaging.notices import write_notice
from core.money import ledger
from core.money.errors import InsufficientFunds
from core.security.keyring import Keyring
from core.tenants.directory import Tenant
from values.ids import uuid7


@dataclass(frozen=True, slots=True)
class GuaranteeRequest:
    """What somebody is asked to be guarantor of. Amounts are in minor units."""

    loan_id: uuid.UUID
    borrower: str
    group: str
    principal_minor: int
    pledge_minor: int
    periods: int
    every: str


_ASKED = (
    "SELECT l.id, l.borrower_id, l.principal_minor, n.amount_minor, l.periods, l.terms ->> 'every',"
    " g.name FROM loan_guarantor n"
    " JOIN loan l ON l.tenant_id = n.tenant_id AND l.id = n.loan_id AND l.state = 'applied'"
    " JOIN savings_group g ON g.tenant_id = l.tenant_id AND g.id = l.group_id"
    " WHERE n.tenant_id = current_tenant() AND n.subscriber_id = %s AND n.state = 'asked'"
    " ORDER BY l.id"
)


def asked_of(tx: Tx, keys: Keyring, subscriber_id: uuid.UUID) -> list[GuaranteeRequest]:
    """What waits for somebody's word as a guarantor, the oldest first."""
    return [
        GuaranteeRequest(
            *(loan_id, loans.name_of(tx, keys, borrower_id), group),
            *(principal_minor, pledge_minor, periods, every),
        )
        for loan_id, borrower_id, principal_minor, pledge_minor, periods, every, group in tx.all(
            _ASKED, (subscriber_id,)
        )
    ]


_ACCEPT = GUARANTOR.advance(
    "accept",
    sets="hold_id = %s, changed_at = now()",
    where="loan_id = %s AND subscriber_id = %s",
    returning="amount_minor",
)
_REFUSE = GUARANTOR.advance(
    "refuse", sets="changed_at = now()", where="loan_id = %s AND subscriber_id = %s", returning="1"
)


def accept(
    tx: Tx, keys: Keyring, *, tenant: Tenant, loan_id: uuid.UUID, subscriber_id: uuid.UUID
) -> Loan:
    """Be guarantor: the pledge is held on the savings in the group for as long as the loan lives.

    Raises NotWaiting, OwnSavingsTooLow (params: pledge_minor), FrozenAccount.
    """
    loan = loans.locked(tx, loan_id)
    hold_id = uuid7()
    row = None
    if loan.state == "applied":
        row = tx.one(_ACCEPT, (hold_id, loan_id, subscriber_id))
    if row is None:
        raise NotWaiting
    pledge_minor = int(row[0])
    try:
        ledger.place_hold(
            tx,
            hold_id=hold_id,
            account_id=ledger.savings_account_id(loan.group_id, subscriber_id, loan.currency),
            amount_minor=pledge_minor,
            currency=loan.currency,
            expires_at=None,
        )
    except InsufficientFunds:
        raise OwnSavingsTooLow(pledge_minor=pledge_minor, currency=loan.currency) from None
    record(tx, f"subscriber {subscriber_id}", "be guarantor", loan_id, {"pledge": pledge_minor})
    go_on(tx, keys, loan, tenant)
    return loan


def refuse(tx: Tx, keys: Keyring, *, loan_id: uuid.UUID, subscriber_id: uuid.UUID) -> Loan:
    """Do not be guarantor: the application ends, and the borrower is told. Raises NotWaiting."""
    loan = loans.locked(tx, loan_id)
    if loan.state != "applied" or tx.one(_REFUSE, (loan_id, subscriber_id)) is None:
        raise NotWaiting
    told = GuarantorRefused(member=loans.name_of(tx, keys, subscriber_id), group=loan.group)
    write_notice(tx, loan.borrower_id, told)
    end_application(tx, loan, "refuse", "guarantor")
    return loan


_GUARANTEED = LOAN.advance("guarantee", where="id = %s", returning="1")
_OPEN_WORDS = (
    "SELECT count(*) FROM loan_guarantor WHERE tenant_id = current_tenant() AND loan_id = %s"
    " AND state <> 'accepted'"
)


def go_on(tx: Tx, keys: Keyring, loan: Loan, tenant: Tenant) -> None:
    """Once every guarantor has agreed, the committee is asked."""
    row = tx.one(_OPEN_WORDS, (loan.id,))
    if row is None or row[0] or tx.one(_GUARANTEED, (loan.id,)) is None:
        return
    told = LoanWaits(
        member=loans.name_of(tx, keys, loan.borrower_id), amount=loan.principal, group=loan.group
    )
    for officer_id in deciders(tx, loan, tenant):
        write_notice(tx, officer_id, told)


def deciders(tx: Tx, loan: Loan, tenant: Tenant) -> dict[uuid.UUID, str]:
    """The officers who may decide on a loan, each with the role."""
    parties = {loan.borrower_id, *of_loan(tx, loan.id)}
    officers = committee.in_office(tx, loan.group_id, tenant.today())
    return {id: role for id, role in officers.items() if id not in parties}


def of_loan(tx: Tx, loan_id: uuid.UUID) -> list[uuid.UUID]:
    rows = tx.all(
        "SELECT subscriber_id FROM loan_guarantor WHERE tenant_id = current_tenant()"
        " AND loan_id = %s ORDER BY subscriber_id",
        (loan_id,),
    )
    return [row[0] for row in rows]


_RELEASE = GUARANTOR.advance(
    "release",
    sets="changed_at = now()",
    where="loan_id = %s",
    returning="subscriber_id, amount_minor - called_minor, hold_id",
)


def release(tx: Tx, loan: Loan) -> None:
    """The loan has ended: what is still held is given back, and those who pledged it are told."""
    rows: Sequence[tuple[uuid.UUID, int, uuid.UUID | None]] = tx.all(_RELEASE, (loan.id,))
    for subscriber_id, pledge_minor, hold_id in rows:
        if hold_id is None:
            continue
        ledger.void_hold(tx, hold_id)
        told = GuarantorFree(
            reference=loan.reference, group=loan.group, pledge=loan.money(pledge_minor)
        )
        write_notice(tx, subscriber_id, told)


_END = {
    trigger: LOAN.advance(
        trigger, sets="reason = %s, ended_at = now()", where="id = %s", returning="1"
    )
    for trigger in ("refuse", "withdraw")
}


def end_application(tx: Tx, loan: Loan, trigger: str, reason: str | None) -> bool:
    """End an application before it is paid out: refused or withdrawn. False where it is past
    that."""
    if tx.one(_END[trigger], (reason, loan.id)) is None:
        return False
    record(tx, "loans", f"{trigger} loan", loan.id, {"reason": reason})
    release(tx, loan)
    return True
