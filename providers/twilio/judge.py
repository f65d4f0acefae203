"""What Twilio makes of a request to send: its own limits, written down apart from those of
`chats.py` and `send.py`, so that the one can contradict the other."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
_SENDER = re.compile(r"\+[1-9][0-9]{6,14}|[0-9]{3,8}|[A-Za-z0-9 +_&-]{1,11}")
_WHATSAPP_ID = re.compile(r"[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}")
_CONTENT = re.compile(r"HX[0-9a-f]{32}")
_SERVICE = re.compile(r"MG[0-9a-f]{32}")
CHANNEL = "whatsapp:"


class No(NamedTuple):
    """An error as the API gives it."""

    code: int
    message: str
    status: int = 400


def judge(form: Mapping[str, str], files: int) -> No | None:
    """Why a request is refused; None for one that is taken. `files` is how many it names."""
    return _addresses(form) or _content(form, files)


def _addresses(form: Mapping[str, str]) -> No | None:
    to, sender = form.get("To", ""), form.get("From", "")
    service, callback = form.get("MessagingServiceSid", ""), form.get("StatusCallback", "")
    on_whatsapp, from_whatsapp = to.startswith(CHANNEL), sender.startswith(CHANNEL)
    bare = to.removeprefix(CHANNEL)
    reachable = _NUMBER.fullmatch(bare) or (on_whatsapp and _WHATSAPP_ID.fullmatch(bare))
    known = from_whatsapp or not sender or _SENDER.fullmatch(sender)
    mixed = bool(sender) and on_whatsapp != from_whatsapp
    faults = (
        (not to, No(21604, "A 'To' phone number is required.")),
        (not sender and not service, No(21603, "A 'From' phone number is required.")),
        (
            bool(service) and not _SERVICE.fullmatch(service),
            No(21705, "The Messaging Service SID is invalid."),
        ),
        (not reachable, No(21211, f"Invalid 'To' Phone Number: {to[:3]}XXXX")),
        (mixed, No(21910, "Invalid From and To pair. Both should be of the same channel")),
        (not known, No(21212, "Invalid From Number (caller ID)")),
        (
            bool(callback) and not _is_address(callback),
            No(21609, "The 'StatusCallback' URL is not a valid URL."),
        ),
    )
    return next((no for is_wrong, no in faults if is_wrong), None)


def _is_address(callback: str) -> bool:
    try:
        parts = urlsplit(callback)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _content(form: Mapping[str, str], files: int) -> No | None:
    body, content = form.get("Body"), form.get("ContentSid", "")
    variables = form.get("ContentVariables")
    no: No | None = None
    if content and not _CONTENT.fullmatch(content):
        no = No(21655, "The ContentSid is Invalid.")
    elif not content and not body and not files:
        no = No(21619, "A text message body or media urls must be specified.")
    elif body and len(body) > 1_600:
        no = No(21617, "The concatenated message body exceeds the 1600 character limit.")
    elif files > 10:
        no = No(21623, "Number of media files exceeds allowed limit.")
    elif variables is not None and not _are_variables(variables):
        no = No(21656, "The Content Variables parameter is invalid.")
    return no


def _are_variables(text: str) -> bool:
    try:
        found = json.loads(text)
    except ValueError:
        return False
    return isinstance(found, dict) and all(
        isinstance(value, str) and 0 < len(value) <= 1_600 for value in found.values()
    )
