"""What is believed of a poll, and what is held."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from core.rates.judging import Decision, Known, accept, change_of, judge, jump_limit
from core.rates.judging import Reason as R
from core.rates.quotes import BadQuote, Pair, Poll, rate_of, read_amount
from core.rates.shown import shown, shown_change

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
PAIR = Pair("USD", "NGN")


def polls(*rates: str) -> list[Poll]:
    """One each ten minutes."""
    return [
        Poll(PAIR, Decimal(1), Decimal(rate), NOON + timedelta(minutes=10 * number))
        for number, rate in enumerate(rates)
    ]


def judged(*rates: str) -> list[Decision]:
    known, decisions = Known(), []
    for poll in polls(*rates):
        decisions.append(judge(known, poll))
        known = decisions[-1].known
    return decisions


def test_a_rate_comes_from_the_amounts_in_eight_places() -> None:
    # Both documented directions of the field `rate` have these amounts, and it is not looked at.
    assert rate_of(Decimal("1440239.425"), Decimal(1000)) == Decimal("0.00069433")
    assert rate_of(Decimal(1000), Decimal("1440239.425")) == Decimal("1440.23942500")
    assert rate_of(Decimal("0.000694329"), Decimal(1)) == Decimal("1440.23942540")
    assert rate_of(Decimal(3), Decimal(2)) == Decimal("0.66666667")


@pytest.mark.parametrize("amount", ["0", "-1", "NaN", "Infinity", "1e-30", "1e40"])
def test_an_amount_that_is_none_has_no_rate(amount: str) -> None:
    with pytest.raises(BadQuote):
        rate_of(Decimal(amount), Decimal(1))
    with pytest.raises(BadQuote):
        rate_of(Decimal(1), Decimal(amount))


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        (" 1000 ", "1000"),
        ("1.44E+6", "1440000"),
        ("6.94329e-4", "0.000694329"),
        ("1,440,239.425", "1440239.425"),
        ("1,600.5", "1600.5"),
        ("1,440,239", "1440239"),
    ],
)
def test_amounts_are_read_as_files_have_them(text: str, amount: str) -> None:
    assert read_amount(text) == Decimal(amount)


@pytest.mark.parametrize("text", ["", "1,600", "1,2,3", "1_000", "١٠", "1.2,3", "x", "1 600"])
def test_an_amount_that_may_mean_two_things_is_refused(text: str) -> None:
    with pytest.raises(BadQuote):
        read_amount(text)


@pytest.mark.parametrize(
    ("rates", "reasons", "served"),
    [
        # A weekend: the same, however often. Three moves a day: each is taken.
        (("1600", "1600", "1600.00000000"), [R.FIRST, R.SAME, R.SAME], "1600"),
        (("1600", "1610", "1595"), [R.FIRST, R.CHANGE, R.CHANGE], "1595"),
        # A value that comes once is never served.
        (("1600", "2400", "1600"), [R.FIRST, R.JUMP, R.SAME], "1600"),
        (("1600", "2400", "1605"), [R.FIRST, R.JUMP, R.CHANGE], "1605"),
        # 5 % is taken, a little more is not.
        (("1600", "1680"), [R.FIRST, R.CHANGE], "1680"),
        (("1600", "1680.01"), [R.FIRST, R.JUMP], "1600"),
        # A devaluation stays: the second fetch agrees, be it to within what a rate may go at once.
        (("1600", "2400", "2400"), [R.FIRST, R.JUMP, R.CONFIRMED], "2400"),
        (("1600", "2400", "2520"), [R.FIRST, R.JUMP, R.CONFIRMED], "2520"),
        (("1600", "2400", "2520.01"), [R.FIRST, R.JUMP, R.JUMP], "1600"),
        # As currencies have fallen: the birr and the naira of 2024, the cedi of 2025, day by day.
        (("80.48", "94.83", "99.11", "102.07"), [R.FIRST, R.JUMP, R.CONFIRMED, R.CHANGE], "102.07"),
        (("905.00", "1445.06", "1474.62"), [R.FIRST, R.JUMP, R.CONFIRMED], "1474.62"),
        (("11.94", "11.33", "11.03", "10.65"), [R.FIRST, R.JUMP, R.CONFIRMED, R.CHANGE], "10.65"),
        # After days at one rate its changes deviate by nothing: 5 % holds.
        (
            (*["1600"] * 60, "1690", "1690"),
            [R.FIRST, *[R.SAME] * 59, R.JUMP, R.CONFIRMED],
            "1690",
        ),
        # One that wanders between two markets is served where it is twice.
        (("381", "412.43", "396.73"), [R.FIRST, R.JUMP, R.CHANGE], "396.73"),
        (("1600", "2400", "3600", "3600"), [R.FIRST, R.JUMP, R.JUMP, R.CONFIRMED], "3600"),
        # Two behind one address, one of them wrong: it never comes twice in a row.
        (("1600", "2400", "1600", "2400"), [R.FIRST, R.JUMP, R.SAME, R.JUMP], "1600"),
        # The amounts changed places; and a first that was wrong is put right by the next two.
        (("1600", "0.000625", "1600"), [R.FIRST, R.INVERTED, R.SAME], "1600"),
        (("0.000625", "1600", "1600"), [R.FIRST, R.INVERTED, R.CONFIRMED], "1600"),
    ],
)
def test_what_becomes_of_a_series(rates: tuple[str, ...], reasons: list[R], served: str) -> None:
    decisions = judged(*rates)
    assert [decision.reason for decision in decisions] == reasons
    last = decisions[-1].known
    assert last.served is not None
    assert last.served.rate == Decimal(served)


def test_fetched_and_changed_are_two_times() -> None:
    known = judged("1600", "1600", "2400")[-1].known
    assert known.changed_at == NOON
    assert known.fetched_at == NOON + timedelta(minutes=10)  # the held one did not say 1600
    assert known.held is not None


def test_the_same_fetch_again_is_no_second_one() -> None:
    first, second = polls("1600", "2400")
    held = judge(judge(Known(), first).known, second)
    again = judge(held.known, second)
    assert (held.reason, again.reason) == (R.JUMP, R.JUMP)


def test_an_answer_that_was_overtaken_changes_nothing() -> None:
    old, new = polls("1600", "1610")
    known = judge(Known(), new).known
    late = judge(known, old)
    assert (late.reason, late.known) == (R.LATE, known)


def test_a_person_may_accept_what_is_held() -> None:
    known = judged("1600", "2400")[-1].known
    assert known.held is not None
    after = accept(known, known.held, R.CONFIRMED).known
    assert after.served == known.held
    assert after.held is None


def test_what_moves_much_may_move_more() -> None:
    # Turns of 1 %: their median deviation is 1 %, and ten of them are 10 %.
    restless = ["100"] + ["101", "100"] * 6
    assert judged(*restless, "108")[-1].reason is R.CHANGE
    assert judged(*restless, "113")[-1].reason is R.JUMP
    # Of few changes a deviation says nothing, and of the last 50 only what was before is forgotten.
    assert jump_limit([Decimal("0.3"), Decimal("-0.3")]) == Decimal("0.05")
    assert len(judged(*(["100", "101"] * 40))[-1].known.changes) == 50


def test_rates_are_shown_by_their_size() -> None:
    sizes = [
        "17425.6",
        "1612.345",
        "5000",
        "24.06571",
        "18",
        "1.08325",
        "0.00069433",
        "0.00001234",
        "0.00000002",
    ]
    assert [shown(Decimal(size)) for size in sizes] == [
        *("17,426", "1,612.35", "5,000.00", "24.066", "18.0000", "1.0833"),
        *("0.000694", "0.000012", "0.00000002"),
    ]
    assert shown_change(Decimal(1600), Decimal(1616)) == "+1.00 %"
    assert shown_change(Decimal(1600), Decimal(1584)) == "-1.00 %"
    assert shown_change(Decimal(1600), Decimal("1600.01")) == "0.00 %"
    assert change_of(Decimal(100), Decimal(105)) == Decimal("0.05")
