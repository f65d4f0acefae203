"""What pages name in passing exists: files, commands, targets of make, names of the code."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import pytest

from app.cli import main
from tests.docs.pages import CHECKOUT, pages

# Written with one of these, a path stands for many.
STANDS_FOR_MANY = re.compile(r"<[a-z]+>|[A-Z]{3,}")
BARE_FILE = re.compile(r"[\w-]+\.(?:py|yaml|lua|sql|po|sh)")
# What a reader, a gateway or a domain of theirs brings.
OF_OTHERS = {"rides.yaml"}
SOURCES = (".py", ".in", ".yaml", ".sql", ".lua", ".toml")
ROOTS = sorted(
    path.name for path in CHECKOUT.iterdir() if path.is_dir() and not path.name.startswith(".")
)
PATH = re.compile(rf"(?:{'|'.join(ROOTS)})/[\w<>./*@-]*")
CLASS = re.compile(r"[A-Z][a-z]+(?:[A-Z][a-z]+)+")


def spoken(page: Path) -> Iterator[tuple[int, str]]:
    """What a page has between backticks, outside of blocks, with the line."""
    in_block = False
    for number, line in enumerate(page.read_text("utf-8").splitlines(), start=1):
        if line.startswith("```"):
            in_block = not in_block
        elif not in_block:
            for found in re.findall(r"`([^`]+)`", line):
                yield number, found


@cache
def files() -> tuple[Path, ...]:
    skipped = {"__pycache__", "node_modules"}
    return tuple(
        path
        for root in ROOTS
        for path in (CHECKOUT / root).rglob("*")
        if path.is_file() and not skipped.intersection(path.parts)
    )


@cache
def words_of_the_code() -> frozenset[str]:
    found: set[str] = set()
    for path in files():
        if path.suffix in SOURCES:
            found.update(re.findall(r"\w+", path.read_text("utf-8")))
    return frozenset(found)


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(CHECKOUT)))
def test_files_that_are_named_exist(page: Path) -> None:
    basenames = {path.name.removesuffix(".in") for path in files()} | OF_OTHERS
    missing = []
    for line, said in spoken(page):
        path = PATH.match(said)
        if path is not None:
            pattern = STANDS_FOR_MANY.sub("*", path[0].rstrip("/."))
            if not any(CHECKOUT.glob(pattern)):
                missing.append(f"{line}: {said}")
        elif BARE_FILE.fullmatch(said) and said not in basenames:
            missing.append(f"{line}: {said}")
    assert missing == []


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(CHECKOUT)))
def test_commands_that_are_named_exist(page: Path) -> None:
    targets = re.findall(r"^([a-z]+):", (CHECKOUT / "Makefile").read_text("utf-8"), re.MULTILINE)
    missing = []
    for line, said in spoken(page):
        command = re.search(r"(?:^| )(?:\.venv/bin/)?piga ((?:[a-z-]+ ?)+)", said)
        if command is not None and not exists(command[1].split()):
            missing.append(f"{line}: {said}")
        make = re.search(r"(?:^| )make ([a-z]+)", said)
        if make is not None and make[1] not in targets:
            missing.append(f"{line}: {said}")
    assert missing == []


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(CHECKOUT)))
def test_classes_that_are_named_exist(page: Path) -> None:
    named = {said for _, said in spoken(page) if CLASS.fullmatch(said)}
    assert named - words_of_the_code() == set()


def exists(words: list[str]) -> bool:
    found: click.Command | None = main
    while isinstance(found, click.Group) and words:
        found = found.get_command(click.Context(found), words.pop(0))
    return found is not None
