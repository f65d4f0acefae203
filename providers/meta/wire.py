"""What we ask of Meta to send, as its JSON. All limits are looked at here, before anything leaves:
Meta refuses some by a 400 and others later, by a status, and no client of others' looks at any."""

from __future__ import annotations

import re
from typing import Any, Final

from providers.contracts.chat import ChatMessage, Option, OutboundMedia, Party, Template
from providers.contracts.messages import Refused, Scope
from providers.meta.reading import USER_ID

TEXT_CHARS_MAXIMUM: Final = 4_096
BODY_CHARS_MAXIMUM: Final = 1_024  # beside buttons or a list; the documents differ on lists
CAPTION_CHARS_MAXIMUM: Final = 1_024
HEADER_CHARS_MAXIMUM: Final = 60
FOOTER_CHARS_MAXIMUM: Final = 60
BUTTONS_MAXIMUM: Final = 3
BUTTON_CHARS_MAXIMUM: Final = 20
BUTTON_ID_CHARS_MAXIMUM: Final = 256
ROWS_MAXIMUM: Final = 10
ROW_CHARS_MAXIMUM: Final = 24
ROW_ID_CHARS_MAXIMUM: Final = 200
DESCRIPTION_CHARS_MAXIMUM: Final = 72
REFERENCE_CHARS_MAXIMUM: Final = 512
TEMPLATE_VALUE_CHARS_MAXIMUM: Final = 1_024
FILE_NAME_CHARS_MAXIMUM: Final = 240
MEDIA_BYTES_MAXIMUM: Final = {"image": 5 * 1024 * 1024, "document": 100 * 1024 * 1024}
IMAGE_TYPES: Final = ("image/jpeg", "image/png")

_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
_NUMBER_ID = re.compile(r"[0-9]{5,25}")
_TEMPLATE = re.compile(r"[a-z0-9_]{1,512}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z]{2})?")
# A value of a template may have no line, no tab and no more than four blanks in a row.
_BROKEN_VALUE = re.compile(r"[\n\r\t]| {5}")

Json = dict[str, Any]


def no(code: str) -> Refused:
    """This one message cannot be sent as it is; nothing has left."""
    return Refused(code, never_left=True, scope=Scope.TEXT)


def number_id(message: ChatMessage) -> str:
    """The id of the number that it leaves from. Raises Refused."""
    if not _NUMBER_ID.fullmatch(message.sender):
        raise Refused("invalid_sender", never_left=True, alarm=True, scope=Scope.SENDER)
    return message.sender


def request_of(message: ChatMessage, media_id: str = "") -> Json:
    """The request's body; `media_id` is the uploaded file's. Raises Refused, with `never_left`."""
    if len(message.reference) > REFERENCE_CHARS_MAXIMUM:
        raise no("bad_request")
    body: Json = {"messaging_product": "whatsapp", "recipient_type": "individual"}
    body |= _to(message.to, message.template)
    if message.answers_id:
        body["context"] = {"message_id": message.answers_id}
    if message.reference:
        body["biz_opaque_callback_data"] = message.reference
    kind, content = _content(message, media_id)
    return body | {"type": kind, kind: content}


def _to(to: Party, template: Template | None) -> Json:
    """The number where there is one; an id has a field of its own."""
    if to.phone:
        if not _NUMBER.fullmatch(to.phone):
            raise no("invalid_number")
        return {"to": to.phone[1:]}
    if not USER_ID.fullmatch(to.user_id):
        raise no("invalid_number")
    if template is not None and template.is_code:
        raise no("needs_number")
    return {"recipient": to.user_id}


def _content(message: ChatMessage, media_id: str) -> tuple[str, Json]:
    asked = message.asks_location + message.asks_contact + bool(message.template)
    if asked + bool(message.options) > 1 or (asked and message.media is not None):
        raise no("bad_request")
    if message.template is not None:
        return "template", _template(message.template)
    if not message.options and (message.header or message.footer):
        raise no("bad_request")  # they stand beside something to tap only
    if message.asks_location:
        return _asking(message, "location_request_message", "send_location")
    if message.asks_contact:
        return _asking(message, "request_contact_info", "request_contact_info")
    if message.options:
        return "interactive", _interactive(message, media_id)
    if message.media is not None:
        value = _file(message.media, media_id)
        if message.text:
            value["caption"] = _within(message.text, CAPTION_CHARS_MAXIMUM)
        return message.media.kind, value
    return "text", {"body": _within(message.text, TEXT_CHARS_MAXIMUM), "preview_url": False}


def _asking(message: ChatMessage, kind: str, action: str) -> tuple[str, Json]:
    body = {"text": _within(message.text, BODY_CHARS_MAXIMUM)}
    return "interactive", {"type": kind, "body": body, "action": {"name": action}}


def _interactive(message: ChatMessage, media_id: str) -> Json:
    """Buttons; or, where there is one that opens it, a list."""
    is_list = bool(message.button)
    value: Json = {
        "type": "list" if is_list else "button",
        "body": {"text": _within(message.text, BODY_CHARS_MAXIMUM)},
        "action": _list(message) if is_list else {"buttons": _buttons(message.options)},
    }
    if message.media is not None:
        if is_list or message.header:  # a list's header is text
            raise no("bad_request")
        value["header"] = {
            "type": message.media.kind,
            message.media.kind: _file(message.media, media_id),
        }
    elif message.header:
        text = _within(message.header, HEADER_CHARS_MAXIMUM, "header_too_long")
        value["header"] = {"type": "text", "text": text}
    if message.footer:
        value["footer"] = {"text": _within(message.footer, FOOTER_CHARS_MAXIMUM, "footer_too_long")}
    return value


def _buttons(options: tuple[Option, ...]) -> list[Json]:
    if len(options) > BUTTONS_MAXIMUM or any(option.description for option in options):
        raise no("too_many_options")
    _apart(options, titles=True)
    return [
        {
            "type": "reply",
            "reply": {
                "id": _within(option.id, BUTTON_ID_CHARS_MAXIMUM, "title_too_long"),
                "title": _within(option.title, BUTTON_CHARS_MAXIMUM, "title_too_long"),
            },
        }
        for option in options
    ]


def _list(message: ChatMessage) -> Json:
    options = message.options
    if len(options) > ROWS_MAXIMUM:
        raise no("too_many_options")
    _apart(options, titles=False)
    rows: list[Json] = []
    for option in options:
        row = {
            "id": _within(option.id, ROW_ID_CHARS_MAXIMUM, "title_too_long"),
            "title": _within(option.title, ROW_CHARS_MAXIMUM, "title_too_long"),
        }
        if option.description:
            row["description"] = _within(
                option.description, DESCRIPTION_CHARS_MAXIMUM, "title_too_long"
            )
        rows.append(row)
    button = _within(message.button, BUTTON_CHARS_MAXIMUM, "title_too_long")
    return {"button": button, "sections": [{"rows": rows}]}


def _apart(options: tuple[Option, ...], *, titles: bool) -> None:
    """No two options may be taken for one another. Raises Refused."""
    count = len(options)
    if len({option.id for option in options}) < count:
        raise no("same_options")
    if titles and len({option.title for option in options}) < count:
        raise no("same_options")


def _file(media: OutboundMedia, media_id: str) -> Json:
    if media.kind == "image" and media.mime_type not in IMAGE_TYPES:
        raise no("unsupported_media")
    if len(media.content) > MEDIA_BYTES_MAXIMUM[media.kind]:
        raise no("media_too_large")
    if not media_id and not media.url.startswith("https://") and not media.content:
        raise no("bad_request")
    value: Json = {"id": media_id} if media_id else {"link": media.url}
    if media.kind == "document" and media.name:
        value["filename"] = _within(media.name, FILE_NAME_CHARS_MAXIMUM)
    return value


def _template(template: Template) -> Json:
    if not _TEMPLATE.fullmatch(template.name) or not _LANGUAGE.fullmatch(template.language):
        raise no("bad_request")
    values = [_value(value) for value in template.values]
    if template.is_code and len(values) != 1:
        raise no("template_mismatch")
    components: list[Json] = []
    if values:
        components.append({"type": "body", "parameters": values})
    if template.is_code:
        components.append({"type": "button", "sub_type": "url", "index": "0", "parameters": values})
    found: Json = {"name": template.name, "language": {"code": template.language}}
    return found | ({"components": components} if components else {})


def _value(value: str) -> Json:
    if not value.strip() or _BROKEN_VALUE.search(value):
        raise no("template_mismatch")
    return {"type": "text", "text": _within(value, TEMPLATE_VALUE_CHARS_MAXIMUM)}


def _within(text: str, maximum: int, code: str = "text_too_long") -> str:
    """A text that is not empty and fits. Counted as UTF-16 counts, where an emoji is two: nobody
    says how Meta counts one, and this way is never the shorter. Raises Refused."""
    if not text.strip():
        raise no("empty_text")
    if len(text.encode("utf-16-le", "surrogatepass")) // 2 > maximum:
        raise no(code)
    return text.encode("utf-8", "replace").decode("utf-8")
