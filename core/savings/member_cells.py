"""Values of a list of members, read as programs and people leave them: numbers, days, years."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Final

from core.spreadsheets.cells import Cell
from values import phone

EARLIEST_YEAR: Final = 1900
# Days of a spreadsheet count from here; the first were 1900, and 2100 is out of reach.
_DAY_0: Final = date(1899, 12, 30)
_SERIALS: Final = range(366, 73_050)
_PARTS: Final = re.compile(r"(\d{1,4})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*(\d{1,4})")
_NAMED: Final = re.compile(r"(\d{1,2})(?:st|nd|rd|th|er|e)?[\s./-]+(\D{3,}?)[\s./,-]+(\d{2,4})")
_NAMED_FIRST: Final = re.compile(r"(\D{3,}?)[\s./-]+(\d{1,2})(?:st|nd|rd|th)?[\s.,/-]+(\d{4})")
_WITH_EXPONENT: Final = re.compile(r"\d([.,]\d+)?[eE]\+?\d{1,2}")
_SEVERAL: Final = re.compile(r"[/;,&|]|\s(?:ou|or|na|et|and|au)\s", re.IGNORECASE)
_LABEL: Final = re.compile(r"^\W*(?:tel|phone|telephone|mob|mobile|momo|gsm|t)\s*[.:]+\s*", re.I)
LANGUAGES_OF_MONTHS: Final = ("en", "fr", "rw", "sw")


class NotRead(ValueError):
    """A value that cannot be read. `code` is for programs, the text for the officer."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


def number(cell: Cell, country: str) -> str:
    """The number of a cell in E.164; the first where there are several.

    A program that takes numbers for amounts drops the leading 0, adds .0, or writes 2.50788E+11:
    what it dropped is put back where it is known, and refused where digits are lost. Raises
    NotRead.
    """
    typed = _bare_number(_typed(cell))
    for candidate in (typed, _SEVERAL.split(typed)[0]):
        try:
            return phone.read(candidate, country)
        except phone.NotAPhoneNumber:
            pass
    raise NotRead("not_a_number", "No plan has such a phone number.")


def is_several(cell: Cell) -> bool:
    """Whether more than one number stands in a cell."""
    parts = _SEVERAL.split(cell.text)
    return sum(len(re.sub(r"\D", "", part)) >= phone.SHOWN_DIGITS_MIN for part in parts) > 1


def _bare_number(typed: str) -> str:
    return _LABEL.sub("", typed).strip("'’` ")


def _typed(cell: Cell) -> str:
    value, text = cell.value, cell.text
    if not isinstance(value, Decimal) and _WITH_EXPONENT.fullmatch(text):
        value = Decimal(text.replace(",", "."))
        if len(value.as_tuple().digits) <= value.adjusted():
            raise NotRead(
                "digits_lost", f"The spreadsheet wrote {text}: digits of the number are lost."
            )
    if not isinstance(value, Decimal):
        text = re.sub(r"[.,]0+$", "", text) if re.fullmatch(r"\d{9,15}[.,]0+", text) else text
        return text
    if value != value.to_integral_value() or value < 0:
        raise NotRead("not_a_number", "No plan has such a phone number.")
    return str(int(value))


def is_month_first(cells: Iterable[Cell]) -> bool | None:
    """Whether days of a column were written month first: some can be read so alone, and none can be
    read day first alone. None where there are both."""
    day_first = month_first = False
    for cell in cells:
        parts = _PARTS.match(cell.text) if isinstance(cell.value, str) else None
        if parts and len(parts[1]) <= 2:
            day_first |= int(parts[1]) > 12
            month_first |= int(parts[2]) > 12
    return None if day_first and month_first else month_first


def day(cell: Cell, today: date, *, month_first: bool = False) -> date:
    """The day of a cell: a day of the spreadsheet, its serial number, 2024-03-01, 1/3/2024, 1.3.24
    or a month's name in en, fr, rw or sw. Raises NotRead; a day to come is none."""
    found = _day(cell, today, month_first)
    if found is None:
        raise NotRead("not_a_day", f"{cell.text[:40]!r} is no day: write 2024-03-31.")
    if not found.year >= EARLIEST_YEAR:
        raise NotRead("not_a_day", f"{found.isoformat()} is too long ago.")
    if found > today:
        raise NotRead("day_to_come", f"{found.isoformat()} is still to come.")
    return found


def birth_year(cell: Cell, today: date, *, month_first: bool = False) -> int:
    """The year that somebody was born in: a year, or the year of a day. Raises NotRead."""
    value, text = cell.value, cell.text
    if isinstance(value, Decimal) and value == value.to_integral_value():
        text = str(int(value))
    if re.fullmatch(r"(19|20)\d\d", text):
        year = int(text)
        if year > today.year:
            raise NotRead("day_to_come", f"{year} is still to come.")
        return year
    return day(cell, today, month_first=month_first).year


def _day(cell: Cell, today: date, month_first: bool) -> date | None:
    if isinstance(cell.value, datetime):
        return cell.value.date()
    if isinstance(cell.value, date):
        return cell.value
    serial = _serial(cell)
    if serial is not None:
        return _DAY_0 + timedelta(serial)
    parts = _PARTS.match(cell.text)
    return _of_digits(parts, today, month_first) if parts else _of_words(cell.text, today)


def _of_digits(parts: re.Match[str], today: date, month_first: bool) -> date | None:
    one, two, three = (int(part) for part in parts.groups())
    if len(parts[1]) == 4:
        return _made(one, two, three)
    if len(parts[1]) > 2 or len(parts[3]) not in (2, 4):
        return None
    year = three if len(parts[3]) == 4 else _century(three, today)
    return _made(year, one, two) if month_first else _made(year, two, one)


def _of_words(text: str, today: date) -> date | None:
    if named := _NAMED.match(text):
        month, first, year = named[2], named[1], int(named[3])
    elif named := _NAMED_FIRST.match(text):
        month, first, year = named[1], named[2], int(named[3])
    else:
        return None
    year = year if year > 99 else _century(year, today)
    return _made(year, _months().get(_bare(month), 0), int(first))


def _serial(cell: Cell) -> int | None:
    try:
        value = cell.value if isinstance(cell.value, Decimal) else Decimal(cell.text)
    except InvalidOperation:
        return None
    whole = int(value) if value.is_finite() else -1
    return whole if whole in _SERIALS and whole > EARLIEST_YEAR + 200 else None


def _made(year: int, month: int, first: int) -> date | None:
    try:
        return date(year, month, first)
    except ValueError:
        return None


def _century(year: int, today: date) -> int:
    return 2000 + year if 2000 + year <= today.year else 1900 + year


def _bare(month: str) -> str:
    return month.strip(" .").casefold().replace("û", "u").replace("é", "e")


@cache
def _months() -> dict[str, int]:
    """What months are called, in full and short."""
    from babel.dates import get_month_names

    return {
        _bare(name): number
        for language in LANGUAGES_OF_MONTHS
        for width in ("wide", "abbreviated")
        for number, name in get_month_names(width, locale=language).items()
    }
