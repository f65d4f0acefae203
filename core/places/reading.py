"""What reading a file of places comes to."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from core.places.names import is_a_name, is_mistyped, key_of, shown

# How deep a hierarchy may be: country to household is seven.
LEVELS_MAXIMUM: Final = 8
NAME_CHARS_MAXIMUM: Final = 120
# A country's villages, or a country's stops: Rwanda has 14,841 of the first.
ROWS_MAXIMUM: Final = 500_000


class PlacesFileError(ValueError):
    """The file cannot be read at all. The text is one sentence that says why."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a row. `row` counts as a spreadsheet does, the header being 1; in JSON it
    is the place's number in the order of the file. A row with a problem is not taken unless
    `taken`."""

    row: int
    code: str
    text: str
    taken: bool = False


@dataclass(frozen=True, slots=True)
class Area:
    """A part of a country, by its whole path: of 416 sectors only some 360 names are unique.

    `path` has the names from the widest to this one; `level` is what this one is (sector, cell).
    """

    level: str
    path: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.path[-1]

    @property
    def key(self) -> tuple[str, ...]:
        return tuple(key_of(name) for name in self.path)


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop of a city. Degrees are in ten millionths (about a centimetre)."""

    id: str
    name: str
    latitude_e7: int
    longitude_e7: int


@dataclass(slots=True)
class Reading:
    """How many rows were read and taken, the places they make, and each problem."""

    read: int = 0
    taken: int = 0
    areas: list[Area] = field(default_factory=list)
    stops: list[Stop] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def by_level(self) -> dict[str, int]:
        """How many areas there are of each level."""
        return dict(Counter(area.level for area in self.areas))

    def refuse(self, row: int, code: str, text: str) -> None:
        self.problems.append(Problem(row, code, text))

    def remark(self, row: int, code: str, text: str) -> None:
        """The row is taken; somebody should look at it."""
        self.problems.append(Problem(row, code, text, taken=True))


class AreaTree:
    """Areas, each once, with all that they lie in."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._known: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._leaves: dict[tuple[str, ...], tuple[int, tuple[str, ...]]] = {}

    def add(
        self,
        row: int,
        levels: Sequence[str],
        names: Sequence[str],
        apart: tuple[str, ...] = (),
    ) -> None:
        """One row: a place and what it lies in, the widest first. `apart` are codes of levels that
        the file does not name: they tell two places of one name apart, and cannot be shown."""
        self._reading.read += 1
        path = [shown(name) for name in names]
        if not any(path):
            self._reading.refuse(row, "empty", "The row names no place.")
            return
        if "" in path:
            level = levels[path.index("")]
            self._reading.refuse(row, "name_missing", f"The {level} has no name.")
            return
        if any(len(name) > NAME_CHARS_MAXIMUM for name in path):
            text = f"A name has more than {NAME_CHARS_MAXIMUM} characters."
            self._reading.refuse(row, "name_too_long", text)
            return
        broken = next((name for name in path if not is_a_name(name)), None)
        if broken is not None:
            self._reading.refuse(row, "not_a_name", f"{broken[:40]!r} is not a name.")
            return
        key = tuple(key_of(name) for name in path)
        if "" in key:
            text = f"{path[key.index('')]} has no letter or digit."
            self._reading.refuse(row, "name_without_letters", text)
            return
        if key in self._leaves:
            self._refuse_double(row, " > ".join(path), apart, *self._leaves[key])
            return
        self._leaves[key] = (row, apart)
        self._reading.taken += 1
        self._take(row, levels, path, key)

    def _refuse_double(
        self, row: int, name: str, apart: tuple[str, ...], other: int, others: tuple[str, ...]
    ) -> None:
        if apart == others:
            self._reading.refuse(row, "duplicate", f"{name} is there already.")
            return
        text = (
            f"{name} is in row {other} too, and lies elsewhere: the file has codes, not names, of "
            "what it lies in."
        )
        self._reading.refuse(row, "name_shared", text)

    def _take(
        self, row: int, levels: Sequence[str], path: Sequence[str], key: tuple[str, ...]
    ) -> None:
        for depth in range(1, len(path) + 1):
            if key[:depth] in self._known:
                continue
            known = (*self._known.get(key[: depth - 1], ()), path[depth - 1])
            self._known[key[:depth]] = known
            self._reading.areas.append(Area(levels[depth - 1], known))
            self._remark_on(row, path[depth - 1])

    def _remark_on(self, row: int, name: str) -> None:
        if is_mistyped(name):
            self._reading.remark(row, "digit_in_name", f"{name} has a digit inside a word.")
