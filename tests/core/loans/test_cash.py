"""Loans in cash: at a meeting, and between two meetings by two people."""

import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest

from core.loans import at_meeting, cash, loans
from core.loans.errors import (
    CashWaits,
    FundTooSmall,
    LoanMovedMeanwhile,
    MeetingIsOn,
    MoreThanMemberOwes,
    NoLoanOf,
    NoSecondPerson,
    NotWaiting,
    TooLittleInBox,
)
from core.savings import meeting_lines, meetings
from core.savings.errors import NotInCommittee
from tests.support.servers import DatabaseUrls
from tests.support.tenants import KEYS, Tenant, new_tenant
from tests.support.year import Year, year_of


@pytest.fixture(scope="module")
def tenant(module_database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(module_database) as made:
        yield made
        assert made.broken() == []


@pytest.fixture
def group(tenant: Tenant) -> Iterator[Year]:
    made = year_of(tenant)
    made.hold_meeting(dict.fromkeys(made.people, 5))
    yield made
    assert tenant.broken() == []


def test_a_loan_is_paid_out_and_repaid_at_meetings_with_one_close(group: Year) -> None:
    *_, eve = group.people
    box_minor = group.funds.cash_minor
    loan_id = group.agree(eve, 6_000)
    assert group.loan(loan_id).state == "approved"
    meeting = group.open()
    with group.tenant.tx() as tx:
        (waits,) = at_meeting.to_pay_out(tx, KEYS, meeting)
        at_meeting.write_payout(tx, group.now(), waits.loan_id, by=group.treasurer)
    group.save(eve, 1)
    assert group.now().book_minor == box_minor - 6_000 + 500
    assert group.funds.lent_minor == 0  # money only when it closes
    group.end()
    held = group.funds
    assert (held.lent_minor, held.cash_minor) == (6_000, box_minor - 5_500)
    assert held.loan_fund_minor == held.loan_cash_minor + held.lent_minor
    assert group.loan(loan_id).disbursed_on == meeting.day

    group.go_on(days=28)
    meeting = group.open()
    group.repay_at_meeting(eve, 1_000)
    group.repay_at_meeting(eve, 1_120)  # the last word counts
    with pytest.raises(MoreThanMemberOwes):
        group.repay_at_meeting(eve, 60_000)
    with pytest.raises(NoLoanOf):
        group.repay_at_meeting(group.treasurer, 500)
    group.end()
    held = group.funds
    assert held.lent_minor == 6_000 - 1_000
    assert held.earned_minor == 120
    assert held.loan_fund_minor == held.loan_cash_minor + held.lent_minor
    sent = group.tenant.count("message", "subscriber_id = %s AND template LIKE 'loan_%%'", eve)
    assert sent == 3  # agreed, paid out, repaid


def test_the_box_lends_no_more_cash_than_is_the_loan_funds(group: Year) -> None:
    *_, eve = group.people
    loan_id = group.agree(eve, 7_500)
    first = group.agree(group.people[3], 5_500)
    group.open()
    with group.tenant.tx() as tx:
        at_meeting.write_payout(tx, group.now(), loan_id, by=group.treasurer)
    with pytest.raises(TooLittleInBox) as refused, group.tenant.tx() as tx:
        at_meeting.write_payout(tx, group.now(), first, by=group.treasurer)
    assert refused.value.params["available_minor"] == 5_000
    with group.tenant.tx() as tx:
        at_meeting.write_payout(tx, group.now(), loan_id, by=group.treasurer, paid=False)
        at_meeting.write_payout(tx, group.now(), first, by=group.treasurer)
    group.end()
    assert group.funds.lent_minor == 5_500


def test_a_wallet_gets_no_more_than_lies_with_the_tenant(group: Year) -> None:
    """All that this group has is in its box."""
    with pytest.raises(FundTooSmall) as refused:
        group.agree(group.people[-1], 1_000, payout=loans.WALLET)
    assert refused.value.params["available_minor"] == 0


def test_a_meeting_whose_loan_was_repaid_by_phone_says_so_and_is_counted_again(
    group: Year,
) -> None:
    *_, eve = group.people
    loan_id = group.lend_in_cash(eve, 2_000)
    meeting = group.open()
    group.repay_at_meeting(eve, 2_000)
    group.count(group.now().book_minor)
    group.repay_by_wallet(loan_id, 1_000)
    with pytest.raises(LoanMovedMeanwhile):
        group.close(meeting.id)
    group.recount()
    group.repay_at_meeting(eve, 0)
    group.end()
    assert group.funds.lent_minor == group.owed_principal(loan_id)


def test_cash_between_meetings_is_money_when_two_have_seen_it(group: Year) -> None:
    *_, eve = group.people
    ann, ben = group.treasurer, group.secretary
    loan_id = group.agree(eve, 2_000)
    cash_id = record(group, loan_id, by=ann, is_payout=True)
    with pytest.raises(CashWaits):
        record(group, loan_id, by=ann, is_payout=True)
    with pytest.raises(NotInCommittee):
        record(group, loan_id, by=eve, is_payout=True)
    assert group.funds.lent_minor == 0
    with pytest.raises(NoSecondPerson):
        confirm(group, cash_id, ann)
    with group.tenant.tx() as tx:
        (waits,) = cash.waiting_for(tx, KEYS, group.id, ben)
    assert (waits.is_payout, waits.amount_minor) == (True, 2_000)
    confirm(group, cash_id, ben)
    assert group.funds.lent_minor == 2_000
    with pytest.raises(NotWaiting):
        confirm(group, cash_id, ben)

    cash_id = record(group, loan_id, by=ben, amount_minor=500)
    with group.tenant.tx() as tx:
        cash.refuse(tx, cash_id, by=ann, today=group.day)
    cash_id = record(group, loan_id, by=ben, amount_minor=2_240)  # all of it
    box_minor = group.funds.cash_minor
    group.open()
    with pytest.raises(MeetingIsOn):
        confirm(group, cash_id, ann)
    with group.tenant.tx() as tx:
        meetings.stop(tx, group.now(), by=ann, reason="Rain")
    confirm(group, cash_id, ann)
    assert group.loan(loan_id).state == "closed"
    assert group.funds.cash_minor == box_minor + 2_240


def record(
    group: Year,
    loan_id: uuid.UUID,
    *,
    by: uuid.UUID,
    is_payout: bool = False,
    amount_minor: int = 0,
) -> uuid.UUID:
    with group.tenant.tx() as tx:
        return cash.record(
            tx,
            group_id=group.id,
            loan_id=loan_id,
            is_payout=is_payout,
            amount_minor=amount_minor,
            by=by,
            today=group.day,
        )


def confirm(group: Year, cash_id: uuid.UUID, by: uuid.UUID) -> None:
    with group.tenant.tx() as tx:
        cash.confirm(tx, cash_id, by=by, today=group.day)


def test_two_recorders_of_one_meeting_write_one_line_a_loan(group: Year) -> None:
    """Both treasurers heard the same instalment."""
    *_, eve = group.people
    loan_id = group.lend_in_cash(eve, 2_000)
    group.go_on(days=28)
    group.open()
    group.repay_at_meeting(eve, 500)
    group.repay_at_meeting(eve, 500, by=group.secretary)
    meeting = group.now()
    assert meeting.loans_minor == 500
    with group.tenant.tx() as tx:
        line = meeting_lines.by_number(tx, KEYS, meeting.id, len(group.people))
        assert at_meeting.owing(tx, meeting, line).written_minor == 500
    group.end()
    owed = group.standing(loan_id, group.day + timedelta(0)).owed_minor
    assert owed == 2_240 - 500
