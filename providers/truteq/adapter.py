"""TruTeq as the registry and the process of its connection know it."""

import logging
from collections.abc import Iterator
from typing import Final

from providers.contracts.errors import BadPayload
from providers.contracts.webhooks import HttpReply
from providers.lines.connection import Dialect, NotLetIn, Told
from providers.lines.ussd import LineEnded, LineEvent, LineHop, address_of
from providers.registry import Provider
from providers.truteq import NAME, PORT, ssmi
from providers.typed import one_line, shown

log = logging.getLogger(__name__)

_REFUSALS: Final = {"1": "wrong_password", "4": "account_suspended"}
_ENDS: Final = {ssmi.ENDED: "left", ssmi.TIMED_OUT: "timed_out"}

PROVIDER = Provider(name=NAME, kinds={}, ack=HttpReply(200, "text/plain; charset=utf-8", b""))


class Talk:
    """What is said on one connection."""

    def __init__(self, username: str, secret: str) -> None:
        self._username, self._secret = username, secret
        self._lines = ssmi.Lines()

    def opening(self) -> bytes:
        return ssmi.line(ssmi.LOGIN, self._username, self._secret)

    def ask(self) -> bytes:
        return ssmi.line(ssmi.LINK_CHECK)

    def take(self, received: bytes) -> Iterator[Told[LineEvent]]:
        for message in self._lines.take(received):
            try:
                yield self._on(message)
            except BadPayload as fault:
                log.warning("%s: a message cannot be read: %s", NAME, fault)

    def _on(self, message: ssmi.Message) -> Told[LineEvent]:
        match message:
            case (ssmi.ACK, [ssmi.LOGIN_TAKEN, *_]):
                return Told(is_known=True)
            case (ssmi.NACK, [code, *_]) if code in _REFUSALS:
                raise NotLetIn(_REFUSALS[code])
            case (ssmi.LOGGED_OUT, _):
                raise NotLetIn("logged_in_elsewhere")
            case (ssmi.USSD, [number, kind, _, text]):
                return Told(item=_event(number, kind, text))
            case (ssmi.USSD_EXTENDED, [number, kind, _, _, text]):
                return Told(item=_event(number, kind, text))
            case (ssmi.ACK, _):
                return Told()
            case _:
                log.warning("%s: message %s is passed over", NAME, message.number)
                return Told()


class Line:
    """TruTeq's side of `app.wires.lines`."""

    name = NAME
    port = PORT

    def dialect(self, username: str, secret: str, _option: str) -> Dialect[LineEvent]:
        return Talk(username, secret)

    def screen(self, hop: LineHop, text: str, *, ends: bool) -> bytes:
        kind = ssmi.ENDED if ends else ssmi.EXISTING
        return ssmi.line(ssmi.USSD, hop.address.lstrip("+"), kind, shown(text))


def _event(number: str, kind: str, text: str) -> LineEvent:
    """The wire knows a session by its number: somebody has one at a time."""
    if kind in _ENDS:
        return LineEnded(number.strip(), _ENDS[kind])
    if kind not in (ssmi.NEW, ssmi.EXISTING):
        raise BadPayload("unknown", "type")
    address = address_of(number, "msisdn")
    if kind == ssmi.NEW:
        return LineHop(number.strip(), address, True, dialled=one_line(text).strip())
    return LineHop(number.strip(), address, False, text=one_line(text))
