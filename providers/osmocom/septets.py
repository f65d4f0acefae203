"""USSD packing of septets into octets (3GPP TS 23.038 6.1.2.3.1).

Eight septets are seven octets. Seven spare bits at the end would be read as one more character, so
a carriage return stands there; and a text that itself ends in one on an octet's end gets another.
"""

from typing import Final

CR: Final = 0x0D


def pack(septets: bytes) -> bytes:
    """Septets, a byte each, as octets."""
    spare_bits = -7 * len(septets) % 8
    if spare_bits == 7 or (spare_bits == 0 and septets[-1:] == b"\r"):
        septets += b"\r"
    bits = 0
    for at, septet in enumerate(septets):
        bits |= septet << 7 * at
    return bits.to_bytes((7 * len(septets) + 7) // 8, "little")


def unpack(octets: bytes) -> bytes:
    """Octets as septets, a byte each. A carriage return that ends on an octet's end is padding."""
    bits = int.from_bytes(octets, "little")
    count = len(octets) * 8 // 7
    septets = bytes(bits >> 7 * at & 0x7F for at in range(count))
    if len(octets) * 8 % 7 == 0 and septets[-1:] == b"\r":
        return septets[:-1]
    return septets
