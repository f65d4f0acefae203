"""The glossary: one word a thing in each language, as data, and what goes against it.

    load()                              the project's own terms, from menus/glossary.yaml
    load(GLOSSARY, folder / "rides.yaml")   with the terms of a domain that has its own

A form of a word is written as it stands in a sentence; `*` in it stands for any letters, since
Kinyarwanda and Swahili put person and tense before the verb: `*bitsa` is kubitsa and urabitsa.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

from menus.languages import LANGUAGES, SOURCE_LANGUAGE
from values.placeholders import PLACEHOLDER
from values.problems import Problem

GLOSSARY: Final = Path(__file__).with_name("glossary.yaml")

Forms = Mapping[str, tuple[str, ...]]
_KEYS: Final = frozenset({"id", "says", "never", "unless_en"})


@dataclass(frozen=True, slots=True)
class Term:
    """A thing and its words: `says` and `never` by language. Where the English of a text has a word
    of `unless_en`, those of `never` are right."""

    id: str
    says: Forms = field(default_factory=dict, hash=False)
    never: Forms = field(default_factory=dict, hash=False)
    unless_en: tuple[str, ...] = ()


def load(*files: Path) -> tuple[Term, ...]:
    """The terms of these files, in order; without any, the project's own.

    Raises ValueError: a file is no list of terms, a key or a language is unknown, an id is there
    twice.
    """
    terms: dict[str, Term] = {}
    for file in files or (GLOSSARY,):
        entries = yaml.safe_load(file.read_text(encoding="utf-8"))
        if not isinstance(entries, list):
            raise ValueError(f"{file.name}: a glossary is a list of terms")
        for entry in entries:
            term = _term(entry, file.name)
            if term.id in terms:
                raise ValueError(f"{file.name}: {term.id!r} is there twice")
            terms[term.id] = term
    return tuple(terms.values())


def breaches(texts: Mapping[str, str], terms: Iterable[Term]) -> Iterator[tuple[str, str]]:
    """What goes against the terms in one text that is said in several languages: the language, and
    what is wrong."""
    terms = tuple(terms)
    yield from forbidden(texts, terms)
    english = texts.get(SOURCE_LANGUAGE, "")
    for term in terms:
        named = any(_has(english, form) for form in term.says.get(SOURCE_LANGUAGE, ()))
        for language, words in texts.items() if named else ():
            usual = term.says.get(language, ())
            if words and usual and not any(_has(words, form) for form in usual):
                yield language, f"has another word than {usual[0]!r} for {term.id!r}"


def forbidden(texts: Mapping[str, str], terms: Iterable[Term]) -> Iterator[tuple[str, str]]:
    """Of `breaches`, the words that are never to be said."""
    english = texts.get(SOURCE_LANGUAGE, "")
    for term in terms:
        excused = any(_has(english, form) for form in term.unless_en)
        for language, words in texts.items():
            for form in () if excused else term.never.get(language, ()):
                if _has(words, form):
                    usual = term.says.get(language, ())
                    instead = f": say {usual[0]!r}" if usual else ""
                    yield language, f"has {form!r}, which is not to be said ({term.id}){instead}"


def problems(
    texts: Mapping[str, str], place: str, terms: Iterable[Term], *, room: str = "menus"
) -> list[Problem]:
    """`breaches` as problems of that place."""
    return [
        Problem(room, f"{place} in {language}", what) for language, what in breaches(texts, terms)
    ]


def _term(entry: Any, file: str) -> Term:
    if not isinstance(entry, dict) or not isinstance(entry.get("id"), str):
        raise ValueError(f"{file}: a term has an id")
    id = entry["id"]
    for key in sorted(entry.keys() - _KEYS):
        raise ValueError(f"{file}: {id!r} has the unknown key {key!r}")
    return Term(
        id,
        _forms(entry.get("says", {}), id, file),
        _forms(entry.get("never", {}), id, file),
        _words(entry.get("unless_en", []), id, file),
    )


def _forms(by_language: Any, id: str, file: str) -> Forms:
    if not isinstance(by_language, dict) or not by_language.keys() <= set(LANGUAGES):
        raise ValueError(f"{file}: {id!r} has words in a language that is not served")
    return {language: _words(words, id, file) for language, words in by_language.items()}


def _words(words: Any, id: str, file: str) -> tuple[str, ...]:
    if not isinstance(words, list) or not all(isinstance(word, str) and word for word in words):
        raise ValueError(f"{file}: the words of {id!r} are a list of texts")
    return tuple(words)


def _has(text: str, form: str) -> bool:
    """Whether the form stands in the text as whole words, in capitals or not. Names and amounts
    that go into the text are no words of ours."""
    plain, folded = _without_values(text)
    return _literal(form) in folded and _pattern(form).search(plain) is not None


@lru_cache(maxsize=1024)
def _without_values(text: str) -> tuple[str, str]:
    """A text without the names of its values; and whatever its capitals are."""
    plain = PLACEHOLDER.sub("{}", text)
    return plain, plain.casefold()


@lru_cache(maxsize=1024)
def _literal(form: str) -> str:
    """The longest letters of a form that stand in every text that has it: to look for them is
    quicker than the pattern, and nearly always enough."""
    return max((part for word in form.split() for part in word.split("*")), key=len).casefold()


@lru_cache(maxsize=1024)
def _pattern(form: str) -> re.Pattern[str]:
    words = (re.escape(word).replace(r"\*", r"[\w'-]*") for word in form.split())
    return re.compile(r"(?<!\w)" + r"\s+".join(words) + r"(?!\w)", re.IGNORECASE)
