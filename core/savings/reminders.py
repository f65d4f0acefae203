"""Who is reminded of what: by the clock, each once, unless they want no reminders of the kind.

A reminder is a text that nobody waits for: quiet hours and STOP hold for it (workers/sending). That
somebody was reminded is a row, written with the text in one transaction; so the job may run again,
or be killed, at any moment.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import orjson

from core.db.database import Database, Tx
from core.messaging.notices import write_notice
from core.savings.constitution import REMINDED, from_body
from core.savings.messages import MeetingSoon, OfficeEnds
from values import clock
from values.messages import Message

MEETING: Final = "meeting"
INSTALMENT: Final = "instalment"
LATE: Final = "late"
OFFICE: Final = "office"
SAVING: Final = "saving"
# Those that somebody may say no to.
KINDS: Final = (MEETING, INSTALMENT, LATE)
# By the tenant's clock: earlier than that and later, nobody is reminded of anything.
FROM_HOUR: Final = 8
UNTIL_HOUR: Final = 19
# A term that ends is told to the committee so many days before.
OFFICE_DAYS: Final = 30
BATCH: Final = 200
DEFAULT_DAYS: Final = orjson.dumps(REMINDED).decode()


@dataclass(frozen=True, slots=True)
class Today:
    """A tenant's day, while its people may be reminded."""

    tenant_id: uuid.UUID
    day: date
    zone: ZoneInfo


def once(
    tx: Tx, kind: str, subject_id: uuid.UUID, who: Collection[uuid.UUID], day: date
) -> list[uuid.UUID]:
    """Those who want reminders of the kind and were not reminded of it yet; from now on they were.
    Somebody on hold, or erased, is left alone."""
    rows = tx.all(
        "INSERT INTO savings_reminder (tenant_id, kind, subject_id, subscriber_id, day)"
        " SELECT s.tenant_id, %(kind)s, %(subject)s, s.id, %(day)s FROM subscriber s"
        " WHERE s.tenant_id = current_tenant() AND s.id = ANY (%(who)s) AND s.status = 'active'"
        " AND NOT EXISTS (SELECT 1 FROM savings_reminder_off o WHERE o.tenant_id = s.tenant_id"
        "  AND o.subscriber_id = s.id AND o.kind = %(kind)s)"
        " ON CONFLICT DO NOTHING RETURNING subscriber_id",
        {"kind": kind, "subject": subject_id, "day": day, "who": list(who)},
    )
    return [row[0] for row in rows]


def remind(
    tx: Tx,
    kind: str,
    subject_id: uuid.UUID,
    texts: Mapping[uuid.UUID, Message],
    day: date,
    *,
    until: datetime | None = None,
) -> int:
    """Text those who were not reminded yet. Answers how many. After `until` it is of no use."""
    reminded = 0
    for person in once(tx, kind, subject_id, list(texts), day):
        reminded += write_notice(tx, person, texts[person], until=until)
    return reminded


# -- who wants what --------------------------------------------------------------------------------


def off(tx: Tx, subscriber_id: uuid.UUID) -> set[str]:
    """The kinds of which somebody wants no reminders."""
    rows = tx.all(
        "SELECT kind FROM savings_reminder_off WHERE tenant_id = current_tenant()"
        " AND subscriber_id = %s",
        (subscriber_id,),
    )
    return {row[0] for row in rows}


def turn(tx: Tx, subscriber_id: uuid.UUID, kind: str, *, is_on: bool) -> None:
    """Somebody wants reminders of a kind, or no more of them. The same again is nothing."""
    assert kind in KINDS
    query = (
        "DELETE FROM savings_reminder_off WHERE tenant_id = current_tenant()"
        " AND subscriber_id = %s AND kind = %s"
        if is_on
        else "INSERT INTO savings_reminder_off (tenant_id, subscriber_id, kind)"
        " VALUES (current_tenant(), %s, %s) ON CONFLICT DO NOTHING"
    )
    tx.execute(query, (subscriber_id, kind))


# -- the job ---------------------------------------------------------------------------------------


def days_of(
    app: Database, tenant_ids: Sequence[uuid.UUID], now: datetime | None = None
) -> list[Today]:
    """Of these tenants, those where it is day now."""
    now = now or clock.now()
    found = []
    for tenant_id in tenant_ids:
        with app.transaction(tenant_id) as tx:
            row = tx.one("SELECT time_zone FROM tenant WHERE id = current_tenant()")
        assert row is not None
        zone = ZoneInfo(row[0])
        local = now.astimezone(zone)
        if FROM_HOUR <= local.hour < UNTIL_HOUR:
            found.append(Today(tenant_id, local.date(), zone))
    return found


def send_due(app: Database, relay: Database, now: datetime | None = None) -> int:
    """Remind members of meetings, and committees of terms that end; of all tenants. Answers how
    many were texted. `relay` looks across tenants, `app` acts within one."""
    now = now or clock.now()
    with relay.transaction(None) as tx:
        rows = tx.all(
            "SELECT DISTINCT tenant_id FROM savings_constitution WHERE valid_until >= %s",
            (now.date(),),
        )
    reminded = 0
    for today in days_of(app, [row[0] for row in rows], now):
        reminded += _meetings(app, today) + _offices(app, today)
    return reminded


# Groups that meet in so many days as they want to be reminded; whether a fortnight is theirs is
# seen in the rules.
_SOON: Final = (
    "SELECT c.group_id, g.name, (%(today)s::date + d.days::integer), c.valid_from, c.valid_until,"
    " c.body FROM savings_constitution c"
    " JOIN savings_group g ON g.tenant_id = c.tenant_id AND g.id = c.group_id AND NOT g.frozen"
    " CROSS JOIN LATERAL jsonb_array_elements_text("
    "  coalesce(c.body -> 'reminders', %(usual)s::jsonb) -> 'meeting') AS d (days)"
    " WHERE c.tenant_id = current_tenant() AND c.group_id > %(after)s"
    " AND %(today)s::date + d.days::integer BETWEEN c.valid_from AND c.valid_until"
    " AND CASE WHEN c.body ->> 'every' = 'month' THEN"
    "  extract(day FROM %(today)s::date + d.days::integer) = least((c.body ->> 'on_day')::integer,"
    "   extract(day FROM date_trunc('month', %(today)s::date + d.days::integer)"
    "    + interval '1 month - 1 day'))"
    "  ELSE extract(isodow FROM %(today)s::date + d.days::integer) - 1"
    "   = (c.body ->> 'on_day')::integer END"
    " ORDER BY c.group_id LIMIT %(limit)s"
)


def _meetings(app: Database, today: Today) -> int:
    reminded, after = 0, uuid.UUID(int=0)
    while True:
        with app.transaction(today.tenant_id) as tx:
            found = tx.all(
                _SOON,
                {"today": today.day, "usual": DEFAULT_DAYS, "after": after, "limit": BATCH},
            )
        for group_id, name, day, *cycle in found:
            rules = from_body(*cycle)
            if rules.next_meeting(day) != day:
                continue
            begins = datetime.combine(day, time.fromisoformat(rules.at), today.zone)
            soon = MeetingSoon(group=name, day=f"{day:%d/%m/%Y}", time=rules.at, place=rules.place)
            with app.transaction(today.tenant_id) as tx:
                everybody = _members(tx, group_id)
                reminded += remind(
                    *(tx, MEETING, group_id, dict.fromkeys(everybody, soon), today.day),
                    until=begins,
                )
        if len(found) < BATCH:
            return reminded
        after = found[-1][0]


def _members(tx: Tx, group_id: uuid.UUID) -> list[uuid.UUID]:
    rows = tx.all(
        "SELECT subscriber_id FROM membership WHERE tenant_id = current_tenant()"
        " AND group_id = %s AND left_at IS NULL",
        (group_id,),
    )
    return [row[0] for row in rows]


# Terms that end within the days, of offices that nobody has from the next day on.
_ENDING: Final = (
    "SELECT o.group_id, g.name, o.role, o.subscriber_id, o.valid_until FROM savings_office o"
    " JOIN savings_group g ON g.tenant_id = o.tenant_id AND g.id = o.group_id"
    " JOIN membership m ON m.tenant_id = o.tenant_id AND m.group_id = o.group_id"
    "  AND m.subscriber_id = o.subscriber_id AND m.left_at IS NULL"
    " WHERE o.tenant_id = current_tenant() AND o.valid_until BETWEEN %(today)s AND %(until)s"
    " AND NOT EXISTS (SELECT 1 FROM savings_office n WHERE n.tenant_id = o.tenant_id"
    "  AND n.group_id = o.group_id AND n.role = o.role AND n.valid_from <= o.valid_until + 1"
    "  AND n.valid_until > o.valid_until)"
    " AND NOT EXISTS (SELECT 1 FROM savings_reminder r WHERE r.tenant_id = o.tenant_id"
    "  AND r.kind = 'office' AND r.subject_id = o.group_id AND r.subscriber_id = o.subscriber_id"
    "  AND r.day = o.valid_until)"
    " ORDER BY o.group_id, o.subscriber_id, o.role"
)


def _offices(app: Database, today: Today) -> int:
    """One text for all offices of somebody in a group that end on one day."""
    reminded = 0
    with app.transaction(today.tenant_id) as tx:
        ending = tx.all(
            _ENDING, {"today": today.day, "until": today.day + timedelta(days=OFFICE_DAYS)}
        )
    for group_id, name, _, person, last_on in ending:
        told = OfficeEnds(group=name, day=f"{last_on:%d/%m/%Y}")
        with app.transaction(today.tenant_id) as tx:
            reminded += remind(tx, OFFICE, group_id, {person: told}, last_on)
    return reminded
