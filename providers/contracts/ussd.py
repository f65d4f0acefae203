"""USSD: what a gateway posts, as the adapters give it.

Addresses are E.164 with a plus wherever the wire gave a phone number; in a USSD session it may have
a leading zero instead, and is one of the service's country. What a person typed, and whose number
it is, stay out of every repr and every exception text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from providers.contracts.cost import Cost


@dataclass(frozen=True, slots=True)
class LastInput:
    """What a wire that gives the last input only says of a hop.

    `is_first`: whether it begins a session; None where the wire does not say. `dialled` is the
    string that was dialled, if this is the first hop: `*713*1#`, or '' where it is not known.
    `hop_id` is what all copies of this hop share and no other hop of the session has, or of the
    caller where session ids repeat; '' where the wire has no such thing. Then the same text again
    within `copy_within_s` of the reply is a copy. `number_once`: only the first hop has a number.
    `ids_unique`: the wire gives no session the id of another one, however much later.
    """

    is_first: bool | None = None
    dialled: str = field(default="", repr=False)
    hop_id: str = ""
    copy_within_s: int = 0
    number_once: bool = False
    ids_unique: bool = False


class UssdHop(msgspec.Struct, frozen=True):
    """One USSD request; its HTTP answer is the next screen.

    `service_code` is what the wire gave, with or without the digits dialled after the code: who
    knows the services resolves it; '' is the code of the hook's service. `text` is the whole text
    so far ('' at first) where the wire is cumulative, else what was typed last, and `last` says the
    rest; characters that could not be read are U+FFFD. `text_too_long` says that `text` was cut at
    the limit: it must not be taken for an answer. `address` is '' where the wire gives a number in
    the first hop only. `echo` is what the answer repeats of the request.
    """

    provider: str
    service_code: str
    session_id: str  # on some wires it is the caller's number
    address: str
    text: str
    network: str
    text_too_long: bool = False
    last: LastInput | None = None
    echo: Mapping[str, Any] | None = None

    def __repr__(self) -> str:
        return f"UssdHop({self.provider!r}, {self.service_code!r}, network={self.network!r})"


@dataclass(frozen=True, slots=True)
class UssdEnded:
    """A session is over, says the gateway. What was typed in it is discarded on arrival.

    `status`: success (an END was shown), incomplete (left or timed out), failed (our answer was
    bad), or unknown. `reply_prefix` is what our last answer began with: CON, END, other, or ''.
    """

    provider: str
    service_code: str
    session_id: str = field(repr=False)
    address: str = field(repr=False)
    network: str
    status: str
    at: datetime | None
    duration_ms: int | None
    hops: int | None
    cost: Cost | None
    reply_prefix: str
    reply_chars: int
    error: str
