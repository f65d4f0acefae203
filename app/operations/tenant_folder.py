"""A tenant's folder, checked against what the house knows: languages, providers, flows."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from core.manifest import limits
from core.manifest.reading import read
from core.manifest.shapes import Blueprint, House


@cache
def house(*, demo: bool) -> House:
    from menus.texts import LANGUAGES
    from providers.registry import NAMES

    return House(
        languages=LANGUAGES,
        providers=NAMES,
        check_tree=_check_tree,
        check_change=_check_change,
        pins=demo,
    )


def read_folder(folder: Path, *, demo: bool) -> Blueprint:
    """The folder's content. Raises FolderFaults with everything that is wrong with it."""
    return read(folder, house(demo=demo))


def _check_tree(tree: dict[str, Any], languages: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    from app import domains
    from menus import check
    from menus.tree_reading import BadTree, read_tree

    try:
        sound = read_tree(tree)
    except BadTree as bad:
        for problem in bad.problems:
            yield problem.place, problem.what
        return
    flows = domains.load().in_menus
    for problem in check.check_tree(sound, flows, languages, roles=limits.ROLES):
        yield problem.place, problem.what


def _check_change(old: dict[str, Any], new: dict[str, Any]) -> Iterator[tuple[str, str]]:
    from menus.tree_lint import renumbered
    from menus.tree_reading import BadTree, read_tree

    try:
        before = read_tree(old)
    except BadTree:  # written by an older release: nothing to compare with
        return
    for problem in renumbered(before, read_tree(new)):
        yield problem.place, problem.what
