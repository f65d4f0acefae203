"""The regulator's price windows: the 1st to the 15th of a month, and the 16th to its end."""

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

_MONTHS: Final = {name[:3].lower(): n for n, name in enumerate(calendar.month_name) if name}
_MONTH: Final = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DAY: Final = r"(?P<day>\d{1,2})\s*(?:st|nd|rd|th)?"
_YEAR: Final = r"(?P<year>20\d\d)"
_DATES: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # 16TH JANUARY 2025; 1ST - 15TH MARCH 2025; files' names have a stroke for each space.
        rf"\b{_DAY}[\s,_-]*(?:(?:to|-|–)\s*\d{{1,2}}\s*(?:st|nd|rd|th)?)?[\s,_-]*(?:of\s+)?"
        rf"{_MONTH}[\s,._-]*{_YEAR}",
        rf"\b{_MONTH}[\s,._-]*{_DAY}[\s,_-]*(?:(?:to|-|–)\s*\d{{1,2}}\w*)?[\s,_-]+{_YEAR}",
        r"\b(?P<year>20\d\d)-(?P<month>\d{2})-(?P<day>\d{2})\b",
        r"\b(?P<day>\d{1,2})[/.](?P<month>\d{1,2})[/.](?P<year>20\d\d)\b",
    )
)
SECOND_BEGINS: Final = 16


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
    """The first whole date that a text names, day before month; None where there is none."""
    for pattern in _DATES:
        for found in pattern.finditer(text):
            name = found["month"].lower()
            month = int(name) if name.isdigit() else _MONTHS[name]
            try:
                return date(int(found["year"]), month, int(found["day"]))
            except ValueError:
                continue
    return None


def first_date(texts: Iterable[str]) -> date | None:
    """The first date in the first text that has one."""
    return next((day for text in texts if (day := date_in(text)) is not None), None)
