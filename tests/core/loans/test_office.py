"""What two officers decide on a loan: both histories stay, and the books are right after each."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from core.approvals import requests
from core.approvals.errors import ApprovalError
from core.approvals.requests import officer
from core.loans import office, penalties
from core.loans.office import (
    DayInvalid,
    LoanNotOwed,
    NotBooked,
    NothingOverdue,
    PaidToday,
    PeriodsInvalid,
)
from tests.support.loans import Lending
from tests.support.servers import DatabaseUrls
from tests.support.tenants import KEYS, Tenant, new_tenant

KINDS = {kind.name: kind for kind in office.KINDS}


@pytest.fixture(scope="module")
def tenant(module_database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(module_database) as made:
        yield made


@pytest.fixture
def group(tenant: Tenant) -> Iterator[Lending]:
    yield Lending(tenant)
    assert tenant.broken() == []


def decide(group: Lending, name: str, loan_id: uuid.UUID, **params: Any) -> dict[str, str]:
    """One officer asks, another approves."""
    with group.tenant.tx() as tx:
        ann, ben = officer("ann", "test"), officer("ben", "test")
        asked = requests.ask(
            tx, KEYS, KINDS[name], by=ann, params=params, reason="x", subject_id=loan_id
        )
        assert KINDS[name].show(tx, KEYS, asked.request).after
        return dict(requests.approve(tx, KEYS, KINDS, asked.request.id, by=ben).done.result)


def test_a_payment_that_is_told_late_is_worked_out_again(group: Lending) -> None:
    loan_id = group.lend(60_000)
    group.back_by(loan_id, 50)
    with group.tenant.tx() as tx:
        charged = penalties.charge(tx, loan_id, group.today)
    assert charged == 10
    group.tenant.fund(group.wallet_of(group.borrower), 20_000)
    group.repay(loan_id, 2_000)  # 1,120 of it for the penalties
    due_on = group.standing(loan_id).instalments[0].due_on
    decide(
        group,
        "loan_payment_backdated",
        loan_id,
        amount_minor=11_200,
        paid_on=due_on.isoformat(),
    )
    after = group.standing(loan_id)
    assert (after.charges, after.owed_minor) == ({}, 67_200 - 13_200)
    # The first split stays, and the difference stands beside it; so with the penalties.
    splits = group.tenant.admin.execute(
        "SELECT penalty_minor, interest_minor, principal_minor FROM loan_split"
        " WHERE loan_id = %s ORDER BY created_at, penalty_minor DESC",
        (loan_id,),
    ).fetchall()
    assert splits == [(1_120, 880, 0), (0, 1_200, 10_000), (-1_120, 320, 800)]
    assert group.tenant.count("entry", "kind = 'loan_reallocation'") == 1
    rows = "SELECT count(*), sum(amount_minor) FROM loan_penalty WHERE loan_id = %s"
    assert group.tenant.one(rows, loan_id) == (20, 0)


def test_a_late_payment_is_refused_before_the_payout_and_above_what_is_owed(
    group: Lending,
) -> None:
    loan_id = group.lend(60_000)
    before = (group.today - timedelta(days=1)).isoformat()
    with pytest.raises(DayInvalid):
        decide(group, "loan_payment_backdated", loan_id, amount_minor=1, paid_on=before)
    today = group.today.isoformat()
    for minor in (0, 67_201):
        with pytest.raises(NotBooked):
            decide(group, "loan_payment_backdated", loan_id, amount_minor=minor, paid_on=today)
    group.tenant.move(group.wallet_of(group.borrower), group.savings_of(group.borrower), 60_000)
    with pytest.raises(NotBooked):
        decide(group, "loan_payment_backdated", loan_id, amount_minor=1, paid_on=today)


def test_guarantors_are_called_on_for_what_is_overdue(group: Lending) -> None:
    loan_id = group.lend(60_000)
    with pytest.raises(NothingOverdue):
        decide(group, "loan_guarantee_call", loan_id)
    group.back_by(loan_id, 40)
    overdue = group.standing(loan_id).due_now_minor
    assert decide(group, "loan_guarantee_call", loan_id) == {"paid": f"{overdue:,} RWF"}
    assert group.standing(loan_id).due_now_minor == 0
    balances = [group.tenant.balance(group.savings_of(one)) for one in group.guarantors]
    assert sum(saved for saved, _ in balances) == 70_000 - overdue
    assert sum(held for _, held in balances) == 30_000 - overdue
    # All that is pledged, and no more: the rest stays owed.
    group.back_by(loan_id, 200)
    decide(group, "loan_guarantee_call", loan_id)
    balances = [group.tenant.balance(group.savings_of(one)) for one in group.guarantors]
    assert sorted(balances) == [(15_000, 0), (25_000, 0)]
    assert group.standing(loan_id).due_now_minor > 0
    with pytest.raises(office.NoGuarantors):
        decide(group, "loan_guarantee_call", loan_id)


def test_a_loan_is_planned_anew(group: Lending) -> None:
    loan_id = group.lend(60_000)
    group.tenant.fund(group.wallet_of(group.borrower), 10_000)
    group.repay(loan_id, 1_000)
    with pytest.raises(PaidToday):
        decide(group, "loan_reschedule", loan_id, periods=12)
    group.back_by(loan_id, 40)
    with pytest.raises(PeriodsInvalid):
        decide(group, "loan_reschedule", loan_id, periods=0)
    before = group.standing(loan_id)
    decide(group, "loan_reschedule", loan_id, periods=12)
    after = group.standing(loan_id)
    # 60,000 at 2 % over 12 months more, the 200 of interest that were overdue, and penalties.
    assert after.owed_minor == 60_000 + 14_400 + 200 + sum(after.charges.values())
    assert after.charges == before.charges
    assert group.tenant.count("loan_instalment", "loan_id = %s", loan_id) == 6 + 12
    group.tenant.fund(group.wallet_of(group.borrower), 80_000)
    group.repay(loan_id, after.owed_minor)
    assert group.loan(loan_id).state == "closed"


def test_a_loan_is_written_off(group: Lending) -> None:
    loan_id = group.lend(60_000)
    group.back_by(loan_id, 40)
    assert decide(group, "loan_write_off", loan_id) == {"lost": "60,000 RWF"}
    found = group.loan(loan_id)
    assert (found.state, found.lost_minor) == ("written_off", 60_000)
    assert group.tenant.balance(group.savings_of(group.guarantors[0])) == (40_000, 0)
    for name in KINDS:
        with pytest.raises(LoanNotOwed):
            decide(group, name, loan_id, periods=1, amount_minor=1, paid_on="2026-01-01")


def test_every_refusal_is_a_sentence() -> None:
    for kind in (LoanNotOwed, NothingOverdue, PeriodsInvalid, PaidToday, DayInvalid):
        error = kind()
        assert isinstance(error, ApprovalError)
        assert str(error).endswith(".")
