"""What people write in a chat that answers no question: the word for the menu, a greeting, HELP,
STOP and START, in any language served. The words themselves are data, in each language's file."""

import re
from enum import StrEnum
from typing import Final

from menus.keys import NO_WORDS, YES_WORDS, yes_or_no
from menus.languages import BY_CODE, SOURCE_LANGUAGE
from menus.limits import ANSWER_CHARS_MAX
from menus.search import plain


class Said(StrEnum):
    """What a text says that is one of those words."""

    MENU = "menu"
    GREETING = "greeting"
    HELP = "help"
    STOP = "stop"
    START = "start"


def said(written: str) -> Said | None:
    """Which of those words a text is, whatever its capitals, accents and signs; None where it is
    another text.

    Thanks and a "please" beside it change nothing, and neither do letters held down: "Stop, thank
    you", "hiii". STOP is heard where it is the first sentence, too. A word within a sentence ("we
    must stop this") or with something behind it ("STOP 4711") is another text.
    """
    if len(written) > ANSWER_CHARS_MAX:
        return None
    words = _words(written)
    if not words:
        return None
    found = _BY_PHRASE.get(" ".join(words))
    if found is not None:
        return found
    if all(taken in _GREETINGS for taken in _phrases(words)):
        return Said.GREETING
    first = _words(_SENTENCE_END.split(written.strip(), maxsplit=1)[0])
    return Said.STOP if _BY_PHRASE.get(" ".join(first)) is Said.STOP else None


def shown_word(kind: Said, language: str) -> str:
    """The word that a person is told to write, in capitals. STOP and START are the same to all, as
    networks write them; all other languages' words are heard, too."""
    own = BY_CODE[SOURCE_LANGUAGE if kind in (Said.STOP, Said.START) else language]
    words = {
        Said.MENU: own.menu,
        Said.GREETING: own.greetings,
        Said.HELP: own.help,
        Said.STOP: own.stop,
        Said.START: own.start,
    }
    return words[kind][0].upper()


def is_taken(word: str) -> bool:
    """Whether a word has a meaning of its own in a chat, so that it can be no command."""
    return said(word) is not None or yes_or_no(word) is not None


def agreed(written: str) -> bool | None:
    """Yes or No in words, with a "please" or thanks beside it; None where it is another text."""
    if len(written) > ANSWER_CHARS_MAX:
        return None
    said_plainly = yes_or_no(written)
    return _AGREED.get(" ".join(_words(written))) if said_plainly is None else said_plainly


_SENTENCE_END: Final = re.compile(r"[.!?;\n]+")
_HELD_DOWN: Final = re.compile(r"([^\W\d])\1{2,}")


def _words(written: str) -> list[str]:
    """The words of a text, without what is only polite at its beginning and end."""
    words = plain(_HELD_DOWN.sub(r"\1", written)).split()
    while (less := _without_polite(words)) != words and less:
        words = less
    return words


def _without_polite(words: list[str]) -> list[str]:
    for phrase in _POLITE:
        if words[: len(phrase)] == phrase:
            return words[len(phrase) :]
        if words[-len(phrase) :] == phrase:
            return words[: -len(phrase)]
    return words


def _phrases(words: list[str]) -> list[str]:
    """The words in the longest greetings that they make, one after the other."""
    found, left = [], words
    while left:
        size = next((n for n in range(_LONGEST, 0, -1) if " ".join(left[:n]) in _GREETINGS), 1)
        found.append(" ".join(left[:size]))
        left = left[size:]
    return found


_POLITE: Final = sorted(
    (plain(word).split() for one in BY_CODE.values() for word in one.polite), key=len, reverse=True
)
_GREETINGS: Final = frozenset(plain(word) for one in BY_CODE.values() for word in one.greetings)
_LONGEST: Final = max(len(greeting.split()) for greeting in _GREETINGS)
_AGREED: Final = {
    **{plain(word): True for word in YES_WORDS},
    **{plain(word): False for word in NO_WORDS},
}
_BY_PHRASE: Final = {
    **dict.fromkeys(_GREETINGS, Said.GREETING),
    **{
        plain(word): kind
        for one in BY_CODE.values()
        for kind, words in (
            (Said.MENU, one.menu),
            (Said.HELP, one.help),
            (Said.STOP, one.stop),
            (Said.START, one.start),
        )
        for word in words
    },
}
