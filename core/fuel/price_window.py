"""The regulator's price windows: the 1st to the 15th of a month, and the 16th to its end."""

import calendar
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

_MONTHS: Final = {name[:3].lower(): n for n, name in enumerate(calendar.month_name) if name}
_MONTH: Final = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DAY: Final = r"(?P<day>\d{1,2})\s*(?:st|nd|rd|th)?"
_YEAR: Final = r"(?:20(?P<year>\d\d)|'\s*(?P<short>\d\d)\b)"
_TO: Final = r"\s*(?:to|until|-|\u2013|\u2014|&|and)\s*"
_LAST: Final = r"\d{1,2}\s*(?:st|nd|rd|th)?"
_GAP: Final = r"[\s,._-]*"
_DATES: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # 1ST JANUARY TO 15TH JANUARY 2025: the first day, though the year stands with the last.
        rf"\b{_DAY}{_GAP}(?:of\s+)?{_MONTH}{_GAP}(?:20\d\d)?{_TO}{_LAST}{_GAP}(?:of\s+)?[a-z]{{3,9}}"
        rf"{_GAP}{_YEAR}",
        # 16TH JANUARY 2025; 1ST - 15TH MARCH 2025; files' names have a stroke for each space.
        rf"\b{_DAY}[\s,_-]*(?:{_TO}{_LAST})?[\s,_-]*(?:of\s+)?{_MONTH}{_GAP}{_YEAR}",
        rf"\b{_MONTH}{_GAP}{_DAY}[\s,_-]*(?:{_TO}\d{{1,2}}\w*)?[\s,_-]+{_YEAR}",
        r"\b(?:20(?P<year>\d\d))-(?P<month>\d{2})-(?P<day>\d{2})\b",
        r"\b(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-]20(?P<year>\d\d)\b",
        # 16-Jan-25, as spreadsheets show a date.
        rf"\b(?P<day>\d{{1,2}})[\s-]{_MONTH}[\s-](?P<year>\d\d)\b",
        r"\b(?P<day>\d{1,2})[/.](?P<month>\d{1,2})[/.](?P<year>\d\d)\b",
    )
)
_WINDOWS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?P<nth>1st|first|2nd|second)\s+(?:pricing\s+)?window\W+(?:of\s+|for\s+)?{_MONTH}{_GAP}"
        rf"{_YEAR}",
        rf"\bwindow\s+(?P<nth>1|2|one|two)\b\W+(?:of\s+|for\s+)?{_MONTH}{_GAP}{_YEAR}",
        rf"\b{_MONTH}{_GAP}{_YEAR}\W+(?P<nth>1st|first|2nd|second)\s+(?:pricing\s+)?window",
    )
)
_TITLE_WORDS: Final = ("effect", "window", "price build", "price-build")
SECOND_BEGINS: Final = 16
_CENTURY: Final = 2_000


@dataclass(frozen=True, slots=True)
class Window:
    """The days for which prices hold, both included."""

    first: date
    last: date

    @classmethod
    def of(cls, day: date) -> "Window":
        """The window that a day is in."""
        if day.day < SECOND_BEGINS:
            return cls(day.replace(day=1), day.replace(day=SECOND_BEGINS - 1))
        end = calendar.monthrange(day.year, day.month)[1]
        return cls(day.replace(day=SECOND_BEGINS), day.replace(day=end))


def date_in(text: str) -> date | None:
    """The first whole date that a text names, day before month, or the first day of the window that
    it names; None where there is none."""
    for pattern in (*_DATES, *_WINDOWS):
        for found in pattern.finditer(text):
            day = _date(found.groupdict())
            if day is not None:
                return day
    return None


def _date(found: Mapping[str, str | None]) -> date | None:
    name = (found["month"] or "").lower()
    year = found["year"] or found.get("short") or ""
    if "nth" in found:
        is_first = (found["nth"] or "").lower() in ("1st", "first", "1", "one")
        day = 1 if is_first else SECOND_BEGINS
    else:
        day = int(found["day"] or "")
    try:
        return date(_CENTURY + int(year), int(name) if name.isdigit() else _MONTHS[name], day)
    except ValueError:
        return None


def title_date(texts: Iterable[str]) -> date | None:
    """The date that texts in their order are about: of a title that says since when; else one that
    begins a window; else the first."""
    named = [(text.lower(), day) for text in texts if (day := date_in(text)) is not None]
    for is_it in (
        lambda text, _: any(word in text for word in _TITLE_WORDS),
        lambda _, day: day == Window.of(day).first,
        lambda *_: True,
    ):
        for text, day in named:
            if is_it(text, day):
                return day
    return None
