"""docs/reference/events.md: what each event says, made from the types that write it."""

import inspect
import json
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from core.events.kinds import ALL, VERSION, Event, Posting

_HEAD = """\
# Events

What a tenant's own system is posted, once it has subscribed:
[receive events](../howto/receive-events.md).
Each request has one event as JSON. `data` is said below by `type`; ids are UUIDs, the same as in
exports and on receipts. No event has a name or the words of a person, and a `number` only where the
subscription asks for numbers. A field may be added at any time; where one changes its meaning or
goes, `version` is another.
"""


def lines() -> Iterator[str]:
    """The page's lines."""
    yield _HEAD
    yield "| field | | |"
    yield "| --- | --- | --- |"
    yield from _fields(Event)
    for kind, data in ALL.items():
        yield from ("", f"## {kind}", "", inspect.cleandoc(data.__doc__ or ""), "")
        yield "| field | | |"
        yield "| --- | --- | --- |"
        yield from _fields(data)
        if data.__struct_fields__ and "postings" in data.__struct_fields__:
            yield from ("", "Each of `postings`:", "", "| field | | |", "| --- | --- | --- |")
            yield from _fields(Posting)
    yield from ("", "## JSON schema", "", "```json")
    yield json.dumps(schema(), indent=2)
    yield "```"


def schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of every event."""
    schemas, definitions = msgspec.json.schema_components(
        [Event, *ALL.values()], ref_template="#/$defs/{name}"
    )
    definitions.pop("Event", None)
    envelope = msgspec.json.schema(Event)["$defs"]["Event"]
    envelope["properties"]["version"] = {"const": VERSION}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "An event of Piga",
        "oneOf": [
            {
                **envelope,
                "title": kind,
                "properties": {
                    **envelope["properties"],
                    "type": {"const": kind},
                    "data": reference,
                },
            }
            for kind, reference in zip(ALL, schemas[1:], strict=True)
        ],
        "$defs": dict(sorted(definitions.items())),
    }


def _fields(kind: type[msgspec.Struct]) -> Iterator[str]:
    described: Mapping[str, Any] = msgspec.json.schema(kind)["$defs"][kind.__name__]["properties"]
    for name in kind.__struct_fields__:
        about = described[name]
        yield f"| `{name}` | {_type_of(about)} | {_described(about)} |"


def _described(about: Mapping[str, Any]) -> str:
    parts = [about, *about.get("anyOf", ())]
    return next((str(part["description"]) for part in parts if "description" in part), "")


def _type_of(about: Mapping[str, Any]) -> str:
    if "anyOf" in about:
        return " or ".join(_type_of(each) for each in about["anyOf"])
    if "$ref" in about:
        return "object"
    if about.get("format") in ("uuid", "date-time"):
        return {"uuid": "UUID", "date-time": "time"}[about["format"]]
    return str(about.get("type", "object"))
