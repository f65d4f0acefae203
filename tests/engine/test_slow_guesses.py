"""Guesses over hours: nobody is locked for what may be slips, but staff are alarmed."""

import json

import pytest

from core.db.database import Database, Tx
from core.people.wrong_pins import PEOPLE_A_DAY, TIMES_A_DAY
from core.tenants.directory import touch
from tests.engine.test_wrong_pins import (
    PIN,
    WRONG,
    Crowd,
    alarms,
    balances,
    listed,
    locked,
    old_people,
    registered,
)
from tests.support.servers import DatabaseUrls
from tests.support.ussd import UssdTenant
from workers.schedule import guesses
from workers.schedule.tasks import Databases

__all__ = ["old_people"]

SLOW = (
    "ALARM ibimina: wrong PINs of too many people in a day, and no right one since."
    " Nobody is locked for it: piga tenant wrong-pins ibimina"
)
OFTEN = "ALARM ibimina: too many wrong PINs of one person in a day: piga tenant wrong-pins ibimina"


WEEK = (
    "ALARM ibimina: wrong PINs of too many people in a week, and no right one since."
    " Nobody is locked for it: piga tenant wrong-pins ibimina --hours 168"
)


def look(tenant: UssdTenant, database: DatabaseUrls) -> int:
    """The schedule's task."""
    relay = Database(database.relay_url)
    try:
        return guesses.look(Databases(tenant.database, relay))
    finally:
        relay.close()


def minutes_go_by(tenant: UssdTenant, minutes: int) -> None:
    tenant.admin.execute(
        "UPDATE wrong_pin SET wrong_at = wrong_at - make_interval(mins => %(m)s),"
        " day_began_at = day_began_at - make_interval(mins => %(m)s)",
        {"m": minutes},
    )


def set_day(tx: Tx, people: int) -> None:
    tx.execute(
        "UPDATE tenant SET settings = settings || %s WHERE id = current_tenant()",
        (json.dumps({"wrong_pins_a_day": people}),),
    )
    touch(tx)


def set_week(tx: Tx, people: int) -> None:
    tx.execute(
        "UPDATE tenant SET settings = settings || %s WHERE id = current_tenant()",
        (json.dumps({"wrong_pins_a_week": people}),),
    )
    touch(tx)


def test_one_guess_every_forty_minutes_at_another_person_is_an_alarm(
    tenant: UssdTenant, old_people: Crowd, caplog: pytest.LogCaptureFixture
) -> None:
    tenant.faults_are_expected = True  # the alarm
    phones = old_people(PEOPLE_A_DAY + 1)
    for phone in phones[:-1]:
        assert balances(phone, WRONG).startswith("Wrong PIN. Tries left: 2.")
        minutes_go_by(tenant, 40)
    assert alarms(caplog) == []
    assert balances(phones[-1], WRONG).startswith("Wrong PIN. Tries left: 2.")
    assert alarms(caplog) == [SLOW]
    assert locked(tenant) == 0
    assert len(listed(tenant)) == PEOPLE_A_DAY + 1


def test_a_few_people_a_day_are_seen_by_the_week(
    tenant: UssdTenant,
    ussd_database: DatabaseUrls,
    old_people: Crowd,
    caplog: pytest.LogCaptureFixture,
) -> None:
    tenant.faults_are_expected = True  # the alarm
    tenant.change(set_week, 10)
    long_ago, *phones = old_people(12)
    balances(long_ago, WRONG)
    minutes_go_by(tenant, 5 * 24 * 60)
    for phone in phones:
        balances(phone, WRONG)
        minutes_go_by(tenant, 5 * 60)
    assert look(tenant, ussd_database) == 1  # the eleven; the one before them is of last week
    assert alarms(caplog) == [WEEK]
    caplog.clear()
    balances(phones[0], PIN)
    assert (look(tenant, ussd_database), alarms(caplog)) == (0, [])
    tenant.change(set_week, 60)
    balances(phones[0], WRONG)
    assert look(tenant, ussd_database) == 0


def test_people_who_got_it_right_later_and_those_of_yesterday_are_slips(
    tenant: UssdTenant, old_people: Crowd, caplog: pytest.LogCaptureFixture
) -> None:
    tenant.faults_are_expected = True  # the alarm
    tenant.change(set_day, 10)
    *slipped, of_yesterday, last = old_people(14)
    balances(of_yesterday, WRONG)
    minutes_go_by(tenant, 24 * 60 + 1)
    for phone in slipped:
        balances(phone, WRONG)
        minutes_go_by(tenant, 20)
    balances(slipped[0], PIN)
    balances(slipped[1], PIN)
    assert alarms(caplog) == [SLOW, SLOW]  # of the eleventh and the twelfth
    caplog.clear()
    balances(slipped[2], PIN)
    balances(last, WRONG)
    assert alarms(caplog) == []


def test_wrong_ones_between_the_owners_right_ones_add_up(
    tenant: UssdTenant, old_people: Crowd, caplog: pytest.LogCaptureFixture
) -> None:
    tenant.faults_are_expected = True  # the alarm
    (phone,) = old_people(1)
    for _ in range(TIMES_A_DAY // 2):
        balances(phone, WRONG)
        balances(phone, WRONG)
        assert balances(phone, PIN).startswith("Wallet")
        minutes_go_by(tenant, 100)
    assert (alarms(caplog), listed(tenant)) == ([], [])
    assert balances(phone, WRONG).startswith("Wrong PIN. Tries left: 2.")
    assert alarms(caplog) == [OFTEN]
    assert balances(phone, PIN).startswith("Wallet")
    # Staff see whom, also when the last PIN was the right one.
    assert [one.day_times for one in listed(tenant)] == [TIMES_A_DAY + 1]

    # A day later the count begins anew.
    minutes_go_by(tenant, 24 * 60)
    caplog.clear()
    balances(phone, WRONG)
    assert (alarms(caplog), [one.day_times for one in listed(tenant)]) == ([], [1])


def test_numbers_registered_for_it_raise_no_alarm(
    tenant: UssdTenant, caplog: pytest.LogCaptureFixture
) -> None:
    tenant.change(set_day, 10)
    phones = [phone for _, phone in registered(tenant, 12, 1_000_000)]
    for phone in phones:
        balances(phone, WRONG)
    for _ in range(TIMES_A_DAY):
        balances(phones[0], WRONG)
        balances(phones[0], PIN)
    assert alarms(caplog) == []
