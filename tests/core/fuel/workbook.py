"""A small XLSX with formulas and their values beside them, as spreadsheet programs write it."""

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from core.spreadsheets.cells import column_name

# Text, a number, or a formula and the value that a program left beside it ('' for none).
Field = str | int | float | tuple[str, str] | None

_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
    'relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/'
    'vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>{sheets}</Types>'
)
_TYPE = (
    '<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="application/'
    'vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
)
_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    "{all}</Relationships>"
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def write(path: Path, sheets: Mapping[str, Sequence[Sequence[Field]]]) -> Path:
    """Write sheets by their names, each a list of rows."""
    numbers = range(1, len(sheets) + 1)
    with zipfile.ZipFile(path, "w") as packed:
        kinds = "".join(_TYPE.format(n=n) for n in numbers)
        packed.writestr("[Content_Types].xml", _TYPES.format(sheets=kinds))
        packed.writestr("_rels/.rels", _relations({1: ("officeDocument", "xl/workbook.xml")}))
        packed.writestr(
            "xl/_rels/workbook.xml.rels",
            _relations({n: ("worksheet", f"worksheets/sheet{n}.xml") for n in numbers}),
        )
        listed = "".join(
            f'<sheet name="{escape(name)}" sheetId="{n}" r:id="r{n}"/>'
            for n, name in enumerate(sheets, start=1)
        )
        packed.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets></workbook>',
        )
        for n, rows in enumerate(sheets.values(), start=1):
            packed.writestr(f"xl/worksheets/sheet{n}.xml", _sheet(rows))
    return path


def _relations(targets: Mapping[int, tuple[str, str]]) -> str:
    return _RELATIONS.format(
        all="".join(
            f'<Relationship Id="r{n}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
            for n, (kind, target) in targets.items()
        )
    )


def _sheet(rows: Sequence[Sequence[Field]]) -> str:
    written = "".join(
        f'<row r="{r}">'
        + "".join(_cell(f"{column_name(c)}{r}", one) for c, one in enumerate(row, start=1))
        + "</row>"
        for r, row in enumerate(rows, start=1)
    )
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{written}</sheetData></worksheet>'


def _cell(place: str, field: Field) -> str:
    match field:
        case None:
            return ""
        case (formula, value):
            return f'<c r="{place}"><f>{escape(formula)}</f><v>{value}</v></c>'
        case str():
            return f'<c r="{place}" t="inlineStr"><is><t>{escape(field)}</t></is></c>'
        case _:
            return f'<c r="{place}"><v>{field!r}</v></c>'
