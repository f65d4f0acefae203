"""Flutterwave's side as a small WSGI application: the transfer rates, and what goes wrong there."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final

from werkzeug.wrappers import Request, Response

from providers.flutterwave_rates.ask import PATH
from providers.limits import FAKE_DELAY_MAX_S, FAKE_SESSIONS_MAX
from providers.simulator.faults import Script
from providers.simulator.loopback import drop_connection
from providers.simulator.rate_market import Market

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

MODES: Final = (
    "delay",  # waits for delay_s, then answers as ever
    "hang",  # waits for delay_s and cuts off
    "http",  # answers with `status`, `retry_after` and `body`
    "error",  # 200 and the documented error: no rate at the moment
    "disagree",  # `rate` is neither quotient of the amounts
    "inverted",  # the amounts have changed places
    "other_currency",  # the answer is of another currency
    "no_amount",  # an amount is missing
)
# The versions of the answer that the company's pages have had.
SHAPES: Final = ("older", "middle", "newest", "v4")
ERROR: Final = {
    "status": "error",
    "message": "Unable to fetch rates at the moment",
    "data": None,
}


@dataclass(slots=True)
class Mode:
    """A fault for the next `times` requests (None: until it is cleared)."""

    mode: str
    times: int | None = 1
    delay_s: float = 0.0
    status: int = 502
    retry_after: str = ""
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
        words = isinstance(mode.body, str) and isinstance(mode.retry_after, str)
        if mode.mode not in MODES or not (whole and number and words):
            raise ValueError("modes: not a possible value")
        return mode


class FlutterwaveFake:
    """The application. `key` is the secret key; None takes any. Paths begin with `prefix`.

    `requests` are (time, source, destination) of what was asked, the newest last.
    """

    def __init__(
        self,
        prefix: str = "",
        *,
        key: str | None = None,
        market: Market | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.market = market or Market()
        self.shape = "newest"
        self.requests: deque[tuple[float, str, str]] = deque(maxlen=FAKE_SESSIONS_MAX)
        self._prefix = prefix
        self._key = key
        self._now = now
        self._modes: Script[Mode] = Script()
        self._lock = threading.Lock()

    # --- scripting ------------------------------------------------------------------------------

    def script(self, *modes: Mode) -> None:
        """Faults for the requests to come, one after the other."""
        self._modes.add(modes)

    def clear(self) -> None:
        """No faults, and the market's own rates."""
        self._modes.clear()
        self.market.own.clear()
        self.shape = "newest"

    def read_script(self, wanted: Mapping[str, Any]) -> Callable[[], None]:
        """What a control request asks for, checked, to be applied: `modes`, `shape`, and `rates`
        such as {"USD-NGN": "1600"}. Raises ValueError."""
        if set(wanted) - {"modes", "shape", "rates"}:
            raise ValueError("rates: only modes, shape and rates")
        modes, rates = wanted.get("modes", []), wanted.get("rates", {})
        shape = wanted.get("shape", self.shape)
        if not isinstance(modes, list) or not all(isinstance(mode, dict) for mode in modes):
            raise ValueError("modes: a list of objects, please")
        if not isinstance(rates, dict) or shape not in SHAPES:
            raise ValueError("rates: an object of pairs; and a shape that there is")
        read = [Mode.read(mode) for mode in modes]
        own = dict(_own(pair, rate) for pair, rate in rates.items())

        def apply() -> None:
            self._modes.add(read)
            self.market.own.update(own)
            self.shape = shape

        return apply

    # --- requests -------------------------------------------------------------------------------

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return self.respond(Request(environ))(environ, start_response)

    def respond(self, request: Request) -> Response:
        if request.path.removeprefix(self._prefix) != PATH or request.method != "GET":
            return _json(404, {"status": "error", "message": "Not found", "data": None})
        said = request.headers.get("Authorization", "")
        if not said.startswith("Bearer ") or self._key not in (None, said[7:]):
            words = "Invalid authorization key"
            return _json(401, {"status": "error", "message": words, "data": None})
        source = request.args.get("source_currency", "")
        destination = request.args.get("destination_currency", "")
        with self._lock:
            self.requests.append((time.monotonic(), source, destination))
        mode = self._modes.next() or Mode("")
        if mode.mode in ("delay", "hang"):
            time.sleep(mode.delay_s)
        if mode.mode == "hang":
            drop_connection(request.environ)
        if mode.mode == "http":
            headers = {"Retry-After": mode.retry_after} if mode.retry_after else {}
            return Response(mode.body, mode.status, headers, content_type="text/html")
        if mode.mode == "error":
            return _json(200, ERROR)
        return self._quote(source, destination, request.args.get("amount", ""), mode.mode)

    def _quote(self, source: str, destination: str, amount: str, mode: str) -> Response:
        try:
            wanted = Decimal(amount)
        except InvalidOperation:
            wanted = Decimal(0)
        if wanted <= 0 or not (self.market.knows(source) and self.market.knows(destination)):
            words = "amount, source_currency and destination_currency are needed"
            return _json(400, {"status": "error", "message": words, "data": None})
        # As many digits as the company's own examples have.
        cost = (wanted / self.market.rate(source, destination, self._now())).quantize(
            Decimal("0.000001")
        )
        sides = {
            "source": {"currency": source, "amount": _number(cost)},
            "destination": {"currency": destination, "amount": _number(wanted)},
        }
        if mode == "inverted":
            sides["source"]["amount"], sides["destination"]["amount"] = (
                sides["destination"]["amount"],
                sides["source"]["amount"],
            )
        if mode == "other_currency":
            sides["source"]["currency"] = "JPY"
        if mode == "no_amount":
            del sides["source"]["amount"]
        return _json(200, self._answer(cost / wanted, sides, disagree=mode == "disagree"))

    def _answer(
        self, cost: Decimal, sides: dict[str, dict[str, Any]], *, disagree: bool
    ) -> dict[str, Any]:
        """`cost` is the source's amount for one of the destination."""
        older = self.shape == "older"
        rate = cost if self.shape in ("older", "middle") else 1 / cost
        data: dict[str, Any] = {"rate": _number(rate * 2 if disagree else rate), **sides}
        if self.shape == "v4":
            data["rate"] = str(data["rate"])
            for side in sides.values():
                side["amount"] = str(side.get("amount", ""))
            data |= {"id": "rte_1", "created_datetime": self._now().isoformat()}
        message = "Transfer amount fetched" if older else "Transfer rates fetched"
        return {"status": "success", "message": message, "data": data}


def _own(pair: object, rate: object) -> tuple[tuple[str, str], Decimal]:
    try:
        source, destination = str(pair).split("-")
        value = Decimal(str(rate))
    except (ValueError, InvalidOperation):
        value = Decimal(0)
    if not value.is_finite() or value <= 0:
        raise ValueError("rates: an object of pairs, please")
    return (source, destination), value


def _number(value: Decimal) -> int | float:
    """As JSON of theirs has it: a whole number without a point."""
    return int(value) if value == value.to_integral_value() else float(f"{value:.12g}")


def _json(status: int, body: Mapping[str, Any]) -> Response:
    return Response(json.dumps(body), status, content_type="application/json; charset=utf-8")
