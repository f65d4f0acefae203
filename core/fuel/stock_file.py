"""A file of dips, meters and deliveries, read into days by tank: CSV or XLSX, a row a day.

    tank       what the station calls it
    day        2026-12-01
    dip_mm     the dip at the day's end
    sold_l     what the meters of the tank's nozzles sold since the dip before
    ticket_l, before_mm, after_mm, sold_during_l
               a delivery: the ticket's litres, the dips around it, and what was sold in between

A further delivery of a day is a row without dip_mm. A tank's first row gives its opening stock.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

from core.fuel.charts import Chart, OutsideChart, Problem
from core.fuel.price_layout import number_of
from core.fuel.wet_stock import Day, Delivery
from core.spreadsheets.cells import Cell, Sheet

_NEEDED: Final = ("tank", "day", "dip_mm", "sold_l")
_DELIVERY: Final = ("ticket_l", "before_mm", "after_mm")
_LITRES_A_ROW_MAXIMUM: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class StockFile:
    """The days of each tank in their order; and what is wrong, by row. With a problem there are
    days all the same, without that row."""

    tanks: Mapping[str, tuple[Day, ...]]
    problems: tuple[Problem, ...]


class _Wrong(Exception):
    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code: Final = code
        self.text: Final = text


def stock_file(sheet: Sheet, charts: Mapping[str, Chart]) -> StockFile:
    """Make sense of a sheet with the charts of its tanks."""
    columns: dict[str, int] | None = None
    tanks: dict[str, list[Day]] = {}
    problems: list[Problem] = []
    for cells in sheet.rows:
        if not cells:
            continue
        if columns is None:
            named = {cell.text.strip().casefold(): cell.column for cell in cells}
            columns = named if all(name in named for name in _NEEDED) else None
            continue
        by_column = {cell.column: cell for cell in cells}
        row = {name: by_column[at] for name, at in columns.items() if at in by_column}
        try:
            _take(row, charts, tanks)
        except _Wrong as wrong:
            problems.append(Problem(cells[0].row, wrong.code, wrong.text))
    if columns is None:
        text = f"No row has the headings {', '.join(_NEEDED)}."
        problems.append(Problem(0, "no_headings", text))
    return StockFile({name: tuple(days) for name, days in tanks.items()}, tuple(problems))


def _take(
    row: Mapping[str, Cell], charts: Mapping[str, Chart], tanks: dict[str, list[Day]]
) -> None:
    """Add a row to its tank's days. Raises _Wrong."""
    tank = row["tank"].text if "tank" in row else ""
    chart = charts.get(tank)
    if chart is None:
        raise _Wrong("no_chart", f"There is no chart of the tank {tank or '(none)'}.")
    day = _day(row)
    days = tanks.get(tank, [])
    delivery = _delivery(row, chart)
    if "dip_mm" not in row and delivery is not None and days and days[-1].day == day:
        days[-1] = replace(days[-1], deliveries=(*days[-1].deliveries, delivery))
        return
    if days and day <= days[-1].day:
        raise _Wrong("day_not_after", f"{day} is not after {days[-1].day}, the day before.")
    mm = _number(row, "dip_mm")
    deliveries = (delivery,) if delivery is not None else ()
    made = Day(
        *(day, _litres(chart, mm), chart.litres_a_mm(mm), _number(row, "sold_l")), deliveries
    )
    tanks.setdefault(tank, []).append(made)


def _day(row: Mapping[str, Cell]) -> date:
    said = row["day"].text if "day" in row else ""
    try:
        return date.fromisoformat(said[:10])
    except ValueError:
        raise _Wrong("bad_day", f"The day {said} is not written as 2026-12-31.") from None


def _delivery(row: Mapping[str, Cell], chart: Chart) -> Delivery | None:
    given = [name for name in _DELIVERY if name in row]
    if not given:
        return None
    if len(given) < len(_DELIVERY):
        raise _Wrong("half_a_delivery", f"A delivery needs {', '.join(_DELIVERY)}.")
    before, after = (_litres(chart, _number(row, name)) for name in _DELIVERY[1:])
    sold_l = _number(row, "sold_during_l") if "sold_during_l" in row else Decimal()
    return Delivery(_number(row, "ticket_l"), after - before + sold_l)


def _litres(chart: Chart, mm: Decimal) -> Decimal:
    try:
        return chart.litres(mm)
    except OutsideChart as outside:
        raise _Wrong("outside_chart", str(outside)) from None


def _number(row: Mapping[str, Cell], name: str) -> Decimal:
    """0 is a value, an empty cell is none. Raises _Wrong."""
    try:
        value = number_of(row[name]) if name in row else None
    except ValueError:
        value = None
    if value is None or not 0 <= value <= _LITRES_A_ROW_MAXIMUM:
        raise _Wrong(f"bad_{name}", f"{name} is no number from 0 on.")
    return value
