"""A loan from its application to its end, and everything that is refused on the way."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.db.database import Database
from core.loans import applying, deciding, guarantors, penalties, portfolio
from core.loans.errors import (
    CommitteeTooSmall,
    DecidedBefore,
    FundTooSmall,
    GuarantorIsBorrower,
    GuarantorSavingsTooLow,
    GuarantorTwice,
    LoanGone,
    LoanOpen,
    MoreThanOwed,
    NotAnOfficer,
    NotOnOwnLoan,
    NotWaiting,
    OverMultiple,
    SavingsTooLow,
)
from core.loans.terms import Part
from core.money.errors import InsufficientFunds
from tests.support.loans import TERMS, Lending
from tests.support.servers import DatabaseUrls
from tests.support.tenants import KEYS, Tenant, new_tenant
from tests.support.waiting import at_once


@pytest.fixture(scope="module")
def tenant(module_database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(module_database) as made:
        yield made
        assert made.broken() == []


@pytest.fixture
def group(tenant: Tenant) -> Iterator[Lending]:
    yield Lending(tenant)
    assert tenant.broken() == []


def texted(group: Lending, person: uuid.UUID) -> list[str]:
    rows = group.tenant.admin.execute(
        "SELECT template FROM message WHERE subscriber_id = %s ORDER BY id", (person,)
    )
    return [row[0] for row in rows.fetchall()]


def test_from_the_application_to_the_last_instalment(group: Lending) -> None:
    loan_id = group.apply(60_000)
    assert [texted(group, one) for one in group.guarantors] == [["guarantor_asked"]] * 2
    for guarantor in group.guarantors:
        group.accept(loan_id, guarantor)
        assert group.tenant.balance(group.savings_of(guarantor))[1] == 15_000
    assert group.loan(loan_id).state == "guaranteed"
    assert texted(group, group.officers[0]) == ["loan_waits"]
    assert [group.approve(loan_id, one).disbursed for one in group.officers] == [False, False, True]
    assert group.tenant.balance(group.wallet_of(group.borrower)) == (60_000, 0)

    # 60,000 at 2 % flat over 6 months: 7,200 of interest, 11,200 a month.
    assert group.standing(loan_id).owed_minor == 67_200
    group.tenant.fund(group.wallet_of(group.borrower), 10_000)
    assert group.repay(loan_id, 11_200).owed == group.loan(loan_id).money(56_000)
    assert group.loan(loan_id).state == "repaying"
    with pytest.raises(MoreThanOwed):
        group.repay(loan_id, 56_001)
    assert group.repay(loan_id, 56_000).owed == group.loan(loan_id).money(0)
    assert group.loan(loan_id).state == "closed"
    assert group.tenant.balance(group.savings_of(group.guarantors[0]))[1] == 0
    assert texted(group, group.borrower) == ["loan_disbursed", "loan_repaid", "loan_closed"]
    assert texted(group, group.guarantors[0]) == ["guarantor_asked", "guarantor_free"]
    with pytest.raises(LoanGone):
        group.repay(loan_id, 1)
    group.apply(1_000)  # another one may follow


def test_settled_early_the_interest_of_later_periods_is_not_owed(group: Lending) -> None:
    loan_id = group.lend(60_000)
    group.tenant.fund(group.wallet_of(group.borrower), 10_000)
    assert group.standing(loan_id).settled_for_minor(group.terms) == 61_200
    group.repay(loan_id, 61_200, settles=True)
    assert group.loan(loan_id).state == "closed"


def test_penalties_are_charged_once_a_day_and_capped(group: Lending) -> None:
    loan_id = group.lend(60_000)
    group.back_by(loan_id, 60)
    late = group.standing(loan_id).days_late
    assert late > 20
    with group.tenant.tx() as tx:
        assert penalties.charge(tx, loan_id, group.today) == 10  # 10 times 1 % reach the cap
    with group.tenant.tx() as tx:
        assert penalties.charge(tx, loan_id, group.today) == 0
    charged = group.tenant.count("loan_penalty", "loan_id = %s", loan_id)
    assert charged == 10
    group.tenant.fund(group.wallet_of(group.borrower), 10_000)
    group.repay(loan_id, 11_200 + 1_120)
    split = group.tenant.one(
        "SELECT penalty_minor, interest_minor, principal_minor FROM loan_split WHERE loan_id = %s",
        loan_id,
    )
    assert split == (1_120, 1_200, 10_000)


def test_the_schedule_charges_every_tenants_late_loans(group: Lending) -> None:
    loan_id = group.lend(60_000)
    group.back_by(loan_id, 40)
    relay = Database(group.tenant.urls.relay_url)
    try:
        assert penalties.charge_due(group.tenant.database, relay) >= 1
        assert penalties.charge_due(group.tenant.database, relay) == 0
    finally:
        relay.close()


def test_a_guarantor_who_refuses_ends_the_application(group: Lending) -> None:
    loan_id = group.apply(60_000)
    group.accept(loan_id, group.guarantors[0])
    with group.tenant.tx() as tx:
        guarantors.refuse(tx, KEYS, loan_id=loan_id, subscriber_id=group.guarantors[1])
    assert group.loan(loan_id).state == "refused"
    assert group.tenant.balance(group.savings_of(group.guarantors[0]))[1] == 0
    assert texted(group, group.borrower) == ["guarantor_refused"]
    with pytest.raises(NotWaiting):
        group.accept(loan_id, group.guarantors[0])


def test_an_officer_who_refuses_ends_it_with_a_reason(group: Lending) -> None:
    loan_id = group.apply(60_000)
    for guarantor in group.guarantors:
        group.accept(loan_id, guarantor)
    group.approve(loan_id, group.officers[0])
    with group.tenant.tx() as tx:
        deciding.refuse(
            tx, tenant=group.turn, loan_id=loan_id, officer_id=group.officers[1], reason="amount"
        )
    found = group.loan(loan_id)
    assert (found.state, found.reason) == ("refused", "amount")
    assert texted(group, group.borrower) == ["loan_refused_amount"]
    assert group.tenant.balance(group.savings_of(group.guarantors[0]))[1] == 0


def test_an_application_is_taken_back(group: Lending) -> None:
    loan_id = group.apply(60_000)
    group.accept(loan_id, group.guarantors[0])
    with group.tenant.tx() as tx:
        assert applying.withdraw(tx, loan_id)
    with group.tenant.tx() as tx:
        assert not applying.withdraw(tx, loan_id)
    assert group.tenant.balance(group.savings_of(group.guarantors[0]))[1] == 0


Try = Callable[[Lending], Any]
REFUSED: list[tuple[type[Exception], Try]] = [
    (OverMultiple, lambda group: group.apply(150_001)),
    (OverMultiple, lambda group: group.apply(0)),
    (OverMultiple, lambda group: group.apply(999)),
    (
        GuarantorIsBorrower,
        lambda group: group.apply(60_000, 6, [group.borrower, group.guarantors[0]]),
    ),
    (
        GuarantorTwice,
        lambda group: group.apply(60_000, 6, [group.guarantors[0], group.guarantors[0]]),
    ),
    (
        GuarantorSavingsTooLow,
        lambda group: group.apply(60_000, 6, [group.guarantors[0], group.member(14_999)]),
    ),
    (
        GuarantorSavingsTooLow,
        lambda group: group.apply(60_000, 6, [group.guarantors[0], group.tenant.person()]),
    ),
    (CommitteeTooSmall, lambda group: group.apply(60_000, 6, group.officers[:2])),
]


@pytest.mark.parametrize(("error", "tried"), REFUSED)
def test_what_is_no_application_is_refused(
    group: Lending, error: type[Exception], tried: Try
) -> None:
    if error is CommitteeTooSmall:
        for officer in group.officers:
            group.tenant.fund(group.savings_of(officer), 20_000)
    with pytest.raises(error):
        tried(group)
    assert group.tenant.count("loan", "group_id = %s", group.group_id) == 0


def test_too_little_saved(group: Lending) -> None:
    group.borrower = group.member(300)
    with pytest.raises(SavingsTooLow) as refused:
        group.apply(1_000)
    assert refused.value.params["needed_minor"] == 334


def test_one_loan_at_a_time_also_when_two_ask_at_once(group: Lending) -> None:
    found = at_once([lambda: _apply(group)] * 2)
    assert {LoanOpen, uuid.UUID} == set(found)
    with pytest.raises(LoanOpen):
        group.apply(1_000)


def _apply(group: Lending) -> type:
    try:
        return type(group.apply(60_000))
    except LoanOpen as refused:
        return type(refused)


def test_who_may_not_decide(group: Lending) -> None:
    loan_id = group.apply(60_000)
    with pytest.raises(NotWaiting):
        group.approve(loan_id, group.officers[0])
    for guarantor in group.guarantors:
        group.accept(loan_id, guarantor)
    with pytest.raises(NotAnOfficer):
        group.approve(loan_id, group.member(0))
    for party in (group.borrower, group.guarantors[0]):
        with group.tenant.tx() as tx:
            tx.execute(
                "INSERT INTO savings_office (tenant_id, group_id, subscriber_id, role,"
                " valid_from, valid_until) VALUES (current_tenant(), %s, %s, 'chair', '2020-01-01',"
                " '2099-01-01')",
                (group.group_id, party),
            )
        with pytest.raises(NotOnOwnLoan):
            group.approve(loan_id, party)
    group.approve(loan_id, group.officers[0])
    with pytest.raises(DecidedBefore):
        group.approve(loan_id, group.officers[0])


def test_a_group_lends_no_more_than_it_has(group: Lending) -> None:
    terms = replace(TERMS, savings_multiple=TERMS.savings_multiple * 10)
    group = Lending(group.tenant, terms)
    rich = [group.member(100_000), group.member(100_000)]
    loan_id = group.apply(400_000, 6, rich)
    for guarantor in rich:
        group.accept(loan_id, guarantor)
    for officer in group.officers[:2]:
        group.approve(loan_id, officer)
    with pytest.raises(FundTooSmall) as refused:
        group.approve(loan_id, group.officers[2])
    assert refused.value.params["available_minor"] == 380_000
    group.tenant.fund(group.savings_of(group.borrower), 20_000)
    assert group.approve(loan_id, group.officers[2]).disbursed


def test_a_wallet_with_too_little_pays_nothing(group: Lending) -> None:
    loan_id = group.lend(60_000)
    group.tenant.move(group.wallet_of(group.borrower), group.savings_of(group.borrower), 55_000)
    with pytest.raises(InsufficientFunds):
        group.repay(loan_id, 11_200)
    assert group.standing(loan_id, group.today + timedelta(days=1)).owed_minor == 67_200


def test_what_is_late_is_at_risk_by_its_age(group: Lending) -> None:
    loan_id = group.lend(60_000)  # six instalments of a month
    with group.tenant.tx() as tx:
        (row,) = portfolio.of_group(tx, group.group_id, group.today)
    assert (row.owed_minor, row.days_late) == (60_000, 0)
    group.back_by(loan_id, 75)
    with group.tenant.tx() as tx:
        (row,) = portfolio.of_group(tx, group.group_id, group.today)
        found = portfolio.by_organisation(tx, group.today)
    assert row.days_late == group.standing(loan_id).days_late
    lent = found[group.organisation_id]
    assert lent.at_risk_minor == (60_000, 0, 0)
    group.tenant.fund(group.wallet_of(group.borrower), 40_000)
    group.repay(loan_id, group.standing(loan_id).due_now_minor)
    with group.tenant.tx() as tx:
        (row,) = portfolio.of_group(tx, group.group_id, group.today)
    assert row.owed_minor == group.standing(loan_id).open_of(Part.PRINCIPAL)
    assert row.days_late == group.standing(loan_id).days_late == 0
