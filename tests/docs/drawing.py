"""The drawing of the rooms in docs/architecture.md, made from the import contracts.

`python -m tests.docs.drawing` prints it.
"""

import tomllib
from collections.abc import Iterator
from itertools import pairwise

from tests.docs.pages import CHECKOUT

# What a room is for, in the drawing.
ROOMS = {
    "app": "webhooks, wires, phone page, commands, local servers; puts the domains together",
    "workers": "outbox relay, jobs, sending, schedule",
    "checks": "what piga check does",
    "flows": "conversations, one file a flow, by domain",
    "providers": "wires to the outside, and their simulators",
    "engine": "flow, payment steps, conversation, sessions, turns",
    "menus": "screens, answers, texts, paging, trees",
    "core": "what is true: people, money, messages, by domain",
    "values": "money, numbers, names, ids, time: pure",
}


def drawing() -> str:
    """Both pictures as one Mermaid chart: the rooms, and the packages inside core."""
    contracts = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))
    layers = {
        bool(contract.get("containers")): [layer.split(" | ") for layer in contract["layers"]]
        for contract in contracts["tool"]["importlinter"]["contracts"]
        if contract["type"] == "layers"
    }
    return "\n".join(["flowchart TD", *_rooms(layers[False]), *_core(layers[True])]) + "\n"


def _rooms(layers: list[list[str]]) -> Iterator[str]:
    for room in (room for layer in layers for room in layer):
        yield f'    {room}["{room}/ — {ROOMS[room]}"]'
    yield from _arrows(layers)


def _core(layers: list[list[str]]) -> Iterator[str]:
    yield '    subgraph inside ["inside core/"]'
    inside = [[f"core_{package}" for package in layer] for layer in layers]
    for package in (package for layer in layers for package in layer):
        yield f'        core_{package}["{package}"]'
    yield from (f"    {arrow}" for arrow in _arrows(inside))
    yield "    end"


def _arrows(layers: list[list[str]]) -> Iterator[str]:
    """From each to each of the layer below: what is further down may be reached too."""
    for upper, lower in pairwise(layers):
        yield f"    {' & '.join(upper)} --> {' & '.join(lower)}"


if __name__ == "__main__":
    print(drawing(), end="")
