"""YAML read with its places, so that every fault can name its file and line.

A value is taken as it is written, whatever YAML makes of it: `*384*10#` needs its quotes because a
star begins an alias, but 0852 stays 0852 and no stays "no".
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import yaml

FILE_BYTES_MAXIMUM = 20_000_000
FAULTS_SHOWN_MAXIMUM = 200

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_TRUE = frozenset({"true", "yes"})
_FALSE = frozenset({"false", "no"})

T = TypeVar("T")


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """What is wrong, and where: `people.yaml:12: phones: not a phone number`."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}" if self.line else f"{self.file}: {self.text}"


class FolderFaults(Exception):
    """Everything that is wrong with a tenant's folder; nothing of it was written."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = sorted(set(faults))[:FAULTS_SHOWN_MAXIMUM]


@dataclass(slots=True)
class Faults:
    """Collects faults, so that all are told at once."""

    found: list[Fault] = field(default_factory=list)

    def add(self, file: str, line: int, text: str) -> None:
        self.found.append(Fault(file, line, text))

    def raise_any(self) -> None:
        if self.found:
            raise FolderFaults(self.found)


class Place:
    """A value in a file: its YAML node, and the way to it."""

    __slots__ = ("_faults", "_file", "_node", "path")

    def __init__(self, node: yaml.Node | None, file: str, faults: Faults, path: str = "") -> None:
        self._node = node
        self._file = file
        self._faults = faults
        self.path = path

    @property
    def line(self) -> int:
        return self._node.start_mark.line + 1 if self._node is not None else 0

    @property
    def is_empty(self) -> bool:
        node = self._node
        return node is None or (isinstance(node, yaml.ScalarNode) and node.tag.endswith(":null"))

    def fault(self, text: str) -> None:
        self._faults.add(self._file, self.line, f"{self.path}: {text}" if self.path else text)

    # --- what it may be ------------------------------------------------------------------------

    def text(self) -> str:
        """A scalar as it is written. A fault, and "", when it is none."""
        if not isinstance(self._node, yaml.ScalarNode) or self.is_empty:
            self.fault("a text is needed here")
            return ""
        value = str(self._node.value).strip()
        if not value or not value.isprintable():
            self.fault("a text of visible characters is needed here")
            return ""
        return value

    def matching(self, pattern: str, what: str) -> str:
        value = self.text()
        if value and not re.fullmatch(pattern, value, re.ASCII):
            self.fault(f"{what} is needed here")
            return ""
        return value

    def one_of(self, choices: tuple[str, ...] | frozenset[str]) -> str:
        value = self.text()
        if value and value not in choices:
            self.fault(f"{_quoted(value)} is none of: {', '.join(sorted(choices))}")
            return ""
        return value

    def flag(self) -> bool:
        value = self.text().lower()
        if value and value not in _TRUE | _FALSE:
            self.fault("true or false is needed here")
        return value in _TRUE

    def whole(self, minimum: int, maximum: int) -> int:
        value = self.text().replace("_", "")
        if not value:
            return minimum
        if not re.fullmatch(r"-?[0-9]{1,15}", value) or not minimum <= int(value) <= maximum:
            self.fault(f"a whole number from {minimum} to {maximum} is needed here")
            return minimum
        return int(value)

    def decimal(self, decimals: int, maximum: int) -> Decimal:
        """A number not below zero with at most so many decimals; `maximum` is of its last unit."""
        value = self.text().replace("_", "")
        try:
            number = Decimal(value) if value else Decimal(0)
        except InvalidOperation:
            number = Decimal("NaN")
        scaled = number.scaleb(decimals) if number.is_finite() else number
        if not number.is_finite() or scaled != scaled.to_integral_value():
            kind = f"a number with at most {decimals} decimals" if decimals else "a whole number"
            self.fault(f"{kind} is needed here")
            return Decimal(0)
        if not 0 <= scaled <= maximum:
            self.fault("the number is below zero or too large")
            return Decimal(0)
        return number

    def moment(self, zone: ZoneInfo) -> datetime:
        """A date (midnight) or a date with a time, by the tenant's clock unless it says a zone."""
        value = self.text()
        try:
            if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
                return datetime.combine(date.fromisoformat(value), time(), zone)
            moment = datetime.fromisoformat(value)
            return moment if moment.tzinfo else moment.replace(tzinfo=zone)
        except ValueError:
            if value:
                self.fault("a date such as 2026-01-31 is needed here")
            return datetime.combine(date(1970, 1, 1), time(), zone)

    def items(self) -> "list[Place]":
        """The items of a list; a single value is not one."""
        if self.is_empty:
            return []
        if not isinstance(self._node, yaml.SequenceNode):
            self.fault("a list is needed here")
            return []
        return [
            Place(node, self._file, self._faults, f"{self.path}[{number}]")
            for number, node in enumerate(self._node.value, 1)
        ]

    def fields(self, *names: str, needed: tuple[str, ...] = ()) -> "Fields":
        """A mapping with these fields and no others."""
        found = dict(self.entries())
        if not isinstance(self._node, yaml.MappingNode):
            return Fields({}, self)
        for name, place in found.items():
            if name not in names and name not in needed:
                place.fault(f"no such field; there are: {', '.join(sorted({*names, *needed}))}")
        for name in needed:
            if name not in found or found[name].is_empty:
                self.fault(f"{name} is missing")
        return Fields(found, self)

    def entries(self) -> "Iterator[tuple[str, Place]]":
        """The names and values of a mapping, whatever its names."""
        if not isinstance(self._node, yaml.MappingNode):
            self.fault("fields (name: value) are needed here")
            return
        seen: set[str] = set()
        for key, value in self._node.value:
            name = str(key.value) if isinstance(key, yaml.ScalarNode) else "?"
            path = f"{self.path}.{name}" if self.path else name
            place = Place(value, self._file, self._faults, path)
            if name in seen:
                place.fault("this name stands here twice")
                continue
            seen.add(name)
            yield name, place

    @property
    def is_mapping(self) -> bool:
        return isinstance(self._node, yaml.MappingNode)

    def data(self) -> Any:
        """The value as YAML reads it, for what another room checks."""
        if self._node is None:
            return None
        builder = yaml.SafeLoader("")
        try:
            return builder.construct_document(self._node)
        except (yaml.YAMLError, ValueError) as error:
            self.fault(f"this cannot be read: {getattr(error, 'problem', None) or error}")
            return None


class Fields:
    """The fields of a mapping; one that is absent or empty is None."""

    __slots__ = ("_found", "of")

    def __init__(self, found: dict[str, Place], of: Place) -> None:
        self._found = found
        self.of = of

    def get(self, name: str) -> Place | None:
        place = self._found.get(name)
        return None if place is None or place.is_empty else place

    def read(self, name: str, how: Callable[[Place], T], default: T) -> T:
        place = self.get(name)
        return default if place is None else how(place)

    def text(self, name: str) -> str:
        return self.read(name, Place.text, "")

    def items(self, name: str) -> list[Place]:
        place = self.get(name)
        return [] if place is None else place.items()


def _quoted(value: str) -> str:
    return f'"{value[:40]}"'


def open_file(folder: Path, name: str, faults: Faults) -> Place | None:
    """The content of a YAML file, or None when it is absent or cannot be read (then a fault)."""
    path = folder / name
    try:
        if path.stat().st_size > FILE_BYTES_MAXIMUM:
            faults.add(name, 0, f"the file is larger than {FILE_BYTES_MAXIMUM // 1_000_000} MB")
            return None
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        faults.add(name, 0, f"the file cannot be read: {reason}")
        return None
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "this is not YAML"
        quotes = "alias" in problem or "alphabetic or numeric" in problem
        hint = ' (a text that begins with * stands in quotes: "*384*10#")' if quotes else ""
        faults.add(name, mark.line + 1 if mark else 0, problem + hint)
        return None
    if _has_alias(node, set()):
        faults.add(name, 0, "YAML anchors and aliases are not used here: write it out")
        return None
    return Place(node, name, faults)


def _has_alias(node: yaml.Node | None, seen: set[int]) -> bool:
    # An alias gives the same node again; following it could take for ever.
    if node is None:
        return False
    if id(node) in seen:
        return True
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        return any(_has_alias(item, seen) for item in node.value)
    if isinstance(node, yaml.MappingNode):
        return any(_has_alias(key, seen) or _has_alias(value, seen) for key, value in node.value)
    return False
