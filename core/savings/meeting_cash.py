"""Cash at a meeting that is no member's saving: a loan's instalment, a loan that is paid out.

It is written down like the members' lines, and is money only when the meeting closes. What it is
posted as is not known here: who closes a meeting hands down how (`PostCash`).
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from core.db.database import Tx
from core.savings import meeting_lines
from core.savings.funds import Book
from core.savings.meetings import Meeting

LOAN_REPAYMENT: Final = "loan_repayment"
LOAN_PAYOUT: Final = "loan_payout"


@dataclass(frozen=True, slots=True)
class OtherCash:
    """What one thing brings to the box in minor units, or below zero takes from it. `subject_id` is
    what it is for, such as a loan; `subscriber_id` whose it is."""

    purpose: str
    subject_id: uuid.UUID
    subscriber_id: uuid.UUID
    amount_minor: int


class PostCash(Protocol):
    """How other cash of a meeting is posted."""

    def lock(self, tx: Tx, meeting: Meeting, all_cash: Sequence[OtherCash]) -> None:
        """Hold everything that `post` changes, before any account of the group is."""

    def post(
        self, tx: Tx, meeting: Meeting, book: Book, cash: OtherCash, by: uuid.UUID
    ) -> uuid.UUID:
        """Post it. Answers the entry."""


_ALL = (
    "SELECT purpose, subject_id, subscriber_id, amount_minor FROM savings_meeting_cash"
    " WHERE tenant_id = current_tenant() AND meeting_id = %s AND amount_minor <> 0"
    " ORDER BY purpose DESC, subject_id"
)


def all_cash(tx: Tx, meeting_id: uuid.UUID) -> list[OtherCash]:
    """What comes in before what goes out."""
    return [OtherCash(*row) for row in tx.all(_ALL, (meeting_id,))]


def written(tx: Tx, meeting_id: uuid.UUID, purpose: str, subject_id: uuid.UUID) -> int:
    """What was written down of one thing, in minor units; 0 where nothing was."""
    row = tx.one(
        "SELECT amount_minor FROM savings_meeting_cash WHERE tenant_id = current_tenant()"
        " AND meeting_id = %s AND purpose = %s AND subject_id = %s",
        (meeting_id, purpose, subject_id),
    )
    return int(row[0]) if row else 0


def write(tx: Tx, meeting: Meeting, cash: OtherCash, *, by: uuid.UUID) -> None:
    """Write it down; the last word counts, and 0 takes it back. Raises NotInCommittee,
    MeetingMoved."""
    meeting_lines.begin_to_write(tx, meeting, by)
    tx.execute(
        "INSERT INTO savings_meeting_cash (tenant_id, meeting_id, purpose, subject_id,"
        " subscriber_id, amount_minor, recorded_by)"
        " VALUES (current_tenant(), %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (tenant_id, meeting_id, purpose, subject_id) DO UPDATE"
        " SET amount_minor = excluded.amount_minor, recorded_by = excluded.recorded_by",
        (
            *(meeting.id, cash.purpose, cash.subject_id, cash.subscriber_id),
            *(cash.amount_minor, by),
        ),
    )


def post(
    tx: Tx,
    meeting: Meeting,
    book: Book,
    each: Sequence[OtherCash],
    how: PostCash,
    *,
    by: uuid.UUID,
) -> None:
    """Post what was written down, and keep which entry that was."""
    for cash in each:
        entry_id = how.post(tx, meeting, book, cash, by)
        tx.execute(
            "UPDATE savings_meeting_cash SET entry_id = %s WHERE tenant_id = current_tenant()"
            " AND meeting_id = %s AND purpose = %s AND subject_id = %s",
            (entry_id, meeting.id, cash.purpose, cash.subject_id),
        )
