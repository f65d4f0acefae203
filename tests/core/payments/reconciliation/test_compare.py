"""Comparing a day: each class of difference, the keys in their order, and memory that stays."""

import tracemalloc
from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

import pytest

from core.payments.reconciliation import runs
from core.payments.reconciliation.compare import CLASSES, Comparison, Pair, Tolerances
from core.payments.reconciliation.runs import Movement, sorting
from core.payments.reconciliation.statement import Wallet, read
from core.payments.text_errors import WrongStatement

DAY, BEFORE = "2026-11-29", "2026-11-28"
KIGALI = Wallet("RWF", ZoneInfo("Africa/Kigali"))


def row(
    txid: str = "A",
    amount: int = 500,
    at_s: int = 1_000,
    day: str = DAY,
    reference: str = "",
    fee: int | None = None,
    ok: bool = True,
    currency: str = "RWF",
) -> Movement:
    return Movement(txid, amount, currency, at_s, day, ok, fee, reference)


def compared(
    ours: Iterable[Movement],
    theirs: Iterable[Movement],
    third: Iterable[Movement] | None = None,
    **limits: int,
) -> tuple[list[Pair], Comparison]:
    with sorting() as sorter:
        comparison = Comparison(sorter, DAY, Tolerances(**limits))
        pairs = list(comparison.pairs(ours, theirs, third or (), has_third=third is not None))
    assert comparison.sums.adds_up
    return pairs, comparison


@pytest.mark.parametrize(
    ("ours", "theirs", "kinds"),
    [
        ([row()], [row()], ["matched"]),
        ([row()], [row(amount=501)], ["amount"]),
        ([row()], [row(currency="KES")], ["currency"]),
        ([row()], [row(ok=False)], ["status"]),
        ([row(fee=10)], [row(fee=11)], ["fee"]),
        ([row(fee=10)], [row()], ["matched"]),  # one of them does not say
        ([row(day=BEFORE)], [row()], ["wrong_day"]),
        ([row(day=BEFORE)], [row(day=BEFORE)], ["wrong_day"]),  # of another day's statement
        ([row()], [row(), row()], ["duplicate", "matched"]),
        ([], [row(), row()], ["duplicate", "theirs_only"]),
        ([row()], [], ["ours_only"]),
        ([row(day=BEFORE)], [], []),  # of the day before, and not in question
        ([], [row()], ["theirs_only"]),
        ([row("A"), row("B")], [row("B"), row("A")], ["matched", "matched"]),
        ([row(reference="r")], [row("B", reference="r")], ["matched"]),
        ([row("", reference="r")], [row("B", reference="s")], ["ours_only", "theirs_only"]),
        ([row("", amount=-5)], [row("", amount=5)], ["ours_only", "theirs_only"]),
    ],
)
def test_each_class(ours: list[Movement], theirs: list[Movement], kinds: list[str]) -> None:
    pairs, _ = compared(ours, theirs)
    assert sorted(pair.kind for pair in pairs) == sorted(kinds)
    assert set(kinds) <= set(CLASSES)


def test_tolerances_are_each_in_their_own_unit() -> None:
    pairs, _ = compared([row(amount=500, fee=10)], [row(amount=502, fee=13)], amount_minor=2)
    assert [pair.kind for pair in pairs] == ["fee"]
    pairs, _ = compared(
        [row(amount=500, fee=10)], [row(amount=502, fee=13)], amount_minor=2, fee_minor=3
    )
    assert [pair.kind for pair in pairs] == ["matched"]


@pytest.mark.parametrize(
    ("ours", "theirs", "keys"),
    [
        ([row("")], [row("B", at_s=1_100)], ["amount_time"]),
        ([row("")], [row("B", at_s=1_200)], ["", ""]),  # too far apart
        ([row("A")], [row("B")], ["", ""]),  # two ids are two payments
        ([row("", amount=1_001)], [row("B", amount=1_001)], ["", ""]),  # above the limit
        ([row(""), row("")], [row("B")], ["", "", ""]),  # two are like it
    ],
)
def test_by_amount_and_time_only_below_a_limit_and_one_to_one(
    ours: list[Movement], theirs: list[Movement], keys: list[str]
) -> None:
    pairs, _ = compared(ours, theirs, weak_amount_minor=1_000)
    assert [pair.key for pair in pairs] == keys


def test_the_third_way_is_told_beside_and_alone() -> None:
    told = [row("A"), row("B", amount=7), row("X")]
    pairs, comparison = compared(
        [row("A"), row("B"), row("C")], [row("A"), row("B"), row("C")], told
    )
    assert [pair.third for pair in pairs] == ["yes", "amount", "no"]
    assert comparison.sums.third_only == 1


def many(count: int, *, skip: int) -> Iterator[Movement]:
    for number in range(count):
        if number % skip:
            yield row(f"{number * 7_919 % count:07}", amount=number % 977 + 1, at_s=number)


def test_memory_does_not_grow_with_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "RUN_ROWS", 500)

    def peak(count: int) -> int:
        tracemalloc.start()
        with sorting() as sorter:
            comparison = Comparison(sorter, DAY)
            found = sum(1 for _ in comparison.pairs(many(count, skip=97), many(count, skip=89)))
        assert found > count * 0.97
        assert comparison.sums.adds_up
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    peak(500)
    assert peak(20_000) < peak(5_000) + 1_500_000  # a few open files more


# --- statements -----------------------------------------------------------------------------------


def test_a_statement_is_read_by_its_columns() -> None:
    lines = [
        "Receipt No,Paid In,Completion Time,Status,Fee,Ref\n",
        'TKA1,"1,500",2026-11-29 23:30:00,Completed,10,abc\n',
        "\n",
        "TKA2,-20,2026-11-29T23:30:00Z,Failed,,\n",
    ]
    columns = {"txid": "receipt no", "amount": "Paid In", "time": "Completion Time",
               "reference": "ref"}  # fmt: skip
    first, second = read(lines, KIGALI, columns)
    assert (first.txid, first.amount_minor, first.fee_minor, first.reference) == (
        *("TKA1", 1_500, 10),
        "abc",
    )
    assert (first.day, first.ok) == (DAY, True)
    assert (second.day, second.ok, second.amount_minor) == ("2026-11-30", False, -20)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("A,x,2026-11-29", "line 2: 'x' is no amount."),
        ("A,1.5,2026-11-29", "line 2: '1.5' is no amount in RWF."),
        ("A,NaN,2026-11-29", "is no amount in RWF"),
        ("A,1e40,2026-11-29", "is no amount in RWF"),
        ("A,5,yesterday", "line 2: 'yesterday' is no time."),
        ("A,5", "line 2: '' is no time."),
    ],
)
def test_a_wrong_line_is_named(line: str, told: str) -> None:
    with pytest.raises(WrongStatement, match=told.replace(".", r"\.")):
        list(read(["txid,amount,time\n", line + "\n"], KIGALI))


def test_a_missing_column_is_named() -> None:
    with pytest.raises(WrongStatement, match="has no column amount"):
        list(read(["txid,time\n"], KIGALI))
