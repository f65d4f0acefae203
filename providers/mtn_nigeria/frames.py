"""Frames: 16 octets that name a session, 16 with the length of all of it in digits, a document."""

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple
from xml.sax.saxutils import escape

from providers.contracts.errors import BadPayload
from providers.ussd_http.requests import read_xml

HEADER_OCTETS: Final = 32
SESSION_OCTETS: Final = 16
FRAME_OCTETS_MAXIMUM: Final = 16_384
ENCODING: Final = "iso-8859-1"

_KIND: Final = re.compile(r"\s*(?:<\?xml[^>]*\?>\s*)?<([A-Za-z]{1,40})[\s/>]")
_NO_XML: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
# Behind the id of a request stand octets of no meaning, which XML does not have.
_REQUEST_ID: Final = re.compile(r"(<requestId>\s*)([A-Za-z0-9_.-]*)[^<]*")
_DECLARATION: Final = '<?xml version="1.0" encoding="ISO-8859-1"?>'


class Document(NamedTuple):
    """A document by the name of its root, and the text of each element in it."""

    session: str
    kind: str
    fields: Mapping[str, str]


class Frames:
    """The stream, document by document."""

    def __init__(self) -> None:
        self._held = b""

    def take(self, received: bytes) -> Iterator[Document | BadPayload]:
        """A document that cannot be read is a fault of its own. Raises BadPayload for a header that
        cannot: nobody knows where the next one begins."""
        self._held += received
        while len(self._held) >= HEADER_OCTETS:
            session = self._held[:SESSION_OCTETS].decode(ENCODING).strip("\0 ")
            length = _length(self._held[SESSION_OCTETS:HEADER_OCTETS])
            if len(self._held) < length:
                return
            body, self._held = self._held[HEADER_OCTETS:length], self._held[length:]
            try:
                yield read(session, body)
            except BadPayload as fault:
                yield fault


def read(session: str, body: bytes) -> Document:
    """Raises BadPayload."""
    text = _REQUEST_ID.sub(r"\1\2", _NO_XML.sub("", body.decode(ENCODING)))
    kind = _KIND.match(text)
    if kind is None:
        raise BadPayload("not_xml")
    # What says its encoding is in another one than this now.
    text = text[text.index("?>") + 2 :] if "?>" in text[: kind.start(1)] else text
    return Document(session, kind[1], read_xml(text.encode(), _Anything()))


def frame(session: str, kind: str, *fields: tuple[str, str]) -> bytes:
    """A document in its frame. What the encoding has not is a question mark."""
    told = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields)
    body = f"{_DECLARATION}<{kind}>{told}</{kind}>".encode(ENCODING, "replace")
    length = f"{len(body) + HEADER_OCTETS:0{HEADER_OCTETS - SESSION_OCTETS}d}"
    head = session.encode(ENCODING, "replace")[:SESSION_OCTETS].ljust(SESSION_OCTETS, b"\0")
    return head + length.encode() + body


def _length(octets: bytes) -> int:
    digits = re.match(rb"\d+", octets)
    length = int(digits[0]) if digits else 0
    if not HEADER_OCTETS < length <= FRAME_OCTETS_MAXIMUM:
        raise BadPayload("no_length", "header")
    return length


class _Anything:
    """Every field is wanted; the root's own text, between its fields, has no name."""

    def __contains__(self, name: object) -> bool:
        return bool(name)
