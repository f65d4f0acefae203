"""What a document says, whatever its form: tables of typed columns, and lines about them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from typing import Final, Literal

from values.currencies import written
from values.money import Money

Kind = Literal["text", "number", "amount", "moment", "day"]
Value = str | int | Decimal | Money | datetime | date | None
Row = Sequence[Value]
# How a value reads in a PDF.
Shown = Callable[[Value], str]

# Figures stand at the right, so that their digits are below each other.
RIGHT: Final[frozenset[Kind]] = frozenset({"number", "amount"})


@dataclass(frozen=True, slots=True)
class Column:
    """`name` is what programs know it by (CSV), `title` what people read. `width` is its share of
    a page beside the others'.

    An amount's cells are Money. CSV and XLSX have it in two columns: the figures in the currency's
    usual unit with all its decimals, and behind them the currency, `<name>_currency`.
    """

    name: str
    title: str
    kind: Kind = "text"
    width: float = 1.0


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` are read once, in their order, each with a value for each column."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Row]


@dataclass(frozen=True, slots=True)
class About:
    """What stands above the tables: `title`, whose they are, and `lines` that say what was asked
    for, as at when, in which units. Moments are written in `zone`. `language` is a BCP 47 tag."""

    title: str
    whose: str
    lines: tuple[str, ...] = ()
    zone: tzinfo = UTC
    language: str = "en"

    def in_one_line(self) -> str:
        return " · ".join((self.title, self.whose, *self.lines))


def shown_in(zone: tzinfo) -> Shown:
    """How officers read values: 2026-11-30 07:05, 12,000 RWF, 12.50 KES."""

    def shown(value: Value) -> str:
        match value:
            case None:
                return ""
            case Money():
                return written(value.amount_minor, value.currency)
            case datetime():
                return f"{value.astimezone(zone):%Y-%m-%d %H:%M}"
            case int():
                return f"{value:,}"
        return str(value)

    return shown
