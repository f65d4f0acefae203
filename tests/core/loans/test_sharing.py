"""A group's share-out from the vote to the next cycle, and what is refused on the way."""

import random
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from core.loans import share_out_paying, sharing
from core.loans.errors import GuarantorsFirst
from core.savings import cycles, groups, share_out_plan, share_outs, votes
from core.savings.errors import (
    CycleNotOver,
    GroupFrozen,
    NoShares,
    PaidBySame,
    ShareOutMoved,
    ShareOutRuns,
    VoteNotCarried,
)
from tests.support.servers import DatabaseUrls
from tests.support.tenants import CURRENCY, Tenant, new_tenant
from tests.support.year import LENDS, Year, year_of

LAST_DAY = date(2026, 12, 14)


@pytest.fixture(scope="module")
def tenant(module_database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(module_database) as made:
        yield made
        assert made.broken() == []


@pytest.fixture
def group(tenant: Tenant) -> Iterator[Year]:
    """At the end of its year: all have saved, one has repaid a part of a loan, one was fined."""
    made = year_of(tenant)
    *_, bob, eve = made.people
    made.hold_meeting(dict.fromkeys(made.people, 5))
    made.lend_in_cash(eve, 2_000)
    made.go_on(days=28)
    made.open()
    made.repay_at_meeting(eve, 374)
    made.save(bob, 3)
    made.fine(bob, "late")
    made.end()
    made.day = LAST_DAY
    yield made
    assert tenant.broken() == []


def test_from_the_vote_to_the_next_cycle(group: Year) -> None:
    ann, _, _, bob, eve = group.people
    before = group.funds
    with group.tenant.tx() as tx:
        seen = sharing.preview(tx, group.id, CURRENCY, group.day, with_social=False)
    assert group.funds == before
    group.propose()
    with group.tenant.tx() as tx:
        sharing.choose_way(tx, group.id, bob, share_outs.CASH)
    with pytest.raises(VoteNotCarried):
        group.freeze()
    group.vote_yes(4)
    with pytest.raises(ShareOutRuns):
        group.agree(ann, 1_000)
    assert group.freeze().plan.fund_minor == seen.plan.fund_minor
    with pytest.raises(GroupFrozen):
        group.open()
    with pytest.raises(PaidBySame):
        group.pay(by=group.treasurer)
    done = group.pay()
    held = group.funds
    assert (held.saved_minor, held.lent_minor, held.social_minor) == (0, 0, before.social_minor)
    assert done.cash.amount_minor + done.carry_over.amount_minor == before.loan_cash_minor
    assert held.earned_minor == done.carry_over.amount_minor == held.loan_cash_minor
    # Eve's loan ended with what she had saved, and every one was told their own line.
    told = "template = 'share_out_paid' AND subscriber_id = ANY (%s)"
    assert group.tenant.count("message", told, group.people) == 5
    told = "template = 'loan_netted' AND subscriber_id = %s"
    assert group.tenant.count("message", told, eve) == 1
    with pytest.raises(ShareOutMoved):
        group.pay()
    with group.tenant.tx() as tx:
        opened = share_out_paying.close(tx, group_id=group.id, by=ann, today=group.day)
    assert (opened.valid_from, opened.valid_until) == (date(2026, 12, 19), date(2027, 12, 1))
    with group.tenant.tx() as tx:
        assert share_outs.find(tx, group.id) is None


def test_what_is_not_agreed_is_not_paid(group: Year) -> None:
    group.day = date(2026, 6, 1)
    with pytest.raises(CycleNotOver):
        group.propose()
    group.day = LAST_DAY
    group.propose()
    for member in group.people[:3]:
        group.vote(member, votes.NO)
    with group.tenant.tx() as tx:
        assert share_outs.find(tx, group.id) is None
    group.agree(group.people[2], 1_000)  # life goes on


def test_what_changes_after_the_freeze_stops_the_payment(group: Year) -> None:
    group.propose()
    group.vote_yes(4)
    group.freeze()
    group.tenant.as_superuser(
        "UPDATE savings_share_out_line l SET saved_minor = saved_minor + 1 FROM savings_share_out s"
        " WHERE s.id = l.share_out_id AND s.group_id = %s",
        group.id,
    )
    with pytest.raises(ShareOutMoved):
        group.pay()
    with group.tenant.tx() as tx:
        sharing.cancel(tx, group_id=group.id, by=group.treasurer, reason="Typed wrong")
        assert not groups.is_frozen(tx, group.id)


def test_a_loan_that_its_borrowers_part_does_not_cover(tenant: Tenant) -> None:
    """It stays a receivable; where guarantors have pledged, they are called on first."""
    made = year_of(tenant)
    eve = made.people[-1]
    made.hold_meeting({**dict.fromkeys(made.people, 5), eve: 1})
    loan_id = made.lend_in_cash(eve, 1_500)
    made.day = LAST_DAY
    owed_minor = made.standing(loan_id).settled_for_minor(made.terms)
    cash_minor = made.funds.loan_cash_minor
    made.propose()
    made.vote_yes(4)
    (part,) = [one for one in made.freeze().plan.parts if one.is_short]
    assert 0 < part.netted_minor < owed_minor
    made.pay()
    held = made.funds
    assert made.loan(loan_id).state == "repaying"
    assert held.lent_minor == made.owed_principal(loan_id) > 0
    assert held.earned_minor == held.lent_minor + held.loan_cash_minor
    assert cash_minor == made.tenant.number(
        "SELECT sum(cash_minor + wallet_minor) + max(carry_over_minor) FROM savings_share_out s"
        " JOIN savings_share_out_line l ON l.share_out_id = s.id WHERE s.group_id = %s",
        made.id,
    )


def test_parts_and_carry_over_are_what_there_was_in_10_000_groups() -> None:
    draw = random.Random(1)
    shared = 0
    for _ in range(10_000):
        savings = {
            who: draw.choice((0, draw.randint(1, 99_999))) for who in range(draw.randint(1, 30))
        }
        debts = {who: draw.randint(1, 200_000) for who in savings if draw.random() < 0.3}
        cash, e_money, coin = (
            draw.randint(0, 10**6),
            draw.randint(0, 10**6),
            draw.choice((1, 10, 500)),
        )
        in_cash = frozenset(who for who in savings if draw.random() < 0.5)
        try:
            made = share_out_plan.plan(
                savings,
                debts,
                cash_minor=cash,
                e_money_minor=e_money,
                in_cash=in_cash,
                coin_minor=coin,
            )
        except NoShares:
            continue
        shared += 1
        paid = sum(one.cash_minor for one in made.parts)
        to_wallets = sum(one.wallet_minor for one in made.parts)
        assert paid + to_wallets + made.carry_over_minor == cash + e_money
        assert 0 <= paid <= cash
        assert 0 <= to_wallets <= e_money
        for one in made.parts:
            assert one.cash_minor % coin == 0
            assert one.netted_minor <= debts.get(one.member, 0)
            assert one.is_short or one.netted_minor == debts.get(one.member, 0)
    assert shared > 9_000


def test_the_published_example() -> None:
    made = share_out_plan.plan(
        {"A": 57, "B": 130, "C": 88, "D": 5}, {}, cash_minor=1_234_567, e_money_minor=0
    )
    assert [one.part_minor for one in made.parts] == [251_322, 573_192, 388_007, 22_046]


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2023-03-01", "2024-02-29", ("2024-03-01", "2025-02-28")),
        ("2024-02-29", "2025-02-27", ("2025-02-28", "2026-02-27")),
        ("2026-01-01", "2026-12-31", ("2027-01-01", "2027-12-31")),
        ("2026-01-05", "2026-12-18", ("2026-12-19", "2027-12-01")),
        ("2026-02-01", "2026-08-31", ("2026-09-01", "2027-03-31")),
    ],
)
def test_the_next_cycle(first: str, last: str, expected: tuple[str, str]) -> None:
    found = cycles.next_days(date.fromisoformat(first), date.fromisoformat(last))
    assert found == tuple(date.fromisoformat(day) for day in expected)


def test_a_leap_days_cycle_opens_the_next_one(tenant: Tenant) -> None:
    made = year_of(tenant, valid_from=date(2023, 3, 1), valid_until=date(2024, 2, 29))
    made.day = date(2024, 2, 26)
    made.hold_meeting(dict.fromkeys(made.people, 5))
    made.day = date(2024, 2, 29)
    made.propose()
    made.vote_yes(5)
    made.freeze()
    made.pay()
    with tenant.tx() as tx:
        opened = share_out_paying.close(tx, group_id=made.id, by=made.secretary, today=made.day)
    assert (opened.valid_from, opened.valid_until) == (date(2024, 3, 1), date(2025, 2, 28))


def test_a_guarantor_who_leaves_is_held_until_the_loan_ends(tenant: Tenant) -> None:
    """Their savings stay pledged, and their part of the share-out is theirs all the same."""
    made = year_of(tenant, terms=replace(LENDS, guarantors=1, guaranteed_percent=Decimal(50)))
    *_, bob, eve = made.people
    made.hold_meeting({**dict.fromkeys(made.people, 5), eve: 1})
    loan_id = made.lend_in_cash(eve, 1_500, guarantor_ids=(bob,))
    with tenant.tx() as tx:
        tx.execute(
            "UPDATE membership SET left_at = now() WHERE group_id = %s AND subscriber_id = %s",
            (made.id, bob),
        )
    savings: uuid.UUID = made.savings_of(bob)
    assert tenant.balance(savings)[1] == 750
    made.day = LAST_DAY
    made.propose()
    for member in made.people[:3]:
        made.vote(member, votes.YES)
    with pytest.raises(GuarantorsFirst):
        made.freeze()
    made.repay_by_wallet(loan_id, made.standing(loan_id).owed_minor)
    assert tenant.balance(savings)[1] == 0
    made.freeze()
    made.pay()
    assert tenant.balance(savings)[0] == 0
    assert tenant.count("message", "subscriber_id = %s AND template = 'share_out_paid'", bob) == 1
