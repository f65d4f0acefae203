"""A loan is paid out to the borrower's wallet, from where it can be withdrawn by mobile money."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Final

from core.db.database import Tx
from core.loans import loans
from core.loans.errors import FundTooSmall
from core.loans.lifecycle import LOAN
from core.loans.loans import Loan
from core.loans.messages import LoanDisbursed
from core.loans.terms import FeeDue, Plan, Planned, plan
from core.messaging.notices import write_notice
from core.money import ledger
from core.money.ledger import Line
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
    """Pay an approved loan out: once, since its state says so. Raises FundTooSmall (params:
    available_minor) and FrozenAccount."""
    today = tenant.today()
    planned = plan_of(loan, today)
    _require_fund(tx, loan)
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
    entry_id = uuid7()
    posted = ledger.post(
        tx,
        key=f"loan:{loan.id}:disburse",
        kind=ENTRY_KIND,
        lines=_lines(loan, planned),
        currency=loan.currency,
        actor_id=loan.borrower_id,
        detail={"name": loan.group, "loan": str(loan.id), "fee_minor": 0},
        entry_id=entry_id,
    )
    assert tx.one(_DISBURSED, (today, entry_id, loan.id)) is not None, "it was approved"
    write_plan(tx, loan.id, version=1, on=today, instalments=planned.instalments)
    first = planned.instalments[0]
    told = LoanDisbursed(
        payout=loan.money(planned.payout_minor),
        total=loan.money(planned.to_repay_minor),
        first=loan.money(first.total_minor),
        first_on=f"{first.due_on:%d/%m/%Y}",
        last_on=f"{planned.last_on:%d/%m/%Y}",
        reference=posted.reference,
    )
    write_notice(tx, loan.borrower_id, told, entry_id=entry_id)


def _lines(loan: Loan, planned: Plan) -> list[Line]:
    wallet = ledger.account_id(loan.borrower_id, ledger.WALLET, loan.currency)
    fee_minor = planned.taken_off_minor - planned.interest_in_advance_minor
    assert not fee_minor or loan.terms.fee_due is FeeDue.AT_PAYOUT
    taken = ((loans.INTEREST, planned.interest_in_advance_minor), (loans.FEES, fee_minor))
    return [
        Line(loan.account_id, -loan.principal_minor),
        Line(wallet, planned.payout_minor),
        *(
            Line(ledger.account_id(loan.group_id, kind, loan.currency), minor)
            for kind, minor in taken
            if minor
        ),
    ]


def _require_fund(tx: Tx, loan: Loan) -> None:
    """A group lends what its members have saved and its loans have brought, and that is not lent.
    One loan of a group at a time is looked at."""
    lock = int.from_bytes(loan.group_id.bytes[8:], signed=True)
    tx.execute("SELECT pg_advisory_xact_lock(%s)", (lock,))
    available_minor = fund_minor(tx, loan.group_id, loan.currency)
    if available_minor < loan.principal_minor:
        raise FundTooSmall(available_minor=max(0, available_minor), currency=loan.currency)


def fund_minor(tx: Tx, group_id: uuid.UUID, currency: str) -> int:
    """What a group has to lend, in minor units."""
    collecting = [ledger.account_id(group_id, kind, currency) for kind in GROUP_ACCOUNTS]
    row = tx.one(
        "SELECT (SELECT coalesce(sum(a.balance_minor), 0) FROM membership m JOIN account a"
        "  ON a.tenant_id = m.tenant_id AND a.id = m.savings_account_id"
        "  WHERE m.tenant_id = current_tenant() AND m.group_id = %(group)s)"
        " + (SELECT coalesce(sum(p.amount_minor), 0) FROM posting p"
        "  WHERE p.tenant_id = current_tenant() AND (p.account_id = ANY (%(collecting)s)"
        "   OR p.account_id IN (SELECT account_id FROM loan WHERE tenant_id = current_tenant()"
        "    AND group_id = %(group)s)))",
        {"group": group_id, "collecting": collecting},
    )
    assert row is not None
    return int(row[0])


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
