"""MTN MoMo's side as a small WSGI application: users, tokens, payments, account holders."""

from __future__ import annotations

import json
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from werkzeug.wrappers import Request, Response

from providers.limits import BODY_MAX_BYTES, FAKE_DELAY_MAX_S, FAKE_SESSIONS_MAX
from providers.mtn_momo.account import CURRENCIES
from providers.mtn_momo.gate import JSON, Gate, as_json, error_of, is_uuid4, object_of
from providers.mtn_momo.wallet import GATEWAY_WORDS, Options, Payment, Wallets
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
    "code",  # answers with `status` and MTN's `code`; nothing was taken
)
CALLBACK_WITHIN_S: Final = 5.0
_ON: Final = ("pay", "status", "token")
_NOTE = re.compile(r"[A-Za-z0-9 .-]{1,160}")
_MSISDN = re.compile(r"[1-9][0-9]{8,14}")
_AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?")
_PAY = re.compile(
    r"/(?:(collection)/v1_0/(requesttopay)|(disbursement)/(?:v1_0/(transfer)|v[12]_0/(deposit|refund)))"
    r"(?:/([^/]+))?"
)
_HOLDER = re.compile(
    r"/(collection|disbursement)/v1_0/accountholder/msisdn/(\d+)/(active|basicuserinfo)"
)
_BALANCE = re.compile(r"/(collection|disbursement)/v1_0/account/balance(?:/([A-Z]{3}))?")
_TOKEN = re.compile(r"/(collection|disbursement)/token/")
_USER = re.compile(r"/v1_0/apiuser(?:/([^/]+)(/apikey)?)?")


@dataclass(slots=True)
class Mode:
    """A fault for the next `times` requests (None: until it is cleared)."""

    mode: str
    times: int | None = 1
    on: str = "pay"
    delay_s: float = 0.0
    status: int = 502
    code: str = "INTERNAL_PROCESSING_ERROR"
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


class MomoFake:
    """The application. `accounts` maps an API user to its key; None takes any, until one is made.

    `keys` maps a product to its subscription key; None takes any word. `send` is what calls back:
    by a method, to an address, with a body, headers and a time-out. Paths begin with `prefix`.
    """

    def __init__(
        self,
        later: Later,
        send: Callable[..., object],
        prefix: str = "",
        *,
        accounts: Mapping[str, str] | None = None,
        keys: Mapping[str, str] | None = None,
        environment: str = "sandbox",
        clock: Callable[[], float] = time.monotonic,
        seed: int | None = None,
    ) -> None:
        self.wallets = Wallets(clock, seed)
        self.environment = environment
        # Method, path, X-Reference-Id; the newest of them.
        self.requests: deque[tuple[str, str, str]] = deque(maxlen=FAKE_SESSIONS_MAX)
        self.gate = Gate(self.wallets, accounts, keys, environment, clock)
        self._prefix = prefix
        self._later = later
        self._send = send
        self._clock = clock
        self._modes = {on: Script[Mode]() for on in _ON}
        self._lock = threading.Lock()

    # --- scripting ------------------------------------------------------------------------------

    def script(self, modes: Iterable[Mode]) -> None:
        """Faults for the requests to come, one after the other."""
        for mode in modes:
            self._modes[mode.on].add([mode])

    def clear(self) -> None:
        """No faults, and the usual options. What was paid stays."""
        for script in self._modes.values():
            script.clear()
        self.wallets.clear()

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
        Options().changed(more)

        def apply() -> None:
            self.wallets.options = self.wallets.options.changed(more)
            self.wallets.numbers.update({n.removeprefix("+"): w for n, w in numbers.items()})
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
        reference = request.headers.get("X-Reference-Id", "")
        with self._lock:
            self.requests.append((request.method, path, reference))
        work = self._work(request, path)
        return (
            work() if work else as_json(404, {"statusCode": 404, "message": "Resource not found"})
        )

    def _work(self, request: Request, path: str) -> Callable[[], Response] | None:
        """What a request asks for; None for a path or a method that there is not."""
        get, post = request.method == "GET", request.method == "POST"
        work: Callable[[], Response] | None = None
        if (found := _TOKEN.fullmatch(path)) and post:
            work = self._faulty("token", request, partial(self.gate.token, request, found[1]))
        elif found := _USER.fullmatch(path):
            if post == (found[1] is None or found[2] is not None):
                work = partial(self.gate.user, request, found[1], found[2] is not None)
        elif found := _PAY.fullmatch(path):
            product = found[1] or found[3]
            call, asked = found[2] or found[4] or found[5], found[6]
            if asked is None and post:
                pay = partial(self._pay, request, product, call)
                work = self._faulty("pay", request, pay)
            elif asked is not None and get:
                tell = partial(self._status, request, product, call, asked)
                work = self._faulty("status", request, tell)
        elif get and (found := _BALANCE.fullmatch(path)):
            work = partial(self._balance, request, found[1], found[2])
        elif get and (found := _HOLDER.fullmatch(path)):
            work = partial(self._holder, request, *found.groups())
        return work

    def _faulty(
        self, on: str, request: Request, work: Callable[[], Response]
    ) -> Callable[[], Response]:
        return partial(self._with_fault, on, request, work)

    def _with_fault(self, on: str, request: Request, work: Callable[[], Response]) -> Response:
        mode = self._modes[on].next() or Mode("")
        if mode.mode in ("delay_before", "hang_before"):
            time.sleep(mode.delay_s)
        if mode.mode == "http_before":
            return Response(mode.body, mode.status, content_type="text/html")
        if mode.mode == "code":
            return error_of(mode.status, mode.code)
        answer = Response() if mode.mode == "hang_before" else work()
        if mode.mode == "http_after":
            return Response(mode.body, mode.status, content_type="text/html")
        if mode.mode == "hang_after":
            time.sleep(mode.delay_s)
        if mode.mode in ("hang_before", "hang_after"):
            drop_connection(request.environ)
        return answer

    # --- money ----------------------------------------------------------------------------------

    def _pay(self, request: Request, product: str, call: str) -> Response:
        refused = self.gate.refused(request, product)
        if refused is not None:
            return refused
        payment = self._read(request, call)
        if not isinstance(payment, Payment):
            return payment
        word = self.wallets.word(call, payment.party)
        if word in GATEWAY_WORDS:
            return error_of(503 if word == "SERVICE_UNAVAILABLE" else 500, word)
        self.wallets.plan(payment)
        if not self.wallets.add(payment):
            return error_of(409, "RESOURCE_ALREADY_EXIST", "Duplicated reference id.")
        self._call_back(payment)
        return Response(b"", 202)

    def _read(self, request: Request, call: str) -> Payment | Response:
        """The request as a payment, or the answer to one that is wrong."""
        body = object_of(request)
        reference = request.headers.get("X-Reference-Id", "")
        if body is None or not is_uuid4(reference):
            return error_of(400, "VALIDATION_ERROR")
        party = body.get("payer" if call == "requesttopay" else "payee", {})
        number = party.get("partyId", "") if isinstance(party, dict) else ""
        notes = [body.get("payerMessage"), body.get("payeeNote")]
        amount = body.get("amount")
        refunds = body.get("referenceIdToRefund", "")
        if (
            not isinstance(amount, str)
            or not _AMOUNT.fullmatch(amount)
            or not Decimal(amount)
            or not all(isinstance(note, str) and _NOTE.fullmatch(note) for note in notes)
            or (call == "refund") != bool(refunds)
        ):
            return error_of(400, "VALIDATION_ERROR")
        if body.get("currency") != CURRENCIES.get(self.environment):
            return error_of(500, "INVALID_CURRENCY")
        url = request.headers.get("X-Callback-Url")
        host = self.gate.host_of(request)
        if url is not None and (not url or (host is not None and urlsplit(url).hostname != host)):
            return error_of(500, "INVALID_CALLBACK_URL_HOST")
        now_s = self._clock()
        payment = Payment(
            call=call,
            reference=reference,
            external_id=str(body.get("externalId", "")),
            amount=Decimal(amount),
            amount_text=amount,
            currency=str(body["currency"]),
            party=str(number),
            payer_message=str(notes[0]),
            payee_note=str(notes[1]),
            callback_url=url or "",
            at_s=now_s,
            due_s=now_s,
            ends="SUCCESSFUL",
            refunds=str(refunds),
        )
        if call != "refund" and not _MSISDN.fullmatch(payment.party):
            # A wrong form is found out late, and not by the gateway.
            who = "PAYER" if call == "requesttopay" else "PAYEE"
            self.wallets.numbers[payment.party] = f"{who}_NOT_FOUND"
        return payment

    def _status(self, request: Request, product: str, call: str, reference: str) -> Response:
        refused = self.gate.refused(request, product)
        if refused is not None:
            return refused
        payment = self.wallets.find(product, reference)
        if payment is None or payment.call != call:
            return error_of(404, "RESOURCE_NOT_FOUND", "Requested resource was not found.")
        return as_json(200, self.wallets.record(payment))

    def _call_back(self, payment: Payment) -> None:
        """Once, whatever the answer is; in the background, but for one that comes first."""
        options = self.wallets.options
        if options.callback == "off" or not payment.callback_url or payment.ends == "PENDING":
            return
        if options.callback == "first":
            self.wallets.settle_now(payment)
            self._post(payment)
            return
        after_s = max(0.0, payment.due_s - self._clock()) + options.callback_after_s
        for _ in range(2 if options.callback == "twice" else 1):
            self._later.after(after_s, partial(self._post, payment))

    def _post(self, payment: Payment) -> None:
        self.wallets.find(payment.product, payment.reference)
        body = json.dumps(self.wallets.claim(payment)).encode()
        method = self.wallets.options.callback_method
        try:
            self._send(
                *(method, payment.callback_url, body, {"Content-Type": JSON}, CALLBACK_WITHIN_S)
            )
        except Exception:
            return  # MTN does not try again

    # --- account holders ------------------------------------------------------------------------

    def _balance(self, request: Request, product: str, currency: str | None) -> Response:
        refused = self.gate.refused(request, product)
        if refused is not None:
            return refused
        if currency not in (None, CURRENCIES.get(self.environment)):
            return error_of(500, "INVALID_CURRENCY")
        self.wallets.all()  # what is due is settled
        balance = f"{self.wallets.balances[product]:f}"
        told = {"availableBalance": balance, "currency": CURRENCIES.get(self.environment)}
        return as_json(200, told)

    def _holder(self, request: Request, product: str, number: str, wanted: str) -> Response:
        refused = self.gate.refused(request, product)
        if refused is not None:
            return refused
        word = self.wallets.word("active", number)
        if word in GATEWAY_WORDS:
            return error_of(503 if word == "SERVICE_UNAVAILABLE" else 500, word)
        if word == "NOT_FOUND":
            return error_of(404, "RESOURCE_NOT_FOUND")
        if wanted == "active":
            return as_json(200, {"result": word != "NOT_ACTIVE"})
        told = {"sub": "0", "name": "Wallet Holder", "given_name": "Wallet", "locale": "en"}
        return as_json(200, told | {"family_name": "Holder", "updated_at": 1_700_000_000})
