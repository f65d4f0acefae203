"""YAML as plain values that know where they stand.

A scalar is taken as it is written, whatever YAML makes of it: `*384*10#` needs its quotes because a
star begins an alias, but 0852 stays 0852 and no stays "no".
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from core.manifest.faults import Faults, Place

FILE_BYTES_MAXIMUM = 20_000_000

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Fields(dict[str, Any]):
    """A mapping without its empty values. `lines` has the line of every name, empty ones too."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.lines: dict[str, int] = {}


class Items(list[Any]):
    """A list, with the line of each item."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.lines: list[int] = []


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was read: `content` is None (an empty file), a text, Fields or Items."""

    name: str
    content: Any
    place: Place
    node: yaml.Node | None

    def data(self) -> Any:
        """The content as YAML itself reads it, for what another room checks."""
        if self.node is None:
            return None
        try:
            return yaml.SafeLoader("").construct_document(self.node)
        except (yaml.YAMLError, ValueError) as error:
            self.place.fault(f"this cannot be read: {getattr(error, 'problem', None) or error}")
            return None


def place_in(value: Any, place: Place, *way: str | int) -> Place:
    """The place of what `way` leads to inside a value: names of fields, and items from 0.

    A part of the way that leads nowhere is left out, but for a last one: what is missing is shown
    by its name, on the line of what it is missing from.
    """
    for part in way:
        if isinstance(value, Fields) and part in value.lines:
            path = f"{place.path}.{part}" if place.path else str(part)
            place = Place(place.file, value.lines[str(part)], path, place.faults)
            value = value.get(str(part))
        elif isinstance(value, Items) and isinstance(part, int) and part < len(value):
            path = f"{place.path}[{part + 1}]"
            place = Place(place.file, value.lines[part], path, place.faults)
            value = value[part]
    return place


def open_file(folder: Path, name: str, faults: Faults) -> Source | None:
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
    place = Place(name, _line(node) if node else 0, "", faults)
    return Source(name, _plain(node, place), place, node)


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _plain(node: yaml.Node | None, place: Place) -> Any:
    """A node's value. The same name twice is a fault; the first counts."""
    if isinstance(node, yaml.MappingNode):
        fields = Fields(place)
        for key, inner in node.value:
            name = str(key.value) if isinstance(key, yaml.ScalarNode) else "?"
            path = f"{place.path}.{name}" if place.path else name
            here = Place(place.file, _line(inner), path, place.faults)
            if name in fields.lines:
                here.fault("this name stands here twice")
                continue
            fields.lines[name] = here.line
            value = _plain(inner, here)
            if value is not None:
                fields[name] = value
        return fields
    if isinstance(node, yaml.SequenceNode):
        items = Items(place)
        for number, inner in enumerate(node.value, 1):
            here = Place(place.file, _line(inner), f"{place.path}[{number}]", place.faults)
            items.lines.append(here.line)
            items.append(_plain(inner, here))
        return items
    if node is None or node.tag.endswith(":null"):
        return None
    return str(node.value).strip()


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
