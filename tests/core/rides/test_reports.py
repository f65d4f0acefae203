"""The six reports, against rides that were ridden."""

from datetime import timedelta

import pytest

from core.rides import reports
from core.rides.reports import REPORTS, Report
from tests.support.history_of_rides import what_is_ridden
from tests.support.ussd import UssdTenant
from values import clock
from values.money import Money


def _read(tenant: UssdTenant, report: Report, days: int = 1) -> list[dict[str, object]]:
    now = clock.now()
    with tenant.tx() as tx:
        rows = report.read(tx, now - timedelta(days), now + timedelta(seconds=1))
    names = [one.name for one in report.columns]
    return [dict(zip(names, row, strict=True)) for row in rows]


def _minor(rows: list[dict[str, object]], column: str) -> int:
    found = [row[column] for row in rows]
    return sum(one.amount_minor for one in found if isinstance(one, Money))


def _number(rows: list[dict[str, object]], column: str) -> int:
    return sum(int(str(row[column])) for row in rows)


def test_all_six_agree_with_each_other_and_with_the_books(tenant: UssdTenant) -> None:
    what_is_ridden(tenant)
    found = {one.name: _read(tenant, one) for one in REPORTS}
    assert _number(found["patterns"], "rides") == 4
    assert _number(found["payments"], "rides") == 4
    assert _number(found["patterns"], "unfound") == 1
    for name in ("patterns", "drivers", "revenue"):
        assert _number(found[name], "completed") == 2, name
    assert _number(found["customers"], "rides") == 2
    assert _number(found["compliance"], "rides") == 2
    fares = _minor(found["drivers"], "fares")
    assert fares == _minor(found["customers"], "fares") == _minor(found["payments"], "fares")
    assert fares == _minor(found["revenue"], "wallet") + _minor(found["revenue"], "cash")
    (minor,) = tenant.one(
        "SELECT sum(p.amount_minor) FROM posting p JOIN entry e ON e.id = p.entry_id"
        " JOIN account a ON a.id = p.account_id WHERE e.kind = 'ride_fare' AND a.kind = 'fees'"
    )
    assert _minor(found["revenue"], "commission") == minor > 0
    assert _minor(found["payments"], "cancellation") == 200
    (driver,) = found["drivers"]
    assert (driver["plate"], driver["stars"]) == ("RD 320 B", "4.0")


def test_rides_after_the_papers_end_are_counted(tenant: UssdTenant) -> None:
    what_is_ridden(tenant)
    tenant.admin.execute("UPDATE driver SET insurance_until = current_date - 3")
    (theirs,) = [row for row in _read(tenant, reports.COMPLIANCE) if row["plate"] == "RD 320 B"]
    assert theirs["without"] == 2
    assert int(str(theirs["days_left"])) < 0


@pytest.mark.parametrize("report", REPORTS, ids=lambda one: one.name)
def test_a_time_without_rides_has_none(tenant: UssdTenant, report: Report) -> None:
    rows = _read(tenant, report)
    assert _number(rows, report.charted) == 0
    assert report.columns[report.chart].name == report.charted
