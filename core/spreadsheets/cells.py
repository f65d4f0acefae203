"""Cells of a file, as people see them: one shape for CSV and XLSX."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

Value = str | Decimal | datetime | date | bool | None


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell that is not empty. `row` and `column` count from 1.

    `value` is None where there is only a formula that nobody has worked out: the program that wrote
    the file left no value beside it. `formula` is its text, '' where there is none.
    """

    row: int
    column: int
    value: Value
    formula: str = ""

    @property
    def place(self) -> str:
        """As spreadsheets name it: D13."""
        return f"{column_name(self.column)}{self.row}"

    @property
    def text(self) -> str:
        """The value as text, its spaces (of any kind) made single."""
        return " ".join(str(self.value).split()) if self.value is not None else ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its rows in order, each with its cells that are not empty."""

    name: str
    rows: Sequence[Sequence[Cell]]


def column_name(column: int) -> str:
    """1 is A, 27 is AA."""
    name = ""
    while column:
        column, letter = divmod(column - 1, 26)
        name = chr(ord("A") + letter) + name
    return name
