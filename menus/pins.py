"""PINs in what people write: taken out before anything is stored."""

import re
from typing import Final

from menus.keys import typed
from menus.languages import BY_CODE

_ALONE: Final = re.compile(r"[0-9]{4,6}")
# How any language calls a PIN or a code.
_SECRETS: Final = sorted({re.escape(word) for one in BY_CODE.values() for word in one.secrets})
_NAMED: Final = re.compile(rf"\b({'|'.join(_SECRETS)})\b", re.IGNORECASE)
_DIGITS: Final = re.compile(r"(?<![0-9])[0-9]{4,6}(?![0-9])")
TAKEN_OUT: Final = "****"


def without_pin(text: str, *, expected: bool) -> tuple[str, bool]:
    """A text without what may be a PIN, and whether there was one.

    Digits that a text calls a PIN go; and, where what came before asked for a PIN to be typed
    elsewhere (`expected`), digits that stand alone.
    """
    plain = typed(text)
    if expected and _ALONE.fullmatch(plain):
        return TAKEN_OUT, True
    if _NAMED.search(text) and _DIGITS.search(plain):
        return _DIGITS.sub(TAKEN_OUT, plain), True
    return text, False
