"""A loan is paid out of the group's loan fund: to the borrower's wallet, from where it can be
withdrawn by mobile money; or in cash, from the box."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Final

from core.db.database import Tx
from core.loans import loans
from core.loans.errors import FundTooSmall
from core.loans.lifecycle import LOAN
from core.loans.loans import Loan
from core.loans.messages import LoanDisbursed, LoanPaidInCash
from core.loans.terms import FeeDue, Plan, Planned, plan
from core.messaging.notices import write_notice
from core.money import ledger
from core.money.ledger import Line
from core.savings import funds, share_outs
from core.savings.funds import Book
from core.tenants.directory import Tenant
from values.ids import uuid7

ENTRY_KIND: Final = "loan_disbursement"
GROUP_ACCOUNTS: Final = (loans.INTEREST, loans.FEES, loans.PENALTIES, loans.LOSSES)

_DISBURSED = LOAN.advance(
    "disburse", sets="disbursed_on = %s, entry_id = %s", where="id = %s", returning="1"
)


def plan_of(loan: Loan, on: date) -> Plan:
    """What is due of a loan that is paid out on a day."""
    return plan(loan.terms, loan.principal_minor, loan.periods, from_on=on)


def disburse(tx: Tx, *, tenant: Tenant, loan: Loan) -> None:
    """Pay an approved loan out to the borrower's wallet: once, since its state says so. The caller
    holds the group's book, and the loan. Raises FundTooSmall (params: available_minor),
    ShareOutRuns and FrozenAccount."""
    wallet = ledger.account_id(loan.borrower_id, ledger.WALLET, loan.currency)
    _pay_out(tx, loan, tenant.today(), wallet)


def pay_in_cash(
    tx: Tx, *, loan: Loan, book: Book, today: date, actor_id: uuid.UUID, detail: Mapping[str, str]
) -> uuid.UUID:
    """Pay an approved loan out in cash from the box, as `disburse` does to a wallet. Answers the
    entry."""
    return _pay_out(tx, loan, today, book.cash, actor_id=actor_id, detail=detail)


def _pay_out(
    tx: Tx,
    loan: Loan,
    today: date,
    paid_to: uuid.UUID,
    *,
    actor_id: uuid.UUID | None = None,
    detail: Mapping[str, str] = MappingProxyType({}),
) -> uuid.UUID:
    share_outs.require_none(tx, loan.group_id)
    require_fund(tx, loan)
    planned = plan_of(loan, today)
    _open_accounts(tx, loan)
    entry_id = uuid7()
    posted = ledger.post(
        tx,
        key=f"loan:{loan.id}:disburse",
        kind=ENTRY_KIND,
        lines=_lines(loan, planned, paid_to),
        currency=loan.currency,
        actor_id=actor_id or loan.borrower_id,
        detail={"name": loan.group, "loan": str(loan.id), "fee_minor": 0, **detail},
        entry_id=entry_id,
    )
    assert tx.one(_DISBURSED, (today, entry_id, loan.id)) is not None, "it was approved"
    write_plan(tx, loan.id, version=1, on=today, instalments=planned.instalments)
    write_notice(tx, loan.borrower_id, _told(loan, planned, posted.reference), entry_id=entry_id)
    return entry_id


def _told(loan: Loan, planned: Plan, reference: str) -> LoanDisbursed | LoanPaidInCash:
    first = planned.instalments[0]
    payout, total = loan.money(planned.payout_minor), loan.money(planned.to_repay_minor)
    first_on, last_on = (f"{day:%d/%m/%Y}" for day in (first.due_on, planned.last_on))
    amount = loan.money(first.total_minor)
    if loan.payout == loans.CASH:
        return LoanPaidInCash(loan.group, payout, total, amount, first_on, last_on, reference)
    return LoanDisbursed(payout, total, amount, first_on, last_on, reference)


def _open_accounts(tx: Tx, loan: Loan) -> None:
    for kind in GROUP_ACCOUNTS:
        ledger.open_account(
            tx,
            id=ledger.account_id(loan.group_id, kind, loan.currency),
            kind=kind,
            currency=loan.currency,
            owner_id=loan.group_id,
        )
    ledger.open_account(
        tx,
        id=loan.account_id,
        kind=loans.LOAN_ACCOUNT,
        currency=loan.currency,
        owner_id=loan.borrower_id,
    )


def _lines(loan: Loan, planned: Plan, paid_to: uuid.UUID) -> list[Line]:
    fee_minor = planned.taken_off_minor - planned.interest_in_advance_minor
    assert not fee_minor or loan.terms.fee_due is FeeDue.AT_PAYOUT
    taken = ((loans.INTEREST, planned.interest_in_advance_minor), (loans.FEES, fee_minor))
    return [
        Line(loan.account_id, -loan.principal_minor),
        Line(paid_to, planned.payout_minor),
        *(
            Line(ledger.account_id(loan.group_id, kind, loan.currency), minor)
            for kind, minor in taken
            if minor
        ),
    ]


def _free_minor(tx: Tx, loan: Loan) -> int:
    """What of the group's loan fund can be paid out the way that the loan is: its cash in the box,
    or what lies with the tenant."""
    held = funds.of_group(tx, loan.group_id, loan.currency)
    return held.loan_cash_minor if loan.payout == loans.CASH else held.loan_e_money_minor


def require_fund(tx: Tx, loan: Loan) -> None:
    """A group agrees to lend what it has and has not lent. Raises FundTooSmall (params:
    available_minor)."""
    available_minor = _free_minor(tx, loan)
    if available_minor < loan.principal_minor:
        raise FundTooSmall(available_minor=max(0, available_minor), currency=loan.currency)


def write_plan(
    tx: Tx, loan_id: uuid.UUID, *, version: int, on: date, instalments: Sequence[Planned]
) -> None:
    """Write what is due when; a later version takes the place of what was not paid by then."""
    for one in instalments:
        tx.execute(
            "INSERT INTO loan_instalment (tenant_id, loan_id, version, number, planned_on, due_on,"
            " principal_minor, interest_minor, fee_minor)"
            " VALUES (current_tenant(), %s, %s, %s, %s, %s, %s, %s, %s)",
            (
                *(loan_id, version, one.number, on, one.due_on),
                *(one.principal_minor, one.interest_minor, one.fee_minor),
            ),
        )
