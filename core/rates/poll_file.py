"""A file of polls: what `piga rates replay` reads.

Each row is read by itself, so that one that is broken costs itself and nothing else.
"""

import contextlib
import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Final

from core.rates.quotes import BadQuote, Pair, Poll, read_amount

COLUMNS: Final = ("fetched_at", "source", "destination", "source_amount", "destination_amount")
LINES_A_ROW_MAXIMUM: Final = 20
_DELIMITERS: Final = ",;\t|"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
# Digits of a Unix time in seconds, milliseconds, microseconds and nanoseconds.
_UNIX_UNITS_PER_S: Final = {10: 1, 13: 10**3, 16: 10**6, 19: 10**9}


class BadFile(Exception):
    """The file is no file of polls. The text is for the person who gave it."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A line that is no poll: its number in the file (the heading is 1), and why."""

    row: int
    reason: str


@dataclass(frozen=True, slots=True)
class PollFile:
    """The polls of a file, each with its line's number, in the order of the file."""

    polls: tuple[tuple[int, Poll], ...]
    rejected: tuple[BadRow, ...]


def read_polls(lines: Iterable[str]) -> PollFile:
    """Read a file, by its lines. Raises BadFile where its first line names too little."""
    known = [line.strip("\r\n\ufeff") for line in lines]
    first = next((at for at, line in enumerate(known) if line.strip()), None)
    if first is None:
        raise BadFile(f"The file is empty; its first line names the columns: {', '.join(COLUMNS)}.")
    heading = Heading.read(known[first])
    polls: list[tuple[int, Poll]] = []
    rejected: list[BadRow] = []
    at = first + 1
    while at < len(known):
        row, at = at + 1, at + 1
        if not known[row - 1].strip():
            continue
        try:
            said, more = heading.fields(known[row - 1 : row - 1 + LINES_A_ROW_MAXIMUM])
            polls.append((row, _poll(said)))
            at += more
        except BadQuote as error:
            rejected.append(BadRow(row, str(error)))
    return PollFile(tuple(polls), tuple(rejected))


@dataclass(frozen=True, slots=True)
class Heading:
    """The first line: where each column stands, what stands between two, and how many there are."""

    columns: dict[str, int]
    delimiter: str
    width: int

    @classmethod
    def read(cls, line: str) -> "Heading":
        """Raises BadFile."""
        delimiter = max(_DELIMITERS, key=line.count)
        names = [name.strip().strip('"').strip().lower() for name in line.split(delimiter)]
        while names and not names[-1]:
            names.pop()
        return cls(_columns(names), delimiter, len(names))

    def fields(self, lines: Sequence[str]) -> tuple[dict[str, str], int]:
        """What the first of these lines says, by column; and how many of the next are part of it: a
        note in quotation marks may have several lines. Raises BadQuote."""
        try:
            return self._of([lines[0]]), 0
        except BadQuote as error:
            is_open = lines[0].count('"') % 2 == 1
            for more in range(1, len(lines) if is_open else 0):
                with contextlib.suppress(BadQuote):
                    said = self._of(lines[: more + 1])
                    if not any("\n" in value for value in said.values()):
                        return said, more
                if self._is_row(lines[more]):
                    break  # that mark never ends, and the next poll is no note
            raise error from None

    def _is_row(self, line: str) -> bool:
        if line.count('"') % 2:
            return False
        try:
            self._of([line])
        except BadQuote:
            return False
        return True

    def _of(self, lines: Sequence[str]) -> dict[str, str]:
        try:
            (fields,) = csv.reader(
                [f"{line}\n" for line in lines],
                delimiter=self.delimiter,
                strict=True,
                skipinitialspace=True,
            )
        except (csv.Error, ValueError):
            raise BadQuote("the quotation marks do not match") from None
        while len(fields) > self.width and not fields[-1].strip():
            fields.pop()  # a delimiter at the end of a line, which the first line has not
        if len(fields) != self.width:
            raise BadQuote(f"it has {len(fields)} fields, and the first line {self.width}")
        return {name: fields[at].strip() for name, at in self.columns.items()}


def _columns(names: list[str]) -> dict[str, int]:
    if any("\0" in name or "\ufffd" in name for name in names):
        raise BadFile("The file is no text in UTF-8.")
    for name in COLUMNS:
        if names.count(name) > 1:
            raise BadFile(f"The first line names {name} twice.")
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        raise BadFile(
            f"The first line names no {', '.join(missing)}; the columns are {', '.join(COLUMNS)}."
        )
    return {name: names.index(name) for name in COLUMNS}


def _poll(said: dict[str, str]) -> Poll:
    for name, value in said.items():
        if not value:
            raise BadQuote(f"{name} is empty")
    pair = Pair(_currency("source", said), _currency("destination", said))
    if pair.source == pair.destination:
        raise BadQuote("source and destination are one currency")
    return Poll(
        pair,
        _amount("source_amount", said),
        _amount("destination_amount", said),
        read_time(said["fetched_at"]),
    )


def _amount(name: str, said: dict[str, str]) -> Decimal:
    try:
        return read_amount(said[name])
    except BadQuote as error:
        raise BadQuote(f"{name}: {error}") from None


def _currency(name: str, said: dict[str, str]) -> str:
    code = said[name].upper()
    if code not in _currencies():
        raise BadQuote(f"{name} is no currency's code")
    return code


@cache
def _currencies() -> frozenset[str]:
    """All that are in use, or were."""
    from babel.core import get_global

    return frozenset(get_global("all_currencies"))


def read_time(text: str) -> datetime:
    """A moment, in UTC: ISO 8601 with a T or a blank, with or without fractions of a second; Unix
    time in s, ms, µs or ns; or as e-mail writes it. One without a zone is UTC. Raises BadQuote.

    11/12/2026 may be two days, and is refused.
    """
    text = text.strip().upper()
    whole, _, fraction = text.partition(".")
    if text.isascii() and whole.isdigit() and len(whole) in _UNIX_UNITS_PER_S:
        microseconds = int(whole) * 10**6 // _UNIX_UNITS_PER_S[len(whole)]
        if len(whole) == 10 and fraction.isdigit():
            microseconds += int(fraction[:6].ljust(6, "0"))
        return _EPOCH + timedelta(microseconds=microseconds)
    try:
        moment = _iso(text)
    except ValueError:
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, TypeError, IndexError):
            raise BadQuote("fetched_at is no time that can be read in one way") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise BadQuote("fetched_at is beyond the calendar") from None


def _iso(text: str) -> datetime:
    """Raises ValueError."""
    named = text.removesuffix(" UTC").removesuffix(" GMT").replace("/", "-")
    if text.count("/") == 2 and not text[:4].isdigit():
        raise ValueError
    day, _, rest = named.partition(" ")
    return datetime.fromisoformat(f"{day} {rest.replace(' ', '')}" if rest else day)
