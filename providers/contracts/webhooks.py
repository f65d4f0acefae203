"""Webhooks: a kind of callback, its parser and the HTTP answer to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from providers.contracts.airtime import AirtimeAsked, AirtimeReport
from providers.contracts.chat import (
    AccountNotice,
    ChatInbound,
    ChatPreference,
    MessageChanged,
    PartyChanged,
    TemplateState,
)
from providers.contracts.messages import (
    Account,
    DeliveryReport,
    SmsInbound,
    SmsOptOut,
    SmsPart,
    SmsSubscription,
)
from providers.contracts.payments import (
    ArrivalAsked,
    ArrivalRefusal,
    PaymentArrived,
    PaymentHint,
)
from providers.contracts.ussd import UssdEnded, UssdHop

Inbound = (
    UssdHop
    | UssdEnded
    | SmsInbound
    | SmsPart
    | SmsOptOut
    | SmsSubscription
    | AirtimeAsked
    | AirtimeReport
    | DeliveryReport
    | ChatInbound
    | MessageChanged
    | PartyChanged
    | ChatPreference
    | TemplateState
    | AccountNotice
    | PaymentHint
    | PaymentArrived
    | ArrivalAsked
)

BODY_BYTES_MAXIMUM = 64 * 1024


class HttpReply(NamedTuple):
    """The HTTP answer to a callback, byte for byte. `headers` stand beside type and length."""

    status: int
    content_type: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """What a signature may be over: the address that was called, its query in it, and the raw body.
    `header(name)` answers '' where there is none."""

    url: str = field(repr=False)
    header: Callable[[str], str] = field(repr=False)
    content_type: str
    body: bytes = field(repr=False)


class Batch(NamedTuple):
    """Several events of one body, in their order, and why others of it could not be read.
    `unknown` names the sorts of things in it that nobody described to us."""

    events: Sequence[Inbound]
    faults: Sequence[str] = ()
    unknown: Sequence[str] = ()


class Kind(NamedTuple):
    """One sort of callback: `parse(body, content_type)` may raise BadPayload. Of a GET the query is
    the body.

    `screen(text, ends, hop)` formats the answer where the answer is the screen, without a hop where
    the request could not be read; elsewhere it is None and the callback is stored and acknowledged
    with the provider's `ack`.
    `push(account, hop, text, ends)` shows a screen by a request of ours, where the answer to a hop
    says nothing; it may raise a SendError.
    `verify(request, account)` answers why a signature is not taken, in a word, and '' where it is;
    without it, the secret in the path is all that proves a sender.
    `handshake(query, account)` answers the GET by which a provider asks whether the address is
    ours; None where it proves nothing.
    `query` stands behind the address in the provider's settings, with the provider's own escapes,
    and `fragment` behind that: what the provider reads of it and never sends.
    `reads_query`: the query of a POST is read, too, as if it stood before the form.
    `answer(yes)` formats our word where the callback is a question; what cannot be read gets a no.
    `verdict(why)` formats our word on an `ArrivalAsked`, None for a yes; what cannot be read gets a
    no.
    `methods`: those by which it may come.
    `reads_path`: what stands in the path behind the address is read, too, as if it were a first
    line above the body, such as /session/7/start.
    `told`: the address goes out with each text, so that nobody writes it anywhere.
    """

    channel: str
    parse: Callable[[bytes, str], Inbound | Batch]
    screen: Callable[[str, bool, UssdHop | None], HttpReply] | None = None
    methods: tuple[str, ...] = ("POST",)
    verify: Callable[[SignedRequest, Account], str] | None = None
    handshake: Callable[[bytes, Account], HttpReply | None] | None = None
    bytes_maximum: int = BODY_BYTES_MAXIMUM
    query: str = ""
    told: bool = False
    answer: Callable[[bool], HttpReply] | None = None
    fragment: str = ""
    reads_query: bool = False
    reads_path: bool = False
    verdict: Callable[[ArrivalRefusal | None], HttpReply] | None = None
    push: Callable[[Account, UssdHop, str, bool], None] | None = None
