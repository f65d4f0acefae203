"""A WhatsApp conversation, held from beginning to end, and what came of it."""

import base64
import mimetypes
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, TypedDict

from app.demo.phone import limits
from app.demo.phone.bubbles import Bubble, Choice, bubble_of_chat
from app.demo.phone.network import Network
from app.demo.phone.screens import MASK, frame
from menus.pins import without_pin

# In Kigali, for who shares where they are.
PLACE = {"latitude": -1.9441, "longitude": 30.0619, "name": "KN 4 Ave, Kigali"}


Way = Literal["text", "tap", "location", "file"]
FILE_SIGN = "@"


class NoSuchFile(Exception):
    """A file that is to be sent cannot be read, or is too large. The text says which."""


class ChatExchange(TypedDict):
    """What was written, tapped or shared, and the reply. `sent` has no PIN in it; `reply` is ""
    where none came. `buttons` are their labels, `list` those of its rows, each with what stands
    below it; `files` the names of pictures and documents that came; `messages` is how many came."""

    sent: str
    how: Way
    reply: str
    buttons: list[str]
    list: list[str]
    files: list[str]
    messages: int
    took_ms: float


# `from` is no name in Python. `count` is how many messages came.
Chatting = TypedDict(
    "Chatting",
    {
        "channel": Literal["whatsapp"],
        "from": str,
        "service": str,
        "messages": list[ChatExchange],
        "count": int,
        "state": Literal["open", "failed"],
        "error": str | None,
    },
)


def hold_chat(
    network: Network, sender: str, service: str, answers: Sequence[str], *, shares_location: bool
) -> Chatting:
    """Write the answers one after the other, each once the reply to the one before is there.

    An answer that is the label or the number of an option of the newest message taps it; one that
    begins with @ sends the file of that name. The location is shared after the last answer. Where
    no reply comes in time, the rest is not written: `state` and `error` say so. Raises
    NetworkRefused for a number that is none, NetworkDown when nothing answers, NoSuchFile before
    anything is written.
    """
    talk: Chatting = {
        "channel": "whatsapp",
        "from": sender,
        "service": service,
        "messages": [],
        "count": 0,
        "state": "open",
        "error": None,
    }
    asked: Bubble | None = None
    files = {answer: _file(answer) for answer in answers if answer.startswith(FILE_SIGN)}
    for answer in [*answers, *([None] if shares_location else [])]:
        had = {one["id"] for one in _received(network, sender, service)}
        began_s = time.monotonic()
        if answer in files:
            network.chat(sender, service, files[answer])
            exchange = _exchange("file", str(files[answer]["filename"]))
        else:
            exchange = _give(network, sender, service, answer, asked)
        replies = _replies(network, sender, service, had)
        talk["messages"].append(exchange)
        if not replies:
            talk["state"], talk["error"] = "failed", "No reply came in time."
            break
        asked = replies[-1]
        exchange["reply"] = "\n".join(map(_words, replies))
        rows = [_row(one) for one in asked["choices"]]
        exchange["list" if asked["button"] else "buttons"] = rows
        exchange["files"] = [one["file"]["name"] for one in replies if one["file"] is not None]
        exchange["messages"] = len(replies)
        exchange["took_ms"] = (time.monotonic() - began_s) * 1e3
        talk["count"] += len(replies)
    return talk


def _give(
    network: Network, sender: str, service: str, answer: str | None, asked: Bubble | None
) -> ChatExchange:
    """Write, tap or share; the exchange so far."""
    way: Way = "text"
    if answer is None:
        way, sent = "location", str(PLACE["name"])
        network.chat(sender, service, {"location": PLACE})
    elif (choice := _choice(asked, answer)) is not None:
        way, sent = "tap", choice[1]
        network.chat(sender, service, {"tap": choice[0]})
    else:
        # Digits that come right after a message that speaks of PINs may be one.
        expected = asked is not None and "PIN" in asked["text"]
        sent, had_pin = without_pin(answer, expected=expected)
        sent = MASK if had_pin and expected else sent
        network.chat(sender, service, {"text": answer})
    return _exchange(way, sent)


def _exchange(way: Way, sent: str) -> ChatExchange:
    return {
        "sent": sent,
        "how": way,
        "reply": "",
        "buttons": [],
        "list": [],
        "files": [],
        "messages": 0,
        "took_ms": 0.0,
    }


def _file(answer: str) -> dict[str, str]:
    """What sends a file: a picture as one, anything else as a document. Raises NoSuchFile."""
    path = Path(answer.removeprefix(FILE_SIGN))
    try:
        content = path.read_bytes()
    except OSError as refused:
        raise NoSuchFile(f"{path}: {refused.strerror}") from None
    if not 0 < len(content) <= limits.FILE_BYTES_MAXIMUM:
        raise NoSuchFile(f"{path}: from 1 byte to {limits.FILE_BYTES_MAXIMUM // 1024**2} MB")
    mime_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return {
        "media": "image" if mime_type.startswith("image/") else "document",
        "content": base64.b64encode(content).decode(),
        "mime_type": mime_type,
        "filename": path.name,
    }


def _choice(asked: Bubble | None, answer: str) -> tuple[str, str] | None:
    """The id and the label of the option that an answer names: by its label, or by its number,
    which is what an id ends with."""
    for one in asked["choices"] if asked else ():
        labels = (one["title"].casefold(), one["description"].casefold())
        if answer.casefold() in labels or one["id"].rpartition(".")[2] == answer:
            return one["id"], one["title"]
    return None


def _received(network: Network, sender: str, service: str) -> list[Bubble]:
    bubbles = map(bubble_of_chat, network.chat_with(sender, service))
    return [one for one in bubbles if one["by"] == "us"]


def _replies(network: Network, sender: str, service: str, had: set[str]) -> list[Bubble]:
    until_s = time.monotonic() + limits.CHAT_REPLY_WITHIN_S
    while time.monotonic() < until_s:
        found = [one for one in _received(network, sender, service) if one["id"] not in had]
        if found:
            return found
        time.sleep(limits.TEXTS_LOOK_EVERY_S)
    return []


def _words(bubble: Bubble) -> str:
    return "\n".join(filter(None, (bubble["header"], bubble["text"], bubble["footer"])))


def _row(choice: Choice) -> str:
    more = choice["description"]
    return f"{choice['title']} ({more})" if more else choice["title"]


def written_chat(talk: Chatting) -> str:
    """The conversation as people read it: files behind a paper clip, buttons in brackets, a list's
    rows behind bullets."""
    parts = [f"{talk['from']} writes to {talk['service']} on WhatsApp"]
    signs = {"text": ">", "tap": "> taps", "location": "> shares", "file": "> sends"}
    for each in talk["messages"]:
        parts.append(f"{signs[each['how']]} {each['sent']}")
        if each["reply"]:
            parts.append(frame(each["reply"]))
            parts += [f"  📎 {name}" for name in each["files"]]
            parts += [f"  [ {button} ]" for button in each["buttons"]]
            parts += [f"  • {row}" for row in each["list"]]
            parts.append(f"  {_counted(each['messages'])}, {each['took_ms']:.0f} ms")
    if talk["error"]:
        parts.append(talk["error"])
    parts.append(f"{_counted(talk['count'])} sent to the phone")
    return "\n".join(parts)


def _counted(count: int) -> str:
    return f"{count} message" if count == 1 else f"{count} messages"
