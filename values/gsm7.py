"""The GSM 7-bit default alphabet (3GPP TS 23.038 6.2.1) and its septets, one to a byte here.

    to_septets("A€")            b"A\\x1be"
    from_septets(b"A\\x1be")     "A€"

How septets are packed into octets differs between USSD and SMS, and is each wire's own.
"""

import re
from typing import Final

BASIC: Final = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED: Final = "\f^{}\\[~]|€"

ESCAPE: Final = 0x1B
_EXTENSION: Final = dict(zip(bytes.fromhex("0a1428292f3c3d3e4065"), EXTENDED, strict=True))
# The escape is a place of the table without a character of its own.
_TABLE: Final = f"{BASIC[:ESCAPE]}\x1b{BASIC[ESCAPE:]}"
_SEPTETS: Final = {
    **{char: bytes([at]) for at, char in enumerate(_TABLE) if at != ESCAPE},
    **{char: bytes([ESCAPE, at]) for at, char in _EXTENSION.items()},
}
_OUTSIDE: Final = re.compile(f"[^{re.escape(BASIC + EXTENDED)}]")


def is_gsm7(text: str) -> bool:
    """True when every character is in the alphabet (a bare escape is not a character)."""
    return _OUTSIDE.search(text) is None


def to_septets(text: str) -> bytes:
    """The text's septets, a byte each. Raises KeyError for a character outside the alphabet."""
    return b"".join(_SEPTETS[char] for char in text)


def from_septets(septets: bytes) -> str:
    """The text. An escape before what the extension table lacks is passed over, as the standard
    says; a pair of escapes, and one at the end, is a space."""
    found = []
    escaped = False
    for septet in septets:
        if escaped:
            escaped = False
            found.append(" " if septet == ESCAPE else _EXTENSION.get(septet, _TABLE[septet]))
        elif septet == ESCAPE:
            escaped = True
        else:
            found.append(_TABLE[septet])
    if escaped:
        found.append(" ")
    return "".join(found)
