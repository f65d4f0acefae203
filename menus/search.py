"""One of many as an answer: found by a part of its name."""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from menus import sentences
from menus.answers import WrongAnswer
from menus.limits import ANSWER_CHARS_MAX, FOUND_MAX, NAMES_KEPT_MAX, SEARCH_LETTERS_MIN
from menus.screens import Option


@dataclass(frozen=True, slots=True)
class Search:
    """Those of `names` in which a part was typed: accents, capitals and hyphens do not matter.

    Each name is a (name, value) pair; values are JSON. It answers the options that fit, numbered
    from 1, at most nine: show them as a Menu where there are several. More than nine is asked
    again: type more of it.
    """

    names: tuple[tuple[str, str], ...]
    takes_zero = False

    def parse(self, raw: str) -> tuple[Option, ...]:
        """What fits; never nothing. Raises WrongAnswer."""
        if len(raw) > ANSWER_CHARS_MAX:
            raise WrongAnswer(sentences.TOO_LONG)
        part = plain(raw)
        if len(part) < SEARCH_LETTERS_MIN:
            raise WrongAnswer(sentences.at_least_letters(SEARCH_LETTERS_MIN))
        whole = [pair for pair in self.names if plain(pair[0]) == part]
        found = whole or [pair for pair in self.names if part in plain(pair[0])]
        if not found:
            raise WrongAnswer(sentences.NOTHING_FOUND)
        if len(found) > FOUND_MAX:
            raise WrongAnswer(sentences.too_many(len(found)))
        return tuple(Option(key, name, value) for key, (name, value) in enumerate(found, start=1))


@lru_cache(maxsize=NAMES_KEPT_MAX)
def plain(name: str) -> str:
    """A name as it is searched in: small letters and digits without accents, single spaces."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    kept = (char if char.isalnum() else " " for char in letters if not unicodedata.combining(char))
    return " ".join("".join(kept).split())
