"""XLSX, by openpyxl's writer that keeps one row in memory.

Texts are written as texts, so that none is a formula; figures, moments and days as what they are,
so that a spreadsheet adds and sorts them.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Any, BinaryIO, Final

from core.documents.flat import flat, flat_names
from core.documents.table import About, Column, Row, Table, Value

# Excel's own limits.
ROWS_MAXIMUM: Final = 1_048_576
CELL_CHARS_MAXIMUM: Final = 32_767
_TITLE_CHARS_MAXIMUM: Final = 31
_NOT_IN_TITLES: Final = dict.fromkeys(map(ord, "[]:*?/\\'"), " ")
# A sheet's head: what it is, and the names of its columns.
_HEAD_ROWS: Final = 2
_CHARS_A_WIDTH: Final = 16
# XML has no other control characters.
_CONTROL: Final = dict.fromkeys(
    [*range(9), 11, 12, *range(14, 32), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF], "\ufffd"
)


def write_xlsx(
    about: About, tables: Sequence[Table], into: BinaryIO, *, rows_maximum: int = ROWS_MAXIMUM
) -> int:
    """Write a sheet for each table, and more where one has more rows than a sheet may
    (`rows_maximum`, the head with them); answers how many rows in all."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    count = 0
    titles: set[str] = set()
    for table in tables:
        sheet = _sheet(book, about, table, titles)
        on_sheet = 0
        for row in table.rows:
            if on_sheet == rows_maximum - _HEAD_ROWS:
                sheet, on_sheet = _sheet(book, about, table, titles), 0
            sheet.append(list(_cells(sheet, table.columns, row, about.zone)))
            on_sheet += 1
            count += 1
    book.save(into)
    return count


def _sheet(book: Any, about: About, table: Table, titles: set[str]) -> Any:
    sheet = book.create_sheet(_title(table.title, titles))
    for number, width in enumerate(_widths(table.columns), start=1):
        sheet.column_dimensions[_letters(number)].width = width
    sheet.freeze_panes = f"A{_HEAD_ROWS + 1}"
    sheet.append([_text(sheet, about.in_one_line())])
    sheet.append([_text(sheet, name, bold=True) for name in flat_names(table.columns)])
    return sheet


def _title(title: str, taken: set[str]) -> str:
    """As Excel allows it, and not twice."""
    plain = title.translate(_NOT_IN_TITLES).strip()[:_TITLE_CHARS_MAXIMUM] or "1"
    found, number = plain, 1
    while found.casefold() in taken:
        number += 1
        found = f"{plain[: _TITLE_CHARS_MAXIMUM - 8]} {number}"
    taken.add(found.casefold())
    return found


def _widths(columns: Sequence[Column]) -> Iterator[float]:
    for column in columns:
        yield _CHARS_A_WIDTH * column.width
        if column.kind == "amount":
            yield _CHARS_A_WIDTH / 2


def _letters(number: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(number))


def _cells(sheet: Any, columns: Sequence[Column], row: Row, zone: tzinfo) -> Iterator[Any]:
    for value in flat(columns, row):
        yield _cell(sheet, value, zone)


def _cell(sheet: Any, value: Value, zone: tzinfo) -> Any:
    from openpyxl import cell as cells

    new: Any = cells.WriteOnlyCell  # its published types leave out Decimal and date

    match value:
        case None:
            return None
        case str():
            return _text(sheet, value)
        case Decimal():
            cell = new(sheet, value)
            exponent = value.as_tuple().exponent
            decimals = -exponent if isinstance(exponent, int) and exponent < 0 else 0
            cell.number_format = "#,##0" + ("." + "0" * decimals if decimals else "")
            return cell
        case datetime():  # Excel knows no zones
            local = value.astimezone(zone).replace(tzinfo=None, microsecond=0)
            cell = new(sheet, local)
            cell.number_format = "yyyy-mm-dd hh:mm:ss"
            return cell
        case date():
            cell = new(sheet, value)
            cell.number_format = "yyyy-mm-dd"
            return cell
    return value


def _text(sheet: Any, text: str, *, bold: bool = False) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    plain = text.translate(_CONTROL)[:CELL_CHARS_MAXIMUM]
    if not bold and plain[:1] not in ("=", "#"):  # openpyxl takes it for a text by itself
        return plain
    cell = WriteOnlyCell(sheet, plain)
    cell.data_type = "s"  # the library takes "=1" for a formula and "#N/A" for an error
    if bold:
        cell.font = Font(bold=True)
    return cell
