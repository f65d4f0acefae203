"""The project's pages, taken apart: their blocks of code and their links."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
DOCS = CHECKOUT / "docs"

_FENCE = re.compile(r"^```(?P<info>\S.*)?$")
_LINK = re.compile(r"!?\[[^\]]*\]\((?P<target>[^)\s]+)\)")
_PIGA = re.compile(r"(?:\.venv/bin/)?piga (?P<arguments>.*)")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block. `info` is what stands behind its language."""

    page: Path
    line: int
    language: str
    info: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(CHECKOUT)}:{self.line}"


@dataclass(frozen=True, slots=True)
class Link:
    page: Path
    line: int
    target: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(CHECKOUT)}:{self.line}: {self.target}"


@dataclass(frozen=True, slots=True)
class Command:
    """A line of a console block that begins with `$`, and what is printed under it."""

    block: Block
    line: str
    output: str

    def __str__(self) -> str:
        return f"{self.block}: {self.line}"

    @property
    def piga(self) -> list[str] | None:
        """The arguments of a `piga` command; None for any other."""
        found = _PIGA.fullmatch(self.line)
        return shlex.split(found["arguments"]) if found else None


def pages() -> list[Path]:
    """Every page, the providers' own included."""
    return sorted(
        [CHECKOUT / "README.md", *DOCS.rglob("*.md"), *CHECKOUT.glob("providers/*/README.md")]
    )


def blocks(page: Path) -> list[Block]:
    found = []
    open_at, info, lines = 0, "", list[str]()
    for number, line in enumerate(page.read_text("utf-8").splitlines(), start=1):
        fence = _FENCE.match(line)
        if open_at and line == "```":
            language, _, rest = info.partition(" ")
            found.append(Block(page, open_at, language, rest, "\n".join(lines) + "\n"))
            open_at = 0
        elif open_at:
            lines.append(line)
        elif fence:
            open_at, info, lines = number, fence["info"] or "", []
    assert not open_at, f"{page}:{open_at}: the block does not end"
    return found


def links(page: Path) -> Iterator[Link]:
    """Links outside of code."""
    in_code = False
    for number, line in enumerate(page.read_text("utf-8").splitlines(), start=1):
        if line.startswith("```"):
            in_code = not in_code
        elif not in_code:
            for found in _LINK.finditer(re.sub(r"`[^`]*`", "", line)):
                yield Link(page, number, found["target"])


def commands(block: Block) -> list[Command]:
    """The commands of a console block, each with what it prints."""
    found: list[tuple[str, list[str]]] = []
    for line in block.text.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif found and found[-1][0].endswith("\\") and not found[-1][1]:
            found[-1] = (found[-1][0][:-1] + line.strip(), [])
        else:
            assert found, f"{block}: a console block begins with $"
            found[-1][1].append(line)
    return [
        Command(block, line, "\n".join(printed) + "\n" if printed else "")
        for line, printed in found
    ]


def anchors(page: Path) -> set[str]:
    """The names of a page's headings, as links call them."""
    titles = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}
