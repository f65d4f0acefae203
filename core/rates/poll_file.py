"""A file of polls: what `piga rates replay` reads.

Each line is read by itself, so that one that is broken costs itself and nothing else.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Final

from core.rates.quotes import BadQuote, Pair, Poll, read_amount

COLUMNS: Final = ("fetched_at", "source", "destination", "source_amount", "destination_amount")
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
    columns: dict[str, int] | None = None
    delimiter = ","
    polls: list[tuple[int, Poll]] = []
    rejected: list[BadRow] = []
    width = 0
    for row, text in enumerate(lines, start=1):
        line = text.strip("\r\n\ufeff")
        if not line.strip():
            continue
        if columns is None:
            delimiter = max(_DELIMITERS, key=line.count)
            names = [name.strip().strip('"').lower() for name in line.split(delimiter)]
            columns, width = _columns(names), len(names)
            continue
        try:
            polls.append((row, _poll(_fields(line, delimiter, width), columns)))
        except BadQuote as error:
            rejected.append(BadRow(row, str(error)))
    if columns is None:
        raise BadFile(f"The file is empty; its first line names the columns: {', '.join(COLUMNS)}.")
    return PollFile(tuple(polls), tuple(rejected))


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


def _fields(line: str, delimiter: str, width: int) -> list[str]:
    try:
        fields = next(csv.reader([line], delimiter=delimiter, strict=True))
    except (csv.Error, StopIteration):
        raise BadQuote("the quotation marks do not match") from None
    while len(fields) > width and not fields[-1].strip():
        fields.pop()  # a delimiter at the end of a line, which the first line has not
    if len(fields) != width:
        raise BadQuote(f"it has {len(fields)} fields, and the first line {width}")
    return fields


def _poll(fields: list[str], columns: dict[str, int]) -> Poll:
    said = {name: fields[at].strip() for name, at in columns.items()}
    for name, value in said.items():
        if not value:
            raise BadQuote(f"{name} is empty")
    pair = Pair(_currency("source", said), _currency("destination", said))
    if pair.source == pair.destination:
        raise BadQuote("source and destination are one currency")
    return Poll(
        pair,
        read_amount(said["source_amount"]),
        read_amount(said["destination_amount"]),
        read_time(said["fetched_at"]),
    )


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
    text = text.strip()
    whole, _, fraction = text.partition(".")
    if whole.isascii() and whole.isdigit() and len(whole) in _UNIX_UNITS_PER_S:
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
