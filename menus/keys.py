"""The keys that mean the same on every screen, and reading one from what was typed.

More is 98 (the habit that M-PESA set), so the keys of options stay below it. A learned string such
as *384*10*1*500# must work for ever: keys are never reused and never renumbered.
"""

import unicodedata
from typing import Final, Literal

from menus.languages import BY_CODE
from menus.limits import ANSWER_CHARS_MAX
from values.phone import TURNS_ROUND

BACK: Final = "0"
HOME: Final = "00"
MORE: Final = "98"
# Of the family of 0 and 00, since digits alone may be an amount: no answer is three zeros.
CALL_ME: Final = "000"
YES: Final = 1
NO: Final = 2

Navigation = Literal["back", "home", "more", "call_me"]
_NAVIGATION: Final[dict[str, Navigation]] = {
    BACK: "back",
    HOME: "home",
    MORE: "more",
    CALL_ME: "call_me",
}


def typed(raw: str) -> str:
    """What was typed, without what a thumb adds: spaces around it, a '#' or '.' at its end.

    Digits of other scripts become 0 to 9, and marks without a shape go. A text over the limit is
    nobody's key: it comes back as it came.
    """
    if len(raw) > ANSWER_CHARS_MAX:
        return raw
    if not raw.isascii():
        raw = "".join(map(_ascii_digit, raw))
    raw = raw.strip()
    if raw and raw[-1] in "#.":
        raw = raw.rstrip("#. ")
    return raw


def navigation(raw: str) -> Navigation | None:
    """Which of Back, Home, More and Call me was pressed, if any. A screen that takes zero has no
    Back; Call me is a key only where it is offered."""
    return _NAVIGATION.get(_key(raw))


def option_key(raw: str) -> int | None:
    """The key of an option, 1 to 99, also written `1)`, `(1)` or 01; None when something else was
    typed. 00 is Home."""
    key = _key(raw)
    if 1 <= len(key) <= 2 and key.isascii() and key.isdigit():
        return int(key) or None
    return None


def yes_or_no(raw: str) -> bool | None:
    """What was answered where 1 is Yes and 2 is No: the key, or the word in any language served,
    whichever is spoken. None when it is neither."""
    key = option_key(raw)
    if key is not None:
        return {YES: True, NO: False}.get(key)
    word = typed(raw).rstrip(" .,!").casefold()
    if word in YES_WORDS:
        return True
    return False if word in NO_WORDS else None


# People answer in the language that they think in, whatever they read.
YES_WORDS: Final = frozenset(word for one in BY_CODE.values() for word in one.yes)
NO_WORDS: Final = frozenset(word for one in BY_CODE.values() for word in one.no)


def _key(raw: str) -> str:
    """As `typed`, and without the signs that a list has around its numbers."""
    key = typed(raw)
    if key[:1] in _BRACKETS and key[-1:] == _BRACKETS[key[:1]]:
        key = key[1:-1]
    return key.rstrip(" .,:;)-/")


_BRACKETS: Final = {"(": ")", "[": "]"}


def _ascii_digit(char: str) -> str:
    digit = unicodedata.decimal(char, None)
    if digit is not None:
        return str(digit)
    if unicodedata.category(char) == "Cf" and char != TURNS_ROUND:
        return ""
    return _OTHER_SIGNS.get(char, char)


# Full-width and Arabic forms of the signs that numbers are written with, and odd spaces.
_OTHER_SIGNS: Final = {
    **{"，": ",", "．": ".", "＋": "+", "－": "-", "＃": "#", "＊": "*", "’": "'"},
    **{"٬": ",", "٫": ".", "،": ","},
    **dict.fromkeys("\u00a0\u202f\u2009\u2007\u3000", " "),
}
