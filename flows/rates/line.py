"""What stands behind RATE, ALERT and their like in one line, however people write it.

USD NGN 100    usd/ngn 100    100 USD to NGN    usdngn 1,600.5    USD NGN above 1600
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from menus.search import plain

# A number with what stands within it, and a k for thousands, which a minus before it spoils; signs;
# letters.
_PARTS: Final = re.compile(
    r"((?:(?<![^\s<>])-)?\d[\d.,']*(?:[kK](?![^\W\d_]))?)|([<>]{2}|[<>]=?)|([^\W\d_]+)"
)
# What 0 is as an answer: the digit alone is the way back.
_ZERO: Final = "0.0"
# What stands between two currencies, and says no direction.
_ARROW: Final = re.compile(r"[-=]+>(?!\s*\d)")
_EACH: Final = frozenset(
    ["each", "every", "always", "chaque", "toujours", "buri", "kila", "daima", "buli"]
)
_ABOVE: Final = frozenset(
    [
        *("above", "over", "more", "higher", "exceeds", "gt"),
        *("dessus", "plus", "hejuru", "juu", "zaidi", "waggulu"),
    ]
)
_BELOW: Final = frozenset(
    [
        *("below", "under", "less", "lower", "lt"),
        *("dessous", "moins", "hasi", "munsi", "chini", "wansi"),
    ]
)


@dataclass(frozen=True, slots=True)
class Line:
    """A pair, and what else was said of it: `number` as it was written, "" for none and for more
    than one; `before`, the currency behind it; `way`: > or <, doubled for every time."""

    source: str
    destination: str
    number: str = ""
    before: str = ""
    way: str = ""


def read_line(words: Sequence[str]) -> Line | None:
    """What a line says; None where it does not name two currencies."""
    codes: list[str] = []
    numbers: list[str] = []
    ways: set[str] = set()
    each, is_of_another, before, last = False, False, "", ""
    for number, sign, letters in _PARTS.findall(_ARROW.sub(" ", " ".join(words))):
        found = _codes(letters)
        if number:
            numbers.append(number.rstrip(".,'") if number.strip("0.,'") else _ZERO)
        elif sign:
            ways |= set(sign) - {"="}
            each |= sign in (">>", "<<")
        elif found and len(codes) < 2:
            codes += found
            before = found[0] if last else before
        elif set(found) - set(codes):
            is_of_another = True
        else:
            each |= plain(letters) in _EACH
            ways |= _sign_of(letters)
        last = number
    if len(codes) != 2:
        return None
    source, destination = codes
    way = ways.pop() if len(ways) == 1 else ""
    # A number that may be of a third currency is asked for: no amount is guessed.
    is_one = len(numbers) == 1 and not is_of_another
    return Line(
        source,
        destination,
        number=numbers[0] if is_one else "",
        before=before if is_one else "",
        way=way * 2 if each else way,
    )


def _sign_of(word: str) -> set[str]:
    said = plain(word)
    return {sign for sign, words in ((">", _ABOVE), ("<", _BELOW)) if said in words}


def _codes(letters: str) -> list[str]:
    """The currencies that a word is: USD is one, USDNGN are two."""
    word = letters.upper()
    halves = [word] if len(word) == 3 else [word[:3], word[3:]] if len(word) == 6 else []
    return halves if halves and _currencies().issuperset(halves) else []


@cache
def _currencies() -> frozenset[str]:
    from babel.core import get_global

    return frozenset(get_global("all_currencies"))
