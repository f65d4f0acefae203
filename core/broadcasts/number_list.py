"""A list of numbers as a CSV file: read as a whole, or refused with every row that is wrong.

number,note                     a heading, or none
0788 123 456,treasurer          by the plan of the tenant's country; other columns are left alone
"""

import csv
import io
from dataclasses import dataclass, field
from typing import Final

from core.broadcasts.errors import WrongList
from values import phone

ROWS_MAXIMUM: Final = 200_000
FAULTS_SAID_MAXIMUM: Final = 50
_HEADINGS: Final = frozenset({"number", "numbers", "phone", "msisdn", "telephone"})


@dataclass(frozen=True, slots=True)
class NumberList:
    """The numbers of a list in E.164, each once, in the order of the list, with its row. `repeated`
    are the rows whose number stands above already."""

    rows: dict[str, int] = field(repr=False)
    repeated: tuple[int, ...]


def read_list(text: str, country: str) -> NumberList:
    """Read a list. Raises WrongList, with a sentence for each row that is wrong: then nobody is
    sent anything."""
    found: dict[str, int] = {}
    repeated: list[int] = []
    faults: list[str] = []
    column, is_first = 0, True
    text = text.removeprefix("\ufeff")
    reader = csv.reader(io.StringIO(text), delimiter=_delimiter(text), strict=True)
    try:
        for cells in reader:
            row = reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            heading = _column_of(cells) if is_first else None
            is_first = False
            if heading is not None:
                column = heading
                continue
            typed = cells[column].strip() if column < len(cells) else ""
            if not typed:
                faults.append(f"Row {row}: no number stands here.")
                continue
            try:
                number = phone.read(typed, country)
            except phone.NotAPhoneNumber:
                faults.append(f"Row {row}: no plan has such a phone number.")
                continue
            if number in found:
                repeated.append(row)
            else:
                found[number] = row
            if len(found) > ROWS_MAXIMUM:
                raise WrongList([f"A list has at most {ROWS_MAXIMUM:,} numbers."])
    except csv.Error:
        faults.append(f"Row {reader.line_num}: this is no CSV; a quotation mark may be open.")
    if faults:
        more = len(faults) - FAULTS_SAID_MAXIMUM
        raise WrongList(
            faults[:FAULTS_SAID_MAXIMUM] + ([f"{more} more rows are wrong."] if more > 0 else [])
        )
    return NumberList(found, tuple(repeated))


def _delimiter(text: str) -> str:
    """What stands between the cells: where a comma is the decimal sign, spreadsheets write ;."""
    line = text.lstrip().partition("\n")[0]
    return next((sign for sign in ",;\t" if sign in line), ",")


def _column_of(cells: list[str]) -> int | None:
    """Where a heading says that the numbers stand; None where the row is no heading."""
    names = [cell.strip().casefold() for cell in cells]
    return next((at for at, name in enumerate(names) if name in _HEADINGS), None)
