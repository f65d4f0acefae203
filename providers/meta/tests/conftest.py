"""The fakes with a number of ours, and somebody who takes their webhooks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from werkzeug.wrappers import Request, Response

from providers.contracts.messages import Account
from providers.contracts.webhooks import Inbound, SignedRequest
from providers.meta.handset import APP_SECRET
from providers.meta.send import ChatSender
from providers.meta.signature import handshake, verify
from providers.meta.webhook import parse_webhook
from providers.simulator.hooks import Hook
from providers.simulator.loopback import listen
from providers.simulator.process import Fakes

CODE, NUMBER_ID = "+250788000200", "250788000200"
ACCOUNT = Account(
    "piga", "a-token", signing_secrets=(APP_SECRET,), options=(("verify_token", "v-1"),)
)


class Receiver:
    """Our side of the hook: it takes what is signed as it must be. `statuses` are the next ones
    that it answers with instead of 200."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.events: list[Inbound] = []
        self.statuses: list[int] = []
        self._server = listen("127.0.0.1", 0, self._take)
        self.url = f"http://127.0.0.1:{self._server.port}/hooks/meta/whatsapp/secret"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _answer(self, request: Request) -> Response:
        if request.method == "GET":
            found = handshake(request.query_string, ACCOUNT)
            return Response(found.body if found else b"", 200 if found else 403)
        body = request.get_data()
        signed = SignedRequest(request.url, lambda n: request.headers.get(n, ""), "", body)
        if verify(signed, ACCOUNT):
            return Response("", 403)
        if self.statuses:
            return Response("", self.statuses.pop(0))
        self.bodies.append(body)
        self.events += parse_webhook(body).events
        return Response("", 200)

    def _take(self, environ: Any, start_response: Any) -> Any:
        return self._answer(Request(environ))(environ, start_response)

    def wait_for(self, is_there: Callable[[], object], timeout_s: float = 10.0) -> None:
        until_s = time.monotonic() + timeout_s
        while not is_there():
            assert time.monotonic() < until_s, self.events
            time.sleep(0.01)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def fakes(receiver: Receiver) -> Iterator[Fakes]:
    hook = Hook(provider="meta", kind="whatsapp", tenant="piga", service=CODE, url=receiver.url)
    with Fakes("127.0.0.1", 0, lambda: [hook]) as made:
        quick = {"status_delay_s": 0.0, "status_gap_s": 0.0, "retry_every_s": 0.05}
        made.whatsapp.callbacks.options = made.whatsapp.callbacks.options.changed(quick)
        yield made


@pytest.fixture
def sender(fakes: Fakes) -> ChatSender:
    return ChatSender(Account("piga", "a-token", f"{fakes.url}/meta", read_timeout_s=2.0))
