"""Long texts: cut for sending, and their marks read on what comes in.

A part has 153 septets or 67 UTF-16 units behind a header of six octets. No cut falls between an
escape and its character, or between the halves of a character beyond the basic plane.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from providers.smpp import alphabets, tags

SINGLE_SEPTETS: Final = 160
PART_SEPTETS: Final = 153
SINGLE_UCS2_OCTETS: Final = 140
PART_UCS2_OCTETS: Final = 134
PARTS_MAX: Final = 255
UDH_INDICATOR: Final = 0x40
_CONCATENATED_8: Final = 0x00
_CONCATENATED_16: Final = 0x08


class Place(NamedTuple):
    """Where a part belongs: its text's `reference`, how many there are, and which it is, from 1.

    A reference says how wide it is: "8:17" and "16:17" are of two texts.
    """

    reference: str
    total: int
    number: int


class Piece(NamedTuple):
    """One submit_sm of a text: its octets, data_coding, esm_class and optional parameters."""

    octets: bytes
    data_coding: int
    esm_class: int
    tlvs: tuple[tuple[int, bytes], ...] = ()


def cut(text: str, reference: int, *, alphabet: str = "gsm7", how: str = "udh") -> list[Piece]:
    """The pieces of a text, one where it fits. `reference` is 0 to 255 and names this text among
    those to the same number."""
    octets, coding = alphabets.encode(text, alphabet)
    is_gsm7 = coding != alphabets.UCS2
    size = len(alphabets.to_gsm7(text) or b"") if is_gsm7 else len(octets)
    if size <= (SINGLE_SEPTETS if is_gsm7 else SINGLE_UCS2_OCTETS):
        return [Piece(octets, coding, 0)]
    if how == "payload":
        return [Piece(b"", coding, 0, ((tags.MESSAGE_PAYLOAD, octets),))]
    chunks = _chunks(
        _pieces_of(text, coding, alphabet), PART_SEPTETS if is_gsm7 else PART_UCS2_OCTETS
    )
    total = len(chunks)
    found = []
    for number, chunk in enumerate(chunks, 1):
        if how == "sar":
            marks = (
                (tags.SAR_MSG_REF_NUM, reference.to_bytes(2, "big")),
                (tags.SAR_TOTAL_SEGMENTS, bytes([total])),
                (tags.SAR_SEGMENT_SEQNUM, bytes([number])),
            )
            found.append(Piece(chunk, coding, 0, marks))
        else:
            header = bytes([5, _CONCATENATED_8, 3, reference & 0xFF, total, number])
            found.append(Piece(header + chunk, coding, UDH_INDICATOR))
    return found


def _pieces_of(text: str, coding: int, alphabet: str) -> list[tuple[bytes, int]]:
    """What no cut divides, with what it takes of a part's room."""
    if coding == alphabets.UCS2:
        encoded = [char.encode("utf-16-be", "surrogatepass") for char in text]
        return [(octets, len(octets)) for octets in encoded]
    units = alphabets.units(text)
    if alphabet == "gsm7":
        return [(octets, len(octets)) for octets in units]
    return [(char.encode("latin-1"), len(octets)) for char, octets in zip(text, units, strict=True)]


def _chunks(pieces: list[tuple[bytes, int]], room: int) -> list[bytes]:
    chunks, chunk, used = [], b"", 0
    for octets, size in pieces:
        if used + size > room:
            chunks.append(chunk)
            chunk, used = b"", 0
        chunk += octets
        used += size
    return [*chunks, chunk]


def read_header(octets: bytes) -> tuple[Place | None, bytes]:
    """The place that a user data header names, and the octets behind it. A header that does not fit
    its octets is none: then all of it is text."""
    if not octets or octets[0] + 1 > len(octets):
        return None, octets
    end = octets[0] + 1
    place, at = None, 1
    while at + 2 <= end:
        kind, length = octets[at], octets[at + 1]
        value = octets[at + 2 : at + 2 + length]
        if at + 2 + length > end:
            break
        if kind == _CONCATENATED_8 and length == 3:
            place = _place(f"8:{value[0]}", value[1], value[2])
        elif kind == _CONCATENATED_16 and length == 4:
            place = _place(f"16:{value[0] << 8 | value[1]}", value[2], value[3])
        at += 2 + length
    return place, octets[end:]


def read_sar(tlvs: dict[int, bytes]) -> Place | None:
    """The place that the three sar parameters name."""
    reference = tlvs.get(tags.SAR_MSG_REF_NUM)
    total = tlvs.get(tags.SAR_TOTAL_SEGMENTS)
    number = tlvs.get(tags.SAR_SEGMENT_SEQNUM)
    if not reference or not total or not number:
        return None
    return _place(f"sar:{int.from_bytes(reference, 'big')}", total[-1], number[-1])


def _place(reference: str, total: int, number: int) -> Place | None:
    """None for a text of one part, and for numbers that no part can have."""
    return Place(reference, total, number) if 1 <= number <= total and total > 1 else None
