"""Six reports of rides, over a time that is chosen: as a page with bars, and as CSV."""

import io
from datetime import date, datetime, time, timedelta
from typing import Final

from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from app.console.page import Visit
from core.audit.trail import record
from core.documents.csv_file import write_csv
from core.documents.table import RIGHT, About, Table, Value, shown_in
from core.rides.reports import REPORTS, Report
from values import clock
from values.money import Money

DAYS: Final = 30
DAYS_MAXIMUM: Final = 366


def looked_at(visit: Visit) -> Response:
    report, first, last = _asked(visit)
    rows = report.read(visit.tx, *_moments(visit, first, last))
    values = [_value(row[report.chart]) for row in rows]
    detail = {"report": report.name, "from": str(first), "to": str(last)}
    record(visit.tx, visit.member.actor, "look at report", None, detail)
    return visit.show(
        "rides/reports.html",
        report=report,
        reports=REPORTS,
        first=first,
        last=last,
        rows=list(zip(rows, values, strict=True)),
        most=max(values, default=0),
        cell=shown_in(visit.business.zone),
        right=RIGHT,
    )


def taken(visit: Visit) -> Response:
    """The same as a file; each that is taken is in the audit trail."""
    report, first, last = _asked(visit)
    rows = report.read(visit.tx, *_moments(visit, first, last))
    about = About(str(report.title), visit.business.name, (f"{first} - {last}",))
    with io.BytesIO() as file:
        write_csv(about, Table(str(report.title), report.columns, rows), file)
        content = file.getvalue()
    detail = {"report": report.name, "from": str(first), "to": str(last), "rows": len(rows)}
    record(visit.tx, visit.member.actor, "take report", None, detail)
    answer = Response(content, mimetype="text/csv")
    name = f"rides-{report.name}-{first}-{last}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _asked(visit: Visit) -> tuple[Report, date, date]:
    """Which report, from which day to which, both included: the last thirty where none is said."""
    name = visit.args.get("report", REPORTS[0].name)
    report = next((one for one in REPORTS if one.name == name), None)
    if report is None:
        raise NotFound
    today = clock.now(visit.business.zone).date()
    last = _day(visit.args.get("last", ""), today)
    first = _day(visit.args.get("first", ""), last - timedelta(days=DAYS - 1))
    if not timedelta() <= last - first <= timedelta(days=DAYS_MAXIMUM):
        first = last - timedelta(days=DAYS - 1)
    return report, first, last


def _day(said: str, otherwise: date) -> date:
    try:
        day = date.fromisoformat(said[:10])
    except ValueError:
        return otherwise
    # A year is added and taken off on the way.
    return day if date(2000, 1, 1) <= day <= date(9000, 1, 1) else otherwise


def _moments(visit: Visit, first: date, last: date) -> tuple[datetime, datetime]:
    zone = visit.business.zone
    begins = datetime.combine(first, time(), zone)
    return begins, datetime.combine(last + timedelta(days=1), time(), zone)


def _value(value: Value) -> int:
    """How long a bar is."""
    return value.amount_minor if isinstance(value, Money) else int(str(value))
