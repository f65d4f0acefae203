"""What funnels are read from: sessions counted by day, as they begin, once each.

A session belongs to the moment at which it began, and to one language, network and service: those
of its last turn. It is counted once `GOES_ON_FOR` has passed since, by the turns of that time; what
comes later is passed over. `count_on` adds what has begun since the last time to `funnel_day`, and
moves the mark in the same transaction, so that killed or done twice it counts nothing twice. What
is not counted yet is read from the turn log by `since_then`: minutes, whatever a day holds.
"""

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from core.db.connection import Row
from core.db.database import Database, Tx
from values import clock
from values.ids import floor_of, made_at

# How long a session is followed; most networks end one sooner.
GOES_ON_FOR: Final = timedelta(minutes=10)
# A session that is still followed is not left before it was silent for so long.
SILENT_FOR: Final = timedelta(minutes=3)
# Midnight of every zone that there is, is at the edge of one.
SLOT: Final = timedelta(minutes=15)
# So much is counted in one transaction, where much is left to count.
STEP: Final = timedelta(hours=1)

# `entered` is when a session first stood at a place; a place entered before is gone back to.
_COUNTED: Final = (
    "WITH begun AS (SELECT session, min(number) AS number FROM turn"
    "  WHERE tenant_id = current_tenant() AND id >= %(since)s AND id < %(until)s AND number = 1"
    "  GROUP BY session),"
    " t AS MATERIALIZED (SELECT t.session, t.id, t.number, t.place, t.outcome, t.language,"
    "  max(t.network) OVER (PARTITION BY t.session) AS network, t.service_id FROM begun b"
    "  JOIN turn t ON t.session = b.session"
    "  WHERE t.tenant_id = current_tenant() AND t.id >= %(since)s AND t.id < %(read_until)s),"
    " last AS (SELECT DISTINCT ON (session) session, id, place, outcome, language, network,"
    "  service_id, split_part(place, '.', 1) AS flow FROM t ORDER BY session, id DESC),"
    " entered AS (SELECT session, id, number, place, outcome,"
    "  min(number) OVER (PARTITION BY session, place) AS entered FROM t),"
    " moved AS (SELECT *, lead(entered) OVER (PARTITION BY session ORDER BY id) < entered AS back"
    "  FROM entered),"
    " visit AS (SELECT session, place, sum(number) AS numbers, count(*) AS turns,"
    "  count(*) FILTER (WHERE outcome = 'wrong') AS wrong,"
    "  count(*) FILTER (WHERE outcome = 'refused') AS refused, bool_or(back) AS back"
    "  FROM moved GROUP BY session, place),"
    " counted AS (SELECT l.service_id, l.language, l.network, v.place, v.numbers, v.turns, v.wrong,"
    "  v.refused, coalesce(v.back, false) AS back,"
    "  v.place = l.place AND l.outcome = 'ended' AS ended,"
    "  v.place = l.place AND l.outcome <> 'ended' AND l.id < %(silent)s AS gone"
    "  FROM visit v JOIN last l ON l.session = v.session"
    # A row for a flow as a whole: its name, and the dot alone.
    "  UNION ALL SELECT l.service_id, l.language, l.network, f.flow || '.', 0, 0, 0, 0, false,"
    "  f.flow = l.flow AND l.outcome = 'ended', false FROM (SELECT DISTINCT session,"
    "  split_part(place, '.', 1) AS flow FROM visit WHERE place ~ '^[^:.]+[.]') f"
    "  JOIN last l ON l.session = f.session)"
    " SELECT %(day)s::date, service_id, language, network, place, count(*)::int AS came,"
    " count(*) FILTER (WHERE ended)::int AS ended, count(*) FILTER (WHERE gone)::int AS dropped,"
    " count(*) FILTER (WHERE back)::int AS back, sum(wrong)::int AS wrong,"
    " sum(refused)::int AS refused, sum(turns)::bigint AS turns, sum(numbers)::bigint AS numbers"
    " FROM counted GROUP BY service_id, language, network, place"
)
COLUMNS: Final = (
    "day, service_id, language, network, place, came, ended, dropped, back, wrong, refused, turns,"
    " numbers"
)
_SUMS: Final = ("came", "ended", "dropped", "back", "wrong", "refused", "turns", "numbers")
_ADD: Final = (
    f"INSERT INTO funnel_day (tenant_id, {COLUMNS})"
    f" SELECT current_tenant(), c.* FROM ({_COUNTED}) c"
    " ON CONFLICT (tenant_id, day, service_id, language, network, place) DO UPDATE SET "
    + ", ".join(f"{one} = funnel_day.{one} + excluded.{one}" for one in _SUMS)
)


def count_on(tx: Tx, *, at: datetime | None = None) -> bool:
    """Count one step of this transaction's tenant, as of a moment; False once there is no more.

    No further than its newest turn: while the turn log is behind, nothing is counted too early.
    """
    mark = _mark(tx, lock=True)
    newest = _end(tx, "DESC")
    if newest is None:
        return False
    ends = _slot(min(newest, at or clock.now()) - GOES_ON_FOR)
    if mark is None:
        oldest = _end(tx, "ASC")
        assert oldest is not None
        mark = _slot(oldest)
    if mark >= ends:
        return False
    until = min(mark + STEP, ends)
    for day, begins, next_begins in _days(tx, mark, until):
        tx.execute(_ADD, _values(day, begins, next_begins, next_begins + GOES_ON_FOR, until=None))
    tx.execute(
        "INSERT INTO funnel_mark (tenant_id, counted_until) VALUES (current_tenant(), %(until)s)"
        " ON CONFLICT (tenant_id) DO UPDATE SET counted_until = %(until)s",
        {"until": until},
    )
    return until < ends


def count_all(app: Database, relay: Database, is_stopping: Callable[[], bool]) -> int:
    """Count what has begun at all tenants; answers in how many steps. `relay` looks across them."""
    with relay.transaction(None) as tx:
        tenants: list[uuid.UUID] = [id for (id,) in tx.all("SELECT id FROM tenant")]
    steps = 0
    for tenant_id in tenants:
        is_more = True
        while is_more and not is_stopping():
            with app.transaction(tenant_id) as tx:
                is_more = count_on(tx)
            steps += is_more
    return steps


def since_then(tx: Tx, since: datetime, until: datetime) -> list[Row]:
    """Rows as in `funnel_day`, of what began within a time and is not counted there yet."""
    mark = _mark(tx)
    begins = since if mark is None else max(since, mark)
    rows: list[Row] = []
    for day, from_then, next_day in _days(tx, begins, until):
        rows += tx.all(_COUNTED, _values(day, from_then, next_day, until, until=until))
    return rows


def _mark(tx: Tx, *, lock: bool = False) -> datetime | None:
    row = tx.one(
        "SELECT counted_until FROM funnel_mark WHERE tenant_id = current_tenant()"
        f"{' FOR UPDATE' if lock else ''}"
    )
    return row[0] if row else None


def _end(tx: Tx, order: str) -> datetime | None:
    """When the oldest, or the newest, turn of the log was."""
    row = tx.one(
        f"SELECT id FROM turn WHERE tenant_id = current_tenant() ORDER BY id {order} LIMIT 1"
    )
    return made_at(row[0]) if row else None


def _days(tx: Tx, since: datetime, until: datetime) -> Iterator[tuple[str, datetime, datetime]]:
    """The days of a time by the business's clock, each with its part of that time."""
    row = tx.one("SELECT time_zone FROM tenant WHERE id = current_tenant()")
    assert row is not None
    zone = ZoneInfo(row[0])
    begins = since.astimezone(zone)
    while begins < until:
        midnight = begins.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
        ends = min(midnight + timedelta(days=1), until.astimezone(zone))
        yield f"{begins:%Y-%m-%d}", begins, ends
        begins = ends


def _values(
    day: str, begins: datetime, ends: datetime, read_until: datetime, *, until: datetime | None
) -> dict[str, Any]:
    """`until` is the moment at which one looks, where sessions may still go on."""
    silent = read_until if until is None else min(clock.now() - SILENT_FOR, until)
    return {
        "day": day,
        "since": floor(begins),
        "until": floor(ends),
        "read_until": floor(read_until),
        "silent": floor(silent),
    }


def floor(at: datetime) -> uuid.UUID:
    return floor_of(int(at.timestamp() * 1_000))


def _slot(at: datetime) -> datetime:
    """The edge of a slot at or before a moment."""
    seconds = int(SLOT.total_seconds())
    return datetime.fromtimestamp(int(at.timestamp()) // seconds * seconds, UTC)
