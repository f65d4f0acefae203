"""Two or three ways of one day, compared: by the provider's id, then by our own reference, and
last, where neither says, by amount and time, below a limit and if nothing else is like it.

Rows come in any number: they are sorted in files and merged, so memory does not grow with the day.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from core.payments.reconciliation.runs import Collected, Movement, Sorter

# What a row of the sheet may be. Those behind the first two are differences in one field.
MATCHED: Final = "matched"
OURS_ONLY: Final = "ours_only"
THEIRS_ONLY: Final = "theirs_only"
DUPLICATE: Final = "duplicate"
AMOUNT: Final = "amount"
CURRENCY: Final = "currency"
FEE: Final = "fee"
STATUS: Final = "status"
WRONG_DAY: Final = "wrong_day"
CLASSES: Final = (
    MATCHED, AMOUNT, CURRENCY, FEE, STATUS, WRONG_DAY, DUPLICATE, OURS_ONLY, THEIRS_ONLY,
)  # fmt: skip
# How many small amounts without a common key are held in memory to be compared; others are alone.
WEAK_MAXIMUM: Final = 10_000


@dataclass(frozen=True, slots=True)
class Tolerances:
    """What is still the same, each in its own unit. By amount and time alone, nothing above
    `weak_amount_minor` is matched, and nothing more than `weak_time_s` apart."""

    amount_minor: int = 0
    fee_minor: int = 0
    weak_amount_minor: int = 0
    weak_time_s: int = 120


@dataclass(frozen=True, slots=True)
class Pair:
    """A row of the sheet. `key` says by what the two were found: txid, reference, amount_time."""

    kind: str
    ours: Movement | None
    theirs: Movement | None
    key: str = ""
    third: str = ""  # what the third way says of it: yes, no, amount


@dataclass(slots=True)
class Sums:
    """Counts and sums by class; and what was read on each side, counted as it was read. Of ours,
    what is of another day is read for the statement's sake, and counted apart."""

    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    ours_minor: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    theirs_minor: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    other_day_minor: int = 0
    read_ours_minor: int = 0
    read_theirs_minor: int = 0
    third_only: int = 0

    def add(self, pair: Pair, day: str) -> None:
        self.counts[pair.kind] += 1
        if pair.ours is not None:
            self.ours_minor[pair.kind] += pair.ours.amount_minor
            self.other_day_minor += pair.ours.amount_minor if pair.ours.day != day else 0
        if pair.theirs is not None:
            self.theirs_minor[pair.kind] += pair.theirs.amount_minor

    @property
    def adds_up(self) -> bool:
        """Whether the classes come to what was read, to the last unit."""
        ours_minor = sum(self.ours_minor.values()) - self.other_day_minor
        theirs_minor = sum(self.theirs_minor.values())
        return (ours_minor, theirs_minor) == (self.read_ours_minor, self.read_theirs_minor)


@dataclass(slots=True)
class Comparison:
    """Compares; `sums` is right once all pairs were read."""

    sorter: Sorter
    day: str
    tolerances: Tolerances = field(default_factory=Tolerances)
    sums: Sums = field(default_factory=Sums)

    def pairs(
        self,
        ours: Iterable[Movement],
        theirs: Iterable[Movement],
        third: Iterable[Movement] = (),
        *,
        has_third: bool = False,
    ) -> Iterator[Pair]:
        """Every movement of either side, once. `ours` may have days beside: they are seen only
        where the statement has them on this day."""
        unmatched = _Unmatched(self.sorter)
        sides = self._counted(ours, is_ours=True), self._counted(theirs, is_ours=False)
        for pair in self._by_txid(*sides, third, has_third, unmatched):
            yield self._summed(pair)
        left: list[Pair] = []
        for pair in unmatched.by_reference(self._judged):
            is_whole = pair.ours is not None and pair.theirs is not None
            alone = pair.ours or pair.theirs
            assert alone is not None
            is_small = abs(alone.amount_minor) <= self.tolerances.weak_amount_minor
            if not is_whole and is_small and len(left) < WEAK_MAXIMUM:
                left.append(pair)
            elif is_whole or pair.theirs is not None or alone.day == self.day:
                yield self._summed(pair)
        for pair in self._by_amount_and_time(left):
            if pair.theirs is not None or (pair.ours and pair.ours.day == self.day):
                yield self._summed(pair)

    def _counted(self, rows: Iterable[Movement], *, is_ours: bool) -> Iterator[Movement]:
        for row in rows:
            if not is_ours:
                self.sums.read_theirs_minor += row.amount_minor
            elif row.day == self.day:
                self.sums.read_ours_minor += row.amount_minor
            yield row

    def _summed(self, pair: Pair) -> Pair:
        self.sums.add(pair, self.day)
        return pair

    def _by_txid(
        self,
        ours: Iterable[Movement],
        theirs: Iterable[Movement],
        third: Iterable[Movement],
        has_third: bool,
        unmatched: "_Unmatched",
    ) -> Iterator[Pair]:
        sorted_ = self.sorter.sorted
        sides = (sorted_(ours, "txid"), sorted_(theirs, "txid"), sorted_(third, "txid"))
        for txid, (mine, others, told) in _grouped(sides, "txid"):
            if told and not mine and not others:
                self.sums.third_only += 1
                continue
            said = _third(mine, others, told) if has_third and txid else ""
            if txid and mine and others:
                yield Pair(self._judged(mine[0], others[0]), mine[0], others[0], "txid", said)
                yield from (Pair(DUPLICATE, None, again, "txid", said) for again in others[1:])
                continue
            for one in mine:
                unmatched.ours.add(one)
            for place, one in enumerate(others):
                if txid and place:
                    yield Pair(DUPLICATE, None, one, "txid", said)
                else:
                    unmatched.theirs.add(one)

    def _judged(self, mine: Movement, other: Movement) -> str:
        """Which class a pair is of: the first field that differs."""
        limits = self.tolerances
        if mine.currency != other.currency:
            return CURRENCY
        if not other.ok:
            return STATUS
        if abs(mine.amount_minor - other.amount_minor) > limits.amount_minor:
            return AMOUNT
        if None not in (mine.fee_minor, other.fee_minor):
            assert mine.fee_minor is not None
            assert other.fee_minor is not None
            if abs(mine.fee_minor - other.fee_minor) > limits.fee_minor:
                return FEE
        if mine.day != other.day or other.day != self.day:
            return WRONG_DAY
        return MATCHED

    def _by_amount_and_time(self, left: list[Pair]) -> Iterator[Pair]:
        """Small amounts without a common key: matched where exactly one fits, on either side."""
        by_amount: dict[tuple[str, int], list[Pair]] = defaultdict(list)
        for pair in left:
            alone = pair.ours or pair.theirs
            assert alone is not None
            by_amount[alone.currency, alone.amount_minor].append(pair)
        for pairs in by_amount.values():
            mine = [pair.ours for pair in pairs if pair.ours is not None]
            others = [pair.theirs for pair in pairs if pair.theirs is not None]
            if len(mine) == len(others) == 1 and self._is_near(mine[0], others[0]):
                kind = self._judged(mine[0], others[0])
                yield Pair(kind, mine[0], others[0], "amount_time")
            else:
                yield from pairs

    def _is_near(self, mine: Movement, other: Movement) -> bool:
        """Two ids that differ are two payments, however near they are."""
        is_near = abs(mine.at_s - other.at_s) <= self.tolerances.weak_time_s
        return is_near and not (mine.txid and other.txid)


class _Unmatched:
    """What has no common id, kept in files until it is looked at by reference."""

    def __init__(self, sorter: Sorter) -> None:
        self.ours = Collected(sorter, "reference")
        self.theirs = Collected(sorter, "reference")

    def by_reference(self, judged: Callable[[Movement, Movement], str]) -> Iterator[Pair]:
        sides = (self.ours.sorted(), self.theirs.sorted())
        for reference, (mine, others) in _grouped(sides, "reference"):
            if reference and len(mine) == len(others) == 1:
                yield Pair(judged(mine[0], others[0]), mine[0], others[0], "reference")
                continue
            yield from (Pair(OURS_ONLY, one, None) for one in mine)
            yield from (Pair(THEIRS_ONLY, None, one) for one in others)


def _third(mine: list[Movement], others: list[Movement], told: list[Movement]) -> str:
    if not told:
        return "no"
    known = (mine or others)[0]
    return "yes" if told[0].amount_minor == known.amount_minor else "amount"


def _grouped(
    sides: tuple[Iterator[Movement], ...], key: str
) -> Iterator[tuple[str, tuple[list[Movement], ...]]]:
    """The rows of all sides with one key, key after key; those without one, one by one."""
    heads = [next(side, None) for side in sides]
    while any(head is not None for head in heads):
        least = min(str(getattr(head, key)) for head in heads if head is not None)
        group: list[list[Movement]] = []
        for place, side in enumerate(sides):
            rows: list[Movement] = []
            head = heads[place]
            while head is not None and getattr(head, key) == least:
                rows.append(head)
                head = next(side, None)
                if not least:
                    break
            heads[place] = head
            group.append(rows)
            if not least and rows:
                group += [[] for _ in sides[place + 1 :]]
                break
        yield least, tuple(group)
