"""What people send: one message of a webhook, as the contract has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import orjson

from providers.contracts.chat import (
    ChatInbound,
    ChatKind,
    InboundMedia,
    Location,
    MessageChanged,
    OrderedItem,
    Party,
    PartyChanged,
    SharedContact,
)
from providers.contracts.errors import BadPayload
from providers.limits import SMS_TEXT_MAX_CHARS
from providers.meta import NAME, reading
from providers.meta.reading import Object, part

MEDIA = ("image", "video", "audio", "document", "sticker")
# One word of the documents, and an older one.
CHANGED_NUMBER = ("user_changed_number", "customer_changed_number")
CHANGED = (*CHANGED_NUMBER, "user_changed_user_id", "customer_identity_changed")
# What the network itself cannot bring: a word of now, and those of before.
UNREADABLE = ("unsupported", "unknown", "ephemeral", "request_welcome")
# Taps that are described and that nothing of ours asks for.
NOT_OURS = ("call_permission_reply",)
CHOICE_MAX_CHARS = 256
ITEMS_MAXIMUM = 100
CONTACTS_MAXIMUM = 257

Event = ChatInbound | MessageChanged | PartyChanged


@dataclass(frozen=True, slots=True)
class Envelope:
    """What stands around messages: the business account, our number's id there, and who wrote."""

    account: str
    to: str
    contacts: Sequence[Object]


def parse_message(message: Object, envelope: Envelope) -> tuple[Event, str]:
    """One message, and what in it nobody described ('': nothing). Raises BadPayload."""
    kind = reading.word(message, "type")
    if kind == "system":
        return _changed(message, envelope)
    told = ChatInbound(
        provider=NAME,
        event_id=reading.required(message, "id"),
        to=envelope.to,
        sender=_sender(message, envelope),
        kind="unsupported",
        answers_id=reading.identifier(part(message, "context"), "id"),
        ad=reading.identifier(part(message, "referral"), "source_id"),
        at=reading.moment(message, "timestamp"),
        is_group=bool(reading.identifier(message, "group_id")),
    )
    if kind in ("edit", "revoke"):
        return _withdrawn(message, kind, told), ""
    read = _READERS.get(kind)
    if read is None:
        return told, "" if kind in UNREADABLE else f"message {kind or '-'}"
    return read(message, kind, told)


def _sender(message: Object, envelope: Envelope) -> Party:
    """Who wrote. `from` is a number, or since 2026 an id; a contact stands beside, or none. What a
    contact adds is taken only where nothing in it is somebody else's."""
    number = reading.phone(message, "from")
    own_id = reading.user_id(message, "from_user_id", "from")
    contact: Object = {}
    for one in envelope.contacts:
        its_number, its_id = reading.phone(one, "wa_id"), reading.user_id(one, "user_id")
        if (number and its_number == number) or (own_id and its_id == own_id):
            contact = one
            break
        alone = len(envelope.contacts) == 1
        if alone and not (number and its_number) and not (own_id and its_id):
            contact = one
    return reading.party(envelope.account, contact, phone=number, user_id=own_id)


# --- by type --------------------------------------------------------------------------------------


def _text(message: Object, _: str, told: ChatInbound) -> tuple[ChatInbound, str]:
    return _with_text(told, reading.written(part(message, "text"), "body"), "text"), ""


def _with_text(told: ChatInbound, text: str, kind: ChatKind) -> ChatInbound:
    return replace(
        told,
        kind=kind,
        text=text[:SMS_TEXT_MAX_CHARS],
        text_too_long=len(text) > SMS_TEXT_MAX_CHARS,
    )


def _interactive(message: Object, _: str, told: ChatInbound) -> tuple[ChatInbound, str]:
    """A tap on what we sent; the object may be missing where there are errors."""
    found = part(message, "interactive")
    kind = reading.word(found, "type")
    if kind in ("button_reply", "list_reply"):
        reply = part(found, kind)
        return _chosen(told, reading.called(reply, "title"), reply, "id"), ""
    if kind == "nfm_reply":
        return replace(told, kind="form", form=_form(part(found, kind))), ""
    return told, f"interactive {kind}" if kind and kind not in NOT_OURS else ""


def _chosen(told: ChatInbound, title: str, value: Object, name: str) -> ChatInbound:
    choice = reading.identifier(value, name, CHOICE_MAX_CHARS)
    # An id that we gave is ASCII; another one is nobody's, and the label says what was meant.
    return replace(told, kind="choice", text=title, choice=choice)


def _form(reply: Object) -> tuple[tuple[str, str], ...]:
    """What was filled in: JSON within a string, which need not be an object."""
    try:
        found = orjson.loads(reply.get("response_json") or "")
    except (orjson.JSONDecodeError, TypeError):
        return ()
    if not isinstance(found, dict):
        return ()
    fields = [(name, value) for name, value in found.items() if name != "flow_token"]
    return tuple(
        (name[:64], str(value)[:SMS_TEXT_MAX_CHARS]) for name, value in fields[:ITEMS_MAXIMUM]
    )


def _button(message: Object, _: str, told: ChatInbound) -> tuple[ChatInbound, str]:
    """A tap on a template's button."""
    button = part(message, "button")
    return _chosen(told, reading.called(button, "text"), button, "payload"), ""


def _media(message: Object, kind: str, told: ChatInbound) -> tuple[ChatInbound, str]:
    value = part(message, kind)
    reference = reading.identifier(value, "id") or reading.identifier(value, "url", 2_048)
    if not reference:
        return told, ""  # it could not be fetched: the person sees that it was not taken
    media = InboundMedia(
        kind="audio" if kind == "voice" else kind,
        reference=reference,
        mime_type=reading.identifier(value, "mime_type"),
        name=reading.called(value, "filename"),
    )
    return replace(_with_text(told, reading.written(value, "caption"), "media"), media=media), ""


def _location(message: Object, _: str, told: ChatInbound) -> tuple[ChatInbound, str]:
    value = part(message, "location")
    latitude = reading.degrees(value, "latitude", 90.0)
    longitude = reading.degrees(value, "longitude", 180.0)
    if latitude is None or longitude is None:
        raise BadPayload("unreadable", "location")
    place = Location(
        latitude, longitude, reading.called(value, "name"), reading.called(value, "address")
    )
    return replace(told, kind="location", location=place), ""


def _contacts(message: Object, _: str, told: ChatInbound) -> tuple[ChatInbound, str]:
    """Cards. Only one that we asked for says whose number it is; another card with the sender's
    own number in it proves nothing, whatever it is called."""
    cards = [card for card in reading.items(message, "contacts") if isinstance(card, dict)]
    origin = reading.word(message, "origin")
    contacts = tuple(
        SharedContact(
            phones=tuple(number for entry in _dicts(card, "phones") if (number := _number(entry))),
            name=reading.called(part(card, "name"), "formatted_name"),
            is_own=len(cards) == 1
            and (origin or reading.word(card, "origin")) == "contact_request"
            and "vcard" not in card,
        )
        for card in cards[:CONTACTS_MAXIMUM]
    )
    return replace(told, kind="contact", contacts=contacts), ""


def _dicts(value: Object, name: str) -> list[Object]:
    return [found for found in reading.items(value, name) if isinstance(found, dict)]


def _number(entry: Object) -> str:
    """Of a card: the number that WhatsApp knows, else the one that was written."""
    return reading.phone(entry, "wa_id") or reading.phone(entry, "phone")


def _order(message: Object, _: str, told: ChatInbound) -> tuple[ChatInbound, str]:
    order = part(message, "order")
    items = tuple(
        OrderedItem(
            product=reading.called(item, "product_retailer_id"),
            quantity=reading.count(item, "quantity"),
            price=str(item.get("item_price", ""))[:32],
            currency=reading.identifier(item, "currency", 3).upper(),
        )
        for item in _dicts(order, "product_items")[:ITEMS_MAXIMUM]
    )
    return replace(_with_text(told, reading.written(order, "text"), "order"), items=items), ""


def _reaction(message: Object, _: str, told: ChatInbound) -> tuple[ChatInbound, str]:
    """A sign on a message of ours; an empty one takes it away."""
    value = part(message, "reaction")
    sign = reading.called(value, "emoji", 16)
    answers = reading.identifier(value, "message_id")
    return replace(told, kind="reaction", text=sign, answers_id=answers), ""


_READERS = {
    "text": _text,
    "interactive": _interactive,
    "button": _button,
    "voice": lambda message, _, told: _media(
        message, "voice" if part(message, "voice") else "audio", told
    ),
    "location": _location,
    "contacts": _contacts,
    "order": _order,
    "reaction": _reaction,
    **dict.fromkeys(MEDIA, _media),
}


# --- what is said of messages and people -------------------------------------------------------


def _withdrawn(message: Object, kind: str, told: ChatInbound) -> MessageChanged:
    """An edited message, or one that was taken back."""
    value = part(message, kind)
    text = _edited(part(value, "message")) if kind == "edit" else None
    return MessageChanged(
        provider=NAME,
        event_id=told.event_id,
        to=told.to,
        sender=told.sender,
        original_id=reading.required(value, "original_message_id"),
        text=text[:SMS_TEXT_MAX_CHARS] if text is not None else None,
    )


def _edited(message: Object) -> str:
    """The words of an edited message: of a file they stand below it."""
    kind = reading.word(message, "type")
    if kind in MEDIA:
        return reading.written(part(message, kind), "caption")
    return reading.written(part(message, "text"), "body")


def _changed(message: Object, envelope: Envelope) -> tuple[Event, str]:
    """Somebody has another number, another id, or another phone. It comes without a contact, and
    the number or the id may be missing on either side."""
    value = part(message, "system")
    kind = reading.word(value, "type")
    if kind not in CHANGED:
        raise BadPayload("unknown_kind", f"system {kind}")
    old_phone = reading.phone(message, "from") or reading.phone(value, "customer")
    old_id = reading.user_id(value, "previous_user_id") or reading.user_id(
        message, "from_user_id", "from"
    )
    new_phone = reading.phone(value, "wa_id") or reading.phone(value, "new_wa_id")
    new_id = reading.user_id(value, "user_id")
    if kind == "customer_identity_changed":
        new_phone, new_id = new_phone or old_phone, new_id or old_id
    before = reading.party(envelope.account, {}, phone=old_phone, user_id=old_id)
    now = replace(before, phone=new_phone, user_id=new_id)
    told = PartyChanged(
        provider=NAME,
        event_id=reading.required(message, "id"),
        to=envelope.to,
        before=before,
        now=now,
        at=reading.moment(message, "timestamp"),
    )
    return told, ""
