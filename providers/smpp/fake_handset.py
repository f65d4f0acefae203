"""What handsets at the fake message centre read and write: put together and taken apart here on its
own account, so that it can contradict what we send."""

from __future__ import annotations

from collections import defaultdict
from typing import Final, NamedTuple

import gsm0338
import smpp34

from providers.smpp import tags

_CODEC: Final = gsm0338.Codec()
PART_SEPTETS: Final = 153
PART_CHARS: Final = 67


class Written(NamedTuple):
    """A piece of what a handset wrote."""

    octets: bytes
    data_coding: int
    esm_class: int = 0
    tlvs: tuple[tuple[int, bytes], ...] = ()


def pieces_of(text: str, reference: int, how: str) -> list[Written]:
    """A text as a handset sends it: `how` is udh, sar, payload or whole."""
    try:
        octets, coding, room = bytes(_CODEC.encode(text)[0]), 0, PART_SEPTETS
    except UnicodeEncodeError:
        octets, coding, room = text.encode("utf-16-be"), 8, 2 * PART_CHARS
    if how == "payload":
        return [Written(b"", coding, 0, ((tags.MESSAGE_PAYLOAD, octets),))]
    if how == "whole" or len(octets) <= (160 if coding == 0 else 140):
        return [Written(octets, coding)]
    chunks, at = [], 0
    while at < len(octets):
        end = min(at + room, len(octets))
        if coding == 0 and end < len(octets) and octets[end - 1] == 0x1B:
            end -= 1
        chunks.append(octets[at:end])
        at = end
    total = len(chunks)
    if how == "sar":
        return [
            Written(
                *(chunk, coding, 0),
                tlvs=(
                    (tags.SAR_MSG_REF_NUM, reference.to_bytes(2, "big")),
                    (tags.SAR_TOTAL_SEGMENTS, bytes([total])),
                    (tags.SAR_SEGMENT_SEQNUM, bytes([number])),
                ),
            )
            for number, chunk in enumerate(chunks, 1)
        ]
    return [
        Written(bytes([5, 0, 3, reference, total, number]) + chunk, coding, 0x40)
        for number, chunk in enumerate(chunks, 1)
    ]


class Handset:
    """All handsets of the network: what each of them shows, once all parts are there."""

    def __init__(self) -> None:
        self.arrived: list[tuple[str, str, str]] = []  # to whom, from whom, what
        self._parts: dict[tuple[str, str, int, int], dict[int, bytes]] = defaultdict(dict)

    def texts(self, number: str) -> list[str]:
        """The texts on this number's handset, oldest first."""
        return [text for to, _, text in self.arrived if to == number.removeprefix("+")]

    def senders(self, number: str) -> list[str]:
        """From whom they came."""
        return [sender for to, sender, _ in self.arrived if to == number.removeprefix("+")]

    def take(self, message: smpp34.SubmitSm, tlvs: dict[int, bytes]) -> None:
        # Some clients leave the plus in an international number.
        to, sender = message.destination_addr.removeprefix("+"), message.source_addr
        octets = message.short_message or tlvs.get(tags.MESSAGE_PAYLOAD, b"")
        place = None
        if message.esm_class & 0x40:
            head, octets = octets[: octets[0] + 1], octets[octets[0] + 1 :]
            assert head[1:3] == b"\x00\x03", "only the 8-bit concatenation header"
            place = (head[3], head[4], head[5])
        elif tags.SAR_MSG_REF_NUM in tlvs:
            place = (
                int.from_bytes(tlvs[tags.SAR_MSG_REF_NUM], "big"),
                tlvs[tags.SAR_TOTAL_SEGMENTS][0],
                tlvs[tags.SAR_SEGMENT_SEQNUM][0],
            )
        if place is None:
            self.arrived.append((to, sender, _text(octets, message.data_coding)))
            return
        reference, total, number = place
        parts = self._parts[to, sender, reference, total]
        parts[number] = octets
        if len(parts) == total:
            # A handset decodes part by part: a character cut in two is two broken ones.
            pieces = [_text(parts[each], message.data_coding) for each in sorted(parts)]
            self.arrived.append((to, sender, "".join(pieces)))
            del self._parts[to, sender, reference, total]

    def read(self, message: smpp34.SubmitSm, tlvs: dict[int, bytes]) -> str:
        """The text of a screen."""
        octets = message.short_message or tlvs.get(tags.MESSAGE_PAYLOAD, b"")
        return _text(octets, message.data_coding)


def _text(octets: bytes, data_coding: int) -> str:
    if data_coding in (0x08, 0x48):
        return octets.decode("utf-16-be", "replace")
    return str(_CODEC.decode(octets, "replace")[0])
