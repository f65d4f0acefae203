"""SSMI: a message is a line of fields with commas between them, and its last field is free text."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from providers.contracts.errors import BadPayload

HEADER: Final = "SSMI"
END: Final = b"\r"
ENCODING: Final = "iso-8859-1"
LINE_OCTETS_MAXIMUM: Final = 4_096

LOGIN: Final = "1"
LINK_CHECK: Final = "3"
ACK: Final = "101"
NACK: Final = "102"
USSD: Final = "110"
USSD_EXTENDED: Final = "111"
LOGGED_OUT: Final = "199"

# Of an ACK.
LOGIN_TAKEN: Final = "1"

NEW, EXISTING, ENDED, TIMED_OUT = "1", "2", "3", "4"

# How many fields stand before the free text, by the message's number.
_BEFORE_TEXT: Final = {USSD: 3, USSD_EXTENDED: 4}


class Message(NamedTuple):
    """A message by its number, and its fields."""

    number: str
    fields: list[str]


class Lines:
    """The stream, line by line."""

    def __init__(self) -> None:
        self._held = b""

    def take(self, received: bytes) -> Iterator[Message]:
        """Raises BadPayload for what is no SSMI: nothing behind it can be trusted."""
        *lines, self._held = (self._held + received).split(END)
        if len(self._held) > LINE_OCTETS_MAXIMUM:
            raise BadPayload("too_long", "line")
        for line in lines:
            if line.strip():
                yield parse(line)


def parse(line: bytes) -> Message:
    """Raises BadPayload."""
    header, _, rest = line.decode(ENCODING).lstrip("\n").partition(",")
    number, _, rest = rest.partition(",")
    if header != HEADER or not number.isdigit():
        raise BadPayload("not_ssmi")
    before = _BEFORE_TEXT.get(number)
    return Message(number, rest.split(",") if before is None else rest.split(",", before))


def line(number: str, *fields: str) -> bytes:
    """A line's end within a field would begin another message."""
    words = [HEADER, number, *fields]
    return ",".join(words).replace("\r", " ").encode(ENCODING, "replace") + END
