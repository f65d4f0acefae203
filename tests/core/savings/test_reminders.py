"""Reminders by the clock: each once, killed or not; and fines that a meeting leaves unpaid."""

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from core.db.database import Database
from core.loans import reminders as loan_reminders
from core.savings import fines, group_texts, meeting_lines, meetings, my_group, reminders
from core.savings.errors import NobodyToRemind, NothingOwed, NotInCommittee, TextedEnough
from tests.support.loans import Lending
from tests.support.savings import DAY, Group, group_of
from tests.support.servers import DatabaseUrls
from tests.support.tenants import Tenant, new_tenant
from values import clock


def noon(day: date) -> datetime:
    return datetime.combine(day, time(10), UTC)  # in Kigali


BEFORE = noon(DAY - timedelta(days=1))


@pytest.fixture(scope="module")
def tenant(module_database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(module_database) as made:
        with made.tx() as tx:
            tx.execute(
                "INSERT INTO service (tenant_id, id, provider, channel, code, tree)"
                " VALUES (current_tenant(), %s, 'africastalking', 'ussd', '*384*1#', '{}')",
                (uuid.uuid4(),),
            )
        yield made
        assert made.broken() == []


@pytest.fixture(scope="module")
def relay(tenant: Tenant) -> Iterator[Database]:
    made = Database(tenant.urls.relay_url)
    yield made
    made.close()


Texts = Callable[[str, Group], int]


@pytest.fixture
def texts(tenant: Tenant) -> Texts:
    return lambda template, group: tenant.count(
        "message", "template = %s AND subscriber_id = ANY (%s)", template, group.people
    )


def test_each_member_is_reminded_once_of_a_meeting(
    tenant: Tenant, relay: Database, texts: Texts
) -> None:
    group = group_of(tenant, "R1")
    monthly = group_of(tenant, "R2", every="month", on_day=31)
    with tenant.tx() as tx:
        reminders.turn(tx, group.people[3], "meeting", is_on=False)
    night = datetime.combine(DAY - timedelta(days=1), time(20), UTC)
    assert reminders.send_due(tenant.database, relay, night) == 0

    # It dies at the second text: none of the group's is left, and all come with the next run.
    def dies() -> None:
        with tenant.tx() as tx:
            assert reminders.once(tx, "meeting", group.id, group.people, DAY)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        dies()
    assert reminders.send_due(tenant.database, relay, BEFORE) == 3
    assert reminders.send_due(tenant.database, relay, BEFORE) == 0
    assert texts("meeting_soon", group) == 3
    # The last day of February is the 31st of a group that meets so.
    assert reminders.send_due(tenant.database, relay, noon(date(2026, 2, 27))) == 4
    assert texts("meeting_soon", monthly) == 4
    # Rules with two days remind on each.
    twice = group_of(tenant, "R4", reminders={"meeting": (1, 3), "instalment": (), "late": ()})
    for days in (3, 3, 2, 1, 1):
        reminders.send_due(tenant.database, relay, noon(DAY - timedelta(days=days)))
    assert texts("meeting_soon", twice) == 8
    row = tenant.one(
        "SELECT params->>'$until' FROM message WHERE template = 'meeting_soon' LIMIT 1"
    )
    assert datetime.fromisoformat(row[0]).hour in (14, 15)


def test_who_has_an_office_is_told_of_its_end_once(
    tenant: Tenant, relay: Database, texts: Texts
) -> None:
    group = group_of(tenant, "R3", valid_until=date(2026, 6, 19))
    for day in (date(2026, 6, 2), date(2026, 6, 3)):
        reminders.send_due(tenant.database, relay, noon(day))
    assert texts("office_ends", group) == 2  # two people with four offices each


def test_borrowers_are_reminded_before_and_after(relay: Database, tenant: Tenant) -> None:
    group = Lending(tenant)
    loan_id = group.lend(60_000)
    first = group.standing(loan_id).instalments[0]
    app = tenant.database

    def sent(days: int) -> int:
        return loan_reminders.send_due(app, relay, noon(first.due_on + timedelta(days=days)))

    assert (sent(-3), sent(-2), sent(-2), sent(0)) == (0, 1, 0, 0)
    assert (sent(1), sent(1), sent(2), sent(7)) == (1, 0, 0, 1)
    group.repay(loan_id, first.open_minor)
    assert tenant.count("message", "template = 'instalment_late'") == 2
    second = group.standing(loan_id).instalments[1]
    assert loan_reminders.send_due(app, relay, noon(second.due_on - timedelta(days=2))) == 1
    with tenant.tx() as tx:
        reminders.turn(tx, group.borrower, "late", is_on=False)
    assert loan_reminders.send_due(app, relay, noon(second.due_on + timedelta(days=1))) == 0


def test_a_fine_that_nobody_paid_is_owed_until_it_is(tenant: Tenant, texts: Texts) -> None:
    group = group_of(tenant, "F1", fines={"late": 100, "absent": 300}, fined_at_close=("absent",))
    ann, bob, eve, joe = group.people
    meeting = group.open()
    with tenant.tx() as tx:
        for who in (bob, joe):
            meeting_lines.mark(tx, meeting, who, "absent", by=ann)
        meeting_lines.mark(tx, meeting, eve, "late", by=ann)
    group.fine(joe, "absent")  # he sent the money
    group.count(group.now().book_minor)
    group.close(meeting.id)
    assert texts("fine_owed", group) == 1

    def owed(who: uuid.UUID) -> int:
        with tenant.tx() as tx:
            return my_group.fines(tx, group.id, who, group.day).owed_minor

    assert [owed(who) for who in group.people] == [0, 300, 0, 0]
    meeting = group.open()
    with tenant.tx() as tx:
        found = meetings.require(tx, group.id)
        assert fines.pay(tx, found, bob, by=ann) == 300
        fines.pay(tx, found, bob, by=ann)  # typed twice, paid once
        with pytest.raises(NothingOwed):
            fines.pay(tx, found, eve, by=ann)
    assert group.now().fine_minor == 300
    assert owed(bob) == 300
    group.count(group.now().book_minor)
    group.close(meeting.id)
    assert owed(bob) == 0
    assert group.funds.loan_fund_minor == 600


def test_the_committee_texts_all_and_reminds_the_others(tenant: Tenant, texts: Texts) -> None:
    group = group_of(tenant, "T1")
    ann, _, eve, _ = group.people
    today = clock.now().date()
    with tenant.tx() as tx:
        tx.execute(
            "UPDATE savings_office SET valid_until = %s WHERE tenant_id = current_tenant()"
            " AND group_id = %s",
            (today, group.id),
        )
    about: dict[str, Any] = {"group_id": group.id, "today": today}
    with tenant.tx() as tx:
        assert group_texts.reach(tx, group.id) == group_texts.Reach(4, 4)
        with pytest.raises(NotInCommittee):
            group_texts.text_all(tx, **about, by=eve, words="Hello all")
    for _ in range(group_texts.A_DAY):
        with tenant.tx() as tx:
            assert group_texts.text_all(tx, **about, by=ann, words="Hello all") == 4
    with tenant.tx() as tx, pytest.raises(TextedEnough):
        group_texts.text_all(tx, **about, by=ann, words="Hello all")
    detail = tenant.one("SELECT detail FROM audit WHERE action = 'text group' LIMIT 1")
    assert detail == ({"texts": 4},), "the trail is for ever; what somebody wrote is not"
    with tenant.tx() as tx:
        tx.execute(
            "UPDATE savings_constitution SET valid_until = %s WHERE group_id = %s",
            (today, group.id),
        )
    group.day = today
    meeting = group.open()
    group.save(eve, 1)
    with tenant.tx() as tx:
        assert group_texts.remind(tx, **about, by=ann) == 3
        with pytest.raises(NobodyToRemind):
            group_texts.remind(tx, **about, by=ann)
        meetings.stop(tx, meeting, by=ann, reason="a test")
    assert (texts("group_words", group), texts("not_saved_yet", group)) == (8, 3)
