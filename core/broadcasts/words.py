"""The tenant's own words of a broadcast, by language, with {name}, {group} and {tenant} in them.

How long a text is as an SMS is no business of this room: who calls brings the `Measure`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from core.broadcasts.errors import WrongWords
from values.placeholders import PLACEHOLDER, placeholders

NAME: Final = "name"
GROUP: Final = "group"
TENANT: Final = "tenant"
SEGMENTS_MAXIMUM: Final = 6
WORDS_CHARS_MAXIMUM: Final = 1_000

_BRACE: Final = re.compile(r"[{}]")


@dataclass(frozen=True, slots=True)
class Measure:
    """`form` is the text as it is sent (folded where that saves a segment), `segments` how many
    segments a text in that form takes."""

    form: Callable[[str], str]
    segments: Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Words:
    """Checked words. `default` is the language for whom there are no words in their own."""

    by_language: Mapping[str, str] = field(repr=False)
    default: str

    @property
    def names_people(self) -> bool:
        """Whether each person's text is another."""
        return any(NAME in placeholders(words) for words in self.by_language.values())

    def language_of(self, language: str) -> str:
        return language if language in self.by_language else self.default

    def fill(self, language: str, values: Mapping[str, str]) -> str:
        """The words in a language, with the values in them. A value is never read as a
        placeholder."""
        words = self.by_language[self.language_of(language)]
        return PLACEHOLDER.sub(lambda found: values[found.group(1)], words)


def check(
    by_language: Mapping[str, str],
    *,
    languages: tuple[str, ...],
    has_group: bool,
    has_strangers: bool,
) -> Words:
    """The words, where they can be sent. `languages` are the tenant's, the first its default.

    Raises WrongWords.
    """
    default = languages[0]
    if not by_language:
        raise WrongWords("There are no words to send.")
    for language, words in by_language.items():
        if language not in languages:
            raise WrongWords(f"{language}: the tenant speaks {', '.join(languages)}.")
        _check_one(language, words, has_group=has_group, has_strangers=has_strangers)
    if default not in by_language:
        raise WrongWords(f"{default} is needed: it is for whom there are no words in their own.")
    return Words(dict(by_language), default)


def _check_one(language: str, words: str, *, has_group: bool, has_strangers: bool) -> None:
    if not words.strip():
        raise WrongWords(f"{language}: there are no words.")
    if len(words) > WORDS_CHARS_MAXIMUM:
        raise WrongWords(f"{language}: at most {WORDS_CHARS_MAXIMUM} letters.")
    named = placeholders(words)
    unknown = named - {NAME, GROUP, TENANT}
    if unknown:
        said = ", ".join(f"{{{name}}}" for name in sorted(unknown))
        raise WrongWords(
            f"{language}: no such value: {said}. There are {{name}}, {{group}} and {{tenant}}."
        )
    if _BRACE.search(PLACEHOLDER.sub("", words)):
        raise WrongWords(f"{language}: a brace stands alone; values are written {{name}}.")
    if GROUP in named and not has_group:
        raise WrongWords(f"{language}: {{group}} is for a broadcast to one group.")
    if NAME in named and has_strangers:
        raise WrongWords(f"{language}: {{name}}: nobody's name is known of a stranger's number.")
