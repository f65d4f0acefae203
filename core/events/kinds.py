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


class Metadata(msgspec.Struct, frozen=True, kw_only=True):
    """What an event is part of. `correlation_id` is the same in all events of one thing."""

    correlation_id: Annotated[UUID, Meta(description="such as the order's")]
    user_id: Annotated[UUID | None, Meta(description="the subscriber that it is about")] = None
    channel: Annotated[str | None, Meta(description="by which it was begun")] = None


class Data(msgspec.Struct, frozen=True, kw_only=True):
    """Base of what an event says."""

    def metadata(self, subject_id: UUID) -> Metadata:
        return Metadata(correlation_id=subject_id)


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


class OrderedLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of an order."""

    product: str
    quantity: int
    delivered: Annotated[int | None, Meta(description="null until the goods arrived; may be 0")]
    substitute: Annotated[str | None, Meta(description="the product that came in its place")]
    total_minor: Minor


class OrderCreated(Data, frozen=True, kw_only=True):
    """A shop ordered what it was promised a price for. The order is said as it is now."""

    order_id: UUID
    reference: Annotated[str, Meta(description="as people call the order")]
    subscriber_id: UUID
    channel: Annotated[str, Meta(description="ussd, sms, whatsapp, api or staff")]
    state: str
    warehouse: str
    payment: Annotated[str, Meta(description="wallet or cash")]
    currency: Annotated[str, Meta(description="ISO 4217")]
    total_minor: Minor
    delivered_minor: Annotated[int | None, Meta(description="what was delivered comes to")]
    lines: list[OrderedLine]
    number: Number = None

    def metadata(self, subject_id: UUID) -> Metadata:
        return Metadata(correlation_id=subject_id, user_id=self.subscriber_id, channel=self.channel)


class InventoryReserved(OrderCreated, frozen=True, kw_only=True):
    """The goods of an order are promised to it."""


class OrderConfirmed(OrderCreated, frozen=True, kw_only=True):
    """An order's money is set aside, or the shop pays in cash at its door."""


class OrderAssigned(OrderCreated, frozen=True, kw_only=True):
    """Somebody brings the order. Said once, whoever brings it in the end."""


class OrderDelivered(OrderCreated, frozen=True, kw_only=True):
    """The shop took goods of the order: each line says how much of it."""


class Probe(Data, frozen=True, kw_only=True):
    """Nothing happened: `piga events test` asked for it."""

    subscription_id: UUID


KINDS: Final[dict[str, type[Data]]] = {
    "message.received": MessageReceived,
    "message.delivered": MessageDelivered,
    "message.failed": MessageFailed,
    "session.ended": SessionEnded,
    "payment.posted": PaymentPosted,
    "order.created": OrderCreated,
    "inventory.reserved": InventoryReserved,
    "order.confirmed": OrderConfirmed,
    "order.assigned_to_driver": OrderAssigned,
    "order.delivered": OrderDelivered,
}
TEST: Final = "test"
ALL: Final[dict[str, type[Data]]] = {**KINDS, TEST: Probe}


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """The body of the request. `id` is the header's `webhook-id`: the same in every try."""

    id: str
    type: str
    version: Annotated[int, Meta(description="of `data`: another where a field changes or goes")]
    timestamp: Annotated[datetime, Meta(description="when it was noted, in UTC")]
    source: Annotated[str, Meta(description="the kind of thing that it is about")]
    tenant: Annotated[str, Meta(description="the tenant's slug")]
    tenant_id: UUID
    metadata: Metadata
    data: msgspec.Raw
