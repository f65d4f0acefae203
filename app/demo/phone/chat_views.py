"""The page's chats and its bad network: each request is passed on to the fakes."""

import base64
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request

from app.demo.phone.bubbles import Bubble, bubble_of_chat, bubble_of_text
from app.demo.phone.chatting import PLACE
from app.demo.phone.limits import ANSWER_CHARS_MAXIMUM, FILE_BYTES_MAXIMUM
from app.demo.phone.network import Address, Network
from app.demo.phone.numbers import BadNumber, read_number

# The chats that the page can hold: their fakes take what a phone writes as JSON.
CHAT_PROVIDERS = ("meta",)
_SHOWN_AS_THEY_ARE = ("image/jpeg", "image/png", "application/pdf")
# What a phone may give in a chat, and what belongs to a file that it chose.
_WHATSAPP = ("text", "tap", "media", "contact")
_OF_A_FILE = ("mime_type", "filename")


def chats(network: Network) -> Blueprint:
    """`/phone/api/chats`, `/write`, `/file` and `/network`, to be registered below `/phone`."""
    views = Blueprint("chats", __name__)

    @views.get("/api/chats")
    def both() -> Response:
        """A number's texts, and its chat with a number of ours where that is named."""
        sender = request.args.get("from", "")
        to = request.args.get("whatsapp", "")
        texts = map(bubble_of_text, network.thread(sender))
        chat: list[Bubble] = [bubble_of_chat(one) for one in _chat(network, sender, to)]
        return jsonify(sms=list(texts), whatsapp=chat)

    @views.post("/api/write")
    def write() -> Response:
        """Give something in a chat: `channel`, `from`, `to`, and what."""
        wanted = _object()
        channel, sender, to = (_text(wanted, name) for name in ("channel", "from", "to"))
        sender = _number(sender)
        if channel == "sms":
            network.post("text", {"from": sender, "to": to, "text": _text(wanted, "text")})
        elif "location" in wanted:
            network.chat(sender, to, {"location": PLACE})
        else:
            given = {name: _text(wanted, name) for name in _WHATSAPP if name in wanted}
            if "content" in wanted:
                given |= {name: _text(wanted, name) for name in _OF_A_FILE}
                given["content"] = _content(wanted)
            network.chat(sender, to, given)
        return jsonify(ok=True)

    @views.get("/api/file")
    def file() -> Response:
        told = network.file(request.args.get("id", ""))
        mime_type = str(told["mime_type"])
        known = mime_type if mime_type in _SHOWN_AS_THEY_ARE else "application/octet-stream"
        return Response(base64.b64decode(told["content"]), content_type=known)

    @views.get("/api/network")
    def troubles() -> Response:
        return jsonify(network=network.troubles())

    @views.post("/api/network")
    def trouble() -> Response:
        """Make the network bad in these ways; with an empty list it is good again."""
        wanted = _object().get("network")
        network.post("faults", {"network": wanted})
        return jsonify(network=network.troubles())

    return views


def written_to(addresses: list[Address]) -> dict[str, dict[str, str]]:
    """By tenant, where one can write: its first number for each channel."""
    found: dict[str, dict[str, str]] = {}
    for each in addresses:
        is_chat = each["channel"] == "whatsapp"
        if each["channel"] == "ussd" or (is_chat and each["provider"] not in CHAT_PROVIDERS):
            continue
        found.setdefault(each["tenant"], {}).setdefault(each["channel"], each["service"])
    return found


def _chat(network: Network, sender: str, to: str) -> list[Any]:
    return network.chat_with(sender, to) if to else []


def _object() -> dict[str, Any]:
    if request.mimetype != "application/json":
        abort(415, "JSON, please.")
    body = request.get_json(silent=True)
    return body if isinstance(body, dict) else {}


def _text(wanted: dict[str, Any], name: str) -> str:
    value = wanted.get(name)
    if not isinstance(value, str) or not value:
        abort(400, f"An object with {name}, please.")
    if len(value) > ANSWER_CHARS_MAXIMUM:
        abort(413, f"At most {ANSWER_CHARS_MAXIMUM} characters, please.")
    return value


def _content(wanted: dict[str, Any]) -> str:
    """A file's bytes in base64, not read here."""
    value = wanted.get("content")
    if not isinstance(value, str) or not value:
        abort(400, "A file with something in it, please.")
    if len(value) > FILE_BYTES_MAXIMUM * 4 // 3 + 4:
        abort(413, f"At most {FILE_BYTES_MAXIMUM // 1024**2} MB, please.")
    return value


def _number(typed: str) -> str:
    try:
        return read_number(typed)
    except BadNumber as bad:
        abort(400, str(bad))
