"""The cash of a meeting, counted by two key holders, each without the other's sum.

They count on two phones; or one of staff types what one of them has counted, and never for both.
"""

import uuid
from dataclasses import dataclass

from core.db.database import Tx
from core.savings import committee, meetings
from core.savings.committee import KEY_HOLDER, RECORDERS
from core.savings.errors import CountedBySame, MeetingMoved, NoKeyHolder, NotInCommittee
from core.savings.meetings import MEETING, Meeting
from core.staff.errors import StaffError

_FIRST = (
    "UPDATE savings_meeting SET first_count_minor = %s, first_counted_by = %s, first_typed_by = %s"
    " WHERE tenant_id = current_tenant() AND id = %s AND state = 'recording'"
    " AND first_counted_by IS NULL RETURNING id"
)
_FORGET = (
    "UPDATE savings_meeting SET first_count_minor = NULL, first_counted_by = NULL,"
    " first_typed_by = '' WHERE tenant_id = current_tenant() AND id = %s AND state = 'recording'"
)
_SECOND = MEETING.advance(
    "count",
    sets="counted_minor = %s, counted_by = %s, reason = NULL",
    where="id = %s AND first_count_minor = %s AND first_counted_by <> %s",
    returning="id",
)
_RECOUNT = MEETING.advance(
    "recount",
    sets="counted_minor = NULL, counted_by = NULL, first_count_minor = NULL,"
    " first_counted_by = NULL, first_typed_by = '', reason = NULL",
    where="id = %s",
    returning="id",
)


class TypedBySame(StaffError):
    """You typed the first count. The second comes from a phone, or somebody else types it."""


@dataclass(frozen=True, slots=True)
class Count:
    """What became of a count: `waits` for the second one; or both agree; or they differ, and both
    count again. `difference_minor` is what was counted above the book."""

    waits: bool = False
    differs: bool = False
    difference_minor: int = 0


def count(
    tx: Tx, group_id: uuid.UUID, counted_minor: int, *, by: uuid.UUID, typed_by: str = ""
) -> Count:
    """A key holder has counted the box. `typed_by` is who of staff typed it for them. Raises
    NoMeeting, NoKeyHolder, CountedBySame, TypedBySame, MeetingMoved."""
    meeting = meetings.require(tx, group_id)
    try:
        committee.require_since(tx, group_id, by, meeting.day, (KEY_HOLDER,))
    except NotInCommittee:
        raise NoKeyHolder from None
    if tx.one(_FIRST, (counted_minor, by, typed_by, meeting.id)) is not None:
        return Count(waits=True)
    if meeting.first_counted_by == by:
        raise CountedBySame
    if typed_by and meeting.first_typed_by == typed_by:
        raise TypedBySame
    if tx.one(_SECOND, (counted_minor, by, meeting.id, counted_minor, by)) is not None:
        return Count(difference_minor=counted_minor - meeting.book_minor)
    if meetings.get(tx, meeting.id).state != "recording":
        raise MeetingMoved
    tx.execute(_FORGET, (meeting.id,))
    return Count(differs=True)


def explain(tx: Tx, meeting: Meeting, reason: str, *, by: uuid.UUID) -> None:
    """Why the box does not hold what the book says. Raises NotInCommittee, MeetingMoved."""
    committee.require_since(tx, meeting.group_id, by, meeting.day, RECORDERS | {KEY_HOLDER})
    found = tx.one(
        "UPDATE savings_meeting SET reason = %s WHERE tenant_id = current_tenant() AND id = %s"
        " AND state = 'counted' RETURNING id",
        (reason, meeting.id),
    )
    if found is None:
        raise MeetingMoved


def recount(tx: Tx, meeting: Meeting, *, by: uuid.UUID) -> None:
    """Back to writing down, with no count. Raises NotInCommittee, MeetingMoved."""
    committee.require_since(tx, meeting.group_id, by, meeting.day, RECORDERS)
    if tx.one(_RECOUNT, (meeting.id,)) is None:
        raise MeetingMoved
