"""One cycle after another: which days the next one has."""

import calendar
import uuid
from dataclasses import replace
from datetime import date, timedelta

import orjson

from core.db.database import Tx
from core.savings.constitution import Constitution, from_body

DAY = timedelta(1)


def next_days(first: date, last: date) -> tuple[date, date]:
    """The days of the cycle after one that lasted from `first` to `last`, both included.

    A cycle of whole months is followed by one of as many: after 1 March 2023 to 29 February 2024
    comes 1 March 2024 to 28 February 2025. Any other by one of as many days.
    """
    begins = last + DAY
    months = (begins.year - first.year) * 12 + begins.month - first.month
    if months and _later(first, months) == begins:
        return begins, _later(begins, months) - DAY
    return begins, begins + (last - first)


def _later(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month where it has none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def open_next(tx: Tx, group_id: uuid.UUID, cycle_from: date, today: date) -> Constitution:
    """The cycle behind the one that began on `cycle_from`: the one that is written down, or else
    the same rules again."""
    rows = tx.all(
        "SELECT valid_from, valid_until, body FROM savings_constitution"
        " WHERE tenant_id = current_tenant() AND group_id = %s AND valid_from >= %s"
        " ORDER BY valid_from LIMIT 2",
        (group_id, cycle_from),
    )
    over = from_body(*rows[0])
    if len(rows) > 1:
        return from_body(*rows[1])
    first, last = next_days(over.valid_from, over.valid_until)
    while last < today:  # it was shared out long after its end
        first, last = next_days(first, last)
    opened = replace(over, valid_from=first, valid_until=last)
    tx.execute(
        "INSERT INTO savings_constitution (tenant_id, group_id, valid_from, valid_until, body)"
        " VALUES (current_tenant(), %s, %s, %s, %s)",
        (group_id, first, last, orjson.dumps(opened.to_body()).decode()),
    )
    return opened
