"""Loans at a group's meeting: what is repaid there in cash, and which loans are paid out.

Both are written down like the members' savings, and are posted when the meeting closes, with all
the rest or not at all.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from core.db.database import Tx
from core.loans import loans
from core.loans.cash import pay_out, require_approved, take_repayment
from core.loans.errors import (
    LoanMovedMeanwhile,
    MoreThanMemberOwes,
    MoreThanOwed,
    NoLoanOf,
    TooLittleInBox,
)
from core.loans.loans import Loan
from core.money import freezing
from core.savings import meeting_cash, meeting_closing, meetings
from core.savings.funds import Book
from core.savings.meeting_cash import LOAN_PAYOUT, LOAN_REPAYMENT, OtherCash
from core.savings.meeting_closing import Minutes
from core.savings.meeting_lines import MemberLine
from core.savings.meetings import Meeting
from core.security.keyring import Keyring


@dataclass(frozen=True, slots=True)
class Owing:
    """A loan that a member repays at a meeting, in minor units: what is due by now, what ends it
    today, all that is owed, and what was written down."""

    loan_id: uuid.UUID
    due_minor: int
    ends_minor: int
    owed_minor: int
    written_minor: int


@dataclass(frozen=True, slots=True)
class ToPayOut:
    """A loan that the committee agreed to, and that is paid out in cash."""

    loan_id: uuid.UUID
    borrower: str
    principal_minor: int
    is_written: bool


def owing(tx: Tx, meeting: Meeting, line: MemberLine) -> Owing:
    """What a member owes the group. Raises NoLoanOf."""
    loan = _loan_of(tx, meeting, line.subscriber_id)
    standing = loans.standing(tx, loan, meeting.day)
    return Owing(
        loan.id,
        standing.due_now_minor,
        standing.settled_for_minor(loan.terms),
        standing.owed_minor,
        meeting_cash.written(tx, meeting.id, LOAN_REPAYMENT, loan.id),
    )


def _loan_of(tx: Tx, meeting: Meeting, borrower_id: uuid.UUID) -> Loan:
    found = [one for one in loans.owed_by(tx, borrower_id) if one.group_id == meeting.group_id]
    if not found:
        raise NoLoanOf
    return found[0]


def repay(tx: Tx, meeting: Meeting, line: MemberLine, amount_minor: int, *, by: uuid.UUID) -> Owing:
    """A member repays so much in cash; 0 takes it back. What was written before is replaced.
    Raises NoLoanOf, MoreThanMemberOwes (params: owed), NotInCommittee, MeetingMoved."""
    found = owing(tx, meeting, line)
    if amount_minor > found.owed_minor:
        raise MoreThanMemberOwes(owed_minor=found.owed_minor, currency=meeting.currency)
    cash = OtherCash(LOAN_REPAYMENT, found.loan_id, line.subscriber_id, amount_minor)
    meeting_cash.write(tx, meeting, cash, by=by)
    return found


def to_pay_out(tx: Tx, keys: Keyring, meeting: Meeting) -> list[ToPayOut]:
    """The loans of the group that wait to be paid out in cash, the oldest first."""
    found = loans.where(
        tx,
        "l.group_id = %s AND l.state = 'approved' AND l.payout = 'cash'",
        (meeting.group_id,),
    )
    return [
        ToPayOut(
            loan.id,
            loans.name_of(tx, keys, loan.borrower_id),
            loan.principal_minor,
            meeting_cash.written(tx, meeting.id, LOAN_PAYOUT, loan.id) < 0,
        )
        for loan in found
    ]


def write_payout(
    tx: Tx, meeting: Meeting, loan_id: uuid.UUID, *, by: uuid.UUID, paid: bool = True
) -> None:
    """A loan is paid out from the box at this meeting; or not, after all. Raises LoanNotApproved,
    TooLittleInBox (params: available), NotInCommittee, MeetingMoved."""
    loan, meeting = require_approved(tx, loan_id), meetings.get(tx, meeting.id)
    assert loan.group_id == meeting.group_id, "those of the group are listed"
    payout_minor = loans.payout_minor(loan, meeting.day) if paid else 0
    before_minor = meeting_cash.written(tx, meeting.id, LOAN_PAYOUT, loan.id)
    held_minor = meeting.book_minor - before_minor - meeting.social_fund_minor
    if held_minor < payout_minor:
        raise TooLittleInBox(available_minor=max(0, held_minor), currency=meeting.currency)
    cash = OtherCash(LOAN_PAYOUT, loan.id, loan.borrower_id, -payout_minor)
    meeting_cash.write(tx, meeting, cash, by=by)


class _Posting:
    """Loans, as a closing meeting posts them."""

    def lock(self, tx: Tx, meeting: Meeting, all_cash: Sequence[OtherCash]) -> None:
        if not all_cash:
            return
        # Loans before accounts, as who repays by phone has them; and the accounts in the order of a
        # freeze: a loan that ends lets guarantors' savings go.
        for loan_id in sorted(cash.subject_id for cash in all_cash):
            loans.locked(tx, loan_id)
        freezing.lock_of_group(tx, meeting.group_id)

    def post(
        self, tx: Tx, meeting: Meeting, book: Book, cash: OtherCash, by: uuid.UUID
    ) -> uuid.UUID:
        """Raises LoanMovedMeanwhile, FundTooSmall, ShareOutRuns."""
        loan, detail = loans.locked(tx, cash.subject_id), {"meeting": str(meeting.id)}
        if cash.purpose == LOAN_PAYOUT:
            if loan.state != "approved":
                raise LoanMovedMeanwhile
            return pay_out(tx, loan, book, today=meeting.day, by=by, detail=detail)
        key = f"meeting:{meeting.id}:loan:{loan.id}"
        try:
            return take_repayment(tx, loan, cash.amount_minor, today=meeting.day, by=by, key=key)
        except MoreThanOwed:
            raise LoanMovedMeanwhile from None


POSTING = _Posting()


def close(tx: Tx, meeting_id: uuid.UUID, *, by: uuid.UUID, service_id: uuid.UUID) -> Minutes:
    """Close a meeting with its loans. Raises what `meeting_closing.close` raises, and
    LoanMovedMeanwhile, FundTooSmall, ShareOutRuns."""
    return meeting_closing.close(tx, meeting_id, by=by, service_id=service_id, how=POSTING)
