"""Read a CSV or XLSX file into cells, whatever program wrote it.

CSV: UTF-8 with or without its mark, UTF-16 with its mark, else Windows-1252 (what Excel saves); a
comma, semicolon, tab or stroke between fields, told by the first lines. Every value is text:
whoever knows what a column means reads it.

XLSX: openpyxl, twice: once for the values that the writing program left beside its formulas, once
for the formulas. Numbers come as floats of 17 digits; they are read as the shortest decimal that is
the same float, which is what the person typed.
"""

import csv
import io
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from core.spreadsheets.cells import Cell, Sheet, Value
from core.spreadsheets.errors import NotASpreadsheet, OldSpreadsheet, SpreadsheetTooLarge

# A price list of 100,000 rows has about 10 MB. Unpacked, an XLSX has some ten times its size.
FILE_BYTES_MAXIMUM: Final = 50_000_000
UNPACKED_BYTES_MAXIMUM: Final = 500_000_000
_SNIFFED_CHARS: Final = 20_000
_OLE: Final = b"\xd0\xcf\x11\xe0"
_ZIP: Final = b"PK\x03\x04"


def read_sheets(path: Path) -> list[Sheet]:
    """All sheets of a file that are shown. A CSV is one, named after the file.

    Raises NotASpreadsheet, OldSpreadsheet, SpreadsheetTooLarge; OSError where it cannot be opened.
    """
    size = path.stat().st_size
    if size > FILE_BYTES_MAXIMUM:
        raise SpreadsheetTooLarge(f"at most {FILE_BYTES_MAXIMUM // 1_000_000} MB")
    data = path.read_bytes()
    if data.startswith(_ZIP):
        return _xlsx(data)
    if data.startswith(_OLE):
        raise OldSpreadsheet
    return [Sheet(path.stem, list(csv_rows(decoded(data))))]


def decoded(data: bytes) -> str:
    """The text of a CSV file. Raises NotASpreadsheet for what is no text."""
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    if "\x00" in text:
        raise NotASpreadsheet
    return text


def csv_rows(text: str) -> Iterator[list[Cell]]:
    """The rows of a CSV, numbered as lines of the sheet it would be."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text))
    try:
        for row, fields in enumerate(reader, start=1):
            yield [
                Cell(row, column, field.strip(), field.strip() if _is_formula(field) else "")
                for column, field in enumerate(fields, start=1)
                if field.strip()
            ]
    except csv.Error:
        raise NotASpreadsheet from None


def _is_formula(field: str) -> bool:
    return field.strip().startswith("=")


def delimiter_of(text: str) -> str:
    """What stands most often between the fields of the first lines, outside quotes."""
    outside = text[:_SNIFFED_CHARS].split('"')[::2]
    counts = {mark: sum(part.count(mark) for part in outside) for mark in (",", ";", "\t", "|")}
    return max(counts, key=lambda mark: counts[mark])


def _xlsx(data: bytes) -> list[Sheet]:
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            unpacked = sum(one.file_size for one in packed.infolist())
            if "xl/workbook.xml" not in packed.namelist():
                raise NotASpreadsheet
        if unpacked > UNPACKED_BYTES_MAXIMUM:
            raise SpreadsheetTooLarge(f"at most {UNPACKED_BYTES_MAXIMUM // 1_000_000} MB unpacked")
        values = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
        formulas = openpyxl.load_workbook(io.BytesIO(data))
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError) as error:
        if isinstance(error, SpreadsheetTooLarge):
            raise
        raise NotASpreadsheet from None
    return [
        _sheet(sheet, formulas[sheet.title])
        for sheet in values.worksheets
        if sheet.sheet_state == "visible"
    ]


def _sheet(values: Any, formulas: Any) -> Sheet:
    rows = []
    for with_values, with_formulas in zip(values.iter_rows(), formulas.iter_rows(), strict=True):
        cells = []
        for cell, other in zip(with_values, with_formulas, strict=True):
            formula = other.value if other.data_type == "f" else ""
            if cell.value is not None or formula:
                value = _value(cell.value)
                cells.append(Cell(cell.row, cell.column, value, str(formula)))
        rows.append(cells)
    return Sheet(values.title, rows)


def _value(value: Any) -> Value:
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    return value if isinstance(value, Value) else str(value)
