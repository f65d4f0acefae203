"""Kinds of event, and what each says: the source of the reference page and of its JSON schema.

An event says ids, and no name and no words of a person. `number` is there only where the
subscription asks for numbers, and where there is one.
"""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec
from msgspec import Meta

VERSION: Final = 1

Number = Annotated[str | None, Meta(description="E.164; null unless numbers are subscribed to")]
Minor = Annotated[int, Meta(description="in minor units of the currency")]


class Data(msgspec.Struct, frozen=True, kw_only=True):
    """Base of what an event says."""


class MessageReceived(Data, frozen=True, kw_only=True):
    """Somebody wrote to a service. What they wrote is not said."""

    message_id: UUID
    conversation_id: UUID
    service_id: UUID
    channel: Annotated[str, Meta(description="sms or whatsapp")]
    number: Number = None


class MessageDelivered(Data, frozen=True, kw_only=True):
    """A text is on its handset, as the network says."""

    message_id: UUID
    service_id: UUID
    template: Annotated[str, Meta(description="the kind of message, such as savings_receipt")]
    subscriber_id: Annotated[UUID | None, Meta(description="null in a conversation")]
    conversation_id: Annotated[UUID | None, Meta(description="null for a person's text")]
    entry_id: Annotated[UUID | None, Meta(description="of the payment that it tells of")]
    number: Number = None


class MessageFailed(MessageDelivered, frozen=True, kw_only=True):
    """A text reached nobody, and will not."""

    reason: Annotated[str, Meta(description="one word, such as invalid_number")]


class SessionEnded(Data, frozen=True, kw_only=True):
    """A conversation came to its last screen. One that is dropped comes to none."""

    turn_id: UUID
    session: Annotated[str, Meta(description="a keyed hash: the same for all of a session")]
    service_id: UUID
    channel: Annotated[str, Meta(description="ussd, sms or whatsapp")]
    subscriber_id: Annotated[UUID | None, Meta(description="null where nobody was known")]
    turns: Annotated[int, Meta(description="how many messages it took")]
    place: Annotated[str, Meta(description="where in the menus it ended")]
    language: str
    number: Number = None


class Posting(msgspec.Struct, frozen=True, kw_only=True):
    """One line of an entry; what is positive is given to the account's holder."""

    account_id: UUID
    account: Annotated[str, Meta(description="wallet, savings, float, fees or settlement")]
    owner_id: Annotated[UUID | None, Meta(description="a subscriber, or the tenant")]
    amount_minor: Minor
    currency: Annotated[str, Meta(description="ISO 4217")]


class PaymentPosted(Data, frozen=True, kw_only=True):
    """Money moved: an entry of the books. Its postings sum to zero. `number` is the actor's."""

    entry_id: UUID
    reference: Annotated[str, Meta(description="as on the receipt")]
    kind: Annotated[str, Meta(description="the operation, such as contribution")]
    actor_id: Annotated[UUID | None, Meta(description="who did it; null where staff did")]
    postings: list[Posting]
    number: Number = None


class Probe(Data, frozen=True, kw_only=True):
    """Nothing happened: `piga events test` asked for it."""

    subscription_id: UUID


KINDS: Final[dict[str, type[Data]]] = {
    "message.received": MessageReceived,
    "message.delivered": MessageDelivered,
    "message.failed": MessageFailed,
    "session.ended": SessionEnded,
    "payment.posted": PaymentPosted,
}
TEST: Final = "test"
ALL: Final[dict[str, type[Data]]] = {**KINDS, TEST: Probe}


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """The body of the request. `id` is the header's `webhook-id`: the same in every try."""

    id: str
    type: str
    version: Annotated[int, Meta(description="of `data`: another where a field changes or goes")]
    timestamp: Annotated[datetime, Meta(description="when it was noted, in UTC")]
    tenant: Annotated[str, Meta(description="the tenant's slug")]
    data: msgspec.Raw
