"""Components of USSD in a Facility element (3GPP TS 24.080 section 3.6 and 4, ASN.1 in BER).

    a1 17 02 01 01 02 01 3b 30 0f 04 01 0f 04 0a aa …     a phone dials
    a1 … 02 01 02 02 01 3c 30 … 04 01 0f 04 …             we ask
    a2 … 02 01 02 30 … 02 01 3c 30 … 04 01 0f 04 …        the phone answers
    a2 … 02 01 01 30 … 02 01 3b 30 … 04 01 0f 04 …        we end

What is here is all that USSD needs: one component, its id, an operation, a string.
"""

from dataclasses import dataclass, field
from typing import Final

from providers.contracts.errors import BadPayload

INVOKE: Final = 0xA1
RESULT: Final = 0xA2
ERROR: Final = 0xA3
REJECT: Final = 0xA4

DIAL: Final = 0x3B  # processUnstructuredSS-Request
ASK: Final = 0x3C  # unstructuredSS-Request

# Errors of the standard.
FACILITY_NOT_SUPPORTED: Final = 0x15
SYSTEM_FAILURE: Final = 0x22

_INTEGER: Final = 0x02
_OCTETS: Final = 0x04
_SEQUENCE: Final = 0x30
_SHORT_MAXIMUM: Final = 0x7F
# In a component, before its string: of an ending screen, which has more than a question.
_BEFORE_A_STRING: Final = 15


@dataclass(frozen=True, slots=True)
class Component:
    """`tag` is INVOKE, RESULT, ERROR or REJECT. `operation` is -1 where it names none; `scheme` and
    `string` are the data coding scheme and the octets of the USSD string, b"" without one."""

    tag: int
    invoke_id: int
    operation: int = -1
    scheme: int = 0
    string: bytes = field(default=b"", repr=False)


def question(invoke_id: int, scheme: int, string: bytes) -> bytes:
    """A screen that a phone is to answer."""
    return _tlv(INVOKE, _integer(invoke_id) + _integer(ASK) + _ussd(scheme, string))


def result(invoke_id: int, scheme: int, string: bytes) -> bytes:
    """The last screen: the result of what the phone dialled under this id."""
    told = _tlv(_SEQUENCE, _integer(DIAL) + _ussd(scheme, string))
    return _tlv(RESULT, _integer(invoke_id) + told)


def error(invoke_id: int, code: int) -> bytes:
    """That something was not done."""
    return _tlv(ERROR, _integer(invoke_id) + _integer(code))


def string_octets(length: int) -> int:
    """How many octets a string may have in a component of this length, as the component says it."""
    return length - _BEFORE_A_STRING


def decode(octets: bytes) -> Component:
    """The first component. Raises BadPayload: it does not fit its length, has no id, or is of no
    known kind. Parameters that USSD does not need are passed over."""
    tag, body, _ = _read(octets)
    if tag not in (INVOKE, RESULT, ERROR, REJECT):
        raise BadPayload("unknown", "component")
    parts = _parts(body)
    if not parts or parts[0][0] != _INTEGER or not parts[0][1]:
        if tag == REJECT:  # of what could not even be read
            return Component(REJECT, -1)
        raise BadPayload("missing", "invoke_id")
    invoke_id = parts[0][1][-1]
    if tag == RESULT:
        if len(parts) == 1:
            return Component(RESULT, invoke_id)
        if parts[1][0] != _SEQUENCE:
            raise BadPayload("unknown", "result")
        parts[1:] = _parts(parts[1][1])
    if tag in (ERROR, REJECT):
        return Component(tag, invoke_id)
    operation = next((value for tag, value in parts[1:] if tag == _INTEGER), b"")
    if not operation:
        raise BadPayload("missing", "operation")
    told = next((value for tag, value in parts[1:] if tag == _SEQUENCE), b"")
    octet_strings = [value for tag, value in _parts(told) if tag == _OCTETS]
    if len(octet_strings) < 2 or len(octet_strings[0]) != 1:
        return Component(tag, invoke_id, operation[-1])
    return Component(tag, invoke_id, operation[-1], octet_strings[0][0], octet_strings[1])


def _ussd(scheme: int, string: bytes) -> bytes:
    return _tlv(_SEQUENCE, _tlv(_OCTETS, bytes([scheme])) + _tlv(_OCTETS, string))


def _integer(value: int) -> bytes:
    return bytes([_INTEGER, 1, value])


def _tlv(tag: int, value: bytes) -> bytes:
    length = len(value)
    if length <= _SHORT_MAXIMUM:
        return bytes([tag, length]) + value
    return bytes([tag, 0x81, length]) + value


def _parts(octets: bytes) -> list[tuple[int, bytes]]:
    parts = []
    while octets:
        tag, value, octets = _read(octets)
        parts.append((tag, value))
    return parts


def _read(octets: bytes) -> tuple[int, bytes, bytes]:
    """The first tag with its value, and what follows. Raises BadPayload."""
    if len(octets) < 2:
        raise BadPayload("cut_off", "facility")
    tag, length, at = octets[0], octets[1], 2
    if length > _SHORT_MAXIMUM:
        count = length - 0x80
        if count not in (1, 2) or len(octets) < 2 + count:
            raise BadPayload("bad_length", "facility")
        length, at = int.from_bytes(octets[2 : 2 + count], "big"), 2 + count
    value = octets[at : at + length]
    if len(value) < length:
        raise BadPayload("cut_off", "facility")
    return tag, value, octets[at + length :]
