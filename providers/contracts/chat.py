"""Chats: what people write, tap and share in one, and what is sent into it.

Whom a message is from or for, and what it says, stay out of every repr.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from providers.contracts.messages import Sent


@dataclass(frozen=True, slots=True)
class Party:
    """A person as a wire names them: by number, by an id of the provider's own, or by both.

    `phone` is E.164 or ''. `user_id` is '' or the provider's, which means the same person only
    within `portfolio`. Names are what the person calls themselves: they prove nothing.
    """

    phone: str = field(default="", repr=False)
    user_id: str = field(default="", repr=False)
    portfolio: str = ""
    name: str = field(default="", repr=False)
    username: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Location:
    """A place that was shared: degrees, and what its sender calls it."""

    latitude: float
    longitude: float
    name: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class InboundMedia:
    """A file that somebody sent: the provider's id or address of it. `kind` is image, video, audio,
    document or sticker."""

    kind: str
    reference: str = field(repr=False)
    mime_type: str = ""
    name: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class SharedContact:
    """A contact card. `is_own`: the provider says that its sender shares their own number, because
    we asked for it; nothing else proves whose number it is."""

    phones: tuple[str, ...] = field(repr=False)
    name: str = field(default="", repr=False)
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class OrderedItem:
    """A line of an order from a catalogue. `price` is as the wire wrote it."""

    product: str
    quantity: int
    price: str
    currency: str


ChatKind = Literal[
    "text", "choice", "location", "media", "contact", "order", "form", "reaction", "unsupported"
]


@dataclass(frozen=True, slots=True)
class ChatInbound:
    """A message in a chat. `event_id` is the provider's: the same one may arrive for days.

    `to` is our address as the wire names it. `text` is what was written, or the label of what was
    tapped; `choice` is the id of what was tapped; `answers_id` is the provider's id of the message
    of ours that it answers, '' where it does not say. `form` is what was filled in, by field.
    `ad` is the provider's id of the advertisement that led here, where one did.
    """

    provider: str
    event_id: str
    to: str
    sender: Party
    kind: ChatKind
    text: str = field(default="", repr=False)
    choice: str = ""
    answers_id: str = ""
    location: Location | None = field(default=None, repr=False)
    media: InboundMedia | None = None
    contacts: tuple[SharedContact, ...] = ()
    items: tuple[OrderedItem, ...] = ()
    form: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    ad: str = ""
    at: datetime | None = None
    text_too_long: bool = False
    is_group: bool = False


@dataclass(frozen=True, slots=True)
class MessageChanged:
    """Somebody edited a message of theirs, or took it back (`text` None)."""

    provider: str
    event_id: str
    to: str
    sender: Party
    original_id: str
    text: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class PartyChanged:
    """The provider says that somebody has another number or id by now, or another phone behind
    the same ones. It proves no more than a changed SIM does."""

    provider: str
    event_id: str
    to: str
    before: Party
    now: Party
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ChatPreference:
    """Somebody wants no more of a category of messages at this address of ours, or wants them
    again. `category` is the provider's word, '' for all but what they ask for."""

    provider: str
    to: str
    sender: Party
    category: str
    wants: bool


@dataclass(frozen=True, slots=True)
class TemplateState:
    """What the provider says of a template of ours: `state` is approved, paused, disabled,
    rejected or its own word in small letters. `at` is when it became so, where the wire says it."""

    provider: str
    account: str
    name: str
    language: str
    state: str
    reason: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AccountNotice:
    """Something that a person of ours must know: a limit, a quality, a ban. Plain words only."""

    provider: str
    account: str
    kind: str
    detail: str = ""


# --- what is sent -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Option:
    """Something to tap. `id` comes back as `ChatInbound.choice`."""

    id: str
    title: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class OutboundMedia:
    """A file that is sent: by its public address, or as bytes that are uploaded first."""

    kind: Literal["image", "document"]
    mime_type: str
    name: str
    url: str = ""
    content: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Template:
    """An approved wording at the provider: its name or id there, and what fills its places.
    `is_code`: it brings a one-time code, its one value, which a button copies, and which a wire may
    refuse to bring to anybody without a number."""

    name: str
    language: str
    values: tuple[str, ...] = field(default=(), repr=False)
    is_code: bool = False


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """A message into a chat. `sender` is our address as the wire names it.

    `options` become buttons, or the rows of a list that `button` opens; what a wire cannot show is
    refused before it leaves, with `never_left`. `asks_location` and `asks_contact` bring a button
    of the provider's own. `plain` is all of it as text, for a wire that shows options in words.
    `reference` comes back in reports where the wire can carry it, and `report_url` is where they go
    at a provider that learns it with each message.
    """

    to: Party
    text: str = field(repr=False)
    sender: str
    options: tuple[Option, ...] = ()
    button: str = ""
    header: str = ""
    footer: str = ""
    asks_location: bool = False
    asks_contact: bool = False
    media: OutboundMedia | None = None
    template: Template | None = None
    answers_id: str = ""
    reference: str = ""
    plain: str = field(default="", repr=False)
    report_url: str = field(default="", repr=False)


class ChatSender(Protocol):
    """Sends one message, once; raises NotSent, Refused or OutcomeUnknown."""

    def send_chat(self, message: ChatMessage) -> Sent: ...
