"""Africa's Talking's airtime side as a small WSGI application: it takes orders, asks us whether
they are ours, and says what became of them."""

from __future__ import annotations

import json
import random
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any, Literal
from urllib.parse import urlencode

from werkzeug.wrappers import Request, Response

from providers.africastalking import NAME
from providers.africastalking.callbacks import POST_WITHIN_S, RETRIES_MAX
from providers.africastalking.fake import Mode, unauthorized
from providers.africastalking.forms import FORM
from providers.simulator.faults import Script
from providers.simulator.hooks import HookSource, HookTable
from providers.simulator.loopback import Post, drop_connection
from providers.simulator.timers import Later

SAME_WITHIN_S = 300.0
DUPLICATE = "A duplicate request was received within the last 5 minutes"
DISCOUNT = Decimal("0.04")
_JSON = "application/json"
_NUMBER = re.compile(r"\+[1-9][0-9]{8,14}")
_AMOUNT = re.compile(r"([A-Z]{3}) ([0-9]+(?:\.[0-9]{1,4})?)")


@dataclass(slots=True)
class Order:
    """An order that was taken. `status` is what was told of it last: Sent, Success or Failed."""

    id: str
    username: str
    to: str
    currency: str
    amount: Decimal
    key: str
    at_s: float
    status: str = "Sent"


@dataclass(frozen=True, slots=True)
class AirtimeOptions:
    """How orders go on.

    - validates: whether we are asked before airtime is given
    - fails: it is not given, whatever we say
    - status: 'on', 'off', 'twice', or 'form' (as older pages have it: an id and a status)
    - delay_s: before we are asked, and before it is told; retry_every_s: after no 200
    """

    validates: bool = True
    fails: bool = False
    status: Literal["on", "off", "twice", "form"] = "on"
    delay_s: float = 0.2
    retry_every_s: float = 60.0

    def changed(self, **wanted: Any) -> AirtimeOptions:
        return replace(self, **wanted)


class AirtimeFake:
    """The application. `authorized(username, key)` says who may order."""

    def __init__(
        self,
        authorized: Callable[[str, str], bool],
        hooks: HookSource,
        later: Later,
        post: Post,
        *,
        seed: int | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.options = AirtimeOptions()
        self.orders: list[Order] = []
        self.requests = 0
        self._authorized = authorized
        self._hooks = HookTable(NAME, hooks)
        self._later = later
        self._post = post
        self._clock = clock
        self._answers: dict[str, dict[str, Any]] = {}
        self._modes = Script[Mode]()
        self._rng = random.Random(seed if seed is not None else time.time_ns())  # noqa: S311
        self._lock = threading.Lock()

    def script(self, modes: Iterable[Mode]) -> None:
        """Faults for the requests to come, one after the other: `delay`, `drop_before`,
        `drop_after`, `unauthorized` and `http`."""
        self._modes.add(modes)

    def clear(self) -> None:
        self._modes.clear()
        self.options = AirtimeOptions()

    # --- orders -------------------------------------------------------------------------------

    def respond(self, request: Request) -> Response:
        if request.method != "POST" or not request.path.endswith("/version1/airtime/send"):
            return Response("The requested resource could not be found.", 404)
        return self._send(request, self._modes.next() or Mode(""))

    def _send(self, request: Request, mode: Mode) -> Response:
        with self._lock:
            self.requests += 1
        time.sleep(mode.delay_s)
        if mode.mode == "drop_before":
            drop_connection(request.environ)
            return Response()
        if mode.mode == "http":
            return Response(mode.body, mode.status or 502, content_type="text/html")
        username = request.form.get("username", "")
        known = self._authorized(username, request.headers.get("apiKey", ""))
        if mode.mode == "unauthorized" or not known:
            return unauthorized()
        recipients = _recipients(request.form.get("recipients", ""))
        if recipients is None:
            return Response(
                "The request content was malformed", 400, content_type="text/plain; charset=UTF-8"
            )
        answer = self._answer(username, recipients, request.headers.get("Idempotency-Key", ""))
        if mode.mode == "drop_after":
            drop_connection(request.environ)
            return Response()
        return Response(json.dumps(answer), 201, content_type=_JSON)

    def _answer(
        self, username: str, recipients: list[Mapping[str, Any]], key: str
    ) -> dict[str, Any]:
        """The same key gets the same answer again, and nothing else happens."""
        with self._lock:
            if key and key in self._answers:
                return self._answers[key]
        entries = [self._take(username, recipient, key) for recipient in recipients]
        if any(entry is None for entry in entries):
            answer = _summary([], DUPLICATE)
        else:
            answer = _summary([entry for entry in entries if entry is not None], "None")
        with self._lock:
            if key:
                self._answers[key] = answer
        return answer

    def _take(self, username: str, recipient: Mapping[str, Any], key: str) -> dict[str, Any] | None:
        """What the answer says of one; None for the same again within five minutes."""
        number = str(recipient.get("phoneNumber", ""))
        amount = _AMOUNT.fullmatch(str(recipient.get("amount", "")))
        if not _NUMBER.fullmatch(number):
            return _entry(number, "0", "Failed", "Invalid phone number", "None")
        if amount is None or Decimal(amount[2]) <= 0:
            return _entry(number, "0", "Failed", "Invalid amount", "None")
        order = Order(
            *(self._new_id(), username, number, amount[1], Decimal(amount[2]), key, self._clock())
        )
        with self._lock:
            if any(_is_same(order, earlier) for earlier in self.orders):
                return None
            self.orders.append(order)
        self._later.after(self.options.delay_s, partial(self._go_on, order))
        return _entry(number, f"{order.currency} {order.amount:.4f}", "Sent", "None", order.id)

    def _new_id(self) -> str:
        with self._lock:
            return f"ATQid_{self._rng.getrandbits(128):032x}"

    # --- what we are asked and told ---------------------------------------------------------------

    def _url(self, kind: str, order: Order) -> str | None:
        return self._hooks.account_url(kind, username=order.username, service="")

    def _go_on(self, order: Order) -> None:
        given = not self.options.fails and (not self.options.validates or self._asks(order))
        order.status = "Success" if given else "Failed"
        for _ in range({"off": 0, "twice": 2}.get(self.options.status, 1)):
            self._later.after(self.options.delay_s, partial(self._tell, order, order.status))

    def _asks(self, order: Order) -> bool:
        """Whether the order is ours: asked once, and whatever is no yes is a no. Where nobody has
        given an address to ask at, nobody is asked."""
        try:
            url = self._url("airtime-validation", order)
            if url is None:
                return True
            body = {
                "transactionId": f"ATTid_{order.id[6:]}",
                "phoneNumber": order.to,
                "sourceIpAddress": "127.0.0.1",
                "currencyCode": order.currency,
                "amount": float(order.amount),
            }
            answer = self._post(
                url, json.dumps(body).encode(), {"Content-Type": _JSON}, POST_WITHIN_S
            )
            said = json.loads(answer.body)
        except Exception:
            return False
        return answer.status == 200 and isinstance(said, dict) and said.get("status") == "Validated"

    def _tell(self, order: Order, status: str, tries: int = 0) -> None:
        done = False
        try:
            url = self._url("airtime-status", order)
            if url is None:
                return
            body, kind = self._status_body(order, status)
            answer = self._post(url, body, {"Content-Type": kind}, POST_WITHIN_S)
            done = answer.status == 200
        except Exception:
            done = False  # nobody there: that may pass
        if not done and tries < RETRIES_MAX:
            again = partial(self._tell, order, status, tries + 1)
            self._later.after(self.options.retry_every_s, again)

    def _status_body(self, order: Order, status: str) -> tuple[bytes, str]:
        if self.options.status == "form":
            return urlencode({"requestId": order.id, "status": status}).encode(), FORM
        given = status == "Success"
        body = {
            "phoneNumber": order.to,
            "description": "Airtime Delivered Successfully" if given else "Airtime was not given",
            "status": status,
            "requestId": order.id,
            "discount": f"{order.currency} {order.amount * DISCOUNT:.4f}",
            "value": f"{order.currency} {order.amount:.4f}",
        }
        return json.dumps(body).encode(), _JSON


def _recipients(words: str) -> list[Mapping[str, Any]] | None:
    try:
        found = json.loads(words)
    except ValueError:
        return None
    is_list = isinstance(found, list) and found and all(isinstance(each, dict) for each in found)
    return found if is_list else None


def _is_same(order: Order, earlier: Order) -> bool:
    return (
        (order.username, order.to, order.currency, order.amount)
        == (earlier.username, earlier.to, earlier.currency, earlier.amount)
    ) and order.at_s - earlier.at_s < SAME_WITHIN_S


def _entry(number: str, amount: str, status: str, error: str, id: str) -> dict[str, Any]:
    return {
        "phoneNumber": number,
        "amount": amount,
        "discount": _discount(amount),
        "status": status,
        "errorMessage": error,
        "requestId": id,
    }


def _discount(amount: str) -> str:
    currency, _, value = amount.partition(" ")
    try:
        return f"{currency} {Decimal(value) * DISCOUNT:.4f}"
    except InvalidOperation:
        return "0"


def _summary(entries: list[dict[str, Any]], error: str) -> dict[str, Any]:
    """Totals are in the account's own currency, whatever the orders' are."""
    sent = [entry for entry in entries if entry["status"] == "Sent"]
    total = sum((Decimal(entry["amount"].split()[1]) for entry in sent), Decimal())
    return {
        "errorMessage": error,
        "numSent": len(sent),
        "totalAmount": f"RWF {total:.4f}",
        "totalDiscount": f"RWF {total * DISCOUNT:.4f}",
        "responses": entries,
    }
