"""MTN Nigeria's line as the registry and the process of its connection know it."""

import logging
import os
from collections.abc import Iterator
from typing import Final

from providers.contracts.errors import BadPayload
from providers.contracts.webhooks import HttpReply
from providers.lines.connection import Dialect, NotLetIn, Told
from providers.lines.ussd import LineEnded, LineEvent, LineHop, address_of
from providers.mtn_nigeria import NAME
from providers.mtn_nigeria.frames import Document, Frames, frame
from providers.registry import Provider
from providers.typed import one_line, shown

log = logging.getLogger(__name__)

_BEGINS, _GOES_ON = "1", "4"
_ASKS, _ENDS = "2", "6"
# Of a USSDError: what cannot be read, and what comes too early.
_NOT_VALID, _UNEXPECTED = "208", "207"
_NEEDED: Final = ("requestId", "msisdn", "starCode", "clientId", "msgtype", "userdata")
_ECHOED: Final = ("requestId", "msisdn", "starCode", "clientId")

PROVIDER = Provider(name=NAME, kinds={}, ack=HttpReply(200, "text/plain; charset=utf-8", b""))


class Talk:
    """What is said on one connection."""

    def __init__(self, username: str, secret: str, application_id: str) -> None:
        self._login = (("userName", username), ("passWord", secret))
        self._application_id = application_id
        self._frames = Frames()
        self._is_let_in = False

    def opening(self) -> bytes:
        fields = (("requestId", _id()), *self._login, ("applicationId", self._application_id))
        return frame(_id(), "AUTHRequest", *fields)

    def ask(self) -> bytes:
        return frame(_id(), "ENQRequest", ("requestId", _id()), ("enqCmd", "ENQUIRELINK"))

    def take(self, received: bytes) -> Iterator[Told[LineEvent]]:
        for found in self._frames.take(received):
            if isinstance(found, BadPayload):
                log.warning("%s: a document cannot be read: %s", NAME, found)
                yield Told(_error(_id(), _id(), _NOT_VALID))
                continue
            try:
                yield self._on(found)
            except BadPayload as fault:
                log.warning("%s: a hop cannot be read: %s", NAME, fault)
                request_id = found.fields.get("requestId") or _id()
                yield Told(_error(found.session, request_id, _NOT_VALID))

    def _on(self, document: Document) -> Told[LineEvent]:
        session, fields = document.session, document.fields
        request_id = fields.get("requestId") or _id()
        match document.kind:
            case "AUTHResponse":
                self._is_let_in = True
                return Told(is_known=True)
            case "AUTHError":
                raise NotLetIn(f"error_{_word(fields.get('errorCode', ''))}")
            case "ENQRequest":
                command = ("enqCmd", fields.get("enqCmd", "ENQUIRELINK"))
                return Told(frame(session, "ENQResponse", ("requestId", request_id), command))
            case "ENQResponse":
                return Told()
            case "USSDError":
                return Told(item=LineEnded(session, f"error_{_word(fields.get('errorCode', ''))}"))
            case "USSDRequest" if self._is_let_in:
                return Told(item=_event(document))
            case _:
                log.warning("%s: a %s is passed over", NAME, document.kind)
                code = _NOT_VALID if self._is_let_in else _UNEXPECTED
                return Told(_error(session, request_id, code))


class Line:
    """MTN Nigeria's side of `app.wires.lines`."""

    name = NAME
    port = None

    def dialect(self, username: str, secret: str, option: str) -> Dialect[LineEvent]:
        return Talk(username, secret, option)

    def screen(self, hop: LineHop, text: str, *, ends: bool) -> bytes:
        kind = _ENDS if ends else _ASKS
        echoed = [(name, hop.echo.get(name, "")) for name in _ECHOED]
        own = [("phase", "2"), ("msgtype", kind), ("dcs", "15"), ("userdata", shown(text))]
        end = [("EndofSession", "1" if ends else "0"), ("delvrpt", "0")]
        return frame(hop.session, "USSDResponse", *echoed, *own, *end)


def _event(document: Document) -> LineEvent:
    fields = document.fields
    missing = [name for name in _NEEDED if name not in fields]
    if missing:
        raise BadPayload("missing", missing[0])
    address, kind = address_of(fields["msisdn"], "msisdn"), fields["msgtype"]
    text = one_line(fields["userdata"])
    echo = {name: fields[name] for name in _ECHOED}
    if kind == _BEGINS:
        return LineHop(document.session, address, True, dialled=_dialled(text, echo), echo=echo)
    hop = LineHop(document.session, address, False, text=text, echo=echo)
    # A hop that does not say whether it is the last is the last.
    if kind == _GOES_ON and fields.get("EndofSession", "1") == "0":
        return hop
    return LineEnded(document.session, "left", hop)


def _dialled(text: str, echo: dict[str, str]) -> str:
    """What was dialled; the code alone where the wire leaves it out."""
    typed = text.strip()
    return typed if typed.startswith("*") else f"*{echo['starCode'].strip('*#')}#"


def _error(session: str, request_id: str, code: str) -> bytes:
    return frame(session, "USSDError", ("requestId", request_id), ("errorCode", code))


def _id() -> str:
    return os.urandom(8).hex()


def _word(code: str) -> str:
    return code if code.isalnum() and len(code) <= 8 else "unknown"
