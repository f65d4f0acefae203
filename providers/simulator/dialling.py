"""What a handset does on the USSD gateway, as the phone's page asks for it by JSON."""

from __future__ import annotations

from collections.abc import Callable

from werkzeug.wrappers import Request

from providers.africastalking.gateway import Gateway
from providers.simulator import control
from providers.simulator.sessions import Shown


class Dialling:
    """Routes of the fakes' process: each takes a request and answers what the phone shows."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway

    def dial(self, request: Request) -> object:
        wanted = control.json_of(request)
        network = wanted.get("network")
        if network is not None and not isinstance(network, str):
            raise ValueError("network: not text")
        sender, dialled = control.string(wanted, "from"), control.string(wanted, "dial")
        return control.shown(self.gateway.dial(sender, dialled, network=network))

    def on_session(self, act: Callable[[str], Shown]) -> Callable[[Request], object]:
        """A route that does this to the session that it is told."""
        return lambda request: control.shown(act(control.session(control.json_of(request))))

    def answer(self, request: Request) -> object:
        wanted = control.json_of(request)
        return control.shown(
            self.gateway.answer(control.session(wanted), control.string(wanted, "answer"))
        )

    def twice(self, request: Request) -> object:
        wanted = control.json_of(request)
        copies = wanted.get("copies", 2)
        if not isinstance(copies, int) or copies < 2:
            raise ValueError("copies: out of range")
        shown = self.gateway.answer(
            control.session(wanted), control.string(wanted, "answer"), copies=copies
        )
        return control.shown(shown) | control.replies(shown)

    def repeat(self, request: Request) -> object:
        wanted = control.json_of(request)
        hop = wanted.get("hop")
        if hop is not None and not isinstance(hop, int):
            raise ValueError("hop: not a number")
        shown = self.gateway.repeat(control.session(wanted), hop)
        return control.shown(shown) | control.replies(shown)
