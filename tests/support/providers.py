"""A real HTTP server in our place, for the fakes to call, and raw servers in theirs."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from werkzeug.wrappers import Request, Response

from app.settings import CHECKOUT
from providers.africastalking.gateway import Gateway
from providers.contracts.errors import BadPayload
from providers.contracts.ussd import UssdHop
from providers.kannel.sms import QUERY_IN
from providers.registry import find
from providers.simulator.hooks import Hook
from providers.simulator.loopback import listen
from providers.simulator.process import Fakes

FIXTURES = CHECKOUT / "providers" / "africastalking" / "fixtures"


def form(name: str) -> bytes:
    return (FIXTURES / f"{name}.form").read_bytes()


@dataclass
class Taken:
    path: str
    body: bytes
    headers: dict[str, str]


@dataclass
class Us:
    """Our web server, cut down: parses with the adapter, shows `screen(text)`."""

    url: str = ""
    taken: list[Taken] = field(default_factory=list)
    screen: Callable[[str], tuple[str, bool]] = lambda text: (f"You typed [{text}]", False)
    respond: Callable[[Request], Response | None] = lambda request: None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, environ, start_response):  # type: ignore[no-untyped-def]
        request = Request(environ)
        body = request.query_string if request.method == "GET" else request.get_data()
        with self.lock:
            headers = {k.lower(): v for k, v in request.headers.items()}
            self.taken.append(Taken(request.path, body, headers))
        return (self.respond(request) or self.usual(request, body))(environ, start_response)

    def usual(self, request: Request, body: bytes) -> Response:
        _, _, provider_name, kind_name, _ = request.path.split("/")
        provider = find(provider_name)
        kind = provider.kind(kind_name)
        try:
            inbound = kind.parse(body, request.headers.get("Content-Type", ""))
        except BadPayload as error:
            return Response(str(error), 400, content_type="text/plain")
        reply = provider.ack
        if kind.screen is not None:
            assert isinstance(inbound, UssdHop)
            reply = kind.screen(*self.screen(inbound.text), inbound)
        return Response(reply.body, reply.status, content_type=reply.content_type)

    def hooks(self) -> list[Hook]:
        def hook(kind: str, tenant: str, service: str) -> Hook:
            return Hook(
                provider="africastalking",
                kind=kind,
                tenant=tenant,
                service=service,
                url=f"{self.url}/hooks/africastalking/{kind}/s3cr3t-{tenant}",
            )

        return [
            hook("ussd", "impuye", "*384*10#"),
            hook("ussd-end", "impuye", "*384*10#"),
            hook("ussd", "umoja", "*384*10*7#"),
            hook("ussd", "isoko", "*384*101#"),
            hook("sms-report", "impuye", "IMPUYE"),
            hook("sms-in", "impuye", "7227"),
            hook("sms-optout", "impuye", "IMPUYE"),
            hook("airtime-validation", "impuye", "*384*10#"),
            hook("airtime-status", "impuye", "*384*10#"),
            Hook(
                provider="kannel",
                kind="sms-in",
                tenant="impuye",
                service="8100",
                url=f"{self.url}/hooks/kannel/sms-in/s3cr3t-impuye?{QUERY_IN}",
            ),
            Hook(provider="other", kind="ussd", tenant="x", service="*384*10*9#", url="http://x"),
        ]

    def of(self, kind: str) -> list[Taken]:
        with self.lock:
            return [taken for taken in self.taken if f"/{kind}/" in taken.path]


@pytest.fixture
def us() -> Iterator[Us]:
    ours = Us()
    server = listen("127.0.0.1", 0, ours)
    ours.url = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield ours
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def gateway(us: Us) -> Gateway:
    return Gateway(us.hooks, seed=1)


def told(us: Us, kind: str = "ussd") -> list[dict[str, str]]:
    return [
        {k: v[0] for k, v in parse_qs(taken.body.decode(), keep_blank_values=True).items()}
        for taken in us.of(kind)
    ]


@pytest.fixture
def fakes(us: Us, tmp_path: Path) -> Iterator[Fakes]:
    with Fakes("127.0.0.1", 0, us.hooks, tmp_path, accounts={"impuye": "k3y"}, seed=7) as running:
        running.callbacks.options = running.callbacks.options.changed(
            {"dlr_delay_s": 0.0, "dlr_gap_s": 0.01, "retry_every_s": 0.02}
        )
        kannel = running.kannel.callbacks
        kannel.options = kannel.options.changed(
            {"dlr_delay_s": 0.0, "dlr_gap_s": 0.01, "queue_delay_s": 0.02}
        )
        yield running


@pytest.fixture
def raw_server() -> Iterator[Callable[[bytes | None], str]]:
    """Starts servers that read one request and answer with these very bytes (None: hang up)."""
    sockets: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def start(answer: bytes | None) -> str:
        server = socket.create_server(("127.0.0.1", 0))
        sockets.append(server)

        def run() -> None:
            connection, _ = server.accept()
            with connection:
                received = b""
                while b"\r\n\r\n" not in received:
                    received += connection.recv(65536)
                head, _, body = received.partition(b"\r\n\r\n")
                length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                while len(body) < length:
                    body += connection.recv(65536)
                if answer is not None:
                    connection.sendall(answer)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        threads.append(thread)
        return f"http://127.0.0.1:{server.getsockname()[1]}"

    yield start
    for thread in threads:
        thread.join(timeout=5)
    for server in sockets:
        server.close()


def answer_bytes(name: str) -> bytes:
    """A fixture's answer as it goes over the wire."""
    told = json.loads((FIXTURES / f"answer-{name}.json").read_text())
    body = told["body"] if isinstance(told["body"], str) else json.dumps(told["body"])
    return http_answer(told["status"], told["content_type"], body)


def http_answer(status: int, content_type: str, body: str) -> bytes:
    return (
        f"HTTP/1.1 {status} X\r\nContent-Type: {content_type}\r\n"
        f"Content-Length: {len(body.encode())}\r\nConnection: close\r\n\r\n{body}"
    ).encode()
