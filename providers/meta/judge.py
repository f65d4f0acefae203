"""What Meta makes of a request to send: its own limits, written down apart from those of `wire.py`,
so that the one can contradict the other."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

_TO = re.compile(r"\+?[0-9]{7,15}")
_RECIPIENT = re.compile(r"[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}")
_FILES = ("image", "document", "video", "audio", "sticker")
TYPES = ("text", "interactive", "template", "location", "contacts", "reaction", *_FILES)


class No(NamedTuple):
    """An error as the Graph API gives it."""

    code: int
    title: str
    details: str
    status: int = 400


def invalid(details: str) -> No:
    return No(131009, "Parameter value is not valid", details)


def missing(details: str) -> No:
    return No(131008, "Required parameter is missing", details)


def judge(request: object) -> No | None:
    """Why a request is refused; None for one that is taken."""
    if not isinstance(request, dict) or request.get("messaging_product") != "whatsapp":
        return No(100, "Invalid parameter", "messaging_product must be whatsapp")
    kind = request.get("type", "text")
    to, recipient = request.get("to"), request.get("recipient")
    data = request.get("biz_opaque_callback_data")
    value = request.get(kind)
    no = _first(
        (to is None and recipient is None, missing("to or recipient")),
        (to is not None and not _fits(_TO, to), invalid("to")),
        (recipient is not None and not _fits(_RECIPIENT, recipient), invalid("recipient")),
        (data is not None and not _text(data, 512), invalid("biz_opaque_callback_data")),
        (kind not in TYPES, No(131051, "Unsupported message type", str(kind)[:32])),
        (not isinstance(value, dict), missing(str(kind)[:32])),
    )
    return no or _JUDGES.get(kind, _anything)(value or {})


def _first(*faults: tuple[bool, No]) -> No | None:
    return next((no for is_wrong, no in faults if is_wrong), None)


def _fits(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _text(value: object, maximum: int) -> bool:
    return isinstance(value, str) and bool(value.strip()) and len(value) <= maximum


def _words(value: Mapping[str, Any]) -> No | None:
    return None if _text(value.get("body"), 4_096) else invalid("text.body: 1 to 4096 characters")


def _anything(_: Mapping[str, Any]) -> No | None:
    return None


def _file(value: Mapping[str, Any]) -> No | None:
    if not value.get("id") and not str(value.get("link", "")).startswith("http"):
        return missing("id or link")
    caption = value.get("caption")
    return None if caption is None or _text(caption, 1_024) else invalid("caption")


def _template(value: Mapping[str, Any]) -> No | None:
    language = value.get("language")
    if not _text(value.get("name"), 512) or not isinstance(language, dict):
        return missing("template.name and template.language")
    for component in value.get("components") or ():
        for parameter in component.get("parameters") or ():
            text = parameter.get("text")
            if text is not None and (not text or re.search(r"[\n\t]| {5}", text)):
                details = "Param text cannot have new-line/tab characters or 5 spaces in a row"
                return No(132018, "Template parameter is not valid", details)
    return None


def _interactive(value: Mapping[str, Any]) -> No | None:
    kind, action = value.get("type"), value.get("action")
    if not isinstance(action, dict):
        return missing("interactive.action")
    header, footer = value.get("header") or {}, value.get("footer") or {}
    longest = 4_096 if kind == "list" else 1_024
    no = _first(
        (not _text((value.get("body") or {}).get("text"), longest), invalid("interactive.body")),
        (
            header.get("type") == "text" and not _text(header.get("text"), 60),
            invalid("interactive.header.text: 1 to 60 characters"),
        ),
        (
            kind == "list" and bool(header) and header.get("type") != "text",
            invalid("interactive.header: text only"),
        ),
        (bool(footer) and not _text(footer.get("text"), 60), invalid("interactive.footer.text")),
    )
    if no is not None:
        return no
    if kind == "button":
        return _buttons(action.get("buttons"))
    return _list(action) if kind == "list" else _asking(kind, action)


def _asking(kind: object, action: Mapping[str, Any]) -> No | None:
    names = {
        "location_request_message": "send_location",
        "request_contact_info": "request_contact_info",
    }
    if kind in names:
        return None if action.get("name") == names[str(kind)] else invalid("action.name")
    return None if kind in ("cta_url", "flow", "product", "product_list") else invalid("type")


def _buttons(buttons: object) -> No | None:
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= 3:
        return invalid("interactive.action.buttons: 1 to 3")
    replies = [one.get("reply") or {} for one in buttons if isinstance(one, dict)]
    for reply in replies:
        if not _text(reply.get("title"), 20):
            return invalid("Button title length invalid. Min length: 1, Max length: 20")
        if not _text(reply.get("id"), 256):
            return invalid("Button id length invalid. Min length: 1, Max length: 256")
    for name in ("title", "id"):
        if len({reply[name] for reply in replies}) < len(buttons):
            return invalid(f"Duplicated {name} in buttons")
    return None


def _list(action: Mapping[str, Any]) -> No | None:
    sections = action.get("sections")
    if not isinstance(sections, list) or not 1 <= len(sections) <= 10:
        return invalid("interactive.action.sections: 1 to 10")
    rows = [row for section in sections for row in section.get("rows") or ()]
    titles = all(_text(row.get("title"), 24) and _text(row.get("id"), 200) for row in rows)
    notes = [row["description"] for row in rows if row.get("description") is not None]
    named = len(sections) == 1 or all(_text(one.get("title"), 24) for one in sections)
    return _first(
        (not _text(action.get("button"), 20), invalid("action.button: 1 to 20 characters")),
        (not 1 <= len(rows) <= 10, invalid("Total row count exceed max allowed count: 10")),
        (not named, missing("sections.title")),
        (not titles, invalid("Row title is too long. Max length is 24")),
        (not all(_text(note, 72) for note in notes), invalid("Row description: at most 72")),
        (len({row.get("id") for row in rows}) < len(rows), invalid("Duplicated row id")),
    )


_JUDGES = {
    "text": _words,
    "interactive": _interactive,
    "template": _template,
    **dict.fromkeys(_FILES, _file),
}
