"""A group's meeting: opened, its opening balances confirmed, written down, counted, closed.

What is typed lies in the meeting's lines, so a call that is dropped loses nothing, and any recorder
goes on where another stopped. It becomes money when the meeting closes (`meeting_closing`).
"""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Final

from core.audit.trail import record
from core.db.connection import Row
from core.db.database import Tx
from core.lifecycle import Lifecycle
from core.savings import committee, constitution, funds, groups
from core.savings.committee import RECORDERS
from core.savings.constitution import Constitution
from core.savings.errors import GroupFrozen, MeetingMoved, NoMeeting
from values.ids import uuid7

MEETING: Final = Lifecycle(
    "savings_meeting",
    initial="open",
    transitions=[
        ["confirm", "open", "recording"],
        ["count", "recording", "counted"],
        ["recount", "counted", "recording"],
        ["close", "counted", "closed"],
        ["stop", ["open", "recording", "counted"], "stopped"],
    ],
)


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting that is on, with what its lines come to so far.

    `opening_*_minor` is the cash of each fund that was in the box; `cash_minor` is all of it as the
    book has it now, and `lines_minor` what the lines bring in; of it `loans_minor` is what loans
    bring and take, and may be below zero. `guests` came and are no members.
    `entered` of its `here` members have been asked what they save. `recorded_by` wrote the last
    line down.
    """

    id: uuid.UUID
    group_id: uuid.UUID
    day: date
    currency: str
    state: str
    recorded_by: uuid.UUID
    opening_loan_minor: int
    opening_social_minor: int
    first_count_minor: int | None
    first_counted_by: uuid.UUID | None
    first_typed_by: str
    counted_minor: int | None
    reason: str | None
    guests: int
    members: int
    here: int
    late: int
    entered: int
    saved_minor: int
    social_minor: int
    fine_minor: int
    corrected_minor: int
    loans_minor: int
    cash_minor: int

    @property
    def lines_minor(self) -> int:
        return (
            self.saved_minor
            + self.social_minor
            + self.fine_minor
            + self.corrected_minor
            + self.loans_minor
        )

    @property
    def book_minor(self) -> int:
        """What the box must hold, while the meeting is on."""
        return self.cash_minor + self.lines_minor

    @property
    def social_fund_minor(self) -> int:
        """What of the box is the social fund's, with what was written down."""
        return self.opening_social_minor + self.social_minor

    @property
    def difference_minor(self) -> int:
        """How much more was counted than the book says; below zero where the box is short."""
        return 0 if self.counted_minor is None else self.counted_minor - self.book_minor


_SUMS = (
    "SELECT count(*), count(*) FILTER (WHERE attendance IN ('present', 'late')),"
    " count(*) FILTER (WHERE attendance = 'late'),"
    " count(*) FILTER (WHERE saved_minor IS NOT NULL AND attendance IN ('present', 'late')),"
    " coalesce(sum(saved_minor), 0)::bigint, coalesce(sum(social_minor), 0)::bigint,"
    " coalesce(sum(fine_minor), 0)::bigint FROM savings_meeting_line"
    " WHERE tenant_id = m.tenant_id AND meeting_id = m.id"
)
_CORRECTED = (
    "SELECT coalesce(sum(c.saved_minor + c.social_minor + c.fine_minor"
    "  - l.saved_minor - l.social_minor - l.fine_minor), 0)::bigint FROM savings_correction c"
    " JOIN savings_meeting_line l ON l.tenant_id = c.tenant_id AND l.entry_id = c.corrects_entry_id"
    "  AND l.subscriber_id = c.subscriber_id"
    " WHERE c.tenant_id = m.tenant_id AND c.meeting_id = m.id"
)
_LOANS = (
    "SELECT coalesce(sum(amount_minor), 0)::bigint FROM savings_meeting_cash"
    " WHERE tenant_id = m.tenant_id AND meeting_id = m.id"
)
_CASH = (
    "SELECT coalesce(-sum(p.amount_minor), 0)::bigint FROM savings_book b JOIN posting p"
    " ON p.tenant_id = b.tenant_id AND p.account_id = b.cash_account_id"
    " WHERE b.tenant_id = m.tenant_id AND b.group_id = m.group_id"
)
_SELECT = (
    "SELECT m.id, m.group_id, m.day, m.currency, m.state, m.recorded_by, m.opening_loan_minor,"
    " m.opening_social_minor, m.first_count_minor, m.first_counted_by, m.first_typed_by,"
    " m.counted_minor, m.reason, m.guests,"
    f" s.*, ({_CORRECTED}), ({_LOANS}), ({_CASH}) FROM savings_meeting m, LATERAL ({_SUMS}) s"
    " WHERE m.tenant_id = current_tenant()"
)
_ON = "state IN ('open', 'recording', 'counted')"


def _meeting(row: Row | None) -> Meeting | None:
    return Meeting(*row) if row else None


def find(tx: Tx, group_id: uuid.UUID) -> Meeting | None:
    """The meeting of a group that is on."""
    return _meeting(tx.one(f"{_SELECT} AND m.group_id = %s AND m.{_ON}", (group_id,)))


def require(tx: Tx, group_id: uuid.UUID) -> Meeting:
    """The meeting of a group that is on. Raises NoMeeting."""
    found = find(tx, group_id)
    if found is None:
        raise NoMeeting
    return found


def get(tx: Tx, meeting_id: uuid.UUID) -> Meeting:
    """A meeting, whatever has become of it. Raises NoMeeting."""
    found = _meeting(tx.one(f"{_SELECT} AND m.id = %s", (meeting_id,)))
    if found is None:
        raise NoMeeting
    return found


def rules(tx: Tx, meeting: Meeting) -> Constitution:
    """What holds at a meeting. Raises NoConstitution."""
    return constitution.require(tx, meeting.group_id, meeting.day)


# Members keep their numbers: whoever came later is behind, and who has left keeps the place.
_LINES = (
    "INSERT INTO savings_meeting_line (tenant_id, meeting_id, subscriber_id, number)"
    " SELECT tenant_id, %s, subscriber_id, number FROM (SELECT tenant_id, subscriber_id, left_at,"
    "  row_number() OVER (ORDER BY joined_at, subscriber_id) AS number FROM membership"
    "  WHERE tenant_id = current_tenant() AND group_id = %s) m WHERE left_at IS NULL"
)


def open_meeting(
    tx: Tx, *, group_id: uuid.UUID, by: uuid.UUID, today: date, currency: str
) -> Meeting:
    """Open today's meeting, everybody present; or answer the one that is on. One that another day
    left open goes on as what it is.

    Raises NotInCommittee, NoConstitution, GroupFrozen.
    """
    committee.require(tx, group_id, by, today, RECORDERS)
    constitution.require(tx, group_id, today)
    funds.lock(tx, group_id, currency)
    known = find(tx, group_id)
    if known is not None:
        return known
    if groups.is_frozen(tx, group_id):
        raise GroupFrozen
    held = funds.of_group(tx, group_id, currency)
    meeting_id = uuid7()
    tx.execute(
        "INSERT INTO savings_meeting (tenant_id, id, group_id, day, currency, opened_by,"
        " recorded_by, opening_loan_minor, opening_social_minor)"
        " VALUES (current_tenant(), %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            meeting_id,
            group_id,
            today,
            currency,
            by,
            by,
            held.loan_cash_minor,
            held.social_cash_minor,
        ),
    )
    tx.execute(_LINES, (meeting_id, group_id))
    return get(tx, meeting_id)


_CONFIRM = MEETING.advance("confirm", sets="confirmed_by = %s", where="id = %s", returning="id")
_STOP = MEETING.advance(
    "stop", sets="ended_by = %s, ended_at = now(), reason = %s", where="id = %s", returning="id"
)


def confirm_opening(tx: Tx, meeting: Meeting, *, by: uuid.UUID) -> None:
    """Both funds are what everybody remembers. Raises NotInCommittee, MeetingMoved."""
    committee.require_since(tx, meeting.group_id, by, meeting.day, RECORDERS)
    if tx.one(_CONFIRM, (by, meeting.id)) is None:
        raise MeetingMoved


def stop(tx: Tx, meeting: Meeting, *, by: uuid.UUID, reason: str) -> None:
    """End a meeting without a word of it becoming money, as where the box does not hold at its
    opening what it should. Raises NotInCommittee, MeetingMoved."""
    committee.require_since(tx, meeting.group_id, by, meeting.day, RECORDERS)
    if tx.one(_STOP, (by, reason, meeting.id)) is None:
        raise MeetingMoved
    detail = {
        "group": str(meeting.group_id),
        "reason": reason,
        "loan_fund_minor": meeting.opening_loan_minor,
        "social_fund_minor": meeting.opening_social_minor,
    }
    record(tx, f"member {by}", "stop meeting", meeting.id, detail)
