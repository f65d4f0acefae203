"""A tenant's folder, checked against what Piga knows: languages, providers, flows."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from app import domains, gateways
from core.manifest.reading import read_manifest
from core.manifest.section import Manifest, ManifestRules
from providers import registry


@cache
def rules(*, demo: bool) -> ManifestRules:
    """What folders are checked against; PINs may be given in a demo only."""
    from menus.languages import LANGUAGES

    gateways.load()
    return ManifestRules(
        languages=LANGUAGES,
        providers=registry.names(),
        check_tree=_check_tree,
        check_change=_check_change,
        settings_at=_settings_at,
        keeps={
            one.kind: (one.least_days, one.kept_days)
            for one in domains.load().retention
            if one.kind
        },
        pins=demo,
    )


def read_folder(folder: Path, *, demo: bool) -> Manifest:
    """The folder's content. Raises FolderFaults with everything that is wrong with it."""
    return read_manifest(folder, rules(demo=demo), domains.load().sections)


def _settings_at(provider: str) -> Mapping[str, Any]:
    return registry.find(provider).service_settings


def _check_tree(
    tree: dict[str, Any], languages: tuple[str, ...], roles: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    from app.operations import glossaries
    from menus import check
    from menus.tree_reading import BadTree, read_tree

    try:
        sound = read_tree(tree)
    except BadTree as bad:
        for problem in bad.problems:
            yield problem.place, problem.what
        return
    flows = domains.load().in_menus
    found = check.check_tree(sound, flows, languages, roles=roles)
    for problem in (*found, *check.check_forbidden_words(sound, glossaries.terms())):
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
