"""USSD sessions on a connection of ours: a hop, or the end of a session, as a provider reads it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from providers.contracts.errors import BadPayload
from providers.contracts.ussd import LastInput, UssdHop
from providers.limits import PHONE_MAX_DIGITS, PHONE_MIN_DIGITS
from providers.lines.connection import Dialect


@dataclass(frozen=True, slots=True)
class LineHop:
    """What somebody dialled (`dialled`, of a first hop) or typed (`text`). `session` is what the
    wire knows the session by, `address` E.164 with a plus, or with the leading zero that the wire
    gave. `echo` is what the answer repeats."""

    session: str = field(repr=False)
    address: str = field(repr=False)
    is_first: bool
    dialled: str = field(default="", repr=False)
    text: str = field(default="", repr=False)
    echo: Mapping[str, str] = field(default_factory=dict, repr=False)

    def hop(self, provider: str, code: str) -> UssdHop:
        """At the service of this code. A connection brings nothing twice: no hop is a copy."""
        last = LastInput(is_first=self.is_first, dialled=self.dialled, hop_id=os.urandom(8).hex())
        typed = self.dialled or self.text
        return UssdHop(provider, code, self.session, self.address, typed, "", last=last)


@dataclass(frozen=True, slots=True)
class LineEnded:
    """Nobody waits for a screen any more. `why` is a word for the log. `hop` is there where the
    wire wants the end answered all the same."""

    session: str = field(repr=False)
    why: str
    hop: LineHop | None = None


LineEvent = LineHop | LineEnded


class UssdLine(Protocol):
    """A provider whose USSD is a connection that we make."""

    name: str
    port: int | None

    def dialect(self, username: str, secret: str, option: str) -> Dialect[LineEvent]:
        """What is said on a new connection. `option` is the account's own third word, where the
        provider wants one."""

    def screen(self, hop: LineHop, text: str, *, ends: bool) -> bytes:
        """The octets that show a screen. Raises ValueError for an empty one."""


def address_of(word: str, field_name: str) -> str:
    """A number as these wires give it. Raises BadPayload."""
    digits = word.strip().lstrip("+")
    long_enough = PHONE_MIN_DIGITS <= len(digits) <= PHONE_MAX_DIGITS
    if not long_enough or not (digits.isascii() and digits.isdigit()):
        raise BadPayload("not_a_phone_number", field_name)
    return digits if digits.startswith("0") else f"+{digits}"
