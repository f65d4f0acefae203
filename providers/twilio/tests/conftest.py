"""The fakes with numbers of ours, and somebody who takes their webhooks behind a proxy."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from werkzeug.wrappers import Request, Response

from providers.contracts.messages import Account, DeliveryReport
from providers.contracts.webhooks import Batch, Inbound, SignedRequest
from providers.simulator.hooks import Hook
from providers.simulator.loopback import listen
from providers.simulator.process import Fakes
from providers.twilio.adapter import AGAIN, PROVIDER
from providers.twilio.chats import ChatSender
from providers.twilio.handset import AUTH_TOKEN
from providers.twilio.send import SmsSender

NUMBER, CHAT = "+250788000210", "+250788000220"
PERSON = "+250788000301"
PUBLIC = "https://piga.example.org"
SECONDARY = "a-token-to-come"
ACCOUNT = Account("AC" + "0" * 32, "token", signing_secrets=(SECONDARY, AUTH_TOKEN))
ID = "019a06fa-467d-7786-b9cb-5b42177cd53f"


@dataclass
class Came:
    """A callback as it came over the wire."""

    kind: str
    query: bytes
    body: bytes
    headers: dict[str, str]


class Receiver:
    """Our side of the hooks, known outside as PUBLIC: it takes what is signed as it must be.
    `statuses` are the next ones that it answers with instead of 200."""

    def __init__(self) -> None:
        self.came: list[Came] = []
        self.events: list[Inbound] = []
        self.refused: list[str] = []
        self.statuses: list[int] = []
        self._server = listen("127.0.0.1", 0, self._take)
        self.url = f"http://127.0.0.1:{self._server.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def hook(self, kind: str) -> str:
        return f"{self.url}/hooks/twilio/{kind}/s3cr3t"

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _answer(self, request: Request) -> Response:
        body, query = request.get_data(), request.query_string
        target = request.path + (f"?{query.decode()}" if query else "")
        kind_name = request.path.split("/")[3]
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.came.append(Came(kind_name, query, body, headers))
        kind = PROVIDER.kind(kind_name)
        assert kind.verify is not None
        content_type = request.headers.get("Content-Type", "")
        signed = SignedRequest(
            PUBLIC + target, lambda n: headers.get(n.lower(), ""), content_type, body
        )
        why = kind.verify(signed, ACCOUNT)
        if why:
            self.refused.append(why)
            return Response("", 403)
        if self.statuses:
            return Response("", self.statuses.pop(0))
        whole = b"&".join(part for part in (query, body) if part) if kind.reads_query else body
        told = kind.parse(whole, content_type)
        self.events += told.events if isinstance(told, Batch) else [told]
        return Response(PROVIDER.ack.body, 200, content_type=PROVIDER.ack.content_type)

    def _take(self, environ: Any, start_response: Any) -> Any:
        return self._answer(Request(environ))(environ, start_response)

    def wait_for(self, is_there: Callable[[], object], timeout_s: float = 10.0) -> None:
        until_s = time.monotonic() + timeout_s
        while not is_there():
            assert time.monotonic() < until_s, (self.events, self.refused)
            time.sleep(0.01)

    def reports(self) -> list[str]:
        return [each.raw_status for each in self.events if isinstance(each, DeliveryReport)]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def fakes(receiver: Receiver) -> Iterator[Fakes]:
    hooks = [
        Hook(
            provider="twilio",
            kind=kind,
            tenant="piga",
            service=number,
            url=f"{receiver.hook(kind)}#{AGAIN}",
        )
        for kind, number in (("sms-in", NUMBER), ("whatsapp-in", CHAT))
    ]
    with Fakes("127.0.0.1", 0, lambda: hooks) as made:
        quick = {"status_delay_s": 0.0, "status_gap_s": 0.0, "retry_every_s": 0.02}
        callbacks = made.twilio.callbacks
        callbacks.options = callbacks.options.changed(quick | {"signed_as": PUBLIC})
        yield made


def account(fakes: Fakes, **more: Any) -> Account:
    return Account("piga", "token", f"{fakes.url}/twilio", read_timeout_s=2.0, **more)


@pytest.fixture
def texter(fakes: Fakes) -> SmsSender:
    return SmsSender(account(fakes))


@pytest.fixture
def chatter(fakes: Fakes) -> ChatSender:
    return ChatSender(account(fakes))
