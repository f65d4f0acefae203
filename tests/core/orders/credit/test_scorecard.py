"""The scorecard and how a payment is used: pure, and the same each time."""

import uuid
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from core.orders.credit.accounts import Due
from core.orders.credit.allocation import Share, allocate
from core.orders.credit.scorecard import APPROVED, REFERRED, REFUSED, History, score
from core.orders.credit.terms import INVOICE, LATE_FEE
from tests.support.credit import TERMS

GOOD = {"orders_paid": 5, "months_known": 4}


def outcome(values: dict[str, int], spent_minor: int = 1_000) -> tuple[int, str, int]:
    terms = structs.replace(TERMS, approve_at=80)
    found = score(terms, History(values, spent_minor))
    return found.score, found.outcome, found.limit_minor


def test_the_score_is_what_was_reached_of_the_most() -> None:
    assert outcome(GOOD) == (100, APPROVED, 10_000)
    assert outcome(GOOD | {"months_known": 2}) == (40, REFERRED, 10_000)
    assert outcome({"orders_paid": 0, "months_known": 2}) == (0, REFUSED, 10_000)


def test_who_buys_nothing_has_no_limit_and_so_no_credit() -> None:
    assert outcome(GOOD, spent_minor=0) == (100, REFUSED, 0)
    assert outcome(GOOD, spent_minor=49) == (100, REFUSED, 490), "below the least limit"


def test_a_limit_is_in_coins_and_ends_at_the_most() -> None:
    assert outcome(GOOD, spent_minor=10**9)[2] == TERMS.limit_maximum_minor
    assert outcome(GOOD, spent_minor=1_234)[2] == 12_340


def test_each_reason_says_what_it_gave_and_the_most_it_can() -> None:
    found = score(TERMS, History({"orders_paid": 1, "months_known": 2}, 1_000))
    assert [(one.measure, one.points, one.most) for one in found.reasons] == [
        ("orders_paid", 40, 40),
        ("months_known", 0, 60),
    ]
    assert [one.measure for one in found.against] == ["months_known"]


def _due(number: int, owed: int, fee: int) -> Due:
    return Due(uuid.UUID(int=number), date(2026, 12, number), owed, fee)


@pytest.mark.parametrize(
    ("repaid", "amount", "shares"),
    [
        ((LATE_FEE, INVOICE), 130, [(1, 30, 10), (2, 0, 90)]),
        ((INVOICE, LATE_FEE), 130, [(1, 100, 0), (2, 30, 0)]),
        ((LATE_FEE, INVOICE), 1_000, [(1, 100, 10), (2, 200, 90)]),
        ((INVOICE, LATE_FEE), 305, [(1, 100, 5), (2, 200, 0)]),
    ],
)
def test_a_payment_is_used_as_the_terms_say(
    repaid: tuple[str, ...], amount: int, shares: list[tuple[int, int, int]]
) -> None:
    found = allocate([_due(1, 100, 10), _due(2, 200, 90)], amount, repaid)
    assert found == [Share(uuid.UUID(int=n), invoice, fee) for n, invoice, fee in shares]


@given(
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**4)), max_size=9),
    st.integers(0, 10**7),
    st.sampled_from([(LATE_FEE, INVOICE), (INVOICE, LATE_FEE)]),
)
def test_what_is_used_is_the_payment_and_never_more_than_is_due(
    owed: list[tuple[int, int]], amount: int, repaid: tuple[str, ...]
) -> None:
    dues = [_due(number, *both) for number, both in enumerate(owed, start=1)]
    shares = allocate(dues, amount, repaid)
    assert sum(s.invoice_minor + s.late_fee_minor for s in shares) == min(
        amount, sum(one.both_minor for one in dues)
    )
    by_id = {one.order_id: one for one in dues}
    assert all(
        0 <= s.invoice_minor <= by_id[s.order_id].owed_minor
        and 0 <= s.late_fee_minor <= by_id[s.order_id].late_fee_minor
        for s in shares
    )
