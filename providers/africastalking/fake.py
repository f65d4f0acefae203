"""Africa's Talking's REST side as a small WSGI application: it takes texts and reports on them.

Everything that the wire page of this folder calls a trap can be switched on here; see `Mode`.
"""

from __future__ import annotations

import hmac
import json
import random
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from providers.africastalking.callbacks import CallbackOptions, Callbacks
from providers.limits import BODY_MAX_BYTES, FAKE_DELAY_MAX_S
from providers.simulator import control
from providers.simulator.faults import Script
from providers.simulator.inbox import Text, Texts
from providers.simulator.loopback import drop_connection

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

MODES = (
    "delay",  # answers after delay_s, in the right way
    "drop_before",  # cuts the connection; nothing was taken
    "drop_after",  # takes the texts, then cuts the connection
    "unauthorized",  # 401 in plain text
    "http",  # answers with `status` and `body` as HTML; `takes` says whether the texts were taken
    "empty",  # 201 with no recipients, `body` as the Message
    "charset",  # takes the texts; the header says `application/json; charset=utf-8`
    "xml",  # takes the texts; the answer is XML, as without an Accept header
    "no_id",  # takes the texts; messageId is the word None and cost has no currency
    "code",  # every recipient gets `status` as its statusCode
)

STATUSES = {
    100: "Processed",
    101: "Sent",
    102: "Queued",
    401: "RiskHold",
    402: "InvalidSenderId",
    403: "InvalidPhoneNumber",
    404: "UnsupportedNumberType",
    405: "InsufficientBalance",
    406: "UserInBlacklist",
    407: "CouldNotRoute",
    409: "DoNotDisturbRejection",
    500: "InternalServerError",
    501: "GatewayError",
    502: "RejectedByGateway",
}
_NUMBER = re.compile(r"\+[1-9][0-9]{8,14}")
_PRICE = Decimal("12.0000")
_HTML = (
    "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
)


@dataclass(slots=True)
class Mode:
    """A fault for the next `times` requests (None: until it is cleared)."""

    mode: str
    times: int | None = 1
    delay_s: float = 0.0
    status: int = 0
    body: str = ""
    takes: bool = False

    @classmethod
    def read(cls, wanted: Mapping[str, Any]) -> Mode:
        """From a control request. Raises ValueError."""
        try:
            mode = cls(**wanted)
        except TypeError:
            raise ValueError("modes: no such setting") from None
        whole = (mode.times is None or isinstance(mode.times, int)) and isinstance(mode.status, int)
        number = isinstance(mode.delay_s, int | float) and 0 <= mode.delay_s <= FAKE_DELAY_MAX_S
        if mode.mode not in MODES or not whole or not number or not isinstance(mode.body, str):
            raise ValueError("modes: not a possible value")
        return mode


@dataclass(slots=True)
class Rule:
    """What happens to texts for one number: a statusCode, or reports that end badly, or none."""

    code: int = 101
    plan: list[str] = field(default_factory=lambda: ["Submitted", "Success"])
    failure: str = ""

    @classmethod
    def read(cls, wanted: object) -> Rule:
        """From a control request. Raises ValueError."""
        known = {"code": int, "plan": list, "failure": str}
        if not isinstance(wanted, dict) or not all(
            name in known and isinstance(value, known[name]) for name, value in wanted.items()
        ):
            raise ValueError("numbers: code, plan and failure")
        return cls(**wanted)


class RestFake:
    """The application. `accounts` maps a username to its key; None takes any key but ''.

    `senders` are the sender ids that are known; None takes any. With `by_ending`, a number's last
    four digits say its statusCode (…0406 gives 406): our own convention, off by default.
    """

    def __init__(
        self,
        texts: Texts,
        callbacks: Callbacks,
        *,
        accounts: Mapping[str, str] | None = None,
        senders: frozenset[str] | None = None,
        seed: int | None = None,
    ) -> None:
        self.texts = texts
        self.callbacks = callbacks
        self.accounts = accounts
        self.senders = senders
        self.by_ending = False
        # The fields of the newest text that was taken or refused one by one.
        self.newest: Mapping[str, str] = {}
        self.rules: dict[str, Rule] = {}
        self.requests = 0
        self._modes = Script[Mode]()
        # The instant keeps ids apart across restarts; with a seed they are the same each time.
        self._rng = random.Random(seed if seed is not None else time.time_ns())  # noqa: S311
        self._lock = threading.Lock()

    # --- scripting ----------------------------------------------------------------------------

    def script(self, modes: Iterable[Mode]) -> None:
        """Faults for the requests to come, one after the other."""
        self._modes.add(modes)

    def clear(self) -> None:
        """No faults, no rules, the usual options."""
        self._modes.clear()
        self.callbacks.options = CallbackOptions()
        with self._lock:
            self.rules.clear()
            self.by_ending = False
            self.senders = None

    def read_script(self, wanted: Mapping[str, Any]) -> Callable[[], None]:
        """What a control request asks for, checked, to be applied: `modes`, `numbers`, `by_ending`,
        `senders`, and the names of `CallbackOptions`. Raises ValueError."""
        more = dict(wanted)
        modes = [Mode.read(mode) for mode in control.list_of_mappings(more, "modes")]
        numbers = control.mapping(more, "numbers")
        rules = {number: Rule.read(rule) for number, rule in numbers.items()}
        by_ending = more.get("by_ending")
        if by_ending is not None and not isinstance(by_ending, bool):
            raise ValueError("by_ending: true or false")
        senders = more.get("senders")
        known = isinstance(senders, list) and all(isinstance(one, str) for one in senders)
        if senders is not None and not known:
            raise ValueError("senders: the known sender ids, or null for any")
        names_senders = "senders" in more
        for name in ("modes", "numbers", "by_ending", "senders"):
            more.pop(name, None)
        CallbackOptions().changed(more)

        def apply() -> None:
            self.callbacks.options = self.callbacks.options.changed(more)
            self.script(modes)
            self.rules.update(rules)
            if names_senders:
                self.senders = None if senders is None else frozenset(senders)
            if by_ending is not None:
                self.by_ending = by_ending

        return apply

    def _next_mode(self) -> Mode:
        with self._lock:
            self.requests += 1
        return self._modes.next() or Mode("")

    # --- HTTP ---------------------------------------------------------------------------------

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        request.max_content_length = request.max_form_memory_size = BODY_MAX_BYTES
        return self.respond(request)(environ, start_response)

    def respond(self, request: Request) -> Response:
        route = (request.method, request.path.rpartition("/version1/")[2])
        if route in (("POST", "messaging"), ("POST", "messaging/bulk")):
            return self._messaging(request)
        if route == ("GET", "user"):
            return self._user(request)
        return _plain(404, "The requested resource could not be found.")

    def authorized(self, username: str, key: str) -> bool:
        if self.accounts is None:
            return bool(username and key)
        expected = self.accounts.get(username, "")
        return bool(expected) and hmac.compare_digest(expected.encode(), key.encode())

    def _user(self, request: Request) -> Response:
        username = request.args.get("username", "")
        if not self.authorized(username, request.headers.get("apiKey", "")):
            return unauthorized()
        return _json(200, {"UserData": {"balance": "RWF 100000.0000"}})

    def _messaging(self, request: Request) -> Response:
        mode = self._next_mode()
        time.sleep(mode.delay_s)
        if mode.mode == "drop_before":
            drop_connection(request.environ)
            return Response()
        form = _fields(request)
        if form is None:
            return _plain(400, "The request content was malformed")
        refused = self._refused(form, request.headers.get("apiKey", ""), mode)
        if refused is not None:
            return refused
        self.newest = form
        username, sender = form["username"], form.get("from", "")
        numbers = form["to"].split(",")
        entries = [self._take(mode, username, sender, n, form["message"]) for n in numbers]
        if mode.mode == "drop_after":
            drop_connection(request.environ)
            return Response()
        return _page(mode) if mode.mode == "http" else self._taken(mode, entries)

    def _refused(self, form: Mapping[str, str], key: str, mode: Mode) -> Response | None:
        """The answer to a request that is refused as a whole."""
        if mode.mode == "unauthorized" or not self.authorized(form.get("username", ""), key):
            return unauthorized()
        if mode.mode == "http" and not mode.takes:
            return _page(mode)
        for name in ("to", "message"):
            if not form.get(name):
                return _plain(400, f"Request is missing required form field '{name}'")
        sender = form.get("from", "")
        message = ""
        if mode.mode == "empty":
            message = mode.body or "InvalidSenderId"
        elif self.senders is not None and sender and sender not in self.senders:
            message = "InvalidSenderId"
        elif form.get("keyword") and sender:
            message = "InvalidSenderId"  # a code that businesses share is nobody's
        elif not any(_NUMBER.fullmatch(number) for number in form["to"].split(",")):
            message = "InvalidPhoneNumber"
        return _answer(message, []) if message else None

    def _taken(self, mode: Mode, entries: list[dict[str, Any]]) -> Response:
        accepted = sum(1 for entry in entries if entry["statusCode"] <= 102)
        total = _PRICE * accepted
        message = f"Sent to {accepted}/{len(entries)} Total Cost: RWF {total}"
        if mode.mode == "xml":
            return Response(
                f"<AfricasTalkingResponse><SMSMessageData><Message>{message}</Message>"
                "</SMSMessageData></AfricasTalkingResponse>",
                201,
                content_type="text/xml",
            )
        charset = "; charset=utf-8" if mode.mode == "charset" else ""
        return _answer(message, entries, f"application/json{charset}")

    def _take(
        self, mode: Mode, username: str, sender: str, number: str, text: str
    ) -> dict[str, Any]:
        """Accept or refuse one recipient; what the answer says of it."""
        rule = self.rules.get(number, Rule())
        code = mode.status if mode.mode == "code" else rule.code
        ending = int(number[-4:]) if number[-4:].isdecimal() else 0
        if self.by_ending and ending in STATUSES:
            code = ending
        if not _NUMBER.fullmatch(number):
            code = 403
        if code > 102:
            status = STATUSES.get(code, "Unknown")
            return {
                "statusCode": code,
                "number": number,
                "cost": "0",
                "status": status,
                "messageId": "None",
            }
        with self._lock:
            message_id = f"ATXid_{self._rng.getrandbits(128):032x}"
        kept = Text(
            id=message_id,
            at=datetime.now(UTC).isoformat(timespec="milliseconds"),
            username=username,
            sender=sender,
            to=number,
            text=text,
            code=code,
            plan=list(rule.plan),
            failure=rule.failure,
            arrives=not rule.plan or "Success" in rule.plan,
        )
        self.texts.add(kept)
        self.callbacks.schedule_reports(kept)
        nameless = mode.mode == "no_id"
        return {
            "statusCode": code,
            "number": number,
            "cost": "0" if nameless else f"RWF {_PRICE}",
            "status": "Success",
            "messageId": "None" if nameless else message_id,
        }


def _fields(request: Request) -> Mapping[str, str] | None:
    """A form, or the JSON of a bulk request under the form's names; None where it is neither."""
    if not request.path.endswith("/bulk"):
        return request.form
    body = request.get_json(silent=True)
    if not isinstance(body, dict) or not isinstance(body.get("phoneNumbers"), list):
        return None
    names = {"username": "username", "message": "message", "senderId": "from"}
    fields = {form: str(body[name]) for name, form in names.items() if name in body}
    return fields | {"to": ",".join(map(str, body["phoneNumbers"]))}


def _answer(
    message: str, entries: list[dict[str, Any]], content_type: str = "application/json"
) -> Response:
    body = {"SMSMessageData": {"Message": message, "Recipients": entries}}
    return _json(201, body, content_type)


def _json(status: int, body: object, content_type: str = "application/json") -> Response:
    return Response(json.dumps(body), status, content_type=content_type)


def _plain(status: int, text: str) -> Response:
    return Response(text, status, content_type="text/plain; charset=UTF-8")


def _page(mode: Mode) -> Response:
    return Response(mode.body or _HTML, mode.status or 502, content_type="text/html")


def unauthorized() -> Response:
    response = _plain(401, "The supplied authentication is invalid")
    response.headers["WWW-Authenticate"] = 'Basic realm="api",charset=UTF-8'
    return response
