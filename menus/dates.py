"""A day as an answer, the day first: 24 12 2026, 24/12/26, 24.12."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from menus import sentences
from menus.answers import WrongAnswer
from menus.keys import typed
from menus.limits import ANSWER_CHARS_MAX

_DAY_FIRST: Final = re.compile(
    r"(?P<day>\d{1,2})[ ./-]+(?P<month>\d{1,2})(?:[ ./-]+(?P<year>\d{4}|\d{2}))?", re.ASCII
)
_DIGITS_ALONE: Final = re.compile(r"(?P<day>\d{2})(?P<month>\d{2})(?P<year>\d{4})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Date:
    """A day from `earliest` to `latest`, both included.

    The day comes first, as people here write it; no order is guessed. Without its year, or with two
    digits of it, it is the one such day between the two; where there are several, the whole year is
    asked for.
    """

    earliest: date
    latest: date
    takes_zero = False

    def parse(self, raw: str) -> date:
        """The day. Raises WrongAnswer."""
        if len(raw) > ANSWER_CHARS_MAX:
            raise WrongAnswer(sentences.TOO_LONG)
        text = typed(raw)
        found = _DAY_FIRST.fullmatch(text) or _DIGITS_ALONE.fullmatch(text)
        if found is None:
            raise WrongAnswer(sentences.WRONG_DATE)
        days = self._days(int(found["day"]), int(found["month"]), found["year"])
        if not days:
            raise WrongAnswer(sentences.WRONG_DATE)
        allowed = [day for day in days if self.earliest <= day <= self.latest]
        if not allowed:
            raise WrongAnswer(sentences.between(self.earliest, self.latest))
        if len(allowed) > 1:
            raise WrongAnswer(sentences.WHOLE_DATE)
        return allowed[0]

    def _days(self, day: int, month: int, year: str | None) -> list[date]:
        """The days that may be meant; none where there is no such day in any of their years."""
        if year is not None and len(year) == 4:
            years = [int(year)]
        else:
            span = range(self.earliest.year, self.latest.year + 1)
            years = [each for each in span if year is None or each % 100 == int(year)]
            # None of them: it is out of bounds, which is another reason than being no day at all.
            years = years or [2000 + int(year or 0)]
        found = []
        for each in years:
            try:
                found.append(date(each, month, day))
            except ValueError:  # 31 4, or 29 2 of most years
                continue
        return found
