"""Somebody's system that events are posted to: real HTTP, checked with others' library."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import fastjsonschema
from standardwebhooks.webhooks import Webhook
from werkzeug.wrappers import Request, Response

from app.operations.reference_events import schema
from providers.simulator.loopback import listen

_validate = fastjsonschema.compile(schema())


@dataclass
class Receiver:
    """What came, in its order. `answer` says what each is answered with."""

    url: str = ""
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    answer: Callable[[int], Response] = lambda _: Response("", 204)

    def events(self, secret: str) -> list[Any]:
        """Each that came: signed, and of the reference's schema."""
        hook = Webhook(secret)
        for headers, body in zip(self.headers, self.bodies, strict=True):
            hook.verify(body, headers)
        found = [json.loads(body) for body in self.bodies]
        for event in found:
            _validate(event)
        return found


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()
    lock = threading.Lock()

    def take(environ, start_response):  # type: ignore[no-untyped-def]
        request = Request(environ)
        with lock:
            receiver.bodies.append(request.get_data())
            receiver.headers.append({key.lower(): value for key, value in request.headers.items()})
            count = len(receiver.bodies)
        return receiver.answer(count)(environ, start_response)

    ours = listen("127.0.0.1", 0, take)
    thread = threading.Thread(target=ours.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    receiver.url = f"http://127.0.0.1:{ours.port}/piga?key=k3y"
    try:
        yield receiver
    finally:
        ours.shutdown()
        ours.server_close()
        thread.join()
