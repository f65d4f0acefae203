"""USSD strings: text ↔ data coding scheme and octets (3GPP TS 23.038 section 5)."""

from typing import Final

from providers.contracts.errors import BadPayload
from providers.osmocom.septets import pack, unpack
from values.gsm7 import from_septets, is_gsm7, to_septets

GSM7: Final = 0x0F  # the default alphabet, in no language in particular
UCS2: Final = 0x48
OCTETS_MAXIMUM: Final = 160  # of a USSD string: 182 septets, 80 units of UCS-2

_COMPRESSED: Final = 0x20
_LANGUAGE_FIRST: Final = {0x10: 3, 0x11: 2}  # a language's two letters, and what ends them


def encode(text: str, octets_maximum: int = OCTETS_MAXIMUM) -> tuple[int, bytes]:
    """The coding scheme and the octets: GSM-7 where that has every character, otherwise UCS-2.

    A text that takes more than `octets_maximum` is cut, between characters.
    """
    if is_gsm7(text):
        octets = pack(to_septets(text))
        while len(octets) > octets_maximum:
            text = text[:-1]
            octets = pack(to_septets(text))
        return GSM7, octets
    units = text.encode("utf-16-be", "replace")[: octets_maximum // 2 * 2]
    # Half of a pair is no character.
    return UCS2, units.decode("utf-16-be", "ignore").encode("utf-16-be")


def decode(scheme: int, octets: bytes) -> str:
    """The text. Raises BadPayload (`compressed`) for a compressed one, whose packing nobody uses.

    A scheme that the standard reserves is read as the default alphabet, as it says.
    """
    match _alphabet(scheme):
        case "ucs2":
            skipped = _LANGUAGE_FIRST.get(scheme, 0)
            return octets[skipped:].decode("utf-16-be", "replace")
        case "octets":
            return octets.decode("latin-1")
    text = from_septets(unpack(octets))
    return text[_LANGUAGE_FIRST.get(scheme, 0) :]


def _alphabet(scheme: int) -> str:
    """gsm7, ucs2 or octets."""
    group = scheme >> 4
    if scheme == 0x11:
        return "ucs2"
    if group in (0b0100, 0b0101, 0b0110, 0b0111, 0b1001):
        if scheme & _COMPRESSED and group != 0b1001:
            raise BadPayload("compressed", "ussd-DataCodingScheme")
        return ("gsm7", "octets", "ucs2", "gsm7")[scheme >> 2 & 0b11]
    if group == 0b1111:
        return "octets" if scheme & 0b100 else "gsm7"
    return "gsm7"
