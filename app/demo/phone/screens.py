"""What the phone makes of a screen: its size, its lines, and whether it asks for a secret."""

import re
import textwrap
from typing import NamedTuple

from app.demo.phone.limits import SCREEN_COLUMNS, SCREEN_SEPTETS, SCREEN_UCS2_UNITS
from menus import gsm7
from menus.languages import BY_CODE

MASK = "****"

_OPTION = re.compile(r"(?!0|98 )\d{1,2}[ .:)]")
# PINs, and the codes that approve something once, as each language calls them.
_SECRETS = sorted({re.escape(word) for one in BY_CODE.values() for word in one.secrets})
_SECRET = re.compile(rf"\b({'|'.join(_SECRETS)})\b", re.IGNORECASE)


class Size(NamedTuple):
    """How much of a screen is used: in septets, or in UCS-2 units once a character needs them."""

    used: int
    room: int
    unit: str


def size(screen: str) -> Size:
    if gsm7.is_gsm7(screen):
        return Size(gsm7.septets(screen), SCREEN_SEPTETS, "septets")
    return Size(gsm7.ucs2_units(screen), SCREEN_UCS2_UNITS, "UCS-2 characters")


def asks_secret(screen: str) -> bool:
    """Whether what is typed next is a PIN or a code: an open question that names one.

    The wire does not say; where a question is in doubt, its answer is masked.
    """
    lines = screen.split("\n")
    return not any(map(_OPTION.match, lines)) and _SECRET.search(screen) is not None


def lines(screen: str, columns: int = SCREEN_COLUMNS) -> list[str]:
    """The screen as a handset breaks it: between words, and within one that is too long."""
    found: list[str] = []
    for line in screen.split("\n"):
        found += textwrap.wrap(line, columns, break_on_hyphens=False) or [""]
    return found


def frame(screen: str, columns: int = SCREEN_COLUMNS) -> str:
    """The screen in a box of characters."""
    rule = "─" * (columns + 2)
    body = "\n".join(f"│ {line:<{columns}} │" for line in lines(screen, columns))
    return f"┌{rule}┐\n{body}\n└{rule}┘"
