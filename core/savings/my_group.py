"""What a member may ask of their own group: when it meets, what it agreed on, their own fines."""

import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from core.db.database import Tx
from core.savings import constitution
from core.savings import fines as unpaid
from core.savings.constitution import Constitution, from_body


@dataclass(frozen=True, slots=True)
class NextMeeting:
    """How many members a group has, and when and where it meets next; `day` is None where no cycle
    says so."""

    members: int
    day: date | None = None
    at: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Fines:
    """A member's fines in a group, in minor units: what the meeting that is on has written down and
    they still pay, with what closed ones left unpaid; and what they paid since the cycle began."""

    owed_minor: int
    paid_minor: int


def next_meeting(tx: Tx, group_id: uuid.UUID, today: date) -> NextMeeting:
    """The next day of a meeting, today's while it has not closed; in this cycle, or the one that
    comes after it."""
    row = tx.one(
        "SELECT (SELECT count(*) FROM membership WHERE tenant_id = current_tenant()"
        "  AND group_id = %(group)s AND left_at IS NULL),"
        " EXISTS (SELECT 1 FROM savings_meeting WHERE tenant_id = current_tenant()"
        "  AND group_id = %(group)s AND day = %(today)s AND state = 'closed')",
        {"group": group_id, "today": today},
    )
    assert row is not None
    members, is_over = row
    after = today + timedelta(days=1) if is_over else today
    cycles = tx.all(
        "SELECT valid_from, valid_until, body FROM savings_constitution"
        " WHERE tenant_id = current_tenant() AND group_id = %s AND valid_until >= %s"
        " ORDER BY valid_from LIMIT 2",
        (group_id, after),
    )
    for cycle in cycles:
        rules = from_body(*cycle)
        day = rules.next_meeting(after)
        if day is not None:
            return NextMeeting(members, day, rules.at, rules.place)
    return NextMeeting(members)


def rules(tx: Tx, group_id: uuid.UUID, today: date) -> Constitution:
    """What the group agreed on for this cycle. Raises NoConstitution."""
    return constitution.require(tx, group_id, today)


def fines(tx: Tx, group_id: uuid.UUID, subscriber_id: uuid.UUID, today: date) -> Fines:
    """A member's own fines in a group. Raises NoConstitution where nothing holds there today."""
    cycle = constitution.require(tx, group_id, today)
    row = tx.one(
        "SELECT coalesce(sum(l.fine_minor - coalesce((l.fines ->> 'earlier')::bigint, 0))"
        "  FILTER (WHERE t.state <> 'closed'), 0)::bigint,"
        " coalesce(sum(l.fine_minor) FILTER (WHERE t.state = 'closed'), 0)::bigint"
        " FROM savings_meeting t JOIN savings_meeting_line l"
        "  ON l.tenant_id = t.tenant_id AND l.meeting_id = t.id AND l.subscriber_id = %s"
        " WHERE t.tenant_id = current_tenant() AND t.group_id = %s AND t.state <> 'stopped'"
        " AND t.day >= %s",
        (subscriber_id, group_id, cycle.valid_from),
    )
    assert row is not None
    owed_minor, paid_minor = row
    return Fines(owed_minor + unpaid.owed_minor(tx, group_id, subscriber_id), paid_minor)
