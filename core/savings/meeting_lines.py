"""What members do at a meeting, line by line: here or not, what they save, pay and are fined."""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Final

import orjson

from core.db.connection import Row
from core.db.database import Tx
from core.people import people
from core.savings import committee, constitution, meetings
from core.savings.committee import RECORDERS
from core.savings.constitution import Constitution
from core.savings.errors import (
    MeetingMoved,
    MemberAway,
    MemberOnHold,
    NoSuchMember,
    NothingToCorrect,
)
from core.savings.meetings import Meeting
from core.security.keyring import Keyring
from values import names

ATTENDANCE: Final = ("present", "late", "excused", "absent")
HERE: Final = frozenset({"present", "late"})


@dataclass(frozen=True, slots=True)
class MemberLine:
    """A member at a meeting. `saved_minor` is None until it was asked for."""

    subscriber_id: uuid.UUID
    number: int
    name: str
    attendance: str
    saved_minor: int | None
    saved_by: uuid.UUID | None
    social_minor: int
    fine_minor: int
    entry_id: uuid.UUID | None

    @property
    def is_here(self) -> bool:
        return self.attendance in HERE


_SELECT = (
    "SELECT l.subscriber_id, l.number, s.name_sealed, l.attendance, l.saved_minor, l.saved_by,"
    " l.social_minor, l.fine_minor, l.entry_id FROM savings_meeting_line l"
    " JOIN subscriber s ON s.tenant_id = l.tenant_id AND s.id = l.subscriber_id"
    " WHERE l.tenant_id = current_tenant() AND l.meeting_id = %s"
)


def _line(keys: Keyring, row: Row) -> MemberLine:
    subscriber_id, number, sealed, *rest = row
    name = names.shown(keys.open(sealed, subscriber_id.bytes))
    return MemberLine(subscriber_id, number, name, *rest)


def all_lines(tx: Tx, keys: Keyring, meeting_id: uuid.UUID) -> list[MemberLine]:
    """Everybody, by their numbers."""
    rows = tx.all(f"{_SELECT} ORDER BY l.number", (meeting_id,))
    return [_line(keys, row) for row in rows]


def by_number(tx: Tx, keys: Keyring, meeting_id: uuid.UUID, number: int) -> MemberLine:
    """One member. Raises NoSuchMember."""
    row = tx.one(f"{_SELECT} AND l.number = %s", (meeting_id, number))
    if row is None:
        raise NoSuchMember
    return _line(keys, row)


def next_to_save(tx: Tx, keys: Keyring, meeting_id: uuid.UUID) -> MemberLine | None:
    """The first who is here and was not asked yet what they save."""
    row = tx.one(
        f"{_SELECT} AND l.saved_minor IS NULL AND l.attendance IN ('present', 'late')"
        " ORDER BY l.number LIMIT 1",
        (meeting_id,),
    )
    return _line(keys, row) if row else None


def begin_to_write(
    tx: Tx, meeting: Meeting, by: uuid.UUID, states: tuple[str, ...] = ("recording",)
) -> None:
    """Hold the meeting, so that nobody counts or closes it meanwhile. Raises NotInCommittee, and
    MeetingMoved where it is in none of these states."""
    committee.require_since(tx, meeting.group_id, by, meeting.day, RECORDERS)
    found = tx.one(
        "UPDATE savings_meeting SET recorded_by = %s WHERE tenant_id = current_tenant()"
        " AND id = %s AND state = ANY (%s) RETURNING id",
        (by, meeting.id, list(states)),
    )
    if found is None:
        raise MeetingMoved


def _change(tx: Tx, sets: str, *values: object) -> int:
    return tx.execute(f"UPDATE savings_meeting_line SET {sets}", values).rowcount


_ONE = " WHERE tenant_id = current_tenant() AND meeting_id = %s AND subscriber_id = %s"


def mark(
    tx: Tx, meeting: Meeting, subscriber_id: uuid.UUID, attendance: str, *, by: uuid.UUID
) -> None:
    """Here, late, excused or absent. Who is not here has saved nothing. Raises NotInCommittee,
    MeetingMoved."""
    assert attendance in ATTENDANCE
    sets = "attendance = %s"
    if attendance not in HERE:
        sets += ", saved_minor = NULL, saved_by = NULL, social_minor = 0"
    begin_to_write(tx, meeting, by, ("open", "recording"))
    _change(tx, sets + _ONE, attendance, meeting.id, subscriber_id)


def note_guests(tx: Tx, meeting: Meeting, guests: int, *, by: uuid.UUID) -> None:
    """How many are here who are no members; the last word counts. Raises NotInCommittee,
    MeetingMoved."""
    begin_to_write(tx, meeting, by, ("open", "recording"))
    tx.execute(
        "UPDATE savings_meeting SET guests = %s WHERE tenant_id = current_tenant() AND id = %s",
        (guests, meeting.id),
    )


def save(
    tx: Tx, keys: Keyring, meeting: Meeting, subscriber_id: uuid.UUID, typed: int, *, by: uuid.UUID
) -> MemberLine | None:
    """A member saves so many shares, or so much. What was written before is replaced: a caller asks
    first. Answers who is to be asked next. Raises AmountOutsideRules, MemberAway, MemberOnHold,
    NotInCommittee, MeetingMoved."""
    saved_minor = meetings.rules(tx, meeting).saved_minor(typed, meeting.currency)
    sets = "saved_minor = %s, saved_by = %s"
    here = " AND attendance IN ('present', 'late')"
    begin_to_write(tx, meeting, by)
    if not _change(tx, sets + _ONE + here, saved_minor, by, meeting.id, subscriber_id):
        raise MemberAway
    if saved_minor and people.is_frozen(tx, subscriber_id):
        raise MemberOnHold
    return next_to_save(tx, keys, meeting.id)


def pay_social(tx: Tx, meeting: Meeting, *, by: uuid.UUID) -> None:
    """Everybody here pays to the social fund what the rules say. Raises NotInCommittee,
    MeetingMoved."""
    social_minor = meetings.rules(tx, meeting).social_minor
    sets = (
        "social_minor = CASE WHEN attendance IN ('present', 'late') THEN %s ELSE 0 END"
        " WHERE tenant_id = current_tenant() AND meeting_id = %s"
    )
    begin_to_write(tx, meeting, by)
    _change(tx, sets, social_minor, meeting.id)


def leave_out_social(tx: Tx, meeting: Meeting, subscriber_id: uuid.UUID, *, by: uuid.UUID) -> None:
    """One who did not pay it after all. Raises NotInCommittee, MeetingMoved."""
    begin_to_write(tx, meeting, by)
    _change(tx, "social_minor = 0" + _ONE, meeting.id, subscriber_id)


def fine(tx: Tx, meeting: Meeting, subscriber_id: uuid.UUID, kind: str, *, by: uuid.UUID) -> int:
    """A member pays a fine of a kind that the rules name; the same kind again is nothing. Answers
    its amount in minor units. Raises NotInCommittee, MeetingMoved."""
    amount_minor = meetings.rules(tx, meeting).fines[kind]
    sets = "fines = fines || %s, fine_minor = fine_minor + %s" + _ONE + " AND NOT fines ? %s"
    noted = orjson.dumps({kind: amount_minor}).decode()
    begin_to_write(tx, meeting, by)
    _change(tx, sets, noted, amount_minor, meeting.id, subscriber_id, kind)
    return amount_minor


def drop_fines(tx: Tx, meeting: Meeting, subscriber_id: uuid.UUID, *, by: uuid.UUID) -> None:
    """A member pays no fine today. Raises NotInCommittee, MeetingMoved."""
    begin_to_write(tx, meeting, by)
    _change(tx, "fines = '{}', fine_minor = 0" + _ONE, meeting.id, subscriber_id)


def _before(tx: Tx, meeting: Meeting) -> tuple[uuid.UUID, date]:
    """The meeting before this one, and its day. Raises NothingToCorrect."""
    row = tx.one(
        "SELECT id, day FROM savings_meeting WHERE tenant_id = current_tenant() AND group_id = %s"
        " AND state = 'closed' ORDER BY id DESC LIMIT 1",
        (meeting.group_id,),
    )
    if row is None:
        raise NothingToCorrect
    return row[0], row[1]


def rules_before(tx: Tx, meeting: Meeting) -> Constitution:
    """What held at the meeting before this one, which may be of another cycle. Raises
    NothingToCorrect, NoConstitution."""
    _, day = _before(tx, meeting)
    return constitution.require(tx, meeting.group_id, day)


def line_before(tx: Tx, keys: Keyring, meeting: Meeting, number: int) -> MemberLine:
    """What a member did at the meeting before this one, and can be corrected. Raises
    NothingToCorrect."""
    before_id, _ = _before(tx, meeting)
    found = tx.one(f"{_SELECT} AND l.number = %s", (before_id, number))
    line = _line(keys, found) if found else None
    if line is None or line.entry_id is None:
        raise NothingToCorrect
    return line


def correct(
    tx: Tx, meeting: Meeting, before: MemberLine, typed: int, *, reason: str, by: uuid.UUID
) -> int:
    """What a member saved at the meeting before was so many shares, or so much. Its entry is
    reversed when this meeting closes, and what is right is posted. The last word before that
    counts. Answers the amount in minor units. Raises AmountOutsideRules, NotInCommittee,
    MeetingMoved."""
    saved_minor = rules_before(tx, meeting).saved_minor(typed, meeting.currency)
    begin_to_write(tx, meeting, by)
    tx.execute(
        "INSERT INTO savings_correction (tenant_id, meeting_id, corrects_entry_id, subscriber_id,"
        " saved_minor, social_minor, fine_minor, reason, recorded_by)"
        " VALUES (current_tenant(), %s, %s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (tenant_id, meeting_id, corrects_entry_id) DO UPDATE SET"
        " saved_minor = excluded.saved_minor, reason = excluded.reason,"
        " recorded_by = excluded.recorded_by",
        (
            *(meeting.id, before.entry_id, before.subscriber_id, saved_minor),
            *(before.social_minor, before.fine_minor, reason, by),
        ),
    )
    return saved_minor
