"""A menu tree as a Mermaid flowchart."""

from typing import Final

from menus.languages import SOURCE_LANGUAGE
from menus.texts import Local
from menus.tree import Node, Tree

# Mermaid reads these as its own even within quotes; a character code is shown as the character.
_CODES: Final = {ord(char): f"#{ord(char)};" for char in '"#;<>&`|[]{}\\\n'}


def mermaid(tree: Tree, language: str = SOURCE_LANGUAGE) -> str:
    """The chart as text: menus are boxes, flows are rounded, infos are notes; edges are keys."""
    numbers = {node.path: number for number, node in enumerate(tree.root.walk())}
    lines = ["flowchart LR"]
    lines += [f"  n{numbers[node.path]}{_shape(node, language)}" for node in tree.root.walk()]
    for node in tree.root.walk():
        for item in node.items:
            edge = f"{item.key} ({', '.join(sorted(item.roles))})" if item.roles else item.key
            lines.append(f'  n{numbers[node.path]} -->|"{edge}"| n{numbers[item.path]}')
    return "\n".join(lines) + "\n"


def _shape(node: Node, language: str) -> str:
    label = _quoted(node.text, language)
    if node.flow is not None:
        return f'(["{label}<br/>{node.flow}"])'
    if node.info is not None:
        return f'>"{label}"]'
    return f'["{label}"]'


def _quoted(words: Local, language: str) -> str:
    return words.say(language).translate(_CODES)
