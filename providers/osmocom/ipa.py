"""IPA, the framing under GSUP and CTRL: a length, a protocol, a payload; and its own messages, by
which both sides say who they are and that they are still there.

    00 01 fe 00                          ping
    00 11 fe 04 01 08 01 07 …            who are you?
    00 17 fe 05 00 0b 00 45 55 53 45 …   EUSE-piga
"""

from typing import Final

from providers.contracts.errors import BadPayload

CCM: Final = 0xFE  # IPA's own messages
OSMO: Final = 0xEE  # extended by one octet more
CTRL: Final = 0x00
GSUP: Final = 0x05

PING: Final = b"\x00"
PONG: Final = b"\x01"
ID_GET: Final = 0x04
ID_RESP: Final = 0x05

_SERIAL_NUMBER: Final = 0x00  # what osmo-hlr routes by
_UNIT_NAME: Final = 0x01
_UNIT_ID: Final = 0x08  # without one, the answer is dropped
_HEAD_OCTETS: Final = 3


def frame(protocol: int, payload: bytes) -> bytes:
    return len(payload).to_bytes(2, "big") + bytes([protocol]) + payload


def extended(extension: int, payload: bytes) -> bytes:
    """A frame of one of Osmocom's protocols."""
    return frame(OSMO, bytes([extension]) + payload)


def identity(name: str) -> bytes:
    """The frame that says who we are."""
    said = ((_UNIT_ID, "0/0/0"), (_UNIT_NAME, name), (_SERIAL_NUMBER, name))
    packed = b""
    for tag, word in said:
        value = bytes([tag]) + word.encode("ascii") + b"\0"
        packed += len(value).to_bytes(2, "big") + value
    return frame(CCM, bytes([ID_RESP]) + packed)


class Frames:
    """Takes octets as they come, and gives the frames in them."""

    def __init__(self) -> None:
        self._rest = b""

    def take(self, octets: bytes) -> list[tuple[int, bytes]]:
        """The protocol and payload of each frame that is whole by now. Raises BadPayload for an
        empty one: the stream is out of step."""
        self._rest += octets
        found = []
        while len(self._rest) >= _HEAD_OCTETS:
            length = int.from_bytes(self._rest[:2], "big")
            if not length:
                raise BadPayload("empty", "frame")
            if len(self._rest) < _HEAD_OCTETS + length:
                break
            found.append((self._rest[2], self._rest[_HEAD_OCTETS : _HEAD_OCTETS + length]))
            self._rest = self._rest[_HEAD_OCTETS + length :]
        return found
