"""A meeting closes: all that was written down becomes money at once, or nothing does.

One entry a member, out of the box's cash into the member's savings, the social fund, and the loan
fund for fines; and one for each loan that was repaid or paid out. What two key holders counted
otherwise is one more entry, with the reason. All of it is one transaction, and happens once.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from core.audit.trail import record
from core.db.database import Tx
from core.messaging.messages import write_text
from core.money import ledger
from core.money.errors import FrozenAccount
from core.money.ledger import Line
from core.savings import committee, fines, funds, groups, meeting_cash, meetings
from core.savings.committee import RECORDERS
from core.savings.errors import GroupClosed, MeetingMoved, MemberOnHold, ReasonMissing
from core.savings.funds import Book, Funds
from core.savings.meeting_cash import PostCash
from core.savings.meetings import MEETING, Meeting
from core.savings.messages import CashOver, CashShort, FineOwed, MeetingMinutes
from values.ids import uuid7
from values.money import Money

MEETING_ENTRY: Final = "meeting"
REVERSAL_ENTRY: Final = "meeting_reversal"
DIFFERENCE_ENTRY: Final = "cash_difference"


@dataclass(frozen=True, slots=True)
class Paid:
    """What a member gave at a meeting, in minor units."""

    subscriber_id: uuid.UUID
    saved_minor: int
    social_minor: int
    fine_minor: int

    @property
    def total_minor(self) -> int:
        return self.saved_minor + self.social_minor + self.fine_minor


@dataclass(frozen=True, slots=True)
class Minutes:
    """What a meeting came to. `difference_minor` is what was counted above the book."""

    group: str
    here: int
    members: int
    saved: Money
    difference_minor: int
    cash: Money
    loan_fund: Money
    social_fund: Money


_CLOSE = MEETING.advance(
    "close", sets="ended_by = %s, ended_at = now()", where="id = %s", returning="id"
)


def close(
    tx: Tx, meeting_id: uuid.UUID, *, by: uuid.UUID, service_id: uuid.UUID, how: PostCash
) -> Minutes:
    """Close a meeting whose cash was counted, and text its minutes to every member. Closed before,
    it answers the same minutes with the funds as they are now. `how` posts what is no saving.

    Raises NotInCommittee, ReasonMissing, GroupClosed, MemberOnHold, MeetingMoved, and what `how`
    raises; after any of them the transaction can only be rolled back.
    """
    meeting = meetings.get(tx, meeting_id)
    committee.require_since(tx, meeting.group_id, by, meeting.day, RECORDERS)
    book = funds.lock(tx, meeting.group_id, meeting.currency)
    # Who counts again or stops it at this moment is first, or finds it closed.
    is_ours = tx.one(_CLOSE, (by, meeting_id)) is not None
    meeting = meetings.get(tx, meeting_id)
    name = _name(tx, meeting.group_id)
    if not is_ours:
        if meeting.state != "closed":
            raise MeetingMoved
        return _minutes(tx, meeting, name, _difference_of(tx, meeting))
    if groups.is_frozen(tx, meeting.group_id):
        raise GroupClosed
    if meeting.difference_minor and not meeting.reason:
        raise ReasonMissing
    other = meeting_cash.all_cash(tx, meeting.id)
    how.lock(tx, meeting, other)
    try:
        _post_corrections(tx, meeting, book, name, by)
        _post_lines(tx, meeting, book, name, by)
        meeting_cash.post(tx, meeting, book, other, how, by=by)
    except FrozenAccount:
        raise MemberOnHold from None
    _post_difference(tx, meeting, book, name, by)
    minutes = _minutes(tx, meeting, name, meeting.difference_minor)
    _text_everybody(tx, meeting, minutes, service_id)
    for who, amount_minor in fines.settle(tx, meeting):
        owed = FineOwed(name, Money(amount_minor, meeting.currency))
        write_text(tx, subscriber_id=who, service_id=service_id, message=owed)
    detail = {"group": str(meeting.group_id), "difference_minor": meeting.difference_minor}
    record(tx, f"member {by}", "close meeting", meeting.id, detail)
    return minutes


def _name(tx: Tx, group_id: uuid.UUID) -> str:
    row = tx.one(
        "SELECT name FROM savings_group WHERE tenant_id = current_tenant() AND id = %s",
        (group_id,),
    )
    assert row is not None, "a meeting's group is there"
    return str(row[0])


def _paid(tx: Tx, meeting_id: uuid.UUID) -> list[Paid]:
    rows = tx.all(
        "SELECT subscriber_id, coalesce(saved_minor, 0), social_minor, fine_minor"
        " FROM savings_meeting_line WHERE tenant_id = current_tenant() AND meeting_id = %s",
        (meeting_id,),
    )
    return [Paid(*row) for row in rows]


def _lines(book: Book, paid: Paid, currency: str, sign: int = 1) -> list[Line]:
    savings = ledger.savings_account_id(book.group_id, paid.subscriber_id, currency)
    amounts = (
        (book.cash, -paid.total_minor),
        (savings, paid.saved_minor),
        (book.social_fund, paid.social_minor),
        (book.loan_fund, paid.fine_minor),
    )
    return [Line(account, sign * amount) for account, amount in amounts if amount]


def _post(
    tx: Tx,
    meeting: Meeting,
    lines: list[Line],
    *,
    kind: str,
    key: str,
    by: uuid.UUID,
    detail: dict[str, Any],
) -> uuid.UUID:
    posted = ledger.post(
        tx,
        key=f"meeting:{meeting.id}:{key}",
        kind=kind,
        lines=lines,
        currency=meeting.currency,
        actor_id=by,
        detail={"meeting": str(meeting.id), "day": meeting.day.isoformat(), **detail},
        entry_id=uuid7(),
    )
    return posted.entry_id


def _by_account(meeting: Meeting, all_paid: Iterable[Paid]) -> list[Paid]:
    """In the order in which a freeze of the group has its accounts, so that neither waits for the
    other."""
    return sorted(
        all_paid,
        key=lambda paid: ledger.savings_account_id(
            meeting.group_id, paid.subscriber_id, meeting.currency
        ),
    )


def _post_lines(tx: Tx, meeting: Meeting, book: Book, name: str, by: uuid.UUID) -> None:
    entries: list[tuple[uuid.UUID, uuid.UUID]] = []
    for paid in _by_account(meeting, _paid(tx, meeting.id)):
        if not paid.total_minor:
            continue
        entry_id = _post(
            tx,
            meeting,
            _lines(book, paid, meeting.currency),
            kind=MEETING_ENTRY,
            key=str(paid.subscriber_id),
            by=by,
            detail={"name": name, "social_minor": paid.social_minor, "fine_minor": paid.fine_minor},
        )
        entries.append((paid.subscriber_id, entry_id))
    tx.execute(
        "UPDATE savings_meeting_line l SET entry_id = e.entry_id"
        " FROM unnest(%s::uuid[], %s::uuid[]) AS e (subscriber_id, entry_id)"
        " WHERE l.tenant_id = current_tenant() AND l.meeting_id = %s"
        " AND l.subscriber_id = e.subscriber_id",
        ([who for who, _ in entries], [entry for _, entry in entries], meeting.id),
    )


def _post_corrections(tx: Tx, meeting: Meeting, book: Book, name: str, by: uuid.UUID) -> None:
    """What was written down wrong is taken back whole, and what is right is posted before it, so
    that no balance is short in between."""
    rows = tx.all(
        "SELECT c.corrects_entry_id, c.reason, c.subscriber_id, c.saved_minor, c.social_minor,"
        " c.fine_minor, l.saved_minor, l.social_minor, l.fine_minor FROM savings_correction c"
        " JOIN savings_meeting_line l ON l.tenant_id = c.tenant_id"
        "  AND l.entry_id = c.corrects_entry_id"
        " WHERE c.tenant_id = current_tenant() AND c.meeting_id = %s",
        (meeting.id,),
    )
    for wrong_id, reason, who, *amounts in rows:
        right, wrong = Paid(who, *amounts[:3]), Paid(who, *amounts[3:])
        detail = {"name": name, "corrects": str(wrong_id), "reason": reason}
        right_id = None
        if right.total_minor:
            lines = _lines(book, right, meeting.currency)
            key = f"right:{wrong_id}"
            right_id = _post(tx, meeting, lines, kind=MEETING_ENTRY, key=key, by=by, detail=detail)
        lines = _lines(book, wrong, meeting.currency, sign=-1)
        key = f"reverse:{wrong_id}"
        reversal_id = _post(tx, meeting, lines, kind=REVERSAL_ENTRY, key=key, by=by, detail=detail)
        tx.execute(
            "UPDATE savings_correction SET entry_id = %s, reversal_entry_id = %s"
            " WHERE tenant_id = current_tenant() AND meeting_id = %s AND corrects_entry_id = %s",
            (right_id, reversal_id, meeting.id, wrong_id),
        )


def _post_difference(tx: Tx, meeting: Meeting, book: Book, name: str, by: uuid.UUID) -> None:
    over_minor = meeting.difference_minor
    if not over_minor:
        return
    detail = {"name": name, "reason": meeting.reason}
    lines = [Line(book.cash, -over_minor), Line(book.loan_fund, over_minor)]
    _post(tx, meeting, lines, kind=DIFFERENCE_ENTRY, key="difference", by=by, detail=detail)


def _difference_of(tx: Tx, meeting: Meeting) -> int:
    """What was counted above the book at a meeting that is closed."""
    row = tx.one(
        "SELECT p.amount_minor FROM entry e JOIN posting p ON p.tenant_id = e.tenant_id"
        " AND p.entry_id = e.id AND p.account_id = %s"
        " WHERE e.tenant_id = current_tenant() AND e.key = %s",
        (
            funds.book_of(meeting.group_id, meeting.currency).loan_fund,
            f"meeting:{meeting.id}:difference",
        ),
    )
    return int(row[0]) if row else 0


def _minutes(tx: Tx, meeting: Meeting, name: str, difference_minor: int) -> Minutes:
    held: Funds = funds.of_group(tx, meeting.group_id, meeting.currency)
    cash, loan, social = (
        Money(minor, meeting.currency)
        for minor in (held.cash_minor, held.loan_cash_minor, held.social_cash_minor)
    )
    saved = Money(meeting.saved_minor, meeting.currency)
    return Minutes(name, meeting.here, meeting.members, saved, difference_minor, cash, loan, social)


def _text_everybody(tx: Tx, meeting: Meeting, minutes: Minutes, service_id: uuid.UUID) -> None:
    difference = None
    if minutes.difference_minor:
        kind = CashOver if minutes.difference_minor > 0 else CashShort
        amount = Money(abs(minutes.difference_minor), meeting.currency)
        difference = kind(minutes.group, amount, meeting.reason or "")
    for paid in _paid(tx, meeting.id):
        sent = MeetingMinutes(
            group=minutes.group,
            here=minutes.here,
            members=minutes.members,
            saved=Money(paid.saved_minor, meeting.currency),
            loan_fund=minutes.loan_fund,
            social_fund=minutes.social_fund,
        )
        for message in (sent, difference):
            if message is not None:
                write_text(
                    tx,
                    subscriber_id=paid.subscriber_id,
                    service_id=service_id,
                    message=message,
                )
