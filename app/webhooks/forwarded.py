"""What forwarders post, read into texts by the shapes of `forwarders`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, cast

import orjson
import yaml

from core.payments.signatures import Signed
from core.payments.text_inbox import TEXT_CHARS_MAXIMUM, Forwarded

FOLDER = Path(__file__).parent / "forwarders"
TEXTS_MAXIMUM = 100
SENDER_CHARS_MAXIMUM = 40


class Unreadable(ValueError):
    """A body that is of none of the shapes. The text says why, for who set the device up."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How one forwarder posts; see `forwarders`."""

    name: str
    headers: Mapping[str, str]
    texts: str
    sender: tuple[str, ...]
    text: tuple[str, ...]
    received_at: tuple[str, ...]
    only: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Unread:
    """A part of a batch that is no text; `why` is for the person who set it up."""

    why: str


@cache
def shapes() -> tuple[Shape, ...]:
    """All of them, in the order of their names."""
    return tuple(
        _shape(path.stem, yaml.safe_load(path.read_text("utf-8")))
        for path in sorted(FOLDER.glob("*.yaml"))
    )


def _shape(name: str, data: dict[str, Any]) -> Shape:
    return Shape(
        name,
        dict(data["headers"]),
        str(data.get("texts", "")),
        tuple(data["sender"]),
        tuple(data["text"]),
        tuple(data["received_at"]),
        dict(data.get("only", {})),
    )


def find(header: Callable[[str], str]) -> Shape | None:
    """The shape whose signature a request has. `header(name)` answers '' where there is none."""
    return next((one for one in shapes() if header(one.headers["signature"])), None)


def signed(shape: Shape, header: Callable[[str], str], body: bytes) -> Signed:
    """The request, ready for its signature to be looked at."""
    names = shape.headers
    return Signed(
        header(names["id"]) if "id" in names else "",
        header(names["timestamp"]),
        header(names["signature"]),
        body,
    )


def texts_of(shape: Shape, body: bytes) -> list[Forwarded | Unread]:
    """The texts of a body, in order; none where it tells of something else. Raises Unreadable."""
    try:
        said = orjson.loads(body)
    except ValueError:
        raise Unreadable("The body is no JSON.") from None
    if not isinstance(said, dict):
        raise Unreadable("The body is no JSON object.")
    data = cast("dict[str, Any]", said)
    if any(_at(data, (path,)) != value for path, value in shape.only.items()):
        return []
    parts = data.get(shape.texts) if shape.texts else [data]
    if not isinstance(parts, list):
        raise Unreadable(f"{shape.texts} is no list.")
    if len(parts) > TEXTS_MAXIMUM:
        raise Unreadable(f"More than {TEXTS_MAXIMUM} texts at once.")
    return [_text(shape, part) for part in parts]


def _text(shape: Shape, part: object) -> Forwarded | Unread:
    if not isinstance(part, dict):
        return Unread("It is no JSON object.")
    data = cast("dict[str, Any]", part)
    sender, text = _at(data, shape.sender), _at(data, shape.text)
    if not isinstance(sender, str) or not 0 < len(sender.strip()) <= SENDER_CHARS_MAXIMUM:
        return Unread(f"sender is no string of 1 to {SENDER_CHARS_MAXIMUM} letters.")
    if not isinstance(text, str) or not 0 < len(text.strip()) <= TEXT_CHARS_MAXIMUM:
        return Unread(f"text is no string of 1 to {TEXT_CHARS_MAXIMUM} letters.")
    if "\0" in sender + text:
        return Unread("It has a letter that no text has.")
    received_at = _moment(_at(data, shape.received_at))
    if received_at is None:
        return Unread("received_at is no time with its zone, such as 2026-11-30T09:14:55+02:00.")
    return Forwarded(sender, text, received_at)


def _moment(said: object) -> datetime | None:
    """ISO 8601 with a zone."""
    if not isinstance(said, str):
        return None
    try:
        found = datetime.fromisoformat(said)
        return found if found.tzinfo is not None and 2000 < found.year < 2200 else None
    except ValueError:
        return None


def _at(data: Mapping[str, Any], paths: Sequence[str]) -> object:
    """What stands at the first of the paths that is there."""
    for path in paths:
        found: object = data
        for name in path.split("."):
            found = cast("dict[str, Any]", found).get(name) if isinstance(found, dict) else None
        if found is not None:
            return found
    return None
