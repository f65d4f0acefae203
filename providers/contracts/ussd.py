"""USSD: what a gateway posts, as the adapters give it.

Addresses are E.164 with a plus wherever the wire gave a phone number; in a USSD session it may have
a leading zero instead, and is one of the service's country. What a person typed, and whose number
it is, stay out of every repr and every exception text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from providers.contracts.cost import Cost


@dataclass(frozen=True, slots=True)
class UssdHop:
    """One USSD request; its HTTP answer is the next screen.

    `service_code` is what the wire gave, with or without the digits dialled after the code: who
    knows the services resolves it. `text` is the whole text so far ('' at first) where the wire
    is cumulative; characters that could not be read are U+FFFD. `text_too_long` says that `text`
    was cut at the limit: it must not be taken for an answer.
    """

    provider: str
    service_code: str
    session_id: str
    address: str = field(repr=False)
    text: str = field(repr=False)
    network: str
    text_too_long: bool = False


@dataclass(frozen=True, slots=True)
class UssdEnded:
    """A session is over, says the gateway. What was typed in it is discarded on arrival.

    `status`: success (an END was shown), incomplete (left or timed out), failed (our answer was
    bad), or unknown. `reply_prefix` is what our last answer began with: CON, END, other, or ''.
    """

    provider: str
    service_code: str
    session_id: str
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
