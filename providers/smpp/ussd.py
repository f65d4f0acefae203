"""USSD over SMPP: sessions are known by optional parameters, and message centres differ in which.

ussd_service_op says what a deliver_sm is: 1 PSSR indication (a code was dialled), 18 USSR confirm
(an answer), 129 the person left. A screen goes back as a submit_sm: 2 USSR request (an answer is
awaited), 17 PSSR response (the last screen). A session is named by its_session_info, of which the
last bit ends it, or by user_message_reference; where there is neither, by the caller's number.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import smpp34

from providers.smpp import tags
from providers.smpp.options import Options

DIALLED: Final = 0x01
ANSWERED: Final = 0x12
NOTICE_SEEN: Final = 0x13
ABORTED: Final = 0x81
PSSD: Final = 0x00  # a code as data, which begins a session too
END_BIT: Final = 0x0001
_FIRST: Final = (DIALLED, PSSD)
_OVER: Final = (0x11, ABORTED, 0x10)


@dataclass(frozen=True, slots=True)
class UssdSession:
    """What the wire says of a session, for the answer to repeat."""

    key: str = field(repr=False)  # it holds the number
    info: bytes = field(default=b"", repr=False)
    reference: bytes = field(default=b"", repr=False)

    def tlvs(self, operation: int, *, ends: bool) -> list[smpp34.Tlv]:
        """The optional parameters of a screen."""
        found = [smpp34.Tlv(tags.USSD_SERVICE_OP, bytes([operation]))]
        if len(self.info) == 2:
            value = int.from_bytes(self.info, "big") & ~END_BIT | (END_BIT if ends else 0)
            found.append(smpp34.Tlv(tags.ITS_SESSION_INFO, value.to_bytes(2, "big")))
        if self.reference:
            found.append(smpp34.Tlv(tags.USER_MESSAGE_REFERENCE, self.reference))
        return found


def operation(tlvs: dict[int, bytes]) -> int | None:
    """The ussd_service_op; None where the message is no USSD."""
    value = tlvs.get(tags.USSD_SERVICE_OP)
    return value[-1] if value else None


def begins(operation: int) -> bool:
    return operation in _FIRST


def is_over(operation: int, tlvs: dict[int, bytes]) -> bool:
    """Whether the wire says that nobody waits for a screen any more."""
    info = tlvs.get(tags.ITS_SESSION_INFO, b"")
    ended = len(info) == 2 and bool(info[1] & END_BIT) and not begins(operation)
    return operation in _OVER or ended


def session_of(address: str, tlvs: dict[int, bytes], options: Options) -> UssdSession:
    """The session of a message from this number. Ids come again, and two callers may have the same:
    so the number is always part of the key."""
    info = tlvs.get(tags.ITS_SESSION_INFO, b"")
    reference = tlvs.get(tags.USER_MESSAGE_REFERENCE, b"")
    how = options.ussd_session
    if how == "auto":
        how = "its_session_info" if len(info) == 2 else "user_message_reference"
    id = ""
    if how == "its_session_info" and len(info) == 2:
        id = f"i{int.from_bytes(info, 'big') & ~END_BIT:04x}"
    elif how == "its_session_octet" and len(info) == 2:
        id = f"o{info[0]:02x}"
    elif how == "user_message_reference" and reference:
        id = f"r{reference.hex()}"
    return UssdSession(f"{options.name}:{address}:{id}", info, reference)
