"""A gateway's file as plain values, and the line of each of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Way = tuple[str | int, ...]


class GatewayFaults(Exception):
    """Everything that is wrong with a gateway's file: `faults` are lines such as
    `acme.yaml:12: request.msisdn: a text is needed here`."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was read. A scalar is taken as it is written, whatever YAML makes of it."""

    name: str
    data: Any
    lines: dict[Way, int]

    def fault(self, way: Way, text: str) -> str:
        """What is wrong with the value that `way` leads to, or with what it is missing from."""
        known = way
        while known and known not in self.lines:
            known = known[:-1]
        path = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in way)
        told = f"{path.lstrip('.')}: {text}" if path else text
        return f"{self.name}:{self.lines.get(known, 1)}: {told}"


def read_source(path: Path) -> Source:
    """Raises GatewayFaults where it cannot be read as YAML without anchors and repeated names."""
    try:
        node = yaml.compose(path.read_text("utf-8"), Loader=_Loader)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise GatewayFaults([f"{path.name}: the file cannot be read: {reason}"]) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "this is not YAML"
        line = mark.line + 1 if mark else 1
        raise GatewayFaults([f"{path.name}:{line}: {problem}"]) from None
    source = Source(path.name, None, {(): 1})
    faults: list[str] = []
    seen: set[int] = set()
    data = _plain(node, (), source, seen, faults)
    if faults:
        raise GatewayFaults(faults)
    return Source(path.name, data, source.lines)


def _plain(
    node: yaml.Node | None, way: Way, source: Source, seen: set[int], faults: list[str]
) -> Any:
    if node is None:
        return None
    source.lines[way] = int(node.start_mark.line) + 1
    if id(node) in seen:
        faults.append(source.fault(way, "YAML anchors and aliases are not used here: write it out"))
        return None
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        fields: dict[str, Any] = {}
        for key, inner in node.value:
            name = str(key.value) if isinstance(key, yaml.ScalarNode) else "?"
            if name in fields:
                faults.append(source.fault((*way, name), "this name stands here twice"))
                continue
            fields[name] = _plain(inner, (*way, name), source, seen, faults)
        return fields
    if isinstance(node, yaml.SequenceNode):
        return [
            _plain(inner, (*way, at), source, seen, faults) for at, inner in enumerate(node.value)
        ]
    return None if node.tag.endswith(":null") else str(node.value)
