"""Six reports of rides over a time: each one query that reads, by an index of when rides ended."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.db.connection import Row
from core.db.database import Tx
from core.documents.table import Column, Value
from core.documents.table import Row as Shown
from core.rides.board import DRIVERS_MAXIMUM
from core.tenants import business
from values.money import Money
from values.said import Said, said


@dataclass(frozen=True, slots=True)
class Report:
    """`query` is asked with `since`, `until` and `zone`; its columns that end an amount are in
    minor units. `charted` is the column that bars are drawn of."""

    name: str
    title: Said
    columns: tuple[Column, ...]
    query: str
    charted: str
    rows: Callable[[Row, str], Shown]

    def read(self, tx: Tx, since: datetime, until: datetime) -> list[Shown]:
        """The report's rows, of rides that ended from one moment to another."""
        ours = business.of_transaction(tx)
        params = {"since": since, "until": until, "zone": str(ours.zone)}
        return [self.rows(row, ours.currency) for row in tx.all(self.query, params)]

    @property
    def chart(self) -> int:
        """Which column that is."""
        return next(n for n, one in enumerate(self.columns) if one.name == self.charted)


def _with_money(*places: int) -> Callable[[Row, str], Shown]:
    """Rows whose columns at these places are minor units."""

    def made(row: Row, currency: str) -> Shown:
        found: list[Value] = list(row)
        for place in places:
            found[place] = Money(int(row[place]), currency)
        return found

    return made


_ENDED: Final = (
    "r.tenant_id = current_tenant() AND r.ended_at >= %(since)s AND r.ended_at < %(until)s"
)
_DONE: Final = "FILTER (WHERE r.state = 'completed')"
_TOTAL: Final = "r.fare_minor + r.waiting_minor"

PATTERNS: Final = Report(
    "patterns",
    said("Ride patterns: by the hour of the day"),
    (
        Column("hour", "Hour", "number"),
        Column("rides", "Rides", "number"),
        Column("completed", "Completed", "number"),
        Column("unfound", "Nobody took it", "number"),
        Column("mean_m", "Mean metres", "number"),
        Column("wait_s", "Mean wait, s", "number"),
    ),
    "SELECT extract(hour FROM r.requested_at AT TIME ZONE %(zone)s)::int, count(*),"
    f" count(*) {_DONE}, count(*) FILTER (WHERE r.state = 'expired'),"
    " round(avg(r.distance_m))::int,"
    " coalesce(round(avg(extract(epoch FROM r.accepted_at - r.requested_at))), 0)::int"
    f" FROM ride r WHERE {_ENDED} GROUP BY 1 ORDER BY 1",
    "rides",
    _with_money(),
)

DRIVERS: Final = Report(
    "drivers",
    said("Driver performance"),
    (
        Column("plate", "Plate"),
        Column("completed", "Completed", "number"),
        Column("missed", "Nobody came", "number"),
        Column("offers", "Offers", "number"),
        Column("accepted", "Accepted", "number"),
        Column("stars", "Stars"),
        Column("fares", "Fares", "amount"),
    ),
    "SELECT d.plate, r.done, r.missed, coalesce(o.offers, 0), coalesce(o.accepted, 0), r.stars,"
    " r.minor FROM (SELECT r.tenant_id, r.driver_id,"
    f"  count(*) {_DONE} AS done, count(*) FILTER (WHERE r.state = 'no_show') AS missed,"
    "  coalesce(round(avg(r.stars), 1)::text, '') AS stars,"
    f"  coalesce(sum({_TOTAL}) {_DONE}, 0)::bigint AS minor"
    f"  FROM ride r WHERE {_ENDED} AND r.driver_id IS NOT NULL GROUP BY 1, 2) r"
    " JOIN driver d ON d.tenant_id = r.tenant_id AND d.subscriber_id = r.driver_id"
    " LEFT JOIN LATERAL (SELECT count(*) AS offers,"
    "  count(*) FILTER (WHERE f.state = 'accepted') AS accepted FROM ride_offer f"
    "  WHERE f.tenant_id = r.tenant_id AND f.driver_id = r.driver_id"
    "  AND f.offered_at >= %(since)s AND f.offered_at < %(until)s) o ON true"
    f" ORDER BY r.done DESC, d.plate LIMIT {DRIVERS_MAXIMUM}",
    "completed",
    _with_money(6),
)

REVENUE: Final = Report(
    "revenue",
    said("Revenue: by the day"),
    (
        Column("day", "Day", "day"),
        Column("completed", "Completed", "number"),
        Column("wallet", "From wallets", "amount"),
        Column("cash", "In cash", "amount"),
        Column("commission", "Commission", "amount"),
    ),
    f"SELECT (r.ended_at AT TIME ZONE %(zone)s)::date, count(*) {_DONE},"
    f" coalesce(sum({_TOTAL}) FILTER (WHERE r.state = 'completed' AND r.hold_id IS NOT NULL), 0)"
    "  ::bigint,"
    f" coalesce(sum({_TOTAL}) FILTER (WHERE r.state = 'completed' AND r.hold_id IS NULL), 0)"
    "  ::bigint, coalesce(sum(p.amount_minor), 0)::bigint FROM ride r"
    " LEFT JOIN account a ON a.tenant_id = r.tenant_id AND a.owner_id = r.tenant_id"
    "  AND a.kind = 'fees' AND a.currency = r.currency"
    " LEFT JOIN posting p ON p.tenant_id = r.tenant_id AND p.entry_id = r.entry_id"
    "  AND p.account_id = a.id"
    f" WHERE {_ENDED} GROUP BY 1 ORDER BY 1",
    "completed",
    _with_money(2, 3, 4),
)

COMPLIANCE: Final = Report(
    "compliance",
    said("Compliance: papers, and rides without them"),
    (
        Column("plate", "Plate"),
        Column("licence_until", "Licence until", "day"),
        Column("insurance_until", "Insurance until", "day"),
        Column("days_left", "Days left", "number"),
        Column("rides", "Rides", "number"),
        Column("without", "After the papers' end", "number"),
    ),
    "SELECT d.plate, d.licence_until, d.insurance_until,"
    " least(d.licence_until, d.insurance_until) - (now() AT TIME ZONE %(zone)s)::date,"
    " count(r.id), count(r.id) FILTER (WHERE (r.ended_at AT TIME ZONE %(zone)s)::date"
    "  > least(d.licence_until, d.insurance_until)) FROM driver d"
    " LEFT JOIN ride r ON r.driver_id = d.subscriber_id AND r.state = 'completed'"
    f"  AND {_ENDED}"
    " WHERE d.tenant_id = current_tenant() GROUP BY d.tenant_id, d.subscriber_id"
    f" ORDER BY 4, 1 LIMIT {DRIVERS_MAXIMUM}",
    "rides",
    _with_money(),
)

CUSTOMERS: Final = Report(
    "customers",
    said("Customers: by how often they rode"),
    (
        Column("completed", "Rides of each"),
        Column("customers", "Customers", "number"),
        Column("rides", "Rides", "number"),
        Column("cancelled", "Cancelled", "number"),
        Column("fares", "Fares", "amount"),
    ),
    "SELECT CASE WHEN done = 0 THEN '0' WHEN done = 1 THEN '1' WHEN done < 4 THEN '2-3'"
    " WHEN done < 10 THEN '4-9' ELSE '10+' END, count(*), sum(done)::bigint,"
    " sum(cancelled)::bigint, sum(minor)::bigint FROM (SELECT r.customer_id,"
    f" count(*) {_DONE} AS done, count(*) FILTER (WHERE r.state = 'cancelled') AS cancelled,"
    f" coalesce(sum({_TOTAL}) {_DONE}, 0) AS minor FROM ride r WHERE {_ENDED} GROUP BY 1) c"
    " GROUP BY 1 ORDER BY min(done)",
    "customers",
    _with_money(4),
)

PAYMENTS: Final = Report(
    "payments",
    said("Payments: how rides were paid, and how they ended"),
    (
        Column("paid_by", "Paid by"),
        Column("state", "State"),
        Column("rides", "Rides", "number"),
        Column("fares", "Fares", "amount"),
        Column("cancellation", "Late cancellation", "amount"),
    ),
    "SELECT CASE WHEN r.hold_id IS NULL THEN 'cash' ELSE 'wallet' END, r.state, count(*),"
    f" coalesce(sum({_TOTAL}) {_DONE}, 0)::bigint, sum(r.fee_minor)::bigint"
    f" FROM ride r WHERE {_ENDED} GROUP BY 1, 2 ORDER BY 1, 2",
    "rides",
    _with_money(3, 4),
)

REPORTS: Final[Sequence[Report]] = (PATTERNS, DRIVERS, REVENUE, COMPLIANCE, CUSTOMERS, PAYMENTS)
