"""The console's catalogues: what each sentence is called in the languages of staff.

A sentence is looked up in English. One without a translation is said in English: a test fails on
it (`tests/app/console/test_texts.py`), and no clerk waits for it.
"""

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from werkzeug.datastructures import LanguageAccept

from app.console.texts.marking import sentences
from values.said import Said

SOURCE: Final = "en"
# By their names in their own words: who cannot read the others must find theirs.
LANGUAGES: Final[Mapping[str, str]] = MappingProxyType(
    {"en": "English", "fr": "Français", "rw": "Ikinyarwanda", "sw": "Kiswahili"}
)
FOLDER: Final = Path(__file__).parent / "locales"
CONSOLE: Final = Path(__file__).parents[1]
CORE: Final = Path(__file__).parents[3] / "core"
# What is given sentences for staff: in which place, or as its `title`. A column is a list's: one of
# a table in Postgres has a type in that place.
_CALLS: Final = {"said": 0, "Work": 1, "go": 1, "Column": 1}
_TITLED: Final = ("Page", "Listing")
_NO_SENTENCE: Final = re.compile(r"`|text says|^Base of|^$|\n")
_ERRORS: Final = ("StaffError", "ApprovalError", "EmailError", "ExportError", "BroadcastError")

_HEADER: Final = """\
# {language}: what the console says. `piga texts` keeps the entries in order.
msgid ""
msgstr ""
"Language: {language}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


@cache
def translations(language: str) -> Mapping[str, str]:
    """What is said in a language, by the English sentence."""
    if language == SOURCE:
        return {}
    with path_of(language).open("rb") as file:
        catalogue = read_po(file)
    return {str(one.id): str(one.string) for one in catalogue if one.id and one.string}


def say(text: str, language: str) -> str:
    """A sentence in that language, with its values; what is in no catalogue as it is."""
    known = translations(language)
    if not isinstance(text, Said):
        return known.get(text, text)
    sentence = known.get(text.sentence, text.sentence)
    values = {name: _value(one, language) for name, one in text.values.items()}
    return sentence.format(**values) if values else sentence


def _value(value: Any, language: str) -> Any:
    return say(value, language) if isinstance(value, Said) else value


def chosen(own: str | None, accepted: LanguageAccept) -> str:
    """The language to answer in: the one that somebody chose, or one that their browser asks for;
    else English."""
    if own is not None and own in LANGUAGES:
        return own
    return accepted.best_match(LANGUAGES, SOURCE) or SOURCE


def path_of(language: str) -> Path:
    return FOLDER / f"{language}.po"


# --- what there is to be translated ---------------------------------------------------------------


def gathered() -> dict[str, list[str]]:
    """Every sentence of the console's templates and code, by the files that say it."""
    found: dict[str, list[str]] = {}
    for path in _files(CONSOLE, "*.html"):
        for sentence in sentences(path.read_text(encoding="utf-8")):
            found.setdefault(sentence, []).append(_named(path))
    for folder, also in ((CONSOLE, ("go",)), (CORE, ())):
        for path in _files(folder, "*.py"):
            for sentence in in_code(path.read_text(encoding="utf-8"), also):
                found.setdefault(sentence, []).append(_named(path))
    return found


def _files(folder: Path, pattern: str) -> list[Path]:
    return sorted(folder.rglob(pattern))


def _named(path: Path) -> str:
    return path.relative_to(CONSOLE.parents[1]).as_posix()


def in_code(source: str, also: Collection[str] = ()) -> Iterator[str]:
    """The sentences for staff that stand in Python: what `said`, and `visit.go` (`also`) is given,
    titles of pages, lists and work, and the docstrings of refusals."""
    if not any(mark in source for mark in ("said(", ".go(", "PAGE = ", "Listing(", *_ERRORS)):
        return
    calls = {name: place for name, place in _CALLS.items() if name != "go" or name in also}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef):
            if any(isinstance(base, ast.Name) and base.id in _ERRORS for base in node.bases):
                text = ast.get_docstring(node) or ""
                yield from [] if _NO_SENTENCE.search(text) else [text]
        elif isinstance(node, ast.Call):
            yield from _in_call(node, calls)


def _in_call(node: ast.Call, calls: Mapping[str, int]) -> Iterator[str]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    name = node.func.id if isinstance(node.func, ast.Name) else name
    if name in _TITLED:
        yield from _texts(one.value for one in node.keywords if one.arg == "title")
    elif name in calls and len(node.args) > calls[name]:
        yield from _texts([node.args[calls[name]]])


def _texts(nodes: Iterable[ast.expr]) -> Iterator[str]:
    """The strings that an expression may be: of a choice, both."""
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from [node.value] if node.value else []
        elif isinstance(node, ast.IfExp):
            yield from _texts([node.body, node.orelse])


def update() -> dict[str, int]:
    """Bring the catalogues up to the code: new sentences come in empty, others go. Answers how many
    each language lacks."""
    found = gathered()
    lacking = {}
    for language in LANGUAGES:
        if language == SOURCE:
            continue
        known = dict(translations(language)) if path_of(language).is_file() else {}
        catalogue = Catalog(fuzzy=False)
        for sentence, files in found.items():
            places = [(file, 1) for file in dict.fromkeys(files)]
            catalogue.add(sentence, known.get(sentence, ""), locations=places)
        with path_of(language).open("wb") as file:
            file.write(_HEADER.format(language=language).encode())
            write_po(file, catalogue, width=100, omit_header=True, include_lineno=False)
        lacking[language] = sum(1 for sentence in found if not known.get(sentence))
    translations.cache_clear()
    return lacking
