"""What an event says, read from the fact's own row as it is sent."""

import uuid
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from core.db.database import Tx
from core.events.kinds import (
    KINDS,
    TEST,
    Data,
    MessageDelivered,
    MessageFailed,
    MessageReceived,
    OrderCreated,
    OrderedLine,
    PaymentPosted,
    Posting,
    Probe,
    SessionEnded,
)
from core.orders import orders
from core.orders.errors import OrderUnknown
from core.people import numbers
from core.security.keyring import Keyring
from values.ids import reference_of

# Of a conversation, or of a person; NULL where the subscription does not ask.
_SPOKEN_AT = (
    "CASE WHEN %(numbers)s THEN (SELECT v.address_sealed FROM conversation v"
    " WHERE v.tenant_id = current_tenant() AND v.id = {of} AND v.address_channel = 'msisdn') END"
)
_NUMBER_OF = "CASE WHEN %(numbers)s THEN (SELECT n.identifier_sealed FROM ({in_use}) n) END"


class Gone(Exception):
    """The fact is not there any more: it was kept for as long as its table keeps it."""


def read(tx: Tx, keys: Keyring, kind: str, subject_id: uuid.UUID, *, with_numbers: bool) -> Data:
    """What an event of a kind says of its subject. Raises Gone."""
    return _READ[kind](tx, keys, {"id": subject_id, "numbers": with_numbers})


Params = Mapping[str, object]


def _received(tx: Tx, keys: Keyring, params: Params) -> Data:
    row = tx.one(
        "SELECT m.id, m.conversation_id, c.service_id, s.channel,"
        f" {_SPOKEN_AT.format(of='c.id')}"
        " FROM inbound_message m JOIN conversation c ON c.tenant_id = m.tenant_id"
        " AND c.id = m.conversation_id JOIN service s ON s.tenant_id = c.tenant_id"
        " AND s.id = c.service_id WHERE m.tenant_id = current_tenant() AND m.id = %(id)s",
        params,
    )
    if row is None:
        raise Gone
    message_id, conversation_id, service_id, channel, sealed = row
    return MessageReceived(
        message_id=message_id,
        conversation_id=conversation_id,
        service_id=service_id,
        channel=channel,
        number=_opened(keys, sealed, conversation_id),
    )


def _sent(tx: Tx, keys: Keyring, params: Params, *, failed: bool) -> Data:
    row = tx.one(
        "SELECT m.id, m.service_id, m.template, m.subscriber_id, m.conversation_id, m.entry_id,"
        " coalesce(m.reason, 'unknown'),"
        f" {_SPOKEN_AT.format(of='m.conversation_id')},"
        f" {_NUMBER_OF.format(in_use=numbers.in_use('m.subscriber_id'))}"
        " FROM message m WHERE m.tenant_id = current_tenant() AND m.id = %(id)s",
        params,
    )
    if row is None:
        raise Gone
    id, service_id, template, subscriber_id, conversation_id, entry_id, reason, *sealed = row
    said = {
        "message_id": id,
        "service_id": service_id,
        "template": template,
        "subscriber_id": subscriber_id,
        "conversation_id": conversation_id,
        "entry_id": entry_id,
        "number": _opened(keys, sealed[0], conversation_id)
        or _opened(keys, sealed[1], subscriber_id),
    }
    return MessageFailed(reason=reason, **said) if failed else MessageDelivered(**said)


def _ended(tx: Tx, keys: Keyring, params: Params) -> Data:
    row = tx.one(
        "SELECT t.id, t.session, t.service_id, s.channel, t.subscriber_id, t.number, t.place,"
        f" t.language, {_NUMBER_OF.format(in_use=numbers.in_use('t.subscriber_id'))}"
        " FROM turn t JOIN service s ON s.tenant_id = t.tenant_id AND s.id = t.service_id"
        " WHERE t.tenant_id = current_tenant() AND t.id = %(id)s",
        params,
    )
    if row is None:
        raise Gone
    turn_id, session, service_id, channel, subscriber_id, turns, place, language, sealed = row
    return SessionEnded(
        turn_id=turn_id,
        session=session,
        service_id=service_id,
        channel=channel,
        subscriber_id=subscriber_id,
        turns=turns,
        place=place,
        language=language,
        number=_opened(keys, sealed, subscriber_id),
    )


def _posted(tx: Tx, keys: Keyring, params: Params) -> Data:
    row = tx.one(
        "SELECT e.id, e.kind, e.actor_id,"
        f" {_NUMBER_OF.format(in_use=numbers.in_use('e.actor_id'))}"
        " FROM entry e WHERE e.tenant_id = current_tenant() AND e.id = %(id)s",
        params,
    )
    if row is None:
        raise Gone
    entry_id, kind, actor_id, sealed = row
    lines = tx.all(
        "SELECT p.account_id, a.kind, a.owner_id, p.amount_minor, p.currency FROM posting p"
        " JOIN account a ON a.tenant_id = p.tenant_id AND a.id = p.account_id"
        " WHERE p.tenant_id = current_tenant() AND p.entry_id = %(id)s ORDER BY p.ordinal",
        params,
    )
    return PaymentPosted(
        entry_id=entry_id,
        reference=reference_of(entry_id),
        kind=kind,
        actor_id=actor_id,
        postings=[
            Posting(
                account_id=account_id,
                account=account,
                owner_id=owner_id,
                amount_minor=amount_minor,
                currency=currency,
            )
            for account_id, account, owner_id, amount_minor, currency in lines
        ],
        number=_opened(keys, sealed, actor_id),
    )


def _ordered(tx: Tx, keys: Keyring, params: Params, *, kind: type[OrderCreated]) -> Data:
    order_id = params["id"]
    assert isinstance(order_id, uuid.UUID)
    try:
        order = orders.get(tx, order_id)
    except OrderUnknown:
        raise Gone from None
    number = tx.one(
        f"SELECT {_NUMBER_OF.format(in_use=numbers.in_use('o.subscriber_id'))} FROM shop_order o"
        " WHERE o.tenant_id = current_tenant() AND o.id = %(id)s",
        params,
    )
    assert number is not None
    return kind(
        order_id=order.id,
        reference=order.reference,
        subscriber_id=order.subscriber_id,
        channel=order.channel,
        state=order.state,
        warehouse=order.warehouse,
        payment=order.payment,
        currency=order.currency,
        total_minor=order.total_minor,
        delivered_minor=order.delivered_minor,
        lines=[
            OrderedLine(
                product=line.product,
                quantity=line.quantity,
                delivered=line.delivered,
                substitute=line.substitute,
                total_minor=line.total_minor,
            )
            for line in orders.lines(tx, order.id)
        ],
        number=_opened(keys, number[0], order.subscriber_id),
    )


def _probe(tx: Tx, keys: Keyring, params: Params) -> Data:
    subscription_id = params["id"]
    assert isinstance(subscription_id, uuid.UUID)
    return Probe(subscription_id=subscription_id)


def _opened(keys: Keyring, sealed: bytes | None, bound_to: uuid.UUID | None) -> str | None:
    """A number in E.164. None where it cannot be read: the rest of the event is true."""
    if sealed is None or bound_to is None:
        return None
    try:
        return keys.open(sealed, bound_to.bytes)
    except ValueError:
        return None


_READ: Final[Mapping[str, Callable[[Tx, Keyring, Params], Data]]] = {
    "message.received": _received,
    "message.delivered": lambda tx, keys, params: _sent(tx, keys, params, failed=False),
    "message.failed": lambda tx, keys, params: _sent(tx, keys, params, failed=True),
    "session.ended": _ended,
    "payment.posted": _posted,
    **{
        kind: partial(_ordered, kind=said)
        for kind, said in KINDS.items()
        if issubclass(said, OrderCreated)
    },
    TEST: _probe,
}
