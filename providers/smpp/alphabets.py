"""Text and the octets of a short_message, by data_coding.

GSM-7 is unpacked, a septet an octet, as SMPP carries it. What cannot be read becomes U+FFFD: a text
with an unknown character in it is a text all the same.
"""

from __future__ import annotations

import re
from typing import Final

from gsm0338 import Codec

GSM7_DEFAULT: Final = 0x00
IA5: Final = 0x01
LATIN1: Final = 0x03
UCS2: Final = 0x08
USSD_GSM7: Final = 0x0F  # a cell broadcast coding: GSM-7, language unspecified
_BINARY: Final = (0x02, 0x04)
_ESCAPE: Final = 0x1B
_gsm7 = Codec()


def decode(octets: bytes, data_coding: int, default_alphabet: str = "gsm7") -> str | None:
    """The text; None where the octets are data and no text."""
    kind = _kind(data_coding)
    if kind == "binary":
        return None
    if kind == "ucs2":
        return octets.decode("utf-16-be", "replace")
    if kind == "latin1" or (kind == "default" and default_alphabet == "latin1"):
        return octets.decode("latin-1")
    if kind == "ia5" and not _NOT_IA5.search(octets):
        return octets.decode("ascii")
    return _from_gsm7(octets)


def _kind(data_coding: int) -> str:
    """GSM's own coding groups (bits 7 to 4 not 0) beside SMPP's values."""
    named = {IA5: "ia5", LATIN1: "latin1", UCS2: "ucs2"} | dict.fromkeys(_BINARY, "binary")
    group = data_coding >> 4
    if group == 0:
        return named.get(data_coding, "default")
    if group in (0x4, 0x5, 0x6, 0x7):  # general data coding: bits 3 and 2
        return ("default", "binary", "ucs2", "default")[(data_coding >> 2) & 3]
    if group == 0xE:  # message waiting, in UCS-2
        return "ucs2"
    if group == 0xF:  # message class
        return "binary" if data_coding & 4 else "default"
    return "default"


# Controls that nobody writes: then it is GSM-7, which some libraries send under this coding.
_NOT_IA5: Final = re.compile(rb"[^\n\r\t\x20-\x7e]")
# What escapes nothing: by the standard it is shown as the letter alone.
_EXTENSION: Final = frozenset(b"\x0a\x14\x28\x29\x2f\x3c\x3d\x3e\x40\x65")
_UNKNOWN_PAIR: Final = re.compile(
    rb"\x1b(?=[^" + re.escape(bytes(sorted(_EXTENSION))) + rb"])", re.DOTALL
)


def _from_gsm7(octets: bytes) -> str:
    octets = _UNKNOWN_PAIR.sub(b"", octets)
    text, _ = _gsm7.decode(octets, "replace")
    return str(text)


def to_gsm7(text: str) -> bytes | None:
    """The unpacked septets; None where a character lies outside the alphabet."""
    try:
        octets, _ = _gsm7.encode(text, "strict")
    except UnicodeEncodeError:
        return None
    return bytes(octets)


def units(text: str) -> list[bytes]:
    """The text in pieces that no split may cut: a septet or an escaped pair; one or two UTF-16
    units. All are GSM-7, or all UCS-2."""
    gsm7 = to_gsm7(text)
    if gsm7 is None:
        return [char.encode("utf-16-be", "surrogatepass") for char in text]
    found: list[bytes] = []
    at = 0
    while at < len(gsm7):
        width = 2 if gsm7[at] == _ESCAPE else 1
        found.append(gsm7[at : at + width])
        at += width
    return found


def encode(text: str, default_alphabet: str = "gsm7") -> tuple[bytes, int]:
    """The octets of a whole text and their data_coding: the default alphabet where it carries every
    character, else UCS-2."""
    gsm7 = to_gsm7(text)
    if gsm7 is not None and default_alphabet == "gsm7":
        return gsm7, GSM7_DEFAULT
    if gsm7 is not None:
        try:
            return text.encode("latin-1"), GSM7_DEFAULT
        except UnicodeEncodeError:
            pass
    return text.encode("utf-16-be", "surrogatepass"), UCS2
