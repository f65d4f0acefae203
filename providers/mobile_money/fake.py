"""The frame of a fake provider: a small WSGI application with faults, books and callbacks."""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple

from werkzeug.wrappers import Request, Response

from providers.limits import BODY_MAX_BYTES, FAKE_DELAY_MAX_S, FAKE_SESSIONS_MAX
from providers.mobile_money.books import Books, Payment
from providers.mobile_money.reading import object_of as read_object
from providers.mobile_money.wire import JSON, encoded
from providers.simulator.faults import Script
from providers.simulator.loopback import drop_connection
from providers.simulator.timers import Later

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

# What may go wrong with a request; `on` says with which: pay (a request for money), status, token.
MODES: Final = (
    "delay_before",  # waits for delay_s, then works as ever
    "hang_before",  # waits for delay_s and cuts off; nothing was taken
    "hang_after",  # takes it, waits for delay_s and cuts off
    "http_before",  # answers with `status` and `body`; nothing was taken
    "http_after",  # takes it, and answers with `status` and `body`
    "code",  # answers with `status` and the provider's `code`; nothing was taken
)
CALLBACK_WITHIN_S: Final = 5.0
_ON: Final = ("pay", "status", "token")


@dataclass(slots=True)
class Mode:
    """A fault for the next `times` requests (None: until it is cleared). Without a `code` it is the
    provider's word for a fault of its own."""

    mode: str
    times: int | None = 1
    on: str = "pay"
    delay_s: float = 0.0
    status: int = 502
    code: str = ""
    body: str = "<html><body>Bad Gateway</body></html>"

    @classmethod
    def read(cls, wanted: Mapping[str, Any]) -> Mode:
        """From a control request. Raises ValueError."""
        try:
            mode = cls(**wanted)
        except TypeError:
            raise ValueError("modes: no such setting") from None
        whole = (mode.times is None or isinstance(mode.times, int)) and isinstance(mode.status, int)
        number = isinstance(mode.delay_s, int | float) and 0 <= mode.delay_s <= FAKE_DELAY_MAX_S
        words = isinstance(mode.body, str) and isinstance(mode.code, str)
        if mode.mode not in MODES or mode.on not in _ON or not (whole and number and words):
            raise ValueError("modes: not a possible value")
        return mode


class Callback(NamedTuple):
    """What a fake calls back with."""

    body: bytes
    headers: Mapping[str, str] = {"Content-Type": JSON}
    method: str = "POST"


class PaymentFake(ABC):
    """The application of a provider. `send` is what calls back: by a method, to an address, with a
    body, headers and a time-out. Paths begin with `prefix`."""

    FAULT: ClassVar = "INTERNAL_PROCESSING_ERROR"
    # The header by which a provider knows a request again, where it has one.
    REFERENCE_HEADER: ClassVar = ""

    def __init__(
        self, later: Later, send: Callable[..., object], prefix: str, books: Books
    ) -> None:
        self.books = books
        # Method, path, reference by the header; the newest of them.
        self.requests: deque[tuple[str, str, str]] = deque(maxlen=FAKE_SESSIONS_MAX)
        self._prefix = prefix
        self._later = later
        self._send = send
        self._modes = {on: Script[Mode]() for on in _ON}
        self._lock = threading.Lock()

    # --- what a provider says -------------------------------------------------------------------

    @abstractmethod
    def work(self, request: Request, path: str) -> Callable[[], Response] | None:
        """What a request asks for; None for a path or a method that there is not."""

    @abstractmethod
    def error(self, status: int, code: str) -> Response:
        """An answer with a code of the provider's."""

    @abstractmethod
    def callback(self, payment: Payment) -> Callback:
        """What it says of a payment that has ended, or what `lie` makes of it."""

    def missing(self) -> Response:
        return Response("<html><body>Not Found</body></html>", 404, content_type="text/html")

    # --- scripting ------------------------------------------------------------------------------

    def script(self, modes: Iterable[Mode]) -> None:
        """Faults for the requests to come, one after the other."""
        for mode in modes:
            self._modes[mode.on].add([mode])

    def clear(self) -> None:
        """No faults, and the usual options. What was paid stays."""
        for script in self._modes.values():
            script.clear()
        self.books.clear()

    def read_script(self, wanted: Mapping[str, Any]) -> Callable[[], None]:
        """What a control request asks for, checked, to be applied: `modes`, `numbers` (a number and
        what becomes of it), and the names of `Options`. Raises ValueError."""
        more = dict(wanted)
        modes, numbers = more.pop("modes", []), more.pop("numbers", {})
        if not isinstance(modes, list) or not all(isinstance(mode, dict) for mode in modes):
            raise ValueError("modes: a list of objects, please")
        if not isinstance(numbers, dict) or not all(isinstance(w, str) for w in numbers.values()):
            raise ValueError("numbers: an object of words, please")
        read = [Mode.read(mode) for mode in modes]
        self.books.options.changed(more)

        def apply() -> None:
            self.books.options = self.books.options.changed(more)
            self.books.numbers.update({n.removeprefix("+"): w for n, w in numbers.items()})
            self.script(read)

        return apply

    def count(self, method: str, ending: str) -> int:
        """How many requests of a method came to paths that end so."""
        with self._lock:
            return sum(m == method and path.endswith(ending) for m, path, _ in self.requests)

    # --- requests -------------------------------------------------------------------------------

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        request.max_content_length = BODY_MAX_BYTES
        return self.respond(request)(environ, start_response)

    def respond(self, request: Request) -> Response:
        path = request.path.removeprefix(self._prefix)
        reference = request.headers.get(self.REFERENCE_HEADER, "") if self.REFERENCE_HEADER else ""
        with self._lock:
            self.requests.append((request.method, path, reference))
        work = self.work(request, path)
        return work() if work else self.missing()

    def faulty(
        self, on: str, request: Request, work: Callable[[], Response]
    ) -> Callable[[], Response]:
        """The same with the fault that is scripted for it."""
        return partial(self._with_fault, on, request, work)

    def _with_fault(self, on: str, request: Request, work: Callable[[], Response]) -> Response:
        mode = self._modes[on].next() or Mode("")
        if mode.mode in ("delay_before", "hang_before"):
            time.sleep(mode.delay_s)
        if mode.mode == "http_before":
            return Response(mode.body, mode.status, content_type="text/html")
        if mode.mode == "code":
            return self.error(mode.status, mode.code or self.FAULT)
        answer = Response() if mode.mode == "hang_before" else work()
        if mode.mode == "http_after":
            return Response(mode.body, mode.status, content_type="text/html")
        if mode.mode == "hang_after":
            time.sleep(mode.delay_s)
        if mode.mode in ("hang_before", "hang_after"):
            drop_connection(request.environ)
        return answer

    # --- callbacks ------------------------------------------------------------------------------

    def call_back(self, payment: Payment) -> None:
        """Once, whatever the answer is; in the background, but for one that comes first."""
        options = self.books.options
        never = payment.ends.value == "pending"
        if options.callback == "off" or not payment.callback_url or never:
            return
        if options.callback == "first":
            self.books.settle_now(payment)
            self._post(payment)
            return
        after_s = max(0.0, payment.due_s - self.books.clock()) + options.callback_after_s
        for _ in range(2 if options.callback == "twice" else 1):
            self._later.after(after_s, partial(self._post, payment))

    def _post(self, payment: Payment) -> None:
        self.books.find(payment.kind, payment.reference)
        body, headers, method = self.callback(payment)
        try:
            self._send(method, payment.callback_url, body, dict(headers), CALLBACK_WITHIN_S)
        except Exception:
            return  # it does not try again


def object_of(request: Request) -> dict[str, Any] | None:
    """The JSON object of a request; None where it is none, or not said to be one."""
    if request.mimetype != JSON:
        return None
    return read_object(request.get_data())


def as_json(status: int, body: object) -> Response:
    return Response(encoded(body), status, content_type=JSON)
