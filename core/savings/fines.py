"""Fines that a meeting leaves unpaid: of those who came late or not at all, where the rules fine
them when it closes. They are paid in cash at a later meeting, and are booked when they are paid."""

import uuid
from typing import Final

from core.db.database import Tx
from core.savings import meetings
from core.savings.constitution import Constitution
from core.savings.errors import NothingOwed
from core.savings.meeting_lines import begin_to_write
from core.savings.meetings import Meeting

# As the fines of a line name what is paid of earlier meetings.
EARLIER: Final = "earlier"

_OWED: Final = (
    "SELECT coalesce(sum(amount_minor), 0)::bigint FROM savings_fine"
    " WHERE tenant_id = current_tenant() AND group_id = %s AND subscriber_id = %s"
    " AND paid_meeting_id IS NULL"
)


def owed_minor(tx: Tx, group_id: uuid.UUID, subscriber_id: uuid.UUID) -> int:
    """What a member still owes a group of fines of meetings that are closed, in minor units."""
    row = tx.one(_OWED, (group_id, subscriber_id))
    assert row is not None
    return int(row[0])


def pay(tx: Tx, meeting: Meeting, subscriber_id: uuid.UUID, *, by: uuid.UUID) -> int:
    """A member pays all that is owed of earlier meetings; the same again is nothing. Answers how
    much. Raises NothingOwed, NotInCommittee, MeetingMoved."""
    begin_to_write(tx, meeting, by)
    amount_minor = owed_minor(tx, meeting.group_id, subscriber_id)
    if not amount_minor:
        raise NothingOwed
    tx.execute(
        "UPDATE savings_meeting_line SET fine_minor = fine_minor + %(amount)s,"
        " fines = fines || jsonb_build_object(%(earlier)s::text, %(amount)s::bigint)"
        " WHERE tenant_id = current_tenant() AND meeting_id = %(meeting)s"
        " AND subscriber_id = %(who)s AND NOT fines ? %(earlier)s",
        {
            "amount": amount_minor,
            "earlier": EARLIER,
            "meeting": meeting.id,
            "who": subscriber_id,
        },
    )
    return amount_minor


def settle(tx: Tx, meeting: Meeting) -> list[tuple[uuid.UUID, int]]:
    """A meeting closes: what was paid of earlier fines is owed no more, and what its rules fine and
    nobody paid is owed. Answers who owes how much more than before. Raises NoConstitution."""
    tx.execute(
        "UPDATE savings_fine f SET paid_meeting_id = %(meeting)s FROM savings_meeting_line l"
        " WHERE l.tenant_id = current_tenant() AND l.meeting_id = %(meeting)s"
        " AND l.fines ? %(earlier)s AND f.tenant_id = l.tenant_id AND f.group_id = %(group)s"
        " AND f.subscriber_id = l.subscriber_id AND f.paid_meeting_id IS NULL",
        {"meeting": meeting.id, "group": meeting.group_id, "earlier": EARLIER},
    )
    rules: Constitution = meetings.rules(tx, meeting)
    kinds = {kind: rules.fines[kind] for kind in rules.fined_at_close}
    if not kinds:
        return []
    rows = tx.all(
        "INSERT INTO savings_fine (tenant_id, meeting_id, subscriber_id, kind, group_id,"
        " amount_minor) SELECT l.tenant_id, l.meeting_id, l.subscriber_id, k.kind, %(group)s,"
        " k.amount FROM savings_meeting_line l"
        " JOIN unnest(%(kinds)s::text[], %(amounts)s::bigint[]) AS k (kind, amount)"
        "  ON k.kind = l.attendance WHERE l.tenant_id = current_tenant()"
        " AND l.meeting_id = %(meeting)s AND NOT l.fines ? k.kind"
        " RETURNING subscriber_id, amount_minor",
        {
            "group": meeting.group_id,
            "meeting": meeting.id,
            "kinds": list(kinds),
            "amounts": list(kinds.values()),
        },
    )
    return [(who, amount_minor) for who, amount_minor in rows]
