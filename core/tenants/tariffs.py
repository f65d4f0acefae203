"""A tenant's dated tables of fees and limits, and when the last of them ends."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

# Those who approve tables meet about once a month.
WARNED_AHEAD = timedelta(days=30)


class Table(Protocol):
    """A table as the database keeps it, or as a folder says it. `level` is "" where it is for
    all."""

    @property
    def operation(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def level(self) -> str: ...
    @property
    def valid_from(self) -> datetime: ...
    @property
    def valid_to(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Tariff:
    """A dated table of fees or limits of one operation, for one level of agents or for all."""

    operation: str
    kind: str
    body: dict[str, Any]
    valid_from: datetime
    valid_to: datetime | None

    @property
    def level(self) -> str:
        return str(self.body.get("level", ""))

    def in_force(self, at: datetime) -> bool:
        return self.valid_from <= at and (self.valid_to is None or at < self.valid_to)


@dataclass(frozen=True, slots=True)
class Ending:
    """From `at` on, no table of this kind holds for `level` ("" for all), and the operation is
    refused."""

    operation: str
    kind: str
    level: str
    at: datetime

    def sentence(self, now: datetime) -> str:
        """What an operator reads: no table of contribute limit holds from 2026-12-20."""
        whose = f" for the level {self.level}" if self.level else ""
        when = "now" if self.at <= now else f"from {self.at:%Y-%m-%d}"
        return f"no table of {self.operation} {self.kind}{whose} holds {when}: it is refused then"


def endings(tables: Iterable[Table], now: datetime) -> list[Ending]:
    """Where tables end without a successor, now or within `WARNED_AHEAD`."""
    chains: dict[tuple[str, str], list[Table]] = {}
    for table in tables:
        chains.setdefault((table.operation, table.kind), []).append(table)
    return [ending for chain in chains.values() for ending in _endings_of(chain, now)]


def _endings_of(chain: list[Table], now: datetime) -> Iterator[Ending]:
    first = chain[0]
    shared = [table for table in chain if not table.level]
    for_all = _uncovered_from(shared, now) if shared else None
    if for_all is not None:
        yield Ending(first.operation, first.kind, "", for_all)
    for level in sorted({table.level for table in chain} - {""}):
        at = _uncovered_from([*shared, *(one for one in chain if one.level == level)], now)
        if at is not None and at != for_all:
            yield Ending(first.operation, first.kind, level, at)


def _uncovered_from(tables: list[Table], now: datetime) -> datetime | None:
    """The first moment from now on, and before `WARNED_AHEAD` is over, in which none holds."""
    covered = now
    for table in sorted(tables, key=lambda table: table.valid_from):
        if table.valid_from > covered:
            break
        if table.valid_to is None:
            return None
        covered = max(covered, table.valid_to)
    return covered if covered < now + WARNED_AHEAD else None
