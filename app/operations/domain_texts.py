"""The catalogues that domains bring: checked, and brought up to their code.

A domain's sentences are those of the package that its folder of catalogues lies in. It owes them in
the languages that it has a catalogue of, and in those of the tenants whose menus lead into it.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from app import domains
from app.domains.domain import Domain
from menus import catalogues
from menus.check import check_words as words_problems
from menus.glossary import Term
from menus.languages import SOURCE_LANGUAGE
from menus.texts import catalogue_path
from menus.tree import Tree
from values.problems import Problem


@dataclass(frozen=True, slots=True)
class Updated:
    """A catalogue that was brought up to the code, and how many sentences it still lacks."""

    path: Path
    lacking: int


def check_catalogues() -> list[Problem]:
    """Missing translations and left over ones, of each domain in its own languages."""
    found = []
    for _, locales in _bringing(domains.load().all):
        source, languages = _source_of(locales), catalogues.languages_in(locales)
        found += catalogues.problems(*source, languages=languages)
        found += [gap.problem for gap in catalogues.gaps(*source, languages=languages)]
    return found


def check_words(terms: Collection[Term]) -> list[Problem]:
    """What domains say that goes against the glossary."""
    return [
        problem
        for _, locales in _bringing(domains.load().all)
        for problem in words_problems(terms, locales)
    ]


def check_tree(tree: Tree, languages: Iterable[str]) -> list[Problem]:
    """The languages in which a menu leads into a domain that has no catalogue of them."""
    named = tree.flow_names()
    return [
        Problem(
            "menus", domain.name, f"is reached from a menu in {language}, and has no {language}.po"
        )
        for domain, locales in _bringing(domains.load().all)
        if any(flow.name in named for flow in domain.flows)
        for language in languages
        if language not in (SOURCE_LANGUAGE, *catalogues.languages_in(locales))
    ]


def update_own() -> list[Updated]:
    """Bring Piga's own catalogues up to the code, in every language that has a folder."""
    lacking = catalogues.update()
    return [Updated(catalogue_path(language), count) for language, count in lacking.items()]


def update() -> list[Updated]:
    """Bring every domain's catalogues up to its code."""
    found = []
    for _, locales in _bringing(domains.load().all):
        languages = catalogues.languages_in(locales)
        lacking = catalogues.update(*_source_of(locales), languages=languages)
        found += [
            Updated(catalogue_path(language, locales), count) for language, count in lacking.items()
        ]
    return found


def _bringing(all_domains: Iterable[Domain]) -> Iterator[tuple[Domain, Path]]:
    for domain in all_domains:
        if domain.locales is not None:
            yield domain, domain.locales.resolve()


def _source_of(locales: Path) -> tuple[Path, Path, tuple[str, ...]]:
    """Where the sentences stand that a folder of catalogues says: as `catalogues` takes it."""
    package = locales.parent
    return package.parent, locales, (package.name,)
