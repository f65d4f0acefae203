"""Papers of riders: brought, checked by staff, and what happens when they end."""

from datetime import UTC, date, datetime, timedelta

import pytest

from core.db.database import Database
from core.rides import drivers, paper_reminders, papers
from core.rides.errors import PlateTaken, RiderOffDuty, WrongPlate
from core.rides.papers import DecidedBefore, EndedBefore, Papers, PlateOfAnother
from tests.support.history_of_rides import begun, booked, ended, on_duty, papers_of, taken
from tests.support.tenants import KEYS
from tests.support.ussd import UssdTenant

LATER = date(2035, 5, 31)
# In the middle of a day in Kigali.
NOON = datetime(2030, 6, 15, 10, tzinfo=UTC)


def _bring(tenant: UssdTenant, who: str, said: Papers, by: str | None = None) -> None:
    rider = tenant.id_of(who)
    tenant.change(
        papers.bring, KEYS, subscriber_id=rider, papers=said, brought_by=tenant.id_of(by or who)
    )


def _waiting(tenant: UssdTenant) -> papers.Waiting:
    with tenant.tx() as tx:
        (found,) = papers.waiting(tx)
    return found


def _accept(tenant: UssdTenant) -> None:
    today = tenant.service().tenant.today()
    tenant.change(papers.accept, _waiting(tenant).id, today=today, actor="clerk")


def _look_after(tenant: UssdTenant, now: datetime) -> int:
    relay = Database(tenant.urls.relay_url)
    told = paper_reminders.look_after(tenant.database, relay, now)
    relay.close()
    return told


def _ends(tenant: UssdTenant, who: str, until: date) -> None:
    """Somebody's insurance ends on a day; nobody else's does."""
    tenant.admin.execute(
        "UPDATE driver SET licence_until = '2040-01-01',"
        " insurance_until = CASE subscriber_id WHEN %s THEN %s ELSE date '2040-01-01' END",
        (tenant.id_of(who), until),
    )


def test_who_is_accepted_is_a_rider_and_may_begin_duty(tenant: UssdTenant) -> None:
    _bring(tenant, "uwera", papers_of(LATER, "rd 77  k"), by="mbonyi")
    assert "Mbonyi C. registers you as a rider, plate RD 77 K" in tenant.texts("uwera")[-1]
    with tenant.tx() as tx:
        assert papers.known(tx, tenant.id_of("uwera")) is None, "nobody has looked at them"
    _accept(tenant)
    assert "licence to 31/05/2035" in tenant.texts("uwera")[-1]
    (roles,) = tenant.one("SELECT roles FROM subscriber WHERE id = %s", tenant.id_of("uwera"))
    assert papers.DRIVER in roles
    on_duty(tenant, "uwera")


def test_what_is_refused_changes_nothing_and_says_why(tenant: UssdTenant) -> None:
    with tenant.tx() as tx:
        before = papers.known(tx, tenant.id_of("mbonyi"))
    _bring(tenant, "mbonyi", papers_of(LATER, "RD 320 B"))
    one = _waiting(tenant)
    tenant.change(papers.refuse, one.id, actor="clerk", reason="The photo is dark")
    assert "not accepted: The photo is dark." in tenant.texts("mbonyi")[-1]
    with tenant.tx() as tx:
        assert papers.known(tx, tenant.id_of("mbonyi")) == before
    with pytest.raises(DecidedBefore):
        tenant.change(papers.refuse, one.id, actor="clerk", reason="again")
    with pytest.raises(DecidedBefore):
        tenant.change(papers.accept, one.id, today=LATER, actor="clerk")


def test_later_papers_replace_those_that_wait(tenant: UssdTenant) -> None:
    _bring(tenant, "mbonyi", papers_of(LATER, "RD 320 B"))
    _bring(tenant, "mbonyi", papers_of(LATER + timedelta(1), "RD 320 B"))
    assert _waiting(tenant).papers.licence_until == LATER + timedelta(1)
    assert tenant.number("SELECT count(*) FROM driver_papers WHERE state = 'replaced'") == 1


@pytest.mark.parametrize("plate", ["", "?", "RD-320-B", "RD 320 B EXTRA 9", "R\u00c9 1"])
def test_what_is_no_plate_is_refused(tenant: UssdTenant, plate: str) -> None:
    with pytest.raises(WrongPlate):
        _bring(tenant, "uwera", papers_of(LATER, plate))


def test_a_plate_is_of_one_rider(tenant: UssdTenant) -> None:
    with pytest.raises(PlateTaken):
        _bring(tenant, "uwera", papers_of(LATER, "rd320b"))
    _bring(tenant, "uwera", papers_of(LATER, "RD 78 K"))
    # Another got it while these waited.
    tenant.admin.execute(
        "UPDATE driver SET plate = 'RD78K' WHERE subscriber_id = %s", (tenant.id_of("mbonyi"),)
    )
    with pytest.raises(PlateOfAnother):
        _accept(tenant)


def test_what_ended_while_it_waited_is_not_accepted(tenant: UssdTenant) -> None:
    _bring(tenant, "mbonyi", papers_of(LATER, "RD 320 B"))
    with pytest.raises(EndedBefore):
        tenant.change(papers.accept, _waiting(tenant).id, today=LATER + timedelta(1), actor="clerk")
    assert _waiting(tenant).papers.licence_until == LATER


def test_riders_are_reminded_at_30_7_and_1_days_each_once(tenant: UssdTenant) -> None:
    until = NOON.date() + timedelta(40)
    _ends(tenant, "mbonyi", until)
    told_on = []
    for left in range(40, -1, -1):
        for hour in (0, 5):  # twice a day
            at = NOON + timedelta(days=40 - left, hours=hour)
            told_on += [left] * _look_after(tenant, at)
    assert told_on == [30, 7, 1]
    assert f"Your insurance ends on {until:%d/%m/%Y}" in tenant.texts("mbonyi")[-1]


def test_a_day_that_the_job_missed_is_made_up_for_and_nobody_is_woken(tenant: UssdTenant) -> None:
    _ends(tenant, "mbonyi", NOON.date() + timedelta(5))
    night = NOON.replace(hour=23)
    assert _look_after(tenant, night - timedelta(1)) == 0
    assert _look_after(tenant, NOON) == 1
    assert _look_after(tenant, NOON + timedelta(hours=1)) == 0


def test_whose_papers_ended_is_off_duty_and_told_also_at_night(tenant: UssdTenant) -> None:
    on_duty(tenant, "mbonyi")
    _ends(tenant, "mbonyi", NOON.date())
    # 23:30 in Kigali is the last half hour of that day.
    last = datetime.combine(NOON.date(), datetime.min.time(), UTC) + timedelta(hours=21, minutes=30)
    _look_after(tenant, last)
    with tenant.tx() as tx:
        drivers.require_on_duty(tx, tenant.id_of("mbonyi"))
    assert _look_after(tenant, last + timedelta(hours=1)) == 1
    assert "you are off duty" in tenant.texts("mbonyi")[-1]
    with tenant.tx() as tx, pytest.raises(RiderOffDuty):
        drivers.require_on_duty(tx, tenant.id_of("mbonyi"))
    assert _look_after(tenant, last + timedelta(hours=2)) == 0


def test_who_is_riding_ends_the_ride_first(tenant: UssdTenant) -> None:
    on_duty(tenant, "mbonyi")
    ride = booked(tenant, "kabera", in_cash=True)
    taken(tenant, ride)
    _ends(tenant, "mbonyi", NOON.date() - timedelta(1))
    assert _look_after(tenant, NOON) == 0
    begun(tenant, ride)
    ended(tenant, ride)
    assert _look_after(tenant, NOON) == 1
