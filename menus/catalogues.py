"""The translation catalogues against the sources: what is missing, left over or does not fit.

Sentences are marked by `_()` where they are shown and by `N_()` where they are only written down.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po
from babel.plural import to_gettext

from menus.languages import BY_CODE, LANGUAGES, LOCALES_FOLDER, SOURCE_LANGUAGE
from menus.texts import DOMAIN, catalogue_path, read_catalogue
from values.placeholders import placeholders
from values.problems import Problem

PROJECT: Final = Path(__file__).parents[1]
ROOMS: Final = ("values", "core", "engine", "flows", "menus", "workers")
_MARKS: Final = frozenset({"_", "N_"})
_MARKED: Final = re.compile(rb"\b(?:_|N_)\s*\(")

_HEADER: Final = """\
# {language}: what {who} says. Entries are kept in order by `menus.catalogues.update`.
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural}\\n"

"""


def extract(project: Path = PROJECT, rooms: tuple[str, ...] = ROOMS) -> Catalog:
    """Every sentence marked in those rooms, with the files it stands in. Not to be changed: who
    asks again, while no file changes, gets the same one."""
    return _extracted(project, rooms, _stamp(project, rooms))


def _stamp(project: Path, rooms: tuple[str, ...]) -> frozenset[tuple[str, int, int]]:
    """What tells that a file of the rooms was changed, came or went."""
    found = set()
    for room in rooms:
        for path in (project / room).rglob("*.py"):
            stat = path.stat()
            found.add((str(path), stat.st_mtime_ns, stat.st_size))
    return frozenset(found)


@lru_cache(maxsize=8)
def _extracted(
    project: Path, rooms: tuple[str, ...], _stamp: frozenset[tuple[str, int, int]]
) -> Catalog:
    template = Catalog()
    for room in rooms:
        found = extract_from_dir(
            project / room, method_map=[("**.py", "python")], keywords=dict.fromkeys(_MARKS)
        )
        for file, _line, msgid, _comments, _context in found:
            template.add(msgid, locations=[(f"{room}/{file}", 1)])
    return template


def problems(
    project: Path = PROJECT,
    folder: Path = LOCALES_FOLDER,
    rooms: tuple[str, ...] = ROOMS,
    languages: Iterable[str] = LANGUAGES,
) -> list[Problem]:
    """Everything wrong between the sources and the catalogues of `languages`, in order of place,
    but for what is not translated, which `gaps` finds."""
    template = extract(project, rooms)
    found = [*misused_marks(project, rooms), *duplicates(template)]
    for language in languages:
        if catalogue_path(language, folder).is_file():
            found += _compare(template, read_catalogue(language, folder), language)
        else:
            found.append(Problem("menus", f"{language}.po", "there is no such catalogue"))
    return sorted(found)


@dataclass(frozen=True, slots=True)
class Gap:
    """A sentence without a translation, and the files that say it."""

    language: str
    msgid: str
    files: tuple[str, ...]

    @property
    def problem(self) -> Problem:
        room = self.files[0].partition("/")[0]
        return Problem(room, f"{self.language}.po {self.msgid!r}", "has no translation")


def gaps(
    project: Path = PROJECT,
    folder: Path = LOCALES_FOLDER,
    rooms: tuple[str, ...] = ROOMS,
    languages: Iterable[str] = LANGUAGES,
) -> list[Gap]:
    """What the catalogues of `languages` leave untranslated. English needs no translation; a
    catalogue that is not there has one problem, not a gap for each sentence."""
    template = extract(project, rooms)
    return [
        Gap(language, str(message.id), tuple(sorted(place for place, _ in message.locations)))
        for language in languages
        if language != SOURCE_LANGUAGE and catalogue_path(language, folder).is_file()
        for message in _untranslated(template, read_catalogue(language, folder))
    ]


def _untranslated(template: Catalog, catalogue: Catalog) -> Iterator[Message]:
    for message in _messages(template):
        entry = catalogue.get(message.id)
        if entry is None or not entry.string:
            yield message


def by_sentence(folder: Path = LOCALES_FOLDER) -> dict[str, dict[str, str]]:
    """Every sentence in each language that it is said in, by the English one."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for language in languages_in(folder):
        for message in _messages(read_catalogue(language, folder)):
            msgid = str(message.id)
            found[msgid].setdefault(SOURCE_LANGUAGE, msgid)
            if message.string:
                found[msgid][language] = str(message.string)
    return dict(found)


def languages_in(folder: Path) -> tuple[str, ...]:
    """The languages that a folder has a catalogue of, in order of their codes."""
    found = (path.parents[1].name for path in folder.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))
    return tuple(sorted(found))


def duplicates(template: Catalog) -> list[Problem]:
    """Sentences that differ by case, punctuation or spaces only: one of them is to go."""
    alike: dict[str, list[str]] = defaultdict(list)
    for message in _messages(template):
        alike[_bare(str(message.id))].append(str(message.id))
    return [
        Problem("menus", same[0], "says the same as " + " and ".join(map(repr, same[1:])))
        for same in alike.values()
        if len(same) > 1
    ]


def misused_marks(project: Path = PROJECT, rooms: tuple[str, ...] = ROOMS) -> list[Problem]:
    """Marked sentences whose words cannot be read here, or whose values are not the ones named."""
    found = []
    for room in rooms:
        for path in sorted((project / room).rglob("*.py")):
            place, source = str(path.relative_to(project)), path.read_bytes()
            if _MARKED.search(source) is None:
                continue
            for call in _marked_calls(ast.parse(source, filename=place)):
                what = _misuse(call)
                if what:
                    found.append(Problem(room, f"{place}:{call.lineno}", what))
    return found


def update(
    project: Path = PROJECT,
    folder: Path = LOCALES_FOLDER,
    rooms: tuple[str, ...] = ROOMS,
    languages: Iterable[str] = LANGUAGES,
) -> dict[str, int]:
    """Bring the .po files up to the sources; how many sentences each language still lacks.

    New sentences come in empty (English as they are), those no longer used are kept as comments and
    come back with their translation. Running it twice writes the same bytes.
    """
    template = extract(project, rooms)
    lacking = {}
    for language in languages:
        path = catalogue_path(language, folder)
        old = read_catalogue(language, folder) if path.is_file() else Catalog(locale=language)
        new = _brought_up(template, old, language)
        lacking[language] = sum(not message.string for message in _messages(new))
        path.parent.mkdir(parents=True, exist_ok=True)
        who = "Piga" if folder == LOCALES_FOLDER else rooms[0]
        plural = to_gettext(BY_CODE[language].plural_rule)
        header = _HEADER.format(language=language, who=who, plural=plural)
        body = BytesIO()
        write_po(body, new, width=100, omit_header=True, include_lineno=False)
        path.write_bytes(header.encode() + body.getvalue())
    return lacking


def _brought_up(template: Catalog, old: Catalog, language: str) -> Catalog:
    new = Catalog(locale=language)
    for message in _messages(template):
        known = old.get(message.id) or old.obsolete.get(str(message.id))
        said = known.string if known else ""
        if not said and language == SOURCE_LANGUAGE:
            said = message.id
        flags = known.flags if known else ()
        places = sorted(set(message.locations))
        new.add(message.id, said, locations=places, flags=flags)
    kept = {str(message.id): message for message in (*_messages(old), *old.obsolete.values())}
    for msgid in sorted(kept):
        if msgid not in template and kept[msgid].string:
            new.obsolete[msgid] = Message(msgid, kept[msgid].string)
    return new


def _compare(template: Catalog, catalogue: Catalog, language: str) -> Iterator[Problem]:
    for message in _messages(template):
        msgid = str(message.id)
        entry = catalogue.get(message.id)
        said = str(entry.string) if entry else ""
        room = message.locations[0][0].partition("/")[0]
        place = f"{language}.po {msgid!r}"
        if not said:
            continue
        if entry and entry.fuzzy:
            yield Problem(room, place, "is marked fuzzy, so it is not used")
        elif placeholders(said) != placeholders(msgid) or _stray_braces(said):
            yield Problem(room, place, "has other {placeholders} than the English sentence")
    # Somebody who changes a sentence need not know every draft: `piga texts` clears it.
    for message in () if BY_CODE[language].draft else _messages(catalogue):
        if message.id not in template:
            yield Problem("menus", f"{language}.po {message.id!r}", "is no longer used")


def _messages(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


def _bare(sentence: str) -> str:
    return " ".join(re.findall(r"\w+|[{}]", sentence.casefold()))


def _stray_braces(sentence: str) -> bool:
    return sentence.count("{") + sentence.count("}") != 2 * len(
        re.findall(r"\{[a-z_][a-z0-9_]*\}", sentence)
    )


def _marked_calls(tree: ast.Module) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in _MARKS:
            yield node


def _misuse(call: ast.Call) -> str:
    """What is wrong with a call of a mark; '' when nothing is."""
    words = call.args[0] if call.args else None
    if not isinstance(words, ast.Constant) or not isinstance(words.value, str):
        return "a marked sentence is written out in place: this one cannot be collected"
    if _stray_braces(words.value):
        return f"{words.value!r} has a brace that is no {{placeholder}}"
    given = {keyword.arg for keyword in call.keywords}
    is_held = getattr(call.func, "id", "") == "_"
    if is_held and None not in given and given != placeholders(words.value):
        return f"{words.value!r} is not given exactly the values that it names"
    return ""
