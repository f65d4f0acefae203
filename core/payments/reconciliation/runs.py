"""Sorting more rows than memory holds: sorted runs in files, merged as they are read."""

import heapq
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import orjson

RUN_ROWS: Final = 50_000


@dataclass(frozen=True, slots=True)
class Movement:
    """A movement as one of the ways tells of it. `txid` and `reference` are '' where there is none;
    `at_s` is Unix seconds, `day` the day of the wallet's zone; `ok` False: it did not happen."""

    txid: str
    amount_minor: int
    currency: str
    at_s: int
    day: str
    ok: bool = True
    fee_minor: int | None = None
    reference: str = ""
    place: str = ""  # where it stands: a line of a file

    def to_list(self) -> list[Any]:
        return [
            *(self.txid, self.amount_minor, self.currency, self.at_s, self.day, self.ok),
            *(self.fee_minor, self.reference, self.place),
        ]


Key = Literal["txid", "reference"]  # of Movement


class Sorter:
    """Sorts rows by one key, in a folder of its own that goes with it."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder = folder
        self._stack = stack

    def sorted(self, rows: Iterable[Movement], key: Key) -> Iterator[Movement]:
        """The rows in the order of the key's bytes; those that are alike, as they came."""
        collected = Collected(self, key)
        for row in rows:
            collected.add(row)
        return collected.sorted()

    def merged(self, runs: list[Path]) -> Iterator[Movement]:
        """The rows of sorted runs, in order."""
        opened = [self._stack.enter_context(path.open("rb")) for path in runs]
        lines = heapq.merge(*(map(_keyed, file) for file in opened), key=_key_of)
        return (Movement(*said) for _, said in lines)

    def written(self, part: list[Movement], key: Key) -> Path:
        part.sort(key=lambda row: str(getattr(row, key)))
        with tempfile.NamedTemporaryFile(dir=self._folder, delete=False) as file:
            file.writelines(
                orjson.dumps([getattr(row, key), row.to_list()]) + b"\n" for row in part
            )
        return Path(file.name)


class Collected:
    """Rows that come one by one, and are read in the order of one key."""

    def __init__(self, sorter: Sorter, key: Key) -> None:
        self._sorter, self._key = sorter, key
        self._runs: list[Path] = []
        self._part: list[Movement] = []

    def add(self, row: Movement) -> None:
        self._part.append(row)
        if len(self._part) >= RUN_ROWS:
            self._write()

    def sorted(self) -> Iterator[Movement]:
        """All of them; none is added any more."""
        if self._part:
            self._write()
        return self._sorter.merged(self._runs)

    def _write(self) -> None:
        self._runs.append(self._sorter.written(self._part, self._key))
        self._part = []


@contextmanager
def sorting() -> Iterator[Sorter]:
    """A sorter; its files are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="piga-runs-") as folder, ExitStack() as stack:
        yield Sorter(Path(folder), stack)


def _keyed(line: bytes) -> tuple[str, list[Any]]:
    key, said = orjson.loads(line)
    return str(key), said


def _key_of(keyed: tuple[str, list[Any]]) -> str:
    return keyed[0]
