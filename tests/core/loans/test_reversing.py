"""Cash that was written down as an instalment, and was none."""

from collections.abc import Iterator

import pytest

from core.loans.reversing import CannotReverse, payments_in_cash
from core.loans.terms import Part
from tests.support.servers import DatabaseUrls
from tests.support.tenants import Tenant, new_tenant
from tests.support.year import Year, take_back, year_of


@pytest.fixture(scope="module")
def tenant(module_database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(module_database) as made:
        yield made


@pytest.fixture
def group(tenant: Tenant) -> Iterator[Year]:
    made = year_of(tenant)
    made.hold_meeting(dict.fromkeys(made.people, 5))
    yield made
    assert tenant.broken() == []


def test_the_loan_is_as_if_it_had_not_been_paid_and_both_stay(group: Year) -> None:
    eve = group.people[-1]
    loan_id = group.lend_in_cash(eve, 6_000)
    first, wrong = group.pay_before_two(loan_id, 300), group.pay_before_two(loan_id, 700)
    with group.tenant.tx() as tx:
        assert list(payments_in_cash(tx, loan_id).values()) == [first, wrong]
    before = group.funds
    owed_minor = group.standing(loan_id).owed_minor
    take_back(group, wrong)
    assert group.standing(loan_id).owed_minor == owed_minor + 700
    held = group.funds
    assert held.cash_minor == before.cash_minor - 700
    assert held.lent_minor == group.owed_principal(loan_id)
    assert group.tenant.count("loan_payment", "loan_id = %s", loan_id) == 2
    told = "subscriber_id = %s AND template = 'loan_payment_reversed'"
    assert group.tenant.count("message", told, eve) == 1
    with pytest.raises(CannotReverse, match="before"):
        take_back(group, wrong)


def test_a_loan_that_it_had_closed_is_owed_again(group: Year) -> None:
    eve = group.people[-1]
    loan_id = group.lend_in_cash(eve, 2_000)
    all_of_it = group.pay_before_two(loan_id, group.standing(loan_id).owed_minor)
    assert group.loan(loan_id).state == "closed"
    take_back(group, all_of_it)
    assert group.loan(loan_id).state == "repaying"
    assert group.standing(loan_id).open_of(Part.PRINCIPAL) == 2_000
    again = group.pay_before_two(loan_id, group.standing(loan_id).owed_minor)
    other = group.agree(eve, 1_000)
    with pytest.raises(CannotReverse, match="another loan"):
        take_back(group, again)
    assert group.loan(other).state == "approved"


def test_a_meeting_or_an_empty_box_is_in_the_way(group: Year) -> None:
    *_, bea, eve = group.people
    loan_id = group.lend_in_cash(eve, 6_000)
    payment = group.pay_before_two(loan_id, 500)
    group.open()
    with pytest.raises(CannotReverse, match="meeting"):
        take_back(group, payment)
    group.end()
    group.lend_in_cash(bea, 7_000)
    with pytest.raises(CannotReverse, match="box"):
        take_back(group, payment)
    group.repay_by_wallet(loan_id, 400)
    with group.tenant.tx() as tx:
        (by_wallet,) = tx.one("SELECT id FROM loan_payment WHERE source = 'wallet'") or (None,)
    assert by_wallet is not None
    with pytest.raises(CannotReverse, match="no payment in cash"):
        take_back(group, by_wallet)
