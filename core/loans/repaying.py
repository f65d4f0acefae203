"""A member repays a loan: from the wallet, or with money that comes by mobile money.

The payment is split as the product says, and posted once. Should it change how an earlier payment
is split (it may count from an earlier day), the difference is posted as an entry of its own.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar, Final

from core.db.database import Tx
from core.loans import guarantors, loans, penalties
from core.loans.errors import LoanGone, MoreThanOwed
from core.loans.lifecycle import LOAN
from core.loans.loans import Loan
from core.loans.messages import (
    LoanClosed,
    LoanClosedInCash,
    LoanNetted,
    LoanRepaid,
    LoanRepaidInCash,
)
from core.loans.replay import Paid, Replayed, Split
from core.messaging.messages import write_text
from core.money import intents, ledger
from core.money.errors import StillWaiting
from core.money.intents import Intent
from core.money.ledger import Line, Posted
from core.money.operations import PaidAtOnce, Quote, SettledLater
from core.savings import funds, share_outs
from core.tenants.directory import Tenant
from values import clock
from values.ids import reference_of, uuid7
from values.money import Money

ENTRY_KIND: Final = "loan_repayment"
REALLOCATION: Final = "loan_reallocation"
WRITE_OFF: Final = "loan_write_off"
WALLET: Final = "wallet"
GUARANTOR: Final = "guarantor"
CASH: Final = "cash"
SHARE_OUT: Final = "share_out"


@dataclass(frozen=True, slots=True)
class Repaid:
    """The receipt of a repayment. `owed` is None where it was paid before, and this only shows it
    again."""

    group: str
    amount: Money
    reference: str
    owed: Money | None


class RepayLoan(PaidAtOnce[Repaid], SettledLater):
    """No fee. The payee is the loan. `settles` in the quote says that it ends the loan."""

    name: ClassVar[str] = "repay_loan"
    receipt = Repaid
    minimum_minor: ClassVar[int] = 1

    def pay(
        self, tx: Tx, *, tenant: Tenant, intent_id: uuid.UUID, subscriber_id: uuid.UUID
    ) -> Repaid:
        """As `PaidAtOnce.pay`. Raises LoanGone and MoreThanOwed, too; StillWaiting where a phone
        was asked."""
        intent, is_ours = intents.claim(tx, intent_id, subscriber_id, entry_id=uuid7())
        if intent.entry_id is None:
            raise StillWaiting
        owed = None
        if is_ours:
            owed = self._post(tx, tenant, intent, intent.entry_id)
        return Repaid(
            group=str(intent.quote["name"]),
            amount=Money(intent.amount_minor, intent.currency),
            reference=reference_of(intent.entry_id),
            owed=owed,
        )

    def settle(self, tx: Tx, *, tenant: Tenant, intent: Intent) -> None:
        """As `SettledLater.settle`. Raises LoanGone and MoreThanOwed, too."""
        entry_id = uuid7()
        self._post(tx, tenant, intent, entry_id)
        intents.finish(tx, intent.id, entry_id)

    def _post(self, tx: Tx, tenant: Tenant, intent: Intent, entry_id: uuid.UUID) -> Money:
        loan = loans.locked(tx, intent.payee_id)
        today = tenant.today()
        settles = bool(intent.quote.get("settles"))
        paid = Paid(entry_id, today, intent.amount_minor, settles)
        booked = book(
            tx,
            loan,
            paid,
            today=today,
            payer_id=intent.subscriber_id,
            source=WALLET,
            key=f"{ledger.INTENT_KEY}{intent.id}",
        )
        wallet = ledger.account_id(intent.subscriber_id, ledger.WALLET, intent.currency)
        balance = loan.money(booked.posted.balances[wallet])
        write_text(
            tx,
            subscriber_id=intent.subscriber_id,
            service_id=uuid.UUID(intent.quote["service"]),
            message=receipt_of(loan, intent.amount_minor, booked, balance),
            entry_id=entry_id,
        )
        return loan.money(booked.after.owed_minor)


def receipt_of(
    loan: Loan, amount_minor: int, booked: "Booked", balance: Money
) -> LoanRepaid | LoanClosed:
    """What the borrower is texted of a payment from the wallet, which then holds `balance`."""
    amount, at = loan.money(amount_minor), clock.now()
    reference, owed = booked.posted.reference, loan.money(booked.after.owed_minor)
    if owed.amount_minor:
        return LoanRepaid(
            amount=amount, group=loan.group, at=at, owed=owed, balance=balance, reference=reference
        )
    return LoanClosed(amount=amount, group=loan.group, at=at, balance=balance, reference=reference)


def cash_receipt_of(
    loan: Loan, amount_minor: int, booked: "Booked"
) -> LoanRepaidInCash | LoanClosedInCash:
    """What the borrower is texted of a payment in cash."""
    amount, at = loan.money(amount_minor), clock.now()
    reference, owed = booked.posted.reference, loan.money(booked.after.owed_minor)
    if owed.amount_minor:
        return LoanRepaidInCash(
            amount=amount, group=loan.group, at=at, owed=owed, reference=reference
        )
    return LoanClosedInCash(amount=amount, group=loan.group, at=at, reference=reference)


def netted_receipt_of(loan: Loan, amount_minor: int, booked: "Booked") -> LoanNetted:
    """What the borrower is texted of what a share-out paid for the loan."""
    owed, reference = loan.money(booked.after.owed_minor), booked.posted.reference
    return LoanNetted(loan.group, loan.money(amount_minor), owed, reference)


REPAY_LOAN: Final = RepayLoan()


def quote(loan: Loan, amount: Money, *, settles: bool) -> Quote:
    """What a member is asked to agree to. One that `settles` ends the loan."""
    return Quote(
        REPAY_LOAN.name,
        loan.id,
        amount,
        Money(0, amount.currency),
        is_fee_on_top=True,
        detail={"name": loan.group, "settles": int(settles)},
    )


@dataclass(frozen=True, slots=True)
class Booked:
    """A payment that was posted, and the loan after it."""

    posted: Posted
    after: Replayed


def book(
    tx: Tx,
    loan: Loan,
    paid: Paid,
    *,
    today: date,
    payer_id: uuid.UUID,
    source: str,
    key: str,
    hold_id: uuid.UUID | None = None,
    actor_id: uuid.UUID | None = None,
) -> Booked:
    """Post a payment of a locked loan, with what it changes of earlier ones; the last one closes
    the loan, and lets its guarantors go.

    Raises LoanGone, MoreThanOwed (params: owed_minor), ShareOutRuns, and what `ledger.post` raises.
    """
    if not loan.is_owed:
        raise LoanGone
    if source != SHARE_OUT:
        share_outs.require_not_frozen(tx, loan.group_id)
    known = loans.facts(tx, loan.id)
    after = known.replayed(loan.terms, today, paid)
    if paid.settles and after.owed_minor:
        # More is owed by now than when it was asked for: then it is a payment like any other.
        paid = replace(paid, settles=False)
        after = known.replayed(loan.terms, today, paid)
    if after.left_over_minor:
        owed_minor = paid.amount_minor - after.left_over_minor
        raise MoreThanOwed(owed_minor=max(0, owed_minor), currency=loan.currency)
    split = after.splits[paid.id]
    posted = ledger.post(
        tx,
        key=key,
        kind=ENTRY_KIND,
        lines=[Line(_source(loan, payer_id, source), -paid.amount_minor), *lines_of(loan, split)],
        currency=loan.currency,
        actor_id=actor_id or payer_id,
        detail={"name": loan.group, "loan": str(loan.id), "fee_minor": 0},
        hold_id=hold_id,
        entry_id=paid.id,
    )
    tx.execute(
        "INSERT INTO loan_payment (tenant_id, id, loan_id, payer_id, source, paid_on, amount_minor,"
        " settles) VALUES (current_tenant(), %s, %s, %s, %s, %s, %s, %s)",
        (paid.id, loan.id, payer_id, source, paid.on, paid.amount_minor, paid.settles),
    )
    write_split(tx, loan.id, entry_id=paid.id, payment_id=paid.id, split=split)
    reallocate(tx, loan, after.splits, because=paid.id)
    penalties.write(tx, loan.id, after.charges)
    advance(tx, loan, after)
    return Booked(posted, after)


def _source(loan: Loan, payer_id: uuid.UUID, source: str) -> uuid.UUID:
    if source == CASH:
        return funds.book_of(loan.group_id, loan.currency).cash
    if source == SHARE_OUT:
        return ledger.account_id(loan.group_id, share_outs.ACCOUNT, loan.currency)
    if source == GUARANTOR:
        return ledger.savings_account_id(loan.group_id, payer_id, loan.currency)
    return ledger.account_id(payer_id, ledger.WALLET, loan.currency)


def lines_of(loan: Loan, split: Split) -> list[Line]:
    """Where a split goes: the loan's own account, and the group's."""
    group, currency = loan.group_id, loan.currency
    parts = (
        (loan.account_id, split.principal_minor),
        (ledger.account_id(group, loans.INTEREST, currency), split.interest_minor),
        (ledger.account_id(group, loans.FEES, currency), split.fee_minor),
        (ledger.account_id(group, loans.PENALTIES, currency), split.penalty_minor),
    )
    return [Line(account, minor) for account, minor in parts if minor]


def booked_splits(tx: Tx, loan_id: uuid.UUID) -> dict[uuid.UUID, Split]:
    """How each payment of a loan is booked by now."""
    return {
        id: Split(*row)
        for id, *row in tx.all(
            "SELECT payment_id, sum(penalty_minor)::bigint, sum(fee_minor)::bigint,"
            " sum(interest_minor)::bigint, sum(principal_minor)::bigint FROM loan_split"
            " WHERE tenant_id = current_tenant() AND loan_id = %s GROUP BY payment_id",
            (loan_id,),
        )
    }


def reallocate(tx: Tx, loan: Loan, splits: Mapping[uuid.UUID, Split], *, because: uuid.UUID) -> int:
    """Bring what is booked of earlier payments in line with how they are split by now: the old
    rows stay, and a row and an entry of the difference are added. Answers how many changed."""
    booked = booked_splits(tx, loan.id)
    changed = 0
    for payment_id, split in splits.items():
        difference = split.minus(booked[payment_id])
        if not any(difference.row):
            continue
        changed += 1
        entry_id = uuid7()
        ledger.post(
            tx,
            key=f"loan:{loan.id}:{payment_id}:{because}",
            kind=REALLOCATION,
            lines=lines_of(loan, difference),
            currency=loan.currency,
            actor_id=None,
            detail={"loan": str(loan.id), "payment": str(payment_id), "because": str(because)},
            entry_id=entry_id,
        )
        write_split(tx, loan.id, entry_id=entry_id, payment_id=payment_id, split=difference)
    return changed


def write_split(
    tx: Tx, loan_id: uuid.UUID, *, entry_id: uuid.UUID, payment_id: uuid.UUID, split: Split
) -> None:
    """What of a payment an entry books where; below zero it is taken back."""
    tx.execute(
        "INSERT INTO loan_split (tenant_id, entry_id, payment_id, loan_id, penalty_minor,"
        " fee_minor, interest_minor, principal_minor)"
        " VALUES (current_tenant(), %s, %s, %s, %s, %s, %s, %s)",
        (entry_id, payment_id, loan_id, *split.row),
    )


_REPAID = LOAN.advance("repay", where="id = %s")
_CLOSED = LOAN.advance("close", sets="ended_at = now()", where="id = %s", returning="1")


def advance(tx: Tx, loan: Loan, after: Replayed) -> None:
    """The loan goes on being repaid, or is closed where nothing is owed any more."""
    if after.owed_minor:
        tx.execute(_REPAID, (loan.id,))
    elif tx.one(_CLOSED, (loan.id,)) is not None:
        guarantors.release(tx, loan)
