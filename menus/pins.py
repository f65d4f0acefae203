"""PINs in what people write: taken out before anything is stored."""

import re
from typing import Final

from menus.chat_words import agreed
from menus.keys import typed
from menus.languages import BY_CODE
from menus.limits import ANSWER_CHARS_MAX

TAKEN_OUT: Final = "****"

# How any language calls a PIN or a code.
_SECRETS: Final = sorted({re.escape(word) for one in BY_CODE.values() for word in one.secrets})
_NAMED: Final = re.compile(rf"\b({'|'.join(_SECRETS)})\b", re.IGNORECASE)
_DIGITS: Final = re.compile(r"(?<![0-9])[0-9]{4,6}(?![0-9])")
_ALONE: Final = re.compile(r"[0-9](?:[ .-]?[0-9]){3,5}")
# "1 2748", "yes*2748": what agrees, and what looks like a PIN behind it.
_AGREED: Final = re.compile(r"(?P<before>.*?)(?P<yes>[^\s*,;:]+)[\s*,;:.]+[0-9]{4,6}", re.DOTALL)
# "PAY KOP1 500 ": a word first, and a number that stands alone. A date begins with its day.
_COMMAND: Final = re.compile(r"[^\W\d_].*\b[0-9][0-9.,]*[\s*,;:]+", re.DOTALL)


def without_pin(text: str, *, expected: bool) -> tuple[str, bool]:
    """A text without what may be a PIN, and whether there was one.

    Digits that a text calls a PIN go. Where what came before asked for a PIN to be typed elsewhere
    (`expected`), digits that stand alone go, too, and those behind a Yes; and those at the end of a
    command that says Yes before them, as a dialled string would.
    """
    plain = typed(text)
    if expected and _ALONE.fullmatch(plain):
        return TAKEN_OUT, True
    if len(plain) <= ANSWER_CHARS_MAX and (behind := _AGREED.fullmatch(plain)):
        before = behind["before"]
        asked = _COMMAND.fullmatch(before) if before else expected
        if asked and agreed(behind["yes"]):
            return _DIGITS.sub(TAKEN_OUT, plain), True
    if _NAMED.search(text) and _DIGITS.search(plain):
        return _DIGITS.sub(TAKEN_OUT, plain), True
    return text, False
