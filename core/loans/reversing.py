"""Cash that was recorded as a loan's instalment, and was none: two officers take it back.

The payment and its split stay; a split below zero and an entry of its own stand beside them, and
the loan is worked out anew without it. Where it had closed the loan, the loan is owed again.
"""

import uuid
from typing import ClassVar, Final

from core.approvals.errors import ApprovalError
from core.approvals.kinds import Done, Kind, Request, Shown
from core.db.database import Tx
from core.loans import loans, penalties, repaying
from core.loans.lifecycle import IS_OPEN, LOAN
from core.loans.loans import Loan
from core.loans.messages import LoanPaymentReversed
from core.loans.office import LIFE_S, today_of
from core.loans.replay import Replayed
from core.messaging.notices import write_notice
from core.money import ledger
from core.money.ledger import Line
from core.savings import funds, meetings, share_outs
from core.savings.errors import ShareOutRuns
from core.security.keyring import Keyring
from values.currencies import written
from values.ids import reference_of, uuid7

ENTRY: Final = "loan_repayment_reversal"
_PAYMENT: Final = (
    "SELECT p.loan_id, p.amount_minor, p.paid_on, p.source, r.entry_id IS NOT NULL"
    " FROM loan_payment p LEFT JOIN loan_reversal r"
    " ON r.tenant_id = p.tenant_id AND r.payment_id = p.id"
    " WHERE p.tenant_id = current_tenant() AND p.id = %s"
)
_ANOTHER: Final = (
    "SELECT 1 FROM loan WHERE tenant_id = current_tenant() AND borrower_id = %s AND group_id = %s"
    f" AND {IS_OPEN} AND id <> %s LIMIT 1"
)
_REOPEN: Final = LOAN.advance("reopen", sets="ended_at = NULL", where="id = %s", returning="1")


class CannotReverse(ApprovalError):
    """It cannot be taken back. The text says why."""


def payments_in_cash(tx: Tx, loan_id: uuid.UUID) -> dict[str, uuid.UUID]:
    """A loan's payments in cash by the references that their borrower was texted."""
    rows = tx.all(
        "SELECT id FROM loan_payment WHERE tenant_id = current_tenant() AND loan_id = %s"
        " AND source = 'cash' ORDER BY id",
        (loan_id,),
    )
    return {reference_of(id): id for (id,) in rows}


class CashReversal(Kind):
    """The subject is the payment, whose id is that of its entry."""

    name: ClassVar[str] = "loan_cash_reversal"
    life_s: ClassVar[int] = LIFE_S

    def asked(self, tx: Tx, keys: Keyring, request: Request) -> None:
        self._found(tx, request)

    def _found(self, tx: Tx, request: Request) -> tuple[Loan, int]:
        """The loan, held, and how much comes out of the box again. Raises CannotReverse."""
        assert request.subject_id is not None, "it is asked for of a payment"
        row = tx.one(_PAYMENT, (request.subject_id,))
        if row is None or row[3] != repaying.CASH:
            raise CannotReverse("This is no payment in cash.")
        loan_id, amount_minor, _, _, is_reversed = row
        loan = loans.locked(tx, loan_id)
        if is_reversed:
            raise CannotReverse("This payment was taken back before.")
        if loan.state not in ("repaying", "closed"):
            raise CannotReverse("The loan was written off: nothing of it changes any more.")
        if loan.state == "closed" and tx.one(_ANOTHER, (loan.borrower_id, loan.group_id, loan.id)):
            raise CannotReverse("The member has another loan by now: settle that first.")
        self._require_quiet(tx, loan, amount_minor)
        return loan, amount_minor

    def _require_quiet(self, tx: Tx, loan: Loan, amount_minor: int) -> None:
        if meetings.find(tx, loan.group_id) is not None:
            raise CannotReverse("A meeting of the group is on: close it first.")
        try:
            share_outs.require_not_frozen(tx, loan.group_id)
        except ShareOutRuns:
            raise CannotReverse("The group is sharing out: wait until it is paid.") from None
        held = funds.of_group(tx, loan.group_id, loan.currency)
        if held.loan_cash_minor < amount_minor:
            there = written(held.loan_cash_minor, loan.currency)
            raise CannotReverse(f"The box has only {there} of the loan fund.")

    def _after(self, tx: Tx, loan: Loan, request: Request) -> Replayed:
        known = loans.facts(tx, loan.id)
        left = [one for one in known.payments if one.id != request.subject_id]
        return loans.Facts(known.first, known.later, left).replayed(loan.terms, today_of(tx))

    def show(self, tx: Tx, keys: Keyring, request: Request) -> Shown:
        loan, amount_minor = self._found(tx, request)
        before, after = loans.standing(tx, loan, today_of(tx)), self._after(tx, loan, request)
        assert request.subject_id is not None, "it was found"
        found = {"to repay": written(after.owed_minor, loan.currency)}
        if loan.state == "closed":
            found["state"] = "repaying; guarantors were let go and are not held again"
        return Shown(
            f"take back {written(amount_minor, loan.currency)} in cash"
            f" ({reference_of(request.subject_id)}) of loan {loan.reference}",
            {"to repay": written(before.owed_minor, loan.currency), "state": loan.state},
            found,
        )

    def do(self, tx: Tx, keys: Keyring, request: Request) -> Done:
        loan, amount_minor = self._found(tx, request)
        # A meeting that opens, or cash between two, waits for this, or was first.
        book = funds.lock(tx, loan.group_id, loan.currency)
        loan, amount_minor = self._found(tx, request)
        payment_id, entry_id = request.subject_id, uuid7()
        assert payment_id is not None, "it was found"
        back = repaying.booked_splits(tx, loan.id)[payment_id].negative()
        posted = ledger.post(
            tx,
            key=f"{self.name}:{request.id}",
            kind=ENTRY,
            lines=[Line(book.cash, amount_minor), *repaying.lines_of(loan, back)],
            currency=loan.currency,
            actor_id=None,
            detail={"name": loan.group, "loan": str(loan.id), "payment": str(payment_id)},
            entry_id=entry_id,
        )
        repaying.write_split(tx, loan.id, entry_id=entry_id, payment_id=payment_id, split=back)
        tx.execute(
            "INSERT INTO loan_reversal (tenant_id, payment_id, entry_id)"
            " VALUES (current_tenant(), %s, %s)",
            (payment_id, entry_id),
        )
        tx.one(_REOPEN, (loan.id,))
        after = loans.standing(tx, loan, today_of(tx))
        repaying.reallocate(tx, loan, after.splits, because=entry_id)
        penalties.write(tx, loan.id, after.charges)
        told = LoanPaymentReversed(
            group=loan.group,
            amount=loan.money(amount_minor),
            owed=loan.money(after.owed_minor),
            reference=posted.reference,
        )
        write_notice(tx, loan.borrower_id, told, entry_id=entry_id)
        return Done({"reference": posted.reference})
