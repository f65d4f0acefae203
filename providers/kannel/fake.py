"""Kannel's smsbox as a small WSGI application: it takes texts, in its own words and statuses.

What the wire page of this folder calls a trap can be switched on here: see `MODES`, and `Options`
of `callbacks.py`, which reports on texts and brings texts in.
"""

from __future__ import annotations

import hmac
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from werkzeug.wrappers import Request, Response

from providers.kannel.callbacks import DELIVERED, TAKEN, Callbacks, Options
from providers.limits import BODY_MAX_BYTES, FAKE_DELAY_MAX_S
from providers.simulator.faults import Script
from providers.simulator.inbox import Text, Texts
from providers.simulator.loopback import drop_connection

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PATH = "/cgi-bin/sendsms"
MODES = (
    "delay",  # answers after delay_s, in the right way
    "drop_before",  # cuts the connection; nothing was taken
    "drop_after",  # takes the text, then cuts the connection
    "unauthorized",  # 403: no such user, or a wrong password
    "queued",  # 202 with 3: no SMSC is there just now
    "unroutable",  # 403: no SMSC takes texts to that number
    "temporal",  # 503: bearerbox takes nothing more for now
    "denied",  # 400: a list of the operator's
    "http",  # answers with `status` and `body`, as something that stands before smsbox
)
CONCATENATED_MAX_CHARS = 1_600

_ACCEPTED = (202, "0: Accepted for delivery")
_QUEUED = (202, "3: Queued for later delivery")
_REFUSED = {
    "unauthorized": (403, "Authorization failed for sendsms"),
    "unroutable": (403, "Not routable. Do not try again."),
    "temporal": (503, "Temporal failure, try again later."),
    "denied": (400, "Number(s) has/have been denied by white- and/or black-lists."),
}
_NO_RECEIVER = (400, "Missing receiver number, rejected")
_NO_RECEIVERS = (400, "Missing receiver(s) number(s), rejected")  # as a POST has it
_EMPTY_RECEIVER = (400, "Empty receiver number not allowed, rejected")
_NO_SENDER = (400, "Sender missing and no global set, rejected")
_NOT_TEXT = (400, "Invalid content-type")


@dataclass(slots=True)
class Mode:
    """A fault for the next `times` requests (None: until it is cleared)."""

    mode: str
    times: int | None = 1
    delay_s: float = 0.0
    status: int = 502
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
        if mode.mode not in MODES or not whole or not number or not isinstance(mode.body, str):
            raise ValueError("modes: not a possible value")
        return mode


@dataclass(slots=True)
class Rule:
    """What the reports on texts to one number say: types in their order, and the SMSC's words."""

    plan: list[int] = field(default_factory=lambda: [TAKEN, DELIVERED])
    answer: str = ""

    @classmethod
    def read(cls, wanted: object) -> Rule:
        """From a control request. Raises ValueError."""
        known = {"plan": list, "answer": str}
        if not isinstance(wanted, dict) or not all(
            name in known and isinstance(value, known[name]) for name, value in wanted.items()
        ):
            raise ValueError("numbers: plan and answer")
        return cls(**wanted)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request as smsbox reads it, whichever way it came."""

    username: str
    password: str
    sender: str
    to: str | None
    text: str
    mask: int
    report_url: str
    is_post: bool = False


class SmsboxFake:
    """The application. `accounts` maps a username to its password; None takes any but ''."""

    def __init__(
        self,
        texts: Texts,
        callbacks: Callbacks,
        *,
        accounts: Mapping[str, str] | None = None,
    ) -> None:
        self.texts = texts
        self.callbacks = callbacks
        self.accounts = accounts
        self.rules: dict[str, Rule] = {}
        self.requests = 0
        self._modes = Script[Mode]()
        self._lock = threading.Lock()

    # --- scripting ----------------------------------------------------------------------------

    def script(self, modes: Iterable[Mode]) -> None:
        """Faults for the requests to come, one after the other."""
        self._modes.add(modes)

    def clear(self) -> None:
        """No faults, no rules, the usual options."""
        self._modes.clear()
        self.rules.clear()
        self.callbacks.options = Options()

    def read_script(self, wanted: Mapping[str, Any]) -> Callable[[], None]:
        """What a control request asks for, checked, to be applied: `modes`, `numbers`, and the
        names of `Options`. Raises ValueError."""
        more = dict(wanted)
        modes, numbers = more.pop("modes", []), more.pop("numbers", {})
        if not isinstance(modes, list) or not all(isinstance(mode, dict) for mode in modes):
            raise ValueError("modes: a list of objects, please")
        if not isinstance(numbers, dict):
            raise ValueError("numbers: an object, please")
        read = [Mode.read(mode) for mode in modes]
        rules = {number: Rule.read(rule) for number, rule in numbers.items()}
        Options().changed(more)

        def apply() -> None:
            self.callbacks.options = self.callbacks.options.changed(more)
            self.rules.update(rules)
            self.script(read)

        return apply

    # --- sendsms ------------------------------------------------------------------------------

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        request.max_content_length = request.max_form_memory_size = BODY_MAX_BYTES
        return self.respond(request)(environ, start_response)

    def respond(self, request: Request) -> Response:
        if not request.path.endswith(PATH) or request.method not in ("GET", "POST"):
            return _said(404, "Unknown request.")
        with self._lock:
            self.requests += 1
        mode = self._modes.next() or Mode("")
        time.sleep(mode.delay_s)
        if mode.mode == "drop_before":
            drop_connection(request.environ)
            return Response()
        if mode.mode == "http":
            return Response(mode.body, mode.status, content_type="text/html")
        asked = _of_get(request) if request.method == "GET" else _of_post(request)
        refused = self._refused(asked, mode)
        if asked is None or refused is not None:
            return _said(*(refused or _NOT_TEXT))
        for number in (asked.to or "").split():
            self._take(asked, number)
        if mode.mode == "drop_after":
            drop_connection(request.environ)
            return Response()
        return _said(*(_QUEUED if mode.mode == "queued" else _ACCEPTED))

    def _refused(self, asked: _Asked | None, mode: Mode) -> tuple[int, str] | None:
        """What smsbox answers to what it does not take; None where it takes it."""
        if asked is None:
            return _NOT_TEXT
        if mode.mode in _REFUSED or not self._authorized(asked):
            return _REFUSED.get(mode.mode, _REFUSED["unauthorized"])
        if not asked.to:
            missing = _NO_RECEIVERS if asked.is_post else _NO_RECEIVER
            return missing if asked.to is None else _EMPTY_RECEIVER
        return None if asked.sender else _NO_SENDER

    def _authorized(self, asked: _Asked) -> bool:
        if self.accounts is None:
            return bool(asked.username and asked.password)
        expected = self.accounts.get(asked.username, "")
        return bool(expected) and hmac.compare_digest(expected.encode(), asked.password.encode())

    def _take(self, asked: _Asked, number: str) -> None:
        rule = self.rules.get(number, Rule())
        room = CONCATENATED_MAX_CHARS if self.callbacks.options.concatenation else 160
        plan = [str(type) for type in rule.plan if type & asked.mask]
        text = Text(
            id=self.callbacks.new_id(),
            at=datetime.now(UTC).isoformat(timespec="milliseconds"),
            username=asked.username,
            sender=asked.sender,
            to=number,
            text=asked.text[:room],
            code=202,
            plan=plan if asked.report_url else [],
            failure=rule.answer,
            arrives=DELIVERED in rule.plan,
            report_url=asked.report_url,
        )
        self.texts.add(text)
        self.callbacks.schedule_reports(text)


def _of_get(request: Request) -> _Asked:
    """All of it in the query; the text in the charset that is named, and UCS-2 as it is."""
    query = request.args
    return _Asked(
        username=query.get("username", query.get("user", "")),
        password=query.get("password", query.get("pass", "")),
        sender=query.get("from", ""),
        to=query.get("to"),
        text=_query_text(request),
        mask=_number(query.get("dlr-mask", "")),
        report_url=query.get("dlr-url", ""),
    )


def _query_text(request: Request) -> str:
    raw = parse_qs(request.query_string.decode("latin-1"), encoding="latin-1").get("text", [""])[0]
    charset = request.args.get("charset", "")
    coding = request.args.get("coding", "")
    known = charset or ("utf-16-be" if coding == "2" else "utf-8")
    return _decoded(raw.encode("latin-1"), known)


def _of_post(request: Request) -> _Asked | None:
    """The text is the body, and all else in headers of Kannel's own; a form is not taken."""
    if request.mimetype != "text/plain":
        return None
    headers = request.headers
    charset = request.mimetype_params.get("charset", "utf-8")
    return _Asked(
        username=headers.get("X-Kannel-Username", ""),
        password=headers.get("X-Kannel-Password", ""),
        sender=headers.get("X-Kannel-From", ""),
        to=headers.get("X-Kannel-To"),
        text=_decoded(request.get_data(), charset),
        mask=_number(headers.get("X-Kannel-DLR-Mask", "")),
        report_url=headers.get("X-Kannel-DLR-Url", ""),
        is_post=True,
    )


def _decoded(raw: bytes, charset: str) -> str:
    try:
        return raw.decode(charset, "replace")
    except LookupError:
        return raw.decode("utf-8", "replace")


def _number(word: str) -> int:
    return int(word) if word.isascii() and word.isdigit() and len(word) < 4 else 0


def _said(status: int, words: str) -> Response:
    response = Response(words, status, content_type="text/html")
    response.headers["Cache-Control"] = response.headers["Pragma"] = "no-cache"
    return response
