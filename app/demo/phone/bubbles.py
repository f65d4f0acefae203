"""A message of a chat as a phone shows it, read from how the provider words it."""

from collections.abc import Mapping
from typing import Any, Literal, TypedDict

from menus.sms import segments

_LOCATION = "location_request_message"
_CONTACT = "request_contact_info"
_FILES = ("image", "document", "audio", "video", "sticker")


class Choice(TypedDict):
    """What can be tapped."""

    id: str
    title: str
    description: str


class File(TypedDict):
    """A file in a message: its id at the provider, or its public address."""

    id: str
    link: str
    name: str


class Bubble(TypedDict):
    """One message. `by` is "us" for the business and "them" for who holds the phone; `at` is ISO
    8601 UTC; `status` is what is known of it: "", "sent", "delivered", "read" or "failed".

    `choices` are buttons, or with `button` the rows of the list that it opens; `asks` is
    "location" or "contact" where that is asked for. `segments` is 0 where texts are not cut.
    """

    id: str
    by: Literal["us", "them"]
    at: str
    status: str
    party: str
    kind: str
    header: str
    text: str
    footer: str
    button: str
    choices: list[Choice]
    asks: str
    file: File | None
    segments: int


def bubble_of_chat(entry: Mapping[str, Any]) -> Bubble:
    """An entry of the fake's chat."""
    message = entry["message"]
    kind = str(message.get("type", ""))
    content = message.get(kind)
    found = _empty(entry, kind)
    if not isinstance(content, dict):
        if kind == "contacts":
            found["text"] = "Contact"
        return found
    match kind:
        case "text":
            found["text"] = content.get("body", "")
        case "interactive":
            _interactive(found, content)
        case "location":
            found["text"] = content.get("name") or "Location"
        case "reaction":
            found["text"] = content.get("emoji", "")
        case "template":
            found["text"] = _template(content)
        case _ if kind in _FILES:
            found["text"] = content.get("caption", "")
            found["file"] = _file(content, kind)
    return found


def bubble_of_text(entry: Mapping[str, Any]) -> Bubble:
    """An entry of the fakes' thread of texts."""
    found = _empty(entry, "sms")
    is_ours = found["by"] == "us"
    found["text"] = entry["text"]
    found["party"] = entry["from"] if is_ours else entry["to"]
    found["status"] = _STATUSES.get(entry["status"], "sent") if is_ours else ""
    found["segments"] = segments(entry["text"])
    return found


# What the companies' reports say, in the words of a phone.
_STATUSES = {
    **dict.fromkeys(("Success", "1", "delivered"), "delivered"),
    **dict.fromkeys(("Failed", "Rejected", "AbsentSubscriber", "Expired"), "failed"),
    **dict.fromkeys(("2", "16", "failed", "undelivered"), "failed"),
}


def _empty(entry: Mapping[str, Any], kind: str) -> Bubble:
    return {
        "id": entry["id"],
        "by": "us" if entry["by"] == "us" else "them",
        "at": entry["at"],
        "status": entry["status"],
        "party": "",
        "kind": kind,
        "header": "",
        "text": "",
        "footer": "",
        "button": "",
        "choices": [],
        "asks": "",
        "file": None,
        "segments": 0,
    }


def _interactive(found: Bubble, content: Mapping[str, Any]) -> None:
    kind = content.get("type", "")
    if kind in ("button_reply", "list_reply"):
        found["text"] = content[kind]["title"]
        return
    found["text"] = content["body"]["text"]
    found["footer"] = (content.get("footer") or {}).get("text", "")
    header, action = content.get("header") or {}, content.get("action") or {}
    found["header"] = header.get("text", "")
    if header.get("type") in _FILES:
        found["file"] = _file(header[header["type"]], header["type"])
    found["asks"] = {_LOCATION: "location", _CONTACT: "contact"}.get(kind, "")
    found["button"] = action.get("button", "")
    rows = [one["reply"] for one in action.get("buttons") or ()]
    rows += [row for section in action.get("sections") or () for row in section["rows"]]
    found["choices"] = [
        {"id": row["id"], "title": row["title"], "description": row.get("description", "")}
        for row in rows
    ]


def _file(content: Mapping[str, Any], kind: str) -> File:
    return {
        "id": str(content.get("id", "")),
        "link": str(content.get("link", "")),
        "name": str(content.get("filename") or kind.capitalize()),
    }


def _template(content: Mapping[str, Any]) -> str:
    values = [
        str(value.get("text", ""))
        for component in content.get("components") or ()
        if component.get("type") == "body"
        for value in component.get("parameters") or ()
    ]
    return "\n".join([f"[{content.get('name', '')}]", *values])
