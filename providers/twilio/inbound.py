"""What people send: a text, or a message in a chat on WhatsApp, which looks much the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import orjson

from providers.contracts.chat import (
    ChatInbound,
    ChatKind,
    InboundMedia,
    Location,
    Party,
    SharedContact,
)
from providers.contracts.errors import BadPayload
from providers.contracts.messages import SmsInbound, SmsOptOut
from providers.contracts.webhooks import Batch
from providers.limits import SENDER_MAX_CHARS, SMS_TEXT_MAX_CHARS
from providers.twilio import NAME, forms
from providers.twilio.forms import Form

CHOICE_CHARS_MAXIMUM: Final = 256
FORM_FIELDS_MAXIMUM: Final = 100
CARDS: Final = ("text/vcard", "text/x-vcard", "text/directory")
_FILES: Final = ("image", "video", "audio", "voice", "document", "sticker")
# Words of MessageType whose message is read by what else is there.
_DESCRIBED: Final = (
    *("text", "interactive", "button", "list", "location", "contact", "contacts", "template"),
    *_FILES,
)
# One that we are told of and that nobody can answer.
_SAID_NOTHING: Final = ("unsupported", "unknown", "system")
_ID: Final = ("MessageSid", "SmsMessageSid", "SmsSid")


def parse_sms_in(body: bytes, content_type: str = "") -> SmsInbound | SmsOptOut:
    """A text from a handset, whose number may be a short code or a name.

    Where Twilio has taken somebody's STOP itself, and answered it, it says so: then it is a wish
    and no text. Raises BadPayload.
    """
    form = _message(body, content_type)
    sender = _address(form, "From")
    to = _address(form, "To")
    if len(sender) > SENDER_MAX_CHARS or len(to) > SENDER_MAX_CHARS:
        raise BadPayload("too_long", "From")
    number = forms.phone(sender)
    if forms.word(form, "OptOutType") == "stop" and number:
        return SmsOptOut(NAME, to, number)
    text = forms.written(form, "Body")
    return SmsInbound(
        provider=NAME,
        event_id=forms.required(form, *_ID),
        address=sender,
        sender_is_phone=bool(number),
        to=to,
        text=text[:SMS_TEXT_MAX_CHARS],
        network="",
        link_id="",
        at=None,
        text_too_long=len(text) > SMS_TEXT_MAX_CHARS,
    )


def parse_whatsapp_in(body: bytes, content_type: str = "") -> ChatInbound | Batch:
    """A message in a chat; a sort that nobody described is handed on as one that was not
    understood, and named. Raises BadPayload."""
    form = _message(body, content_type)
    kind = forms.word(form, "MessageType")
    told = ChatInbound(
        provider=NAME,
        event_id=forms.required(form, *_ID),
        to=_address(form, "To"),
        sender=_party(form),
        kind="unsupported",
        answers_id=forms.identifier(form, "OriginalRepliedMessageSid"),
        ad=forms.identifier(form, "ReferralSourceId"),
    )
    if kind in _SAID_NOTHING:
        return told
    if kind == "reaction":
        return replace(told, kind="reaction", text=forms.label(form, "Body"))
    if kind and kind not in _DESCRIBED:
        return Batch([told], unknown=[f"message {kind}"])
    return _read(form, kind, told)


def _message(body: bytes, content_type: str) -> Form:
    """The fields of a message that came in, and not of a report on one of ours."""
    form = forms.read(body, content_type)
    status = forms.word(form, "MessageStatus", "SmsStatus")
    if status not in ("", "received", "receiving"):
        raise BadPayload("not_a_message", "SmsStatus")
    return form


def _address(form: Form, name: str) -> str:
    found = forms.address(form, name)
    if not found:
        raise BadPayload("missing", name)
    return found


def _party(form: Form) -> Party:
    """Who wrote: by a number, by an id where WhatsApp hides it, or by both. An id means a person
    within a business portfolio, which the wire does not name: the account does, or stands for it.
    """
    sender = _address(form, "From")
    number = forms.phone(sender)
    ids = (sender, forms.address(form, "ExternalUserId"))
    user_id = next((one for one in ids if forms.USER_ID.fullmatch(one)), "")
    if not number and not user_id:
        raise BadPayload("unreadable", "From")
    return Party(
        phone=number,
        user_id=user_id,
        portfolio=forms.identifier(form, "AccountSid"),
        name=forms.label(form, "ProfileName"),
    )


def _read(form: Form, kind: str, told: ChatInbound) -> ChatInbound:
    """By what is there, for the word of the type is left out at times. What was tapped goes before
    its words, which people's apps cut and translate."""
    for id, title in (("ListId", "ListTitle"), ("ButtonPayload", "ButtonText")):
        if form.get(id) or form.get(title):
            return _chosen(form, told, id, title)
    if form.get("InteractiveData"):
        return replace(told, kind="form", form=_filled_in(form["InteractiveData"]))
    if kind == "location" or form.get("Latitude"):
        return _location(form, told)
    if forms.count(form, "NumMedia") or form.get("MediaUrl0"):
        return _file(form, kind, told)
    if kind in _FILES or kind in ("contact", "contacts"):
        return told  # it could not be fetched: the person is told that it was not understood
    return _with_text(form, told, "text")


def _with_text(form: Form, told: ChatInbound, kind: ChatKind) -> ChatInbound:
    text = forms.written(form, "Body")
    return replace(
        told,
        kind=kind,
        text=text[:SMS_TEXT_MAX_CHARS],
        text_too_long=len(text) > SMS_TEXT_MAX_CHARS,
    )


def _chosen(form: Form, told: ChatInbound, id: str, title: str) -> ChatInbound:
    # An id that we gave is ASCII; another one is nobody's, and the label says what was meant.
    choice = forms.identifier(form, id, maximum=CHOICE_CHARS_MAXIMUM)
    return replace(told, kind="choice", text=forms.label(form, title, "Body"), choice=choice)


def _location(form: Form, told: ChatInbound) -> ChatInbound:
    latitude = forms.degrees(form, "Latitude", 90.0)
    longitude = forms.degrees(form, "Longitude", 180.0)
    if latitude is None or longitude is None:
        raise BadPayload("unreadable", "Latitude")
    place = Location(latitude, longitude, forms.label(form, "Label"), forms.label(form, "Address"))
    return replace(told, kind="location", location=place)


def _file(form: Form, kind: str, told: ChatInbound) -> ChatInbound:
    """The first of what was sent; a chat has one a message. A contact card is a file, too: whoever
    wrote it, it proves nobody's number."""
    mime_type = forms.identifier(form, "MediaContentType0").partition(";")[0].lower()
    reference = forms.identifier(form, "MediaUrl0", maximum=forms.URL_CHARS_MAXIMUM)
    if not reference:
        return told
    media = InboundMedia(_sort_of(kind, mime_type), reference, mime_type)
    if mime_type in CARDS or kind in ("contact", "contacts"):
        return replace(told, kind="contact", media=media, contacts=(SharedContact(phones=()),))
    return replace(_with_text(form, told, "media"), media=media)


def _sort_of(kind: str, mime_type: str) -> str:
    if kind == "voice":
        return "audio"
    if kind in _FILES:
        return kind
    family = mime_type.partition("/")[0]
    return family if family in ("image", "video", "audio") else "document"


def _filled_in(text: str) -> tuple[tuple[str, str], ...]:
    """A form on WhatsApp: JSON as text, which need not be an object."""
    try:
        found: Any = orjson.loads(text)
    except orjson.JSONDecodeError:
        return ()
    if not isinstance(found, dict):
        return ()
    fields = [(name, value) for name, value in found.items() if name != "flow_token"]
    return tuple(
        (name[:64], str(value)[:SMS_TEXT_MAX_CHARS]) for name, value in fields[:FORM_FIELDS_MAXIMUM]
    )
