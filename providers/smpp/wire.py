"""PDUs as they go over the wire. smpp34 reads every PDU and writes those that carry a message;
what else a bind needs (bind, enquire_link, answers) is a header and at most a few strings.
"""

from __future__ import annotations

import asyncio
import struct
from typing import Final, NamedTuple

import smpp34

from providers.smpp import tags

GENERIC_NACK: Final = 0x80000000
BIND_RECEIVER: Final = 0x01
BIND_TRANSMITTER: Final = 0x02
SUBMIT_SM: Final = 0x04
DELIVER_SM: Final = 0x05
UNBIND: Final = 0x06
BIND_TRANSCEIVER: Final = 0x09
OUTBIND: Final = 0x0B
ENQUIRE_LINK: Final = 0x15
ALERT_NOTIFICATION: Final = 0x102
RESPONSE: Final = 0x80000000
BINDS: Final = {
    "receiver": BIND_RECEIVER,
    "transmitter": BIND_TRANSMITTER,
    "transceiver": BIND_TRANSCEIVER,
}

OK: Final = 0x00
INVALID_LENGTH: Final = 0x01
INVALID_COMMAND: Final = 0x03
WRONG_STATE: Final = 0x04
SYSTEM_ERROR: Final = 0x08
QUEUE_FULL: Final = 0x14
THROTTLED: Final = 0x58
TRY_LATER: Final = 0x64  # ESME_RX_T_APPN: ours is away; the message centre keeps it

SEQUENCE_MAX: Final = 0x7FFFFFFF
PDU_MAX_BYTES: Final = 70_000  # a message_payload has up to 65,535
VERSION: Final = 0x34
_HEADER: Final = struct.Struct(">IIII")


class Unreadable(Exception):
    """What came is no PDU, or not the one that its header says. `pdu` is its header."""

    def __init__(self, pdu: Pdu | None = None) -> None:
        super().__init__("unreadable")
        self.pdu = pdu


class Pdu(NamedTuple):
    """A PDU's header and its body; `message` is the parsed body of a submit_sm or deliver_sm."""

    command: int
    status: int
    sequence: int
    body: bytes
    message: smpp34.SubmitSm | smpp34.DeliverSm | None = None


def write(command: int, sequence: int, body: bytes = b"", status: int = OK) -> bytes:
    """A PDU whose body is at hand."""
    return _HEADER.pack(_HEADER.size + len(body), command, status, sequence) + body


def c_string(text: str) -> bytes:
    return text.encode("ascii", "replace").replace(b"\0", b"?") + b"\0"


def bind_body(system_id: str, password: str, system_type: str) -> bytes:
    """The body of the three binds: no address range, so that all that is ours comes."""
    strings = c_string(system_id) + c_string(password) + c_string(system_type)
    return strings + bytes([VERSION, 0, 0]) + b"\0"


def first_string(body: bytes) -> str:
    """The C string that a body begins with, such as an answer's message id; '' where there is
    none: some centres leave it out of a refusal."""
    return body.split(b"\0", 1)[0].decode("latin-1")


async def read(reader: asyncio.StreamReader) -> Pdu:
    """The next PDU. Raises asyncio.IncompleteReadError at the end of the stream, and Unreadable:
    with a `pdu`, the stream can be read on."""
    head = await reader.readexactly(_HEADER.size)
    length = _HEADER.unpack(head)[0]
    if not _HEADER.size <= length <= PDU_MAX_BYTES:
        raise Unreadable
    body = await reader.readexactly(length - _HEADER.size)
    return parse(head + body)


def parse(octets: bytes) -> Pdu:
    """Raises Unreadable."""
    _, command, status, sequence = _HEADER.unpack_from(octets)
    bare = Pdu(command, status, sequence, octets[_HEADER.size :])
    if command not in (SUBMIT_SM, DELIVER_SM):
        return bare
    try:
        message = smpp34.decode(octets)
    except smpp34.SmppError:
        raise Unreadable(bare) from None
    if isinstance(message, smpp34.RawPdu):
        raise Unreadable(bare)
    return bare._replace(message=message)


def tlvs_of(message: smpp34.SubmitSm | smpp34.DeliverSm) -> dict[int, bytes]:
    """The optional parameters; of one that stands there twice, the first."""
    found: dict[int, bytes] = {}
    for tlv in message.tlvs:
        found.setdefault(tlv.tag, tlv.value)
    return found


def octets_of(message: smpp34.SubmitSm | smpp34.DeliverSm, tlvs: dict[int, bytes]) -> bytes:
    """What was written: message_payload stands in for a short_message that is too small."""
    return message.short_message or tlvs.get(tags.MESSAGE_PAYLOAD, b"")
