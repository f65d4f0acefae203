"""The parts of docs/reference that are made from the flows themselves: a test keeps them fresh."""

import inspect
import sys
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path

from app import domains
from app.operations import reference_console, reference_events
from app.operations.reference_classes import PAGES, lines
from app.operations.refusals import all_refusals
from app.settings import CHECKOUT
from engine.flow import Flow
from engine.graph import mermaid
from menus.catalogues import extract
from menus.graph import mermaid as draw_tree
from menus.languages import BY_CODE
from menus.texts import read_catalogue
from menus.tree_reading import read_yaml

FOLDER = CHECKOUT / "docs" / "reference"
TENANTS = CHECKOUT / "fixtures" / "tenants"
MADE = "<!-- Made by `piga graph --docs`; changes belong into the source. -->"


def pages() -> Mapping[Path, str]:
    """The pages by their files."""
    return {
        FOLDER / "console.md": _page(reference_console.lines()),
        FOLDER / "events.md": _page(reference_events.lines()),
        FOLDER / "flows.md": _page(_flows(domains.load().flows.values())),
        FOLDER / "languages.md": _page(_languages()),
        FOLDER / "lifecycles.md": _page(_lifecycles()),
        FOLDER / "menus.md": _page(_menus()),
        FOLDER / "refusals.md": _page(_refusals()),
        FOLDER / "texts.md": _page(_texts()),
        **{FOLDER / page.file: _page(lines(page)) for page in PAGES},
    }


def write() -> list[Path]:
    """Write them again; the files that changed."""
    changed = []
    for path, text in pages().items():
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed


def _page(lines: Iterable[str]) -> str:
    return "\n".join((MADE, "", *lines)) + "\n"


def _flows(flows: Iterable[type[Flow]]) -> Iterator[str]:
    yield "# Flows"
    yield ""
    yield "Each conversation with its map. A menu tree hangs a flow in by its name. States with a"
    yield "bold border are gone on with after a drop; the others lead to the last such state before"
    yield "them. `[x]` on an arrow is its condition, `/ y` what is done on the way."
    for flow in flows:
        yield from ("", f"## {flow.name}", "", _first_line(sys.modules[flow.__module__].__doc__))
        doc = inspect.cleandoc(flow.__doc__ or "") if "__doc__" in vars(flow) else ""
        if doc:
            yield from ("", doc)
        yield from ("", *_drawn(mermaid(flow)))


def _lifecycles() -> Iterator[str]:
    yield "# Lifecycles"
    yield ""
    yield "The states that rows go through, by table: an arrow is a step, and the statement that"
    yield "takes it finds the row in one of the states that it leads from, or finds nothing. What"
    yield "the database checks is compared with this by a test."
    for lifecycle in domains.load().lifecycles:
        yield from ("", f"## {lifecycle.table}", "", *_drawn(lifecycle.mermaid()))


def _menus() -> Iterator[str]:
    yield "# Menus"
    yield ""
    yield "Where the flows hang in the menus of the demo's tenants: an arrow is a key to press,"
    yield "with the roles that see it where not everybody does."
    for path in sorted(TENANTS.glob("*/menu*.yaml")):
        yield from ("", f"## {path.parent.name}", "")
        yield from _drawn(draw_tree(read_yaml(path.read_text(encoding="utf-8"))))


def _drawn(chart: str) -> tuple[str, ...]:
    return "```mermaid", chart.rstrip(), "```"


def _refusals() -> Iterator[str]:
    yield "# Refusals"
    yield ""
    yield "Why the business says no: each reason has one stable code and one sentence. Where `ends`"
    yield "is yes the conversation ends: asking again cannot help."
    yield ""
    yield "| code | sentence | ends |"
    yield "| --- | --- | --- |"
    for error in all_refusals():
        yield f"| `{error.code}` | {error.sentence} | {'yes' if error.ends else 'no'} |"


def _languages() -> Iterator[str]:
    yield "# Languages"
    yield ""
    yield "What is known of each language: `menus/locales/*/language.yaml`. Its number is that in"
    yield "every list of languages. No native reader has seen a draft."
    for one in BY_CODE.values():
        plural = " ".join(f"{name}: `{rule}`;" for name, rule in one.plural.items())
        folds = " ".join(f"{letter} {to}," for letter, to in one.folds.items())
        yield from ("", f"## {one.name}", "")
        yield "| | |"
        yield "| --- | --- |"
        yield f"| code, number | {one.code}, {one.key}{', a draft' if one.draft else ''} |"
        yield f"| plural | {plural} the rest is `other` |"
        yield f"| letters that GSM-7 lacks | {folds.removesuffix(',') or 'none'} |"
        for name, words in (
            ("secrets", one.secrets),
            ("yes", one.yes),
            ("no", one.no),
            ("menu", one.menu),
            ("greetings", one.greetings),
            ("help", one.help),
            ("stop", one.stop),
            ("start", one.start),
            ("polite", one.polite),
        ):
            yield f"| {name} | {', '.join(words)} |"
        yield from ("", one.notes)


def _texts() -> Iterator[str]:
    yield "# Texts"
    yield ""
    yield "Every sentence that a phone may show, by the file that says it. Translations live in"
    yield "`menus/locales`; those of drafts are read there."
    languages = [code for code, one in BY_CODE.items() if not one.draft]
    catalogues = {language: read_catalogue(language) for language in languages}
    sentences = [(message.locations[0][0], str(message.id)) for message in extract() if message.id]
    for file, found in groupby(sorted(sentences), key=lambda pair: pair[0]):
        yield from ("", f"## {file}", "")
        yield f"| {' | '.join(BY_CODE[language].name for language in languages)} |"
        yield f"|{' --- |' * len(languages)}"
        for _, msgid in found:
            said = (catalogues[language].get(msgid) for language in languages)
            row = (_cell(str(message.string) if message else "") for message in said)
            yield f"| {' | '.join(row)} |"


def _cell(words: str) -> str:
    return words.replace("|", "\\|").replace("\n", "<br>")


def _first_line(doc: str | None) -> str:
    return inspect.cleandoc(doc or "").split("\n\n")[0].replace("\n", " ")
