"""GSUP, Osmocom's protocol between MSC, HLR and what stands beside them: the messages of a USSD
session, as octets and as values.

A message is a type and elements of tag, length and value, of one octet each but the value.
"""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from providers.contracts.errors import BadPayload

IMSI_DIGITS: Final = range(6, 16)
_FILLER: Final = 0xF


class Kind(IntEnum):
    """What of GSUP belongs to supplementary services."""

    REQUEST = 0x20
    ERROR = 0x21
    RESULT = 0x22


class State(IntEnum):
    """Where a message stands in its session."""

    BEGIN = 1
    CONTINUE = 2
    END = 3


class _Tag(IntEnum):
    IMSI = 0x01
    CAUSE = 0x02
    SESSION_ID = 0x30
    SESSION_STATE = 0x31
    SS_INFO = 0x35


@dataclass(frozen=True, slots=True)
class Message:
    """A message of a USSD session.

    `session_id` is the MSC's, unique among those that a subscriber has at a time. `facility` holds
    components of 3GPP TS 24.080; `cause` is a GMM cause (3GPP TS 24.008 10.5.5.14), of errors.
    """

    kind: Kind
    imsi: str = field(repr=False)
    session_id: int
    state: State
    facility: bytes = field(default=b"", repr=False)
    cause: int = 0

    def encode(self) -> bytes:
        """The octets. Raises OverflowError for a facility of more than 255."""
        elements = [(_Tag.IMSI, _digits_packed(self.imsi))]
        if self.cause:
            elements.append((_Tag.CAUSE, bytes([self.cause])))
        elements.append((_Tag.SESSION_ID, self.session_id.to_bytes(4, "big")))
        elements.append((_Tag.SESSION_STATE, bytes([self.state])))
        if self.facility:
            elements.append((_Tag.SS_INFO, self.facility))
        packed = (bytes([tag]) + len(value).to_bytes(1, "big") + value for tag, value in elements)
        return bytes([self.kind]) + b"".join(packed)


def decode(octets: bytes) -> Message | None:
    """The message; None for one that belongs to no USSD session. Unknown elements are passed over.

    Raises BadPayload: an element that does not fit, a missing one, a state that is none.
    """
    if not octets:
        raise BadPayload("empty", "message")
    try:
        kind = Kind(octets[0])
    except ValueError:
        return None
    found = _elements(octets[1:])
    imsi = _digits(found.get(_Tag.IMSI, b""))
    if len(imsi) not in IMSI_DIGITS:
        raise BadPayload("not_an_imsi", "imsi")
    session_id, state = found.get(_Tag.SESSION_ID, b""), found.get(_Tag.SESSION_STATE, b"")
    if len(session_id) != 4:
        raise BadPayload("missing", "session_id")
    try:
        stands = State(int.from_bytes(state, "big"))
    except ValueError:
        raise BadPayload("unknown", "session_state") from None
    return Message(
        kind,
        imsi,
        int.from_bytes(session_id, "big"),
        stands,
        found.get(_Tag.SS_INFO, b""),
        int.from_bytes(found.get(_Tag.CAUSE, b""), "big"),
    )


def _elements(octets: bytes) -> dict[int, bytes]:
    """By tag; of one that comes twice the first."""
    found: dict[int, bytes] = {}
    at = 0
    while at < len(octets):
        head = octets[at : at + 2]
        value = octets[at + 2 : at + 2 + head[-1]]
        if len(head) < 2 or len(value) < head[1]:
            raise BadPayload("cut_off", "element")
        found.setdefault(head[0], value)
        at += 2 + head[1]
    return found


def _digits_packed(digits: str) -> bytes:
    """Two digits an octet, the first in its lower half."""
    nibbles = [int(digit) for digit in digits]
    if len(nibbles) % 2:
        nibbles.append(_FILLER)
    return bytes(low | high << 4 for low, high in zip(nibbles[::2], nibbles[1::2], strict=True))


def _digits(octets: bytes) -> str:
    nibbles = [half for octet in octets for half in (octet & 0xF, octet >> 4)]
    if nibbles and nibbles[-1] == _FILLER:
        nibbles.pop()
    if any(nibble > 9 for nibble in nibbles):
        raise BadPayload("not_an_imsi", "imsi")
    return "".join(map(str, nibbles))
