"""What a handset does with texts, as the phone's page asks for it by JSON: its inbox, what it
writes, and that it wants no more."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from providers.simulator import control

if TYPE_CHECKING:
    from collections.abc import Sequence

    from werkzeug.wrappers import Request

    from providers.africastalking.callbacks import Callbacks
    from providers.kannel.callbacks import Callbacks as KannelCallbacks
    from providers.simulator.hooks import HookSource
    from providers.simulator.inbox import Text, Texts
    from providers.simulator.uplink import Uplink
    from providers.twilio.handset import Twilio

COPIES_MAXIMUM = 64
_MSISDN = re.compile(r"\+?[1-9][0-9]{8,14}")


class Texting:
    """Routes of the fakes' process. `inboxes` is what arrives at a handset, whichever company
    brings it; `written`, what handsets write, which goes by `uplink`."""

    def __init__(
        self,
        source: HookSource,
        *,
        inboxes: Sequence[Texts],
        written: Texts,
        uplink: Uplink,
        callbacks: Callbacks,
        kannel: KannelCallbacks,
        twilio: Twilio,
    ) -> None:
        self._source = source
        self._inboxes = inboxes
        self._written = written
        self._uplink = uplink
        self._callbacks = callbacks
        self._kannel = kannel
        self._twilio = twilio

    def inbox(self, request: Request) -> object:
        return [control.text(text) for text in self._received(_number(request))]

    def thread(self, request: Request) -> object:
        number = _number(request)
        written = self._written.find(lambda text: text.sender == number)
        return control.thread(self._received(number), written)

    def text(self, request: Request) -> object:
        wanted = control.json_of(request)
        sender, to = control.string(wanted, "from"), control.string(wanted, "to")
        company = next(
            (each for each in (self._kannel, self._twilio) if each.serves(to)), self._callbacks
        )
        copies = wanted.get("copies", 1)
        if not isinstance(copies, int) or not 1 <= copies <= COPIES_MAXIMUM:
            raise ValueError("copies: out of range")
        text = control.string(wanted, "text")

        def send(*, copies: int, each: int = copies) -> str:
            return company.text_in(sender, to, text, copies=copies * each)

        id = self._uplink.carry(send)
        self._written.add(control.written(self._source(), sender, to, text))
        return {"id": id}

    def opt_out(self, request: Request) -> object:
        wanted = control.json_of(request)
        sender, person = control.string(wanted, "sender"), control.string(wanted, "from")
        company = self._twilio if self._twilio.serves(sender) else self._callbacks
        company.opt_out(sender, person)
        return {"ok": True}

    def _received(self, number: str) -> list[Text]:
        found = [
            text
            for texts in self._inboxes
            for text in texts.find(lambda t: t.to == number and t.arrives)
        ]
        return sorted(found, key=lambda text: text.at)


def _number(request: Request) -> str:
    # An unescaped plus in a query is a space.
    number = "+" + request.args.get("msisdn", "").strip().lstrip("+")
    if not _MSISDN.fullmatch(number):
        raise ValueError("msisdn: not a phone number")
    return number
