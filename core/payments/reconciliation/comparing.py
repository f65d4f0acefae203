"""A wallet's day beside its provider's statement: compared, and written as a sheet."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TextIO

from core.db.database import Tx
from core.payments.reconciliation import days, runs, sheet, statement
from core.payments.reconciliation.compare import Comparison, Pair, Tolerances
from core.payments.reconciliation.days import Day
from core.payments.reconciliation.sheet import Sheet


@dataclass(frozen=True, slots=True)
class Said:
    """What others say of the day: the provider's statement and, as the third, a settlement file or
    else the network's texts. Both are lines of CSV; `columns` are what theirs are called."""

    statement: Iterable[str] = field(repr=False)
    settlement: Iterable[str] | None = field(default=None, repr=False)
    columns: Mapping[str, str] = field(default_factory=dict)
    weak_up_to_minor: int = 0


def compare(
    tx: Tx, day: Day, said: Said, into: TextIO, *, seen: Callable[[Pair], None] | None = None
) -> Sheet:
    """Compare a day and write its sheet. `seen` is given each pair as it goes by. Raises NotOver,
    WrongStatement."""
    days.require_over(day)
    read_as = statement.Wallet(day.currency, day.zone)
    with runs.sorting() as sorter:
        third = (
            days.texts(tx, day)
            if said.settlement is None
            else statement.read(said.settlement, read_as, said.columns)
        )
        tolerances = Tolerances(weak_amount_minor=said.weak_up_to_minor)
        comparison = Comparison(sorter, day.day.isoformat(), tolerances)
        pairs = comparison.pairs(
            *(days.ours(tx, day), statement.read(said.statement, read_as, said.columns), third),
            has_third=said.settlement is not None or days.has_texts(tx, day.wallet),
        )
        return sheet.write(into, day, comparison, _noted(pairs, seen) if seen else pairs)


def _noted(pairs: Iterable[Pair], seen: Callable[[Pair], None]) -> Iterator[Pair]:
    for pair in pairs:
        seen(pair)
        yield pair
