"""Arrears by age, in the bands that are in force on the day."""

from datetime import date, timedelta

import orjson

from core.loans import arrears
from tests.support.loans import Lending
from tests.support.servers import DatabaseUrls
from tests.support.tenants import new_tenant

EARLY = [{"name": "current", "from_days": 0, "percent": "1"}]
LATER = [*EARLY, {"name": "watch", "from_days": 30, "percent": "12.5"}]


def test_what_is_owed_is_put_into_the_bands_of_the_day(module_database: DatabaseUrls) -> None:
    with new_tenant(module_database) as tenant:
        group = Lending(tenant)
        late = group.lend(60_000)
        group.back_by(late, 75)
        day: date = group.today
        with tenant.tx() as tx:
            for valid_from, bands in (("2020-01-01Z", EARLY), (f"{day - timedelta(1)}Z", LATER)):
                tx.execute(
                    "INSERT INTO loan_provisioning VALUES (current_tenant(), %s, %s, '')",
                    (valid_from, orjson.dumps(bands).decode()),
                )
        with tenant.tx() as tx:
            (one,) = arrears.standings(tx, day, group_id=group.group_id)
            made = arrears.report(tx, day, [one])
            before = arrears.report(tx, day, arrears.standings(tx, day - timedelta(2)))
        due = group.standing(late).due_now_minor
        assert (one.principal_minor, one.overdue_minor, one.band) == (60_000, due, "watch")
        assert one.days_late >= 40
        assert [(found.loans, found.set_aside_minor) for found in made.buckets] == [
            (0, 0),
            (1, 7_500),
        ]
        assert made.at_risk_minor == {1: 60_000, 30: 60_000, 60: 0, 90: 0}
        # Two days ago other bands were in force.
        assert before.buckets[0].set_aside_minor == 600
        assert before.buckets[0].loans == 1
