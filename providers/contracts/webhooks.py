"""Webhooks: a kind of callback, its parser and the HTTP answer to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from providers.contracts.messages import SmsInbound, SmsOptOut, SmsReport
from providers.contracts.ussd import UssdEnded, UssdHop

Inbound = UssdHop | UssdEnded | SmsInbound | SmsOptOut | SmsReport


class HttpReply(NamedTuple):
    """The HTTP answer to a callback, byte for byte. `headers` stand beside type and length."""

    status: int
    content_type: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


class Kind(NamedTuple):
    """One sort of callback: `parse(body, content_type)` may raise BadPayload. Of a GET the query is
    the body.

    `screen(text, ends, hop)` formats the answer where the answer is the screen, without a hop where
    the request could not be read; elsewhere it is None and the callback is stored and acknowledged
    with the provider's `ack`.
    """

    channel: str
    parse: Callable[[bytes, str], Inbound]
    screen: Callable[[str, bool, UssdHop | None], HttpReply] | None = None
    method: str = "POST"
