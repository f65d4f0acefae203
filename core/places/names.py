"""Names of places, as they are shown and as they are compared."""

import re
import unicodedata
from typing import Final

_ROMAN: Final = re.compile(r"\b(?:i{1,3}|iv|vi{0,3}|ix|xi{0,2})\b", re.IGNORECASE)
# Up to so many letters, a word in capitals may be short for something: CHUK, KCT.
_SHORT_LETTERS: Final = 4
_DIGIT_WITHIN: Final = re.compile(r"[^\W\d_]{2,}\d+[^\W\d_]|[^\W\d_]\d+[^\W\d_]{2,}")
_BROKEN: Final = re.compile(r'["{}\[\]<>\\|=;\x00-\x1f]')
# Feeds name the stop across the road with a letter behind the name.
_OTHER_SIDE: Final = re.compile(r"\s+[B]$")


def shown(raw: str) -> str:
    """A name for a screen: single spaces of the usual kind, no shouting, numerals in capitals.

    `RUKOZO` is Rukozo, `Akabare Ii` is Akabare II, `CHUK` stays.
    """
    name = " ".join(unicodedata.normalize("NFC", raw).split())
    if name.isupper() and max(map(len, re.findall(r"[^\W\d_]+", name) or [""])) > _SHORT_LETTERS:
        name = name.title()
    return _ROMAN.sub(lambda found: found.group().upper(), name) if " " in name else name


def key_of(name: str) -> str:
    """What two writings of one name have in common: letters and digits without accents, small."""
    bare = unicodedata.normalize("NFKD", name.casefold())
    return " ".join(
        re.findall(r"[^\W_]+", "".join(one for one in bare if not unicodedata.combining(one)))
    )


def is_mistyped(name: str) -> bool:
    """Whether a digit stands inside a word, as in Kiv0mo."""
    return _DIGIT_WITHIN.search(name) is not None


def is_a_name(name: str) -> bool:
    """Whether it may be one: brackets, quotes and strokes are what a broken file leaves in it."""
    return not _BROKEN.search(name)


def without_side(name: str) -> str:
    """A stop's name without the letter for the other side of the road."""
    return _OTHER_SIDE.sub("", name)
