"""Cash of loans: an instalment that comes into a group's box, a loan that is paid out of it.

Between meetings two people see to it: a recorder writes it down, and another one of the committee
or who keeps a key says on their own phone that it is so. Only then it is money.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from core.audit.trail import record as record_in_trail
from core.db.database import Tx
from core.lifecycle import awaiting_a_word
from core.loans import disbursing, loans, repaying
from core.loans.errors import (
    CashWaits,
    LoanGone,
    LoanNotApproved,
    MeetingIsOn,
    MoreThanMemberOwes,
    NoSecondPerson,
    NotWaiting,
)
from core.loans.loans import Loan
from core.loans.replay import Paid
from core.messaging.notices import write_notice
from core.savings import committee, funds, meetings
from core.savings.committee import KEY_HOLDER, RECORDERS
from core.savings.funds import Book
from core.savings.meeting_cash import LOAN_PAYOUT, LOAN_REPAYMENT
from core.security.keyring import Keyring
from values import clock
from values.ids import uuid7

SAVINGS_CASH: Final = awaiting_a_word("savings_cash")
LIFE: Final = timedelta(days=2)
SECOND: Final = RECORDERS | {KEY_HOLDER}


def take_repayment(
    tx: Tx, loan: Loan, amount_minor: int, *, today: date, by: uuid.UUID, key: str
) -> uuid.UUID:
    """Post an instalment of a locked loan that came into the box, and text the borrower. Answers
    the entry. Raises LoanGone, MoreThanOwed, ShareOutRuns."""
    entry_id = uuid7()
    booked = repaying.book(
        tx,
        loan,
        Paid(entry_id, today, amount_minor, settles=settles(tx, loan, amount_minor, today)),
        today=today,
        payer_id=loan.borrower_id,
        source=repaying.CASH,
        key=key,
        actor_id=by,
    )
    told = repaying.cash_receipt_of(loan, amount_minor, booked)
    write_notice(tx, loan.borrower_id, told, entry_id=entry_id)
    return entry_id


def settles(tx: Tx, loan: Loan, amount_minor: int, today: date) -> bool:
    """Whether so much is just what ends the loan today."""
    if not loan.is_owed:
        return False
    return loans.standing(tx, loan, today).settled_for_minor(loan.terms) == amount_minor


def pay_out(
    tx: Tx, loan: Loan, book: Book, *, today: date, by: uuid.UUID, detail: Mapping[str, str]
) -> uuid.UUID:
    """Pay a locked loan that the committee agreed to out of the box. Answers the entry. Raises
    FundTooSmall, ShareOutRuns."""
    return disbursing.pay_in_cash(tx, loan=loan, book=book, today=today, actor_id=by, detail=detail)


def require_approved(tx: Tx, loan_id: uuid.UUID) -> Loan:
    """A loan that waits to be paid out in cash, held. Raises LoanNotApproved."""
    loan = loans.locked(tx, loan_id)
    if loan.state != "approved" or loan.payout != loans.CASH:
        raise LoanNotApproved
    return loan


# Of which loans cash is recorded: those that are owed, and those that are paid out.
STATES: Final = {False: ("disbursed", "repaying"), True: ("approved",)}


def of_group(
    tx: Tx, keys: Keyring, group_id: uuid.UUID, states: tuple[str, ...]
) -> list[tuple[Loan, str]]:
    """A group's loans in these states with their borrowers' names; of those that wait to be paid
    out only those in cash."""
    found = loans.where(
        tx,
        "l.group_id = %s AND l.state = ANY (%s) AND (l.state <> 'approved' OR l.payout = 'cash')",
        (group_id, list(states)),
    )
    return [(loan, loans.name_of(tx, keys, loan.borrower_id)) for loan in found]


@dataclass(frozen=True, slots=True)
class Recorded:
    """Cash that one has recorded and another one has not seen yet. `amount_minor` came in, or where
    `is_payout` goes out."""

    id: uuid.UUID
    member: str
    is_payout: bool
    amount_minor: int


def record(
    tx: Tx,
    *,
    group_id: uuid.UUID,
    loan_id: uuid.UUID,
    is_payout: bool,
    amount_minor: int,
    by: uuid.UUID,
    today: date,
) -> uuid.UUID:
    """Record cash between two meetings; of a loan that is paid out the amount is its own.

    Raises NotInCommittee, MeetingIsOn, LoanGone, MoreThanMemberOwes (params: owed),
    LoanNotApproved, and
    CashWaits where something of this loan waits by now.
    """
    committee.require(tx, group_id, by, today, RECORDERS)
    _require_no_meeting(tx, group_id)
    if is_payout:
        loan = require_approved(tx, loan_id)
        amount_minor = loans.payout_minor(loan, today)
    else:
        loan = loans.locked(tx, loan_id)
        if not loan.is_owed:
            raise LoanGone
        owed_minor = loans.standing(tx, loan, today).owed_minor
        if amount_minor > owed_minor:
            raise MoreThanMemberOwes(owed_minor=owed_minor, currency=loan.currency)
    assert loan.group_id == group_id, "loans of the group are listed"
    tx.execute(_EXPIRE, (loan_id,))
    id = uuid7()
    found = tx.one(
        "INSERT INTO savings_cash (tenant_id, id, group_id, purpose, subject_id, subscriber_id,"
        " amount_minor, currency, recorded_by, expires_at)"
        " VALUES (current_tenant(), %s, %s, %s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (tenant_id, subject_id) WHERE state = 'pending' DO NOTHING RETURNING id",
        (
            *(id, group_id, LOAN_PAYOUT if is_payout else LOAN_REPAYMENT, loan_id),
            *(loan.borrower_id, amount_minor, loan.currency, by, clock.now() + LIFE),
        ),
    )
    if found is None:
        raise CashWaits
    return id


_EXPIRE: Final = SAVINGS_CASH.advance(
    "expire", sets="decided_at = now()", where="subject_id = %s AND expires_at <= now()"
)
_WAITING: Final = (
    "SELECT id, subscriber_id, purpose, amount_minor FROM savings_cash"
    " WHERE tenant_id = current_tenant() AND group_id = %s AND state = 'pending'"
    " AND expires_at > now() AND recorded_by <> %s ORDER BY id"
)


def waiting_for(tx: Tx, keys: Keyring, group_id: uuid.UUID, person_id: uuid.UUID) -> list[Recorded]:
    """What somebody else has recorded, the oldest first."""
    return [
        Recorded(id, loans.name_of(tx, keys, who), purpose == LOAN_PAYOUT, amount_minor)
        for id, who, purpose, amount_minor in tx.all(_WAITING, (group_id, person_id))
    ]


_TAKE: Final = (
    "SELECT group_id, currency FROM savings_cash WHERE tenant_id = current_tenant() AND id = %s"
)
_LOCK: Final = (
    "SELECT subject_id, purpose, amount_minor, recorded_by FROM savings_cash"
    " WHERE tenant_id = current_tenant() AND id = %s AND state = 'pending' AND expires_at > now()"
    " FOR UPDATE"
)
_APPROVE: Final = SAVINGS_CASH.advance(
    "approve", sets="decided_by = %s, decided_at = now(), entry_id = %s", where="id = %s"
)
_REFUSE: Final = SAVINGS_CASH.advance(
    "refuse", sets="decided_by = %s, decided_at = now()", where="id = %s", returning="1"
)


def confirm(tx: Tx, id: uuid.UUID, *, by: uuid.UUID, today: date) -> uuid.UUID:
    """A second person has seen the cash: now it is money. Answers the entry.

    Raises NotWaiting, NotInCommittee, NoSecondPerson for who recorded it, MeetingIsOn, and what
    posting raises: LoanGone, MoreThanOwed, LoanNotApproved, FundTooSmall, ShareOutRuns.
    """
    group_id, currency = _group_of(tx, id)
    committee.require(tx, group_id, by, today, SECOND)
    book = funds.lock(tx, group_id, currency)
    row = tx.one(_LOCK, (id,))
    if row is None:
        raise NotWaiting
    loan_id, purpose, amount_minor, recorded_by = row
    if recorded_by == by:
        raise NoSecondPerson
    _require_no_meeting(tx, group_id)
    if purpose == LOAN_PAYOUT:
        loan = require_approved(tx, loan_id)
        entry_id = pay_out(tx, loan, book, today=today, by=by, detail={"cash": str(id)})
    else:
        loan = loans.locked(tx, loan_id)
        entry_id = take_repayment(tx, loan, amount_minor, today=today, by=by, key=f"cash:{id}")
    tx.execute(_APPROVE, (by, entry_id, id))
    detail = {"purpose": purpose, "amount_minor": amount_minor, "recorded_by": str(recorded_by)}
    record_in_trail(tx, f"member {by}", "confirm cash", id, detail)
    return entry_id


def refuse(tx: Tx, id: uuid.UUID, *, by: uuid.UUID, today: date) -> None:
    """It is not so: nothing becomes of it. Who recorded it may say so, too. Raises NotWaiting,
    NotInCommittee."""
    group_id, _ = _group_of(tx, id)
    committee.require(tx, group_id, by, today, SECOND)
    if tx.one(_REFUSE, (by, id)) is None:
        raise NotWaiting


def _group_of(tx: Tx, id: uuid.UUID) -> tuple[uuid.UUID, str]:
    row = tx.one(_TAKE, (id,))
    if row is None:
        raise NotWaiting
    return row[0], row[1]


def _require_no_meeting(tx: Tx, group_id: uuid.UUID) -> None:
    if meetings.find(tx, group_id) is not None:
        raise MeetingIsOn
