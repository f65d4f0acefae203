"""Titles of what can be tapped: labels shortened to what fits, and never two alike.

    apart(["Kopera Twisungane ya Nyamirambo", "Kopera Twisungane ya Kimironko"], 24)
    ("Kopera Tw… Nyamirambo", "Kopera Twi… Kimironko")

Sizes are counted in UTF-16 units: providers say "characters", and do not say of what. So an emoji
counts two, and a mark above a letter one; no title is longer by any way of counting.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from menus import gsm7

_CUT: Final = "…"
_ENDS: Final = " ,.;:-–—/("
# Without their other half they would turn round what follows.
_DIRECTIONS: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")


def units(text: str) -> int:
    """The size of a text, as the strictest way of counting characters has it."""
    return gsm7.ucs2_units(text)


def whole(label: str) -> str:
    """A label on one line, composed, as it stands where there is room for it."""
    return " ".join(gsm7.printable(label).split())


def cut(label: str, limit_units: int) -> str:
    """A label, or as much of its beginning as fits, with dots: after a word where one ends in the
    second half. No visible character is parted."""
    if units(label) <= limit_units:
        return label
    label = _DIRECTIONS.sub("", label)
    end = _reach(label, limit_units - units(_CUT))
    space = label.rfind(" ", end // 2 + 1, end + 1)
    return label[: space if space > 0 else end].rstrip(_ENDS) + _CUT


def apart(labels: Sequence[str], limit_units: int) -> tuple[str, ...]:
    """A title of at most so many units for each label, whole where that fits. What would be alike
    keeps the words that tell it from the others; what is alike in whole is numbered in its order.
    """
    full = [whole(label) for label in labels]
    titles = [cut(label, limit_units) for label in full]
    for alike in _groups(titles):
        told = [full[at] for at in alike]
        common = _common_words(told)
        for at in alike:
            titles[at] = _by_ending(full[at], common, limit_units)
    found: list[str] = []
    taken: set[str] = set()
    for title in titles:
        shown, count = title, 1
        while _alike(shown) in taken:
            count += 1
            shown = _numbered(title, count, limit_units)
        taken.add(_alike(shown))
        found.append(shown)
    return tuple(found)


def are_apart(titles: Sequence[str]) -> bool:
    """Whether no two look the same."""
    return len(set(map(_alike, titles))) == len(titles)


def _alike(title: str) -> str:
    return unicodedata.normalize("NFC", title).casefold()


def _groups(titles: Sequence[str]) -> list[list[int]]:
    """The places of titles that look the same, where more than one does."""
    places: dict[str, list[int]] = {}
    for at, title in enumerate(titles):
        places.setdefault(_alike(title), []).append(at)
    return [found for found in places.values() if len(found) > 1]


def _common_words(labels: Sequence[str]) -> int:
    """How many words all of them begin with, at most all but the last of the shortest."""
    split = [label.casefold().split() for label in labels]
    most = min(map(len, split)) - 1
    count = 0
    while count < most and len({words[count] for words in split}) == 1:
        count += 1
    return count


def _by_ending(label: str, common: int, limit_units: int) -> str:
    """The beginning of the words that several share, dots, and what tells this one apart."""
    if units(label) <= limit_units or common == 0:
        return cut(label, limit_units)
    words = _DIRECTIONS.sub("", label).split()
    ending = f"{_CUT} {cut(' '.join(words[common:]), limit_units - 8)}"
    shared = " ".join(words[:common])
    return shared[: _reach(shared, limit_units - units(ending))].rstrip(_ENDS) + ending


def _numbered(title: str, count: int, limit_units: int) -> str:
    number = f" ({count})"
    return cut(title, limit_units - len(number)).replace(_CUT * 2, _CUT) + number


def _reach(text: str, room_units: int) -> int:
    """The furthest end for which text[:end] takes at most that much room and parts no character."""
    end = min(len(text), max(room_units, 0))
    while end > 0 and (units(text[:end]) > room_units or gsm7.joined_before(text, end)):
        end -= 1
    return end
