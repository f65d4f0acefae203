"""A group's meeting: typed by two, counted by two, and money only when it closes."""

import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from time import sleep

import orjson
import pytest

from core.db.database import Tx
from core.loans import at_meeting
from core.money.errors import InsufficientFunds
from core.people import people
from core.savings import groups, meeting_count, meeting_lines, meetings
from core.savings.errors import (
    AmountOutsideRules,
    CountedBySame,
    GroupClosed,
    GroupFrozen,
    MeetingMoved,
    MemberAway,
    MemberOnHold,
    NoKeyHolder,
    NothingToCorrect,
    NotInCommittee,
    ReasonMissing,
)
from core.savings.meeting_count import Count
from core.savings.meetings import Meeting
from tests.support.savings import RULES, group_of
from tests.support.servers import DatabaseUrls
from tests.support.tenants import CURRENCY, KEYS, Tenant, new_tenant
from values.money import Money

TYPED_WRONG = {"actor": "test", "reason": "test"}


@pytest.fixture(scope="module")
def tenant(module_database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(module_database) as made:
        yield made
        assert made.broken() == []


def rwf(amount_minor: int) -> Money:
    return Money(amount_minor, CURRENCY)


def test_a_meeting_becomes_money_at_once_and_once(tenant: Tenant) -> None:
    group = group_of(tenant, "A1")
    ann, bob, eve, joe = group.people
    meeting = group.open()
    with tenant.tx() as tx:
        meeting_lines.mark(tx, meeting, bob, "late", by=ann)
        meeting_lines.mark(tx, meeting, joe, "excused", by=bob)
    group.save(ann, 3)
    group.save(bob, 1, by=bob)
    with pytest.raises(MemberAway):
        group.save(joe, 1)
    with pytest.raises(AmountOutsideRules):
        group.save(eve, 6)
    group.save(eve, 0)
    group.pay_social()
    group.fine(bob, "late")
    group.fine(bob, "late")  # typed twice, fined once
    assert group.funds.cash_minor == 0
    assert group.now().book_minor == 2000 + 600 + 100
    group.count(2700)
    minutes = group.close(meeting.id)
    assert (minutes.here, minutes.members, minutes.saved) == (3, 4, rwf(2000))
    assert (minutes.cash, minutes.loan_fund, minutes.social_fund) == (
        *(rwf(2700), rwf(2100), rwf(600)),
    )
    assert group.close(meeting.id) == minutes
    assert [group.saved_minor(one) for one in group.people] == [1500, 500, 0, 0]
    assert group.funds.loan_fund_minor == 2100
    assert tenant.count("message", "subscriber_id = ANY (%s)", group.people) == 4
    assert tenant.broken() == []


def test_a_box_that_is_short_is_said_so_with_a_reason(tenant: Tenant) -> None:
    group = group_of(tenant, "B1")
    ann, bob, *_ = group.people
    meeting = group.open()
    group.save(ann, 4)
    group.count(1500)
    with pytest.raises(ReasonMissing):
        group.close(meeting.id)
    with tenant.tx() as tx:
        meeting_count.explain(tx, group.now(), "Change was wrong", by=bob)
    assert group.close(meeting.id).difference_minor == -500
    assert group.close(meeting.id).difference_minor == -500
    assert (group.funds.cash_minor, group.funds.earned_minor) == (1500, -500)
    told = tenant.count("message", "template = 'meeting_cash_short' AND params ->> 'reason' <> ''")
    assert told == 4
    # The next meeting begins with what is there.
    assert group.open().opening_loan_minor == 1500


def test_two_key_holders_count_without_each_others_sum(tenant: Tenant) -> None:
    group = group_of(tenant, "C1")
    ann, bob, eve, _ = group.people
    group.open()
    group.save(eve, 2)

    def count(who: object, amount: int) -> Count:
        with tenant.tx() as tx:
            return meeting_count.count(tx, group.id, amount, by=who)  # type: ignore[arg-type]

    with pytest.raises(NoKeyHolder):
        count(eve, 1000)
    assert count(ann, 900) == Count(waits=True)
    with pytest.raises(CountedBySame):
        count(ann, 1000)
    assert count(bob, 1000) == Count(differs=True)
    assert count(bob, 1000) == Count(waits=True)
    assert count(ann, 1000) == Count(difference_minor=0)
    with pytest.raises(MeetingMoved):
        group.save(eve, 3)  # what was counted stays
    with tenant.tx() as tx:
        meeting_count.recount(tx, group.now(), by=bob)
    group.save(eve, 3)
    assert group.now().first_count_minor is None


def test_funds_that_are_not_what_was_remembered_stop_the_meeting(tenant: Tenant) -> None:
    group = group_of(tenant, "D1")
    ann, _, eve, _ = group.people
    meeting = group.open(confirmed=False)
    with pytest.raises(MeetingMoved):
        group.save(ann, 1)
    with tenant.tx() as tx, pytest.raises(NotInCommittee):
        meetings.stop(tx, meeting, by=eve, reason="no")
    with tenant.tx() as tx:
        meetings.stop(tx, meeting, by=ann, reason="The box held less")
    with tenant.tx() as tx:
        assert meetings.find(tx, group.id) is None
    assert tenant.count("audit", "action = 'stop meeting'") == 1
    assert group.open().state == "recording"


def test_any_recorder_finds_the_meeting_that_is_on(tenant: Tenant) -> None:
    group = group_of(tenant, "E1")
    opened = group.open()
    group.save(group.people[2], 2)
    with tenant.tx() as tx:
        again = meetings.open_meeting(
            tx, group_id=group.id, by=group.secretary, today=group.day, currency=CURRENCY
        )
        assert (again.id, again.entered, again.recorded_by) == (opened.id, 1, group.treasurer)
        first = meeting_lines.next_to_save(tx, KEYS, opened.id)
        assert first is not None
        assert first.subscriber_id == group.treasurer
        groups.freeze(tx, group.id, frozen=True, **TYPED_WRONG)
    other = group_of(tenant, "E2")
    with tenant.tx() as tx:
        groups.freeze(tx, other.id, frozen=True, **TYPED_WRONG)
    with pytest.raises(GroupFrozen):
        other.open()


def test_what_was_written_wrong_is_reversed_at_the_next_meeting(tenant: Tenant) -> None:
    group = group_of(tenant, "F1")
    ann, bob, eve, _ = group.people
    group.hold_meeting({ann: 3, bob: 2, eve: 1}, over_minor=-500)  # eve had paid for none
    meeting = group.open()
    with tenant.tx() as tx:
        before = meeting_lines.line_before(tx, KEYS, meeting, 3)
        assert (before.subscriber_id, before.saved_minor) == (eve, 500)
        meeting_lines.correct(tx, meeting, before, 0, reason="Typed for another", by=ann)
        with pytest.raises(NothingToCorrect):
            meeting_lines.line_before(tx, KEYS, meeting, 9)
    assert group.now().corrected_minor == -500
    # The box holds what it held: 500 that were missing were never there.
    group.count(group.funds.cash_minor, "Eve had paid for none")
    minutes = group.close(meeting.id)
    assert minutes.difference_minor == 500
    assert group.saved_minor(eve) == 0
    assert (group.funds.earned_minor, group.funds.social_minor) == (0, 800)
    assert tenant.count("entry", "kind = 'meeting_reversal'") == 1


def test_a_correction_is_by_the_rules_of_the_meeting_that_it_corrects(tenant: Tenant) -> None:
    group = group_of(tenant, "F2", valid_until=date(2026, 3, 2))
    ann, *_ = group.people
    group.hold_meeting({ann: 3})
    dearer = replace(RULES, share_minor=1_000, most=2).to_body()
    with tenant.tx() as tx:
        tx.execute(
            "INSERT INTO savings_constitution VALUES"
            " (current_tenant(), %s, '2026-03-03', '2026-12-18', %s)",
            (group.id, orjson.dumps(dearer).decode()),
        )
        tx.execute(
            "UPDATE savings_office SET valid_until = '2026-12-18' WHERE group_id = %s", (group.id,)
        )
    group.day = date(2026, 3, 9)
    meeting = group.open()
    with tenant.tx() as tx:
        before = meeting_lines.line_before(tx, KEYS, meeting, 1)
        assert meeting_lines.correct(tx, meeting, before, 4, reason="Heard wrong", by=ann) == 2_000
    assert group.now().corrected_minor == 500


def test_nothing_is_posted_where_one_line_cannot_be(tenant: Tenant) -> None:
    group = group_of(tenant, "G1")
    ann, bob, eve, _ = group.people
    meeting = group.open()
    for person in (ann, bob, eve):
        group.save(person, 1)
    group.count(1500)
    with tenant.tx() as tx:
        people.freeze(tx, eve, frozen=True, **TYPED_WRONG)
    with pytest.raises(MemberOnHold):
        group.close(meeting.id)
    assert group.funds.saved_minor == 0
    assert group.now().state == "counted"
    with tenant.tx() as tx:
        meeting_count.recount(tx, group.now(), by=ann)
    with pytest.raises(MemberOnHold):
        group.save(eve, 1)


def is_waiting(tenant: Tenant) -> bool:
    here = "datname = current_database() AND wait_event_type = 'Lock'"
    return tenant.count("pg_stat_activity", here) > 0


@pytest.mark.parametrize(
    ("code", "meanwhile"),
    [
        ("I1", lambda tx, meeting, by: meeting_count.recount(tx, meeting, by=by)),
        ("I2", lambda tx, meeting, by: meetings.stop(tx, meeting, by=by, reason="The box fell")),
    ],
)
def test_a_meeting_that_another_phone_counts_again_or_stops_is_not_posted(
    tenant: Tenant, code: str, meanwhile: Callable[[Tx, Meeting, uuid.UUID], None]
) -> None:
    group = group_of(tenant, code)
    meeting = group.open()
    group.save(group.treasurer, 2)
    group.count(1000)
    with ThreadPoolExecutor(1) as pool:
        with tenant.tx() as tx:
            meanwhile(tx, meeting, group.secretary)
            closing = pool.submit(group.close, meeting.id)
            while not is_waiting(tenant):
                sleep(0.01)
        with pytest.raises(MeetingMoved):
            closing.result(10)
    assert (group.funds.cash_minor, group.saved_minor(group.treasurer)) == (0, 0)


def test_a_new_committee_ends_the_meeting_that_the_old_one_left_open(tenant: Tenant) -> None:
    group = group_of(tenant, "J1")
    _, _, eve, joe = group.people
    meeting = group.open()
    last, first = group.day, group.day + timedelta(1)
    with tenant.tx() as tx:
        tx.execute("UPDATE savings_office SET valid_until = %s WHERE group_id = %s",
                   (last, group.id))  # fmt: skip
        tx.execute("INSERT INTO savings_office VALUES"
                   " (current_tenant(), %s, 'treasurer', %s, %s, '2099-01-01'),"
                   " (current_tenant(), %s, 'treasurer', %s, '2098-01-01', '2099-01-01')",
                   (group.id, eve, first, group.id, joe))  # fmt: skip
    with tenant.tx() as tx, pytest.raises(NotInCommittee):
        meetings.stop(tx, meeting, by=joe, reason="Not yet elected")
    with tenant.tx() as tx:
        meetings.stop(tx, meeting, by=eve, reason="Nobody came back")
        assert meetings.find(tx, group.id) is None


def test_nothing_is_posted_for_a_group_on_hold(tenant: Tenant) -> None:
    group = group_of(tenant, "K1")
    meeting = group.open()
    group.pay_social()
    group.count(800)
    with tenant.tx() as tx:
        groups.freeze(tx, group.id, frozen=True, **TYPED_WRONG)
    with pytest.raises(GroupClosed):
        group.close(meeting.id)
    assert group.funds.cash_minor == 0


def test_money_never_leaves_savings_that_are_not_there(tenant: Tenant) -> None:
    """A correction of what was taken out meanwhile."""
    group = group_of(tenant, "H1")
    ann, *_ = group.people
    group.hold_meeting({ann: 2})
    with tenant.tx() as tx:
        savings = tx.one(
            "SELECT savings_account_id FROM membership WHERE subscriber_id = %s", (ann,)
        )
    assert savings is not None
    tenant.move(savings[0], tenant.collecting("settlement"), 900)
    meeting = group.open()
    with tenant.tx() as tx:
        before = meeting_lines.line_before(tx, KEYS, meeting, 1)
        meeting_lines.correct(tx, meeting, before, 0, reason="Typed twice", by=ann)
    group.count(group.now().book_minor)
    with pytest.raises(InsufficientFunds), tenant.tx() as tx:
        at_meeting.close(tx, meeting.id, by=ann, service_id=group.service_id)
    tenant.fund(savings[0], 900)
    group.close(meeting.id)
    assert group.saved_minor(ann) == 0


@pytest.mark.parametrize(
    ("every", "on_day", "today", "expected"),
    [
        ("week", 0, date(2026, 1, 1), date(2026, 1, 5)),
        ("week", 0, date(2026, 3, 2), date(2026, 3, 2)),
        ("week", 3, date(2026, 3, 6), date(2026, 3, 12)),
        ("fortnight", 0, date(2026, 1, 6), date(2026, 1, 19)),
        ("month", 31, date(2026, 2, 3), date(2026, 2, 28)),
        ("month", 31, date(2028, 2, 3), date(2028, 2, 29)),
        ("month", 15, date(2026, 12, 16), None),
        ("week", 0, date(2026, 12, 15), None),
    ],
)
def test_the_next_meeting(every: str, on_day: int, today: date, expected: date | None) -> None:
    last = date(2028, 12, 18) if today.year == 2028 else RULES.valid_until
    rules = replace(RULES, every=every, on_day=on_day, valid_until=last)
    assert rules.next_meeting(today) == expected
