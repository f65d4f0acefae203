"""CSV: RFC 4180, UTF-8 with its mark, which Excel needs to read other letters than English ones.

The first record says what the file is, as at when and in which units; the second has the names of
the columns. No text begins as a formula would: a spreadsheet runs "=…" of a file that it opens.
"""

import csv
import io
import re
from datetime import datetime
from typing import BinaryIO, Final

from core.documents.flat import flat, flat_names
from core.documents.table import About, Table, Value

# What Excel, LibreOffice and Google Sheets take for a formula's beginning (OWASP), and the
# full-width signs that Excel takes for the same.
_FORMULA: Final = re.compile(r"[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
# Where the comma is for decimals, as in French, a spreadsheet ends cells at semicolons, also within
# a text of ours; and at a line's end.
_INSIDE: Final = re.compile(r"([;\t\r\n])(?= *[=+\-@\uff1d\uff0b\uff0d\uff20])")
# A number in E.164, masked or not, is no formula: at the worst it is read as its digits.
_NUMBER: Final = re.compile(r"\+[0-9]+( ••• [0-9]+)?")


def write_csv(about: About, table: Table, into: BinaryIO) -> int:
    """Write a table, row by row; answers how many rows."""
    text = io.TextIOWrapper(into, encoding="utf-8-sig", newline="", write_through=False)
    try:
        names = flat_names(table.columns)
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow([without_formula(about.in_one_line()), *[""] * (len(names) - 1)])
        writer.writerow(names)
        count = 0
        for row in table.rows:
            writer.writerow([_said(value) for value in flat(table.columns, row)])
            count += 1
        text.flush()
    finally:
        text.detach()
    return count


def _said(value: Value) -> str:
    match value:
        case None:
            return ""
        case str():
            return without_formula(value)
        case datetime():
            return value.isoformat(timespec="seconds")
    return str(value)


def without_formula(text: str) -> str:
    """The text with an apostrophe wherever a formula would begin."""
    text = _INSIDE.sub(r"\1'", text)
    if _FORMULA.match(text.lstrip(" ")) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text
