"""A tank's certificate chart: how many litres a height of the dip stick is.

Between two rows the volume grows evenly; above the top row nothing is said, and below the first
neither. What lies below the outlet, the dead stock, is in the chart's first row.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Final

from core.fuel.price_layout import number_of
from core.spreadsheets.cells import Cell, Sheet
from core.spreadsheets.reading import read_sheets

_HEIGHTS: Final = {"mm": 1, "dip_mm": 1, "dip mm": 1, "cm": 10, "dip_cm": 10, "dip cm": 10}
_VOLUMES: Final = frozenset({"litres", "liters", "litre", "l", "volume", "volume_l", "ltrs"})
# A row whose step is so many times that of both its neighbours was typed wrong.
_STEP_RATIO_MAXIMUM: Final = 3
_ROWS_MINIMUM: Final = 3
_LINEAR_ROWS_MINIMUM: Final = 10
_LINEAR_WITHIN: Final = Decimal("0.001")
_PLACES: Final = Decimal("0.01")


class OutsideChart(Exception):
    """A height that the chart does not have. The text says which ones it has."""


@dataclass(frozen=True, slots=True)
class Chart:
    """Rows of millimetres and litres, both rising."""

    rows: tuple[tuple[Decimal, Decimal], ...]

    @property
    def top_mm(self) -> Decimal:
        return self.rows[-1][0]

    @property
    def dead_stock_l(self) -> Decimal:
        """What the first row has, which the pump does not reach."""
        return self.rows[0][1]

    def litres(self, mm: Decimal) -> Decimal:
        """The volume at a height, to a hundredth of a litre. Raises OutsideChart."""
        below, above = self._around(mm)
        share = (mm - below[0]) / (above[0] - below[0])
        return (below[1] + share * (above[1] - below[1])).quantize(_PLACES)

    def litres_a_mm(self, mm: Decimal) -> Decimal:
        """How much a millimetre is at a height. Raises OutsideChart."""
        below, above = self._around(mm)
        return (above[1] - below[1]) / (above[0] - below[0])

    def _around(self, mm: Decimal) -> tuple[tuple[Decimal, Decimal], tuple[Decimal, Decimal]]:
        if not self.rows[0][0] <= mm <= self.top_mm:
            raise OutsideChart(f"{mm} mm: the chart has {self.rows[0][0]} to {self.top_mm} mm.")
        at = min(bisect_right(self.rows, mm, key=lambda row: row[0]), len(self.rows) - 1)
        return self.rows[at - 1], self.rows[at]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a row; 0 is the whole file. A `doubt` stops nobody: somebody looks at the
    certificate."""

    row: int
    code: str
    text: str
    is_doubt: bool = False


@dataclass(frozen=True, slots=True)
class ChartFile:
    """What a file says; `chart` is None where something is wrong with it."""

    chart: Chart | None
    problems: tuple[Problem, ...]


def read_chart(path: Path) -> ChartFile:
    """Read a CSV or XLSX with a heading for heights (mm or cm) and one for litres. Raises what
    `read_sheets` raises."""
    sheets = read_sheets(path)
    return chart_of(sheets[0]) if sheets else ChartFile(None, (_NO_HEADINGS,))


_NO_HEADINGS: Final = Problem(0, "no_headings", "No row has headings such as mm and litres.")


def chart_of(sheet: Sheet) -> ChartFile:
    """Make sense of a sheet: each row below the headings is one of the chart."""
    columns = None
    problems: list[Problem] = []
    rows: list[tuple[int, Decimal, Decimal]] = []
    for cells in sheet.rows:
        if columns is None:
            columns = _columns(cells)
        elif cells:
            row = _row(cells, *columns, problems)
            if row is not None:
                rows.append(row)
    if columns is None:
        return ChartFile(None, (_NO_HEADINGS,))
    problems += _faults(rows)
    if len(rows) < _ROWS_MINIMUM:
        text = f"A chart has {_ROWS_MINIMUM} rows or more."
        problems.append(Problem(0, "too_short", text))
    is_right = all(one.is_doubt for one in problems)
    chart = Chart(tuple((mm, litres) for _, mm, litres in rows)) if is_right else None
    return ChartFile(chart, tuple(sorted(problems, key=lambda one: one.row)))


def faults_of(rows: Sequence[tuple[Decimal, Decimal]]) -> list[str]:
    """What is wrong with rows of millimetres and litres, doubts left out; the worst first."""
    if len(rows) < _ROWS_MINIMUM:
        return [f"a chart has {_ROWS_MINIMUM} rows or more"]
    numbered = [(number, *row) for number, row in enumerate(rows, start=1)]
    return [f"row {one.row}: {one.text}" for one in _faults(numbered) if not one.is_doubt]


def _columns(cells: Sequence[Cell]) -> tuple[int, int, int] | None:
    """The columns of heights and of volumes, and how many mm a height's unit is."""
    names = {cell.text.strip().casefold(): cell.column for cell in cells}
    height = next((name for name in names if name in _HEIGHTS), None)
    volume = next((name for name in names if name in _VOLUMES), None)
    if height is None or volume is None:
        return None
    return names[height], names[volume], _HEIGHTS[height]


def _row(
    cells: Sequence[Cell], height: int, volume: int, mm_a_unit: int, problems: list[Problem]
) -> tuple[int, Decimal, Decimal] | None:
    number = cells[0].row
    by_column = {cell.column: cell for cell in cells}
    found = []
    for column, what in ((height, "height"), (volume, "volume")):
        cell = by_column.get(column)
        try:
            value = None if cell is None else number_of(cell)
        except ValueError:
            value = None
        if value is None or value < 0:
            text = f"The {what} is no number from 0 on."
            problems.append(Problem(number, f"bad_{what}", text))
            return None
        found.append(value)
    return number, found[0] * mm_a_unit, found[1]


def _faults(rows: Sequence[tuple[int, Decimal, Decimal]]) -> list[Problem]:
    """Rows that do not rise, or rise as no tank does; and doubts about the whole."""
    found = []
    steps: list[tuple[int, Decimal]] = []
    for (_, mm, litres), (number, next_mm, next_litres) in pairwise(rows):
        if next_mm <= mm:
            text = f"{next_mm} mm is not above the {mm} mm of the row before."
            found.append(Problem(number, "height_not_rising", text))
        elif next_litres <= litres:
            text = f"{next_litres} l is not above the {litres} l of the row before."
            found.append(Problem(number, "volume_not_rising", text))
        else:
            steps.append((number, (next_litres - litres) / (next_mm - mm)))
    for (_, before), (number, step), (_, after) in zip(steps, steps[1:], steps[2:], strict=False):
        if step > _STEP_RATIO_MAXIMUM * max(before, after) or step < min(before, after) / (
            _STEP_RATIO_MAXIMUM
        ):
            text = f"A millimetre is {step:.2f} l here, and {before:.2f} l just below."
            found.append(Problem(number, "step_unlikely", text))
    if rows and rows[0][2] == 0:
        text = "The first row has 0 l: is there no dead stock below the outlet?"
        found.append(Problem(rows[0][0], "no_dead_stock", text, is_doubt=True))
    if len(steps) >= _LINEAR_ROWS_MINIMUM and not _differ(steps):
        text = "Every millimetre is the same: is this the tank's own certificate?"
        found.append(Problem(0, "linear", text, is_doubt=True))
    return found


def _differ(steps: Sequence[tuple[int, Decimal]]) -> bool:
    """Whether the steps of a chart are of more than one size, as those of a lying tank are."""
    sizes = [step for _, step in steps]
    return max(sizes) - min(sizes) > _LINEAR_WITHIN * max(sizes)
