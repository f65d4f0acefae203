"""A menu tree as a drawing: where each node stands, and the lines between them."""

from dataclasses import dataclass
from typing import Final

from menus.tree import Node, Tree

COLUMN: Final = 210
ROW: Final = 36
BOX: Final = 180
LETTERS_MAXIMUM: Final = 24


@dataclass(frozen=True, slots=True)
class Drawn:
    """A node at its place, in units of the drawing; `kind` is menu, flow or info."""

    path: str
    kind: str
    words: str
    key: int
    x: int
    y: int
    roles: str


@dataclass(frozen=True, slots=True)
class Line:
    """From a menu to what its key opens."""

    x: int
    y: int
    to_x: int
    to_y: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """All of it, and how large it is."""

    nodes: tuple[Drawn, ...]
    lines: tuple[Line, ...]
    width: int
    height: int


def draw(tree: Tree, language: str) -> Drawing:
    """A column for each depth, a row for each end; a menu stands beside the first that it opens."""
    nodes: list[Drawn] = []
    lines: list[Line] = []
    rows = 0

    def place(node: Node, depth: int) -> int:
        nonlocal rows
        tops = [place(item, depth + 1) for item in node.items]
        if tops:
            y = tops[0]
        else:
            y, rows = rows * ROW, rows + 1
        x = depth * COLUMN
        lines.extend(Line(x + BOX, y + ROW // 2, x + COLUMN, top + ROW // 2) for top in tops)
        roles = ", ".join(sorted(node.roles))
        words = node.text.say(language)
        short = words if len(words) <= LETTERS_MAXIMUM else f"{words[: LETTERS_MAXIMUM - 1]}…"
        kind = "menu" if node.is_menu else "flow" if node.flow is not None else "info"
        nodes.append(Drawn(node.path, kind, short, node.key, x, y, roles))
        return y

    place(tree.root, 0)
    deepest = max(one.x for one in nodes)
    return Drawing(tuple(nodes), tuple(lines), deepest + COLUMN, rows * ROW)
