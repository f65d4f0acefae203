"""A callback as callbacks come: POST, a plain path, a length, and all of the body there.

What is read here is read strictly. Anything else about a request is no error: it is another
server's business.
"""

import re
from collections.abc import Callable
from functools import partial
from typing import Final, NamedTuple

from app.webhooks.fast_path import LENGTH_DIGITS_MAXIMUM, PREFIX
from app.webhooks.receive import Callback
from providers.contracts.webhooks import BODY_BYTES_MAXIMUM

HEAD_BYTES_MAXIMUM: Final = 8_192
_START: Final = b"POST " + PREFIX.encode()
# The request's first line and its headers, in characters that nobody reads in two ways.
_HEAD: Final = re.compile(
    rb"POST (" + PREFIX.encode() + rb"([a-z0-9_]+)/([a-z0-9-]+)/([A-Za-z0-9_=-]+)) HTTP/1\.1"
    rb"((?:\r\n[A-Za-z0-9-]+:[\t -~]*)+)"
)
# Headers that say how a request is to be read, or answered, in another way than here.
_OTHERS_BUSINESS: Final = ("transfer-encoding", "expect", "upgrade", "http2-settings")


class _Head(NamedTuple):
    """What a request's head says."""

    target: str
    provider: str
    kind: str
    secret: str
    content_type: str
    length: int
    keeps_open: bool
    header: Callable[[str], str]


class Request(NamedTuple):
    """A whole callback, and whether its connection stays open behind the answer."""

    callback: Callback
    keeps_open: bool


# Of bytes that are no such callback (`OTHER`), and of ones that may become one (`MORE`).
OTHER: Final = "other"
MORE: Final = "more"

# A gateway's heads differ in their length alone.
_KEPT_MAXIMUM: Final = 4_096
_kept: dict[bytes, _Head] = {}


def read(data: bytes) -> Request | str:
    """The request that these bytes are, or OTHER, or MORE."""
    end = data.find(b"\r\n\r\n", 0, HEAD_BYTES_MAXIMUM)
    if end < 0:
        is_start = data.startswith(_START) or _START.startswith(data)
        return MORE if is_start and len(data) < HEAD_BYTES_MAXIMUM else OTHER
    raw = data[:end]
    head = _kept.get(raw) or _read_head(raw)
    if head is None:
        return OTHER
    body = data[end + 4 :]
    if len(body) != head.length:
        return MORE if len(body) < head.length else OTHER
    target, provider, kind, secret, content_type, _, keeps_open, header = head
    callback = Callback(
        *(provider, kind, secret, content_type, lambda: body), header=header, target=target
    )
    return Request(callback, keeps_open)


def _read_head(raw: bytes) -> _Head | None:
    found = _HEAD.fullmatch(raw)
    if found is None:
        return None
    target, provider, kind, secret, rest = (part.decode("ascii") for part in found.groups())
    headers: dict[str, str] = {}
    for line in rest.split("\r\n")[1:]:
        name, _, value = line.partition(":")
        name = name.lower()
        if name in headers or name in _OTHERS_BUSINESS:
            return None
        headers[name] = value.strip(" \t")
    length = headers.get("content-length", "")
    connection = headers.get("connection", "keep-alive").lower()
    if not length.isdigit() or len(length) > LENGTH_DIGITS_MAXIMUM:
        return None
    if connection not in ("keep-alive", "close") or "host" not in headers:
        return None
    if int(length) > BODY_BYTES_MAXIMUM:
        return None
    head = _Head(
        *(target, provider, kind, secret, headers.get("content-type", "")),
        *(int(length), connection == "keep-alive", partial(_header_of, headers)),
    )
    if len(_kept) >= _KEPT_MAXIMUM:
        _kept.clear()
    _kept[raw] = head
    return head


def _header_of(headers: dict[str, str], name: str) -> str:
    return headers.get(name.lower(), "")
