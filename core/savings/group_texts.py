"""The committee texts its group: words of its own, to all; or a reminder, to those who have not
saved. Both are texts that nobody waits for: quiet hours and STOP hold."""

import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from core.audit.trail import record
from core.db.database import Tx
from core.messaging.notices import write_notice
from core.savings import committee, reminders
from core.savings.committee import RECORDERS
from core.savings.errors import NobodyToRemind, TextedEnough
from core.savings.messages import GroupWords, NotSavedYet
from values.ids import floor_of

A_DAY: Final = 2
_TEXTED: Final = "text group"
# Where a group has not met yet, or a long time ago.
SINCE_DAYS: Final = 7


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a text to the group would go to: members, and those of them with a number."""

    members: int
    reached: int


_NUMBERS: Final = (
    "EXISTS (SELECT 1 FROM address a WHERE a.tenant_id = m.tenant_id"
    " AND a.subscriber_id = m.subscriber_id AND a.detached_at IS NULL)"
)
_MEMBERS: Final = (
    " FROM membership m JOIN subscriber s ON s.tenant_id = m.tenant_id AND s.id = m.subscriber_id"
    "  AND s.status = 'active'"
    " WHERE m.tenant_id = current_tenant() AND m.group_id = %(group)s AND m.left_at IS NULL"
)


def reach(tx: Tx, group_id: uuid.UUID) -> Reach:
    row = tx.one(
        f"SELECT count(*), count(*) FILTER (WHERE {_NUMBERS}){_MEMBERS}", {"group": group_id}
    )
    assert row is not None
    return Reach(*row)


def check(tx: Tx, group_id: uuid.UUID, *, by: uuid.UUID, today: date) -> None:
    """Whether somebody may text the group today. Raises NotInCommittee, TextedEnough."""
    committee.require(tx, group_id, by, today, RECORDERS)
    row = tx.one(
        "SELECT count(*) FROM audit WHERE tenant_id = current_tenant() AND object_id = %s"
        " AND action = %s AND id >= %s",
        (group_id, _TEXTED, _first_id_of(tx, today)),
    )
    if row and row[0] >= A_DAY:
        raise TextedEnough(count=A_DAY)


def _first_id_of(tx: Tx, day: date) -> uuid.UUID:
    """What is written from the beginning of a day on, by the tenant's clock, has later ids."""
    row = tx.one(
        "SELECT extract(epoch FROM %s::date::timestamp AT TIME ZONE time_zone)::float8 FROM tenant"
        " WHERE id = current_tenant()",
        (day,),
    )
    assert row is not None
    return floor_of(int(row[0] * 1000))


def text_all(tx: Tx, *, group_id: uuid.UUID, by: uuid.UUID, today: date, words: str) -> int:
    """Text every member these words. Answers how many. Raises NotInCommittee, TextedEnough."""
    # Two of the committee at one moment: the second counts the first.
    row = tx.one(
        "SELECT name FROM savings_group WHERE tenant_id = current_tenant() AND id = %s FOR UPDATE",
        (group_id,),
    )
    assert row is not None
    check(tx, group_id, by=by, today=today)
    everybody = tx.all(
        f"SELECT m.subscriber_id{_MEMBERS} AND {_NUMBERS} ORDER BY m.subscriber_id",
        {"group": group_id},
    )
    texted = sum(write_notice(tx, who, GroupWords(row[0], words)) for (who,) in everybody)
    record(tx, f"member {by}", _TEXTED, group_id, {"texts": texted})
    return texted


@dataclass(frozen=True, slots=True)
class NotSaved:
    """Members who have saved nothing since a day, and were not reminded today."""

    since: date
    people: tuple[uuid.UUID, ...]


_NOT_SAVED: Final = (
    f"SELECT m.subscriber_id{_MEMBERS} AND {_NUMBERS}"
    " AND NOT EXISTS (SELECT 1 FROM contribution c WHERE c.tenant_id = m.tenant_id"
    "  AND c.subscriber_id = m.subscriber_id AND c.group_id = m.group_id"
    "  AND c.entry_id >= %(first)s)"
    " AND NOT EXISTS (SELECT 1 FROM savings_meeting v JOIN savings_meeting_line l"
    "  ON l.tenant_id = v.tenant_id AND l.meeting_id = v.id"
    "  AND l.subscriber_id = m.subscriber_id AND l.saved_minor > 0"
    "  WHERE v.tenant_id = m.tenant_id AND v.group_id = m.group_id AND v.day >= %(since)s"
    "  AND v.state <> 'stopped')"
    " AND NOT EXISTS (SELECT 1 FROM savings_reminder r WHERE r.tenant_id = m.tenant_id"
    "  AND r.kind = 'saving' AND r.subject_id = m.group_id AND r.day = %(today)s"
    "  AND r.subscriber_id = m.subscriber_id) ORDER BY m.subscriber_id"
)


def not_saved(tx: Tx, group_id: uuid.UUID, today: date) -> NotSaved:
    """Who has saved nothing since the group's last meeting, or within the last days where it has
    not met since. Raises NobodyToRemind."""
    row = tx.one(
        "SELECT max(day) FROM savings_meeting WHERE tenant_id = current_tenant()"
        " AND group_id = %s AND state = 'closed'",
        (group_id,),
    )
    earliest = today - timedelta(days=SINCE_DAYS)
    since = max(row[0] or earliest, earliest) if row else earliest
    found = tx.all(
        _NOT_SAVED,
        {"group": group_id, "since": since, "today": today, "first": _first_id_of(tx, since)},
    )
    if not found:
        raise NobodyToRemind
    return NotSaved(since, tuple(who for (who,) in found))


def remind(tx: Tx, *, group_id: uuid.UUID, by: uuid.UUID, today: date) -> int:
    """Text those who have not saved, each once a day. Answers how many. Raises NotInCommittee,
    NobodyToRemind."""
    committee.require(tx, group_id, by, today, RECORDERS)
    found = not_saved(tx, group_id, today)
    row = tx.one(
        "SELECT name FROM savings_group WHERE tenant_id = current_tenant() AND id = %s",
        (group_id,),
    )
    assert row is not None
    told = NotSavedYet(group=row[0], day=f"{found.since:%d/%m/%Y}")
    texts = dict.fromkeys(found.people, told)
    reminded = reminders.remind(tx, reminders.SAVING, group_id, texts, today)
    record(tx, f"member {by}", "remind group", group_id, {"texts": reminded})
    return reminded
