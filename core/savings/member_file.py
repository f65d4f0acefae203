"""A list of members as a CSV or XLSX file: read as rows with their places, and what is wrong."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from core.manifest.values import PERSON_NAME_CHARS_MAXIMUM
from core.savings import member_cells, member_headings
from core.savings.member_cells import NotRead
from core.savings.member_headings import BORN, FIRST, GROUP, JOINED, LANGUAGE, LAST, NAME, NUMBER
from core.spreadsheets.cells import Cell, Sheet
from core.spreadsheets.errors import SpreadsheetError
from core.spreadsheets.reading import read_sheets

# All of a file is one transaction, which keeps a lock for each number in it.
ROWS_MAXIMUM: Final = 3_000
# Titles, the group's name and such stand above the headings.
_ROWS_ABOVE_MAXIMUM: Final = 20
_LANGUAGES: Final = {
    **dict.fromkeys(("en", "english", "anglais", "icyongereza", "kiingereza"), "en"),
    **dict.fromkeys(("fr", "french", "francais", "igifaransa", "kifaransa"), "fr"),
    **dict.fromkeys(("rw", "kinyarwanda", "ikinyarwanda", "kinyarwanda"), "rw"),
    **dict.fromkeys(("sw", "swahili", "kiswahili", "igiswahili"), "sw"),
}
_TOTALS: Final = frozenset({"total", "totals", "totaux", "igiteranyo", "jumla", "somme"})


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, or is worth a look, in a row as spreadsheets count: the headings may be row 1.
    `sheet` is '' in a CSV. A row that is `taken` comes in all the same."""

    row: int
    code: str
    text: str
    taken: bool = False
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One member as the file says. `number` is E.164, '' where the cell is empty; `group` is what
    the file calls it, a code or a name, '' where it says none."""

    row: int
    name: str = field(repr=False)
    number: str = field(repr=False)
    group: str = ""
    joined_on: date | None = None
    birth_year: int | None = None
    language: str = ""
    sheet: str = ""


@dataclass(slots=True)
class MemberFile:
    """What was read. `ignored` are headings of columns that say nothing of a membership."""

    rows: list[MemberRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    read: int = 0
    ignored: list[str] = field(default_factory=list)


class NoMembersThere(SpreadsheetError):
    """The file can be read, and is no list of members."""


def read(path: Path, *, country: str, today: date) -> MemberFile:
    """Read a file. `country` is the ISO 3166 code whose numbering plan counts, `today` the day
    after which nobody joined. Raises SpreadsheetError."""
    sheets = read_sheets(path)
    found = MemberFile()
    named = len(sheets) > 1
    for sheet in sheets:
        at = _headings(sheet)
        if at is not None:
            name = sheet.name if named else ""
            _Reader(found, sheet, at, name=name, country=country, today=today).read()
    if not found.read:
        if any(row for sheet in sheets for row in sheet.rows if row):
            raise NoMembersThere(
                "There is no row of headings that names the columns, such as Name and Phone;"
                " or there is nobody under it."
            )
        raise NoMembersThere("The file is empty.")
    return found


@dataclass(frozen=True, slots=True)
class _Headings:
    place: int  # of the row among the sheet's
    columns: dict[str, int]


def _headings(sheet: Sheet) -> _Headings | None:
    for place, cells in enumerate(sheet.rows[:_ROWS_ABOVE_MAXIMUM]):
        columns = member_headings.found(cells)
        if columns is not None:
            return _Headings(place, columns)
    return None


class _Reader:
    """Reads one sheet into the file's rows."""

    def __init__(
        self,
        found: MemberFile,
        sheet: Sheet,
        headings: _Headings,
        *,
        name: str,
        country: str,
        today: date,
    ) -> None:
        self._found, self._country, self._today, self._name = found, country, today, name
        self._columns = headings.columns
        above, *rows = sheet.rows[headings.place :]
        self._rows = [row for row in rows if row]
        known = set(headings.columns.values())
        found.ignored += [cell.text for cell in above if cell.column not in known]
        self._month_first = {kind: self._is_month_first(kind) for kind in (JOINED, BORN)}

    def read(self) -> None:
        for cells in self._rows:
            by_column = {cell.column: cell for cell in cells}
            if not any(column in by_column for column in self._columns.values()):
                continue
            if self._is_total(cells) or member_headings.found(cells) == self._columns:
                continue
            if self._found.read >= ROWS_MAXIMUM:
                raise NoMembersThere(
                    f"A file has at most {ROWS_MAXIMUM:,} members: bring it in parts."
                )
            self._found.read += 1
            self._take(cells[0].row, by_column)

    def _take(self, row: int, cells: dict[int, Cell]) -> None:
        problems = list(self._wrong(row, cells))
        self._found.problems += problems
        if all(problem.taken for problem in problems):
            self._found.rows.append(self._member(row, cells))

    def _member(self, row: int, cells: dict[int, Cell]) -> MemberRow:
        number, joined, born = (self._cell(cells, kind) for kind in (NUMBER, JOINED, BORN))
        return MemberRow(
            row=row,
            name=self._name_of(cells),
            number=self._number(number) if number else "",
            group=self._text(cells, GROUP),
            joined_on=self._day(joined, JOINED) if joined else None,
            birth_year=self._year(born) if born else None,
            language=_LANGUAGES.get(member_headings.plain(self._text(cells, LANGUAGE)), ""),
            sheet=self._name,
        )

    def _wrong(self, row: int, cells: dict[int, Cell]) -> Iterator[Problem]:
        name = self._name_of(cells)
        if not name:
            yield self._problem(row, "name_missing", "The row names nobody.")
        elif len(name) > PERSON_NAME_CHARS_MAXIMUM or len(name) < 2:
            most = PERSON_NAME_CHARS_MAXIMUM
            yield self._problem(row, "not_a_name", f"A name has 2 to {most} letters.")
        elif not any(char.isalpha() for char in name) or any(char.isdigit() for char in name):
            yield self._problem(row, "not_a_name", "A name has letters and no digits.")
        if "\ufffd" in name:
            yield self._problem(row, "not_a_name", "A letter of the name is broken.")
        number = self._cell(cells, NUMBER)
        if number is None:
            yield self._problem(row, "no_number", "No phone number stands here.", taken=True)
        else:
            yield from self._wrong_cell(row, number, self._number)
            if member_cells.is_several(number):
                text = f"{number.place} has several numbers: the first is taken."
                yield self._problem(row, "several_numbers", text, taken=True)
        joined, born = self._cell(cells, JOINED), self._cell(cells, BORN)
        if joined is not None:
            yield from self._wrong_cell(row, joined, lambda cell: self._day(cell, JOINED))
        if born is not None:
            yield from self._wrong_cell(row, born, self._year)

    def _wrong_cell(
        self, row: int, cell: Cell, reads: Callable[[Cell], object]
    ) -> Iterator[Problem]:
        if cell.value is None:
            text = f"Nobody has worked out the formula in {cell.place}."
            yield self._problem(row, "formula", text)
            return
        try:
            reads(cell)
        except NotRead as wrong:
            yield self._problem(row, wrong.code, f"{cell.place}: {wrong}")

    def _problem(self, row: int, code: str, text: str, *, taken: bool = False) -> Problem:
        return Problem(row, code, text, taken, self._name)

    def _cell(self, cells: dict[int, Cell], kind: str) -> Cell | None:
        """The cell of a kind; None where it is empty, or says so with a dash."""
        cell = cells.get(self._columns.get(kind, 0))
        if cell is None or (cell.value is not None and not _says_something(cell.text)):
            return None
        return cell

    def _text(self, cells: dict[int, Cell], kind: str) -> str:
        cell = self._cell(cells, kind)
        return cell.text.removesuffix(".0") if cell else ""

    def _name_of(self, cells: dict[int, Cell]) -> str:
        if NAME in self._columns:
            return self._text(cells, NAME)
        return " ".join(filter(None, (self._text(cells, LAST), self._text(cells, FIRST))))

    def _is_month_first(self, kind: str) -> bool:
        column = self._columns.get(kind)
        cells = [cell for row in self._rows for cell in row if cell.column == column]
        found = member_cells.is_month_first(cells)
        if found and cells:
            text = f"Days of column {cells[0].place.rstrip('0123456789')} are read month first."
            row = cells[0].row
            self._found.problems.append(self._problem(row, "month_first", text, taken=True))
        return bool(found)

    def _number(self, cell: Cell) -> str:
        return member_cells.number(cell, self._country)

    def _day(self, cell: Cell, kind: str) -> date:
        return member_cells.day(cell, self._today, month_first=self._month_first[kind])

    def _year(self, cell: Cell) -> int:
        return member_cells.birth_year(cell, self._today, month_first=self._month_first[BORN])

    def _is_total(self, cells: Sequence[Cell]) -> bool:
        """A line under a column that adds it up, and names nobody."""
        return member_headings.plain(cells[0].text) in _TOTALS


def _says_something(text: str) -> bool:
    return text.strip().casefold() not in ("", "-", "–", "—", "n/a", "na", "nil", "none", ".")
