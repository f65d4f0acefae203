"""What crosses the wire to a company while somebody records it: each request, and its answer.

    with recording() as exchanges:
        sender.send(sms)
    for exchange in exchanges:
        exchange.end()

What was sent and answered is kept as `redaction` leaves it, and never otherwise.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final

import requests

from providers.redaction import place_shown, redacted, values_of

# More requests than this for one thing are no story any more.
RECORDED_MAXIMUM: Final = 8
_ANSWER_BYTES_MAXIMUM: Final = 16_384


@dataclass(slots=True)
class Exchange:
    """One request. `status` is None, and `failure` one word, where no answer came."""

    method: str
    place: str
    sent: str
    took_ms: int = 0
    status: int | None = None
    answered: str = ""
    failure: str = ""
    _hide: frozenset[str] = field(default=frozenset(), repr=False)
    _answer: bytearray = field(default_factory=bytearray, repr=False)

    def read(self, octets: bytes) -> None:
        """More of the answer."""
        room = _ANSWER_BYTES_MAXIMUM - len(self._answer)
        self._answer += octets[: max(room, 0)]

    def end(self) -> None:
        """Nothing more comes: what came is redacted, and let go."""
        if not self._answer:
            return
        self.answered = redacted(bytes(self._answer), answer=True, hide=self._hide)
        self._answer.clear()
        self._hide = frozenset()


_recorded: ContextVar[list[Exchange] | None] = ContextVar("recorded", default=None)


@contextmanager
def recording() -> Iterator[list[Exchange]]:
    """Record what happens inside, in this thread."""
    found: list[Exchange] = []
    before = _recorded.set(found)
    try:
        yield found
    finally:
        _recorded.reset(before)


def note(method: str, place: str, sent: bytes | str) -> Exchange | None:
    """A request leaves; None where nobody records."""
    recorded = _recorded.get()
    if recorded is None or len(recorded) >= RECORDED_MAXIMUM:
        return None
    exchange = Exchange(method, place, redacted(sent, answer=False), _hide=values_of(sent))
    recorded.append(exchange)
    return exchange


class Recorded(requests.Session):
    """Notes each request and its answer, where somebody records."""

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        if _recorded.get() is None:
            return super().send(request, **options)
        body = request.body if isinstance(request.body, bytes | str) else b""
        exchange = note(request.method or "", place_shown(request.url or ""), body or b"")
        if exchange is None:
            return super().send(request, **options)
        started_s = time.perf_counter()
        try:
            response = super().send(request, **options)
        except requests.RequestException as error:
            exchange.failure = type(error).__name__
            raise
        finally:
            exchange.took_ms = round((time.perf_counter() - started_s) * 1000)
        exchange.status = response.status_code
        if options.get("stream"):
            _tap(response, exchange)
        else:
            exchange.read(response.content)
        return response


def _tap(response: requests.Response, exchange: Exchange) -> None:
    """Whoever reads the answer piece by piece has it noted piece by piece."""
    untapped = response.iter_content

    def tapped(*args: Any, **options: Any) -> Iterator[bytes]:
        for piece in untapped(*args, **options):
            exchange.read(piece)
            yield piece

    response.iter_content = tapped  # type: ignore[method-assign]
