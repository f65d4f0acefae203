"""Papers that end: riders are reminded 30, 7 and 1 days before, each time once; whose have ended is
off duty. By the clock; it may run again, or be killed, at any moment."""

import uuid
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from core.db.database import Database, Tx
from core.messaging.notices import write_notice
from core.rides import drivers
from core.rides.messages import InsuranceEnds, LicenceEnds, OffDutyWithoutPapers
from values import clock

# The most days before the end; a reminder that fell into a pause comes later, and once.
DAYS: Final = (30, 7, 1)
# By the tenant's clock: earlier than that and later, nobody is reminded of anything.
FROM_HOUR, UNTIL_HOUR = 8, 19
BATCH: Final = 500

_KINDS: Final = {"licence": LicenceEnds, "insurance": InsuranceEnds}
_ENDING: Final = (
    "INSERT INTO driver_reminder (tenant_id, subscriber_id, paper, until, days)"
    " SELECT d.tenant_id, d.subscriber_id, p.paper, p.until, step.days"
    " FROM driver d JOIN subscriber s ON s.tenant_id = d.tenant_id AND s.id = d.subscriber_id"
    "  AND s.status = 'active'"
    " CROSS JOIN LATERAL (VALUES ('licence', d.licence_until), ('insurance', d.insurance_until))"
    "  AS p (paper, until)"
    " CROSS JOIN LATERAL (SELECT min(n) AS days FROM unnest(%(days)s::integer[]) n"
    "  WHERE n >= p.until - %(today)s::date) step"
    " WHERE d.tenant_id = current_tenant() AND p.until >= %(today)s AND step.days IS NOT NULL"
    " AND NOT EXISTS (SELECT 1 FROM driver_reminder r WHERE r.tenant_id = d.tenant_id"
    "  AND r.subscriber_id = d.subscriber_id AND r.paper = p.paper AND r.until = p.until"
    "  AND r.days = step.days)"
    " ORDER BY p.until LIMIT %(limit)s"
    " ON CONFLICT DO NOTHING RETURNING subscriber_id, paper, until"
)


def remind(tx: Tx, today: date) -> int:
    """Remind riders of papers that end. Answers how many texts."""
    params = {"today": today, "days": list(DAYS), "limit": BATCH}
    found = tx.all(_ENDING, params)
    for driver_id, paper, until in found:
        write_notice(tx, driver_id, _KINDS[paper](day=f"{until:%d/%m/%Y}"))
    return len(found)


def end_duties(tx: Tx, today: date) -> int:
    """Put off duty whose papers have ended, and tell them. Answers how many."""
    gone = drivers.end_duty_without_papers(tx, today)
    for driver_id in gone:
        write_notice(tx, driver_id, OffDutyWithoutPapers())
    return len(gone)


def look_after(app: Database, relay: Database, now: datetime | None = None) -> int:
    """Do both for all tenants. Answers how many were texted. `relay` looks across tenants, `app`
    acts within one."""
    now = now or clock.now()
    # A tenant's day may be the next one.
    latest = now.date() + timedelta(days=max(DAYS) + 1)
    with relay.transaction(None) as tx:
        rows = tx.all(
            "SELECT DISTINCT tenant_id FROM driver"
            " WHERE least(licence_until, insurance_until) <= %s",
            (latest,),
        )
    return sum(_of_tenant(app, tenant_id, now) for (tenant_id,) in rows)


def _of_tenant(app: Database, tenant_id: uuid.UUID, now: datetime) -> int:
    with app.transaction(tenant_id) as tx:
        row = tx.one("SELECT time_zone FROM tenant WHERE id = current_tenant()")
        assert row is not None
        local = now.astimezone(ZoneInfo(row[0]))
        told = end_duties(tx, local.date())
        if FROM_HOUR <= local.hour < UNTIL_HOUR:
            told += remind(tx, local.date())
    return told
