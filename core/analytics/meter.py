"""How many messages a number of ours has sent this month, where that decides what they cost."""

import calendar
import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from core.db.database import Tx

# A forecast from less of a month than this says nothing.
FORECAST_FROM_DAYS: Final = 1.0
ALARM_AT_PERCENT: Final = 80


def count(tx: Tx, *, service_id: uuid.UUID, zone: str) -> int:
    """Count one message of a service, in this month in `zone`. Answers how many there are now."""
    row = tx.one(
        "INSERT INTO message_meter (tenant_id, service_id, month, messages)"
        " VALUES (current_tenant(), %s, date_trunc('month', now() AT TIME ZONE %s)::date, 1)"
        " ON CONFLICT (tenant_id, service_id, month)"
        " DO UPDATE SET messages = message_meter.messages + 1 RETURNING messages",
        (service_id, zone),
    )
    assert row is not None
    return int(row[0])


def sent_this_month(tx: Tx, *, service_id: uuid.UUID, zone: str) -> int:
    """How many messages of a service have been counted this month in `zone`."""
    row = tx.one(
        "SELECT messages FROM message_meter WHERE tenant_id = current_tenant()"
        " AND service_id = %s AND month = date_trunc('month', now() AT TIME ZONE %s)::date",
        (service_id, zone),
    )
    return int(row[0]) if row else 0


@dataclass(frozen=True, slots=True)
class Metered:
    """What a service has sent in a month so far."""

    service_id: uuid.UUID
    channel: str
    code: str
    month: date
    messages: int


def by_month(tx: Tx, *, months: int) -> list[Metered]:
    """The tenant's counts of so many months, the latest first."""
    rows = tx.all(
        "SELECT m.service_id, s.channel, s.code, m.month, m.messages FROM message_meter m"
        " JOIN service s ON s.tenant_id = m.tenant_id AND s.id = m.service_id"
        " WHERE m.tenant_id = current_tenant() AND m.month >"
        "  (SELECT (now() AT TIME ZONE time_zone)::date FROM tenant WHERE id = current_tenant())"
        "  - make_interval(months => %s) ORDER BY m.month DESC, s.channel, s.code",
        (months,),
    )
    return [Metered(*row) for row in rows]


def forecast(messages: int, now: datetime) -> int | None:
    """How many it will be at the end of the month, at the pace so far. None on its first day."""
    passed = now.day - 1 + (now.hour * 60 + now.minute) / 1440
    if passed < FORECAST_FROM_DAYS:
        return None
    days = calendar.monthrange(now.year, now.month)[1]
    return round(messages * days / passed)


def is_news(messages: int, free: int) -> bool:
    """Whether just now so much of what is free is used up that somebody should know."""
    return free > 0 and messages == -(-free * ALARM_AT_PERCENT // 100)
