"""Meta's Graph API as a small WSGI application: it takes messages and files, and tells their fate.

Every trap that the wire page of this folder names can be switched on here; see `Fault`.
"""

from __future__ import annotations

import json
import re
import secrets
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from werkzeug.wrappers import Request, Response

from providers.limits import FAKE_DELAY_MAX_S
from providers.meta.callbacks import Callbacks
from providers.meta.fake_files import File, Files
from providers.meta.judge import No, judge
from providers.meta.people import People, Somebody
from providers.simulator.faults import Script
from providers.simulator.inbox import Text, Texts
from providers.simulator.loopback import drop_connection

FAULTS = (
    "delay",  # answers after delay_s, in the right way
    "drop_before",  # cuts the connection; nothing was taken
    "drop_after",  # takes the message, then cuts the connection
    "error",  # answers with the Graph error `code`
    "page",  # a proxy's page with `status`; `takes` says whether the message was taken
)
SCRIPTED = ("messages", "media", "files")
WINDOW_S = 24 * 3_600.0
PAIR_EVERY_S, PAIR_BURST = 6.0, 45
FILE_BYTES_MAXIMUM = 16 * 1024 * 1024
_PATH = re.compile(r"/v[0-9]+\.[0-9]+/([0-9]{5,25})(?:/(messages|media))?/?")
_RE_ENGAGEMENT = "131047 Re-engagement message"


@dataclass(slots=True)
class Fault:
    """A fault for the next `times` requests (None: until it is cleared): `on` messages, media (what
    we upload), or files (what people sent, which we fetch)."""

    mode: str
    on: str = "messages"
    times: int | None = 1
    delay_s: float = 0.0
    code: int = 131000
    status: int = 502
    takes: bool = False

    @classmethod
    def read(cls, wanted: Mapping[str, Any]) -> Fault:
        """From a control request. Raises ValueError."""
        try:
            fault = cls(**wanted)
        except TypeError:
            raise ValueError("faults: no such setting") from None
        whole = isinstance(fault.code, int) and isinstance(fault.status, int)
        number = isinstance(fault.delay_s, int | float) and 0 <= fault.delay_s <= FAKE_DELAY_MAX_S
        if fault.on not in SCRIPTED:
            raise ValueError("faults: on messages, media or files")
        if fault.mode not in FAULTS or not whole or not number:
            raise ValueError("faults: not a possible value")
        return fault


@dataclass(slots=True)
class Known:
    """A template as the fake knows it: its state, and how many places it has (None: any)."""

    state: str = "APPROVED"
    places: int | None = None


class Pairs:
    """One message in six seconds to the same person, and a burst that borrows from the future."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._times: dict[tuple[str, str], deque[float]] = defaultdict(deque)
        self._lock = threading.Lock()

    def take(self, number_id: str, user_id: str) -> bool:
        """Whether one more may go now."""
        now_s = self._clock()
        with self._lock:
            times = self._times[number_id, user_id]
            while times and times[0] <= now_s - PAIR_EVERY_S * PAIR_BURST:
                times.popleft()
            if len(times) >= PAIR_BURST:
                return False
            times.append(now_s)
            return True


class GraphFake:
    """The application. `tokens` are those that are known; None takes any.

    `templates` are those that are known, by name and language; while there is none, each is good.
    """

    def __init__(
        self,
        sent: Texts,
        callbacks: Callbacks,
        people: People,
        *,
        tokens: frozenset[str] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.sent = sent
        self.callbacks = callbacks
        self.people = people
        self.templates: dict[tuple[str, str], Known] = {}
        self.written_at: dict[tuple[str, str], float] = {}
        self.requests = 0
        self._tokens = tokens
        self._clock = clock
        self._pairs = Pairs(clock)
        self._files = Files(clock)
        self._faults = {on: Script[Fault]() for on in SCRIPTED}
        self._lock = threading.Lock()

    def script(self, faults: list[Fault]) -> None:
        for on, script in self._faults.items():
            script.add([fault for fault in faults if fault.on == on])

    def clear(self) -> None:
        for script in self._faults.values():
            script.clear()
        self.templates.clear()
        self._pairs = Pairs(self._clock)

    def wrote(self, number_id: str, somebody: Somebody) -> None:
        """They wrote to this number: the window opens."""
        self.written_at[number_id, somebody.user_id] = self._clock()

    # --- HTTP -----------------------------------------------------------------------------------

    def respond(self, request: Request) -> Response:
        """Answer a request below `/meta`."""
        request.max_content_length = FILE_BYTES_MAXIMUM
        path = request.path.removeprefix("/meta")
        if request.method == "GET" and path.startswith("/files/"):
            return self._with_faults(
                request,
                "files",
                lambda: self._files.download(request, path, may=self._may(request)),
            )
        found = _PATH.fullmatch(path)
        if found is None:
            return refusal(No(2500, "Unknown path components", path[:60]))
        if not self._may(request):
            return refusal(No(190, "Invalid OAuth access token", "cannot be decrypted", 401))
        return self._answer(request, found[1], f"{request.method} {found[2] or ''}".rstrip())

    def _answer(self, request: Request, id: str, asked: str) -> Response:
        if asked == "POST messages":
            return self._with_faults(request, "messages", partial(self._worked, request, id))
        if asked == "POST media":
            return self._with_faults(request, "media", partial(self._upload, request))
        if asked == "GET" and self._files.find(id) is not None:
            return self._with_faults(
                request, "files", lambda: answer(self._files.described(request, id))
            )
        return refusal(_no_such(id), subcode=33)

    def _may(self, request: Request) -> bool:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return bool(token) and (self._tokens is None or token in self._tokens)

    def _with_faults(self, request: Request, on: str, work: Callable[[], Response]) -> Response:
        fault = self._faults[on].next()
        with self._lock:
            self.requests += 1
        if fault is not None:
            time.sleep(fault.delay_s)
            if fault.mode in ("error", "drop_before") or (fault.mode == "page" and not fault.takes):
                return _went_wrong(fault, request)
        response = work()
        if fault is not None and fault.mode in ("drop_after", "page"):
            return _went_wrong(fault, request)
        return response

    def _worked(self, request: Request, number_id: str) -> Response:
        try:
            wanted = json.loads(request.get_data())
        except ValueError:
            return refusal(No(100, "Invalid parameter", "the body is no JSON"))
        if isinstance(wanted, dict) and wanted.get("status") == "read":
            self.callbacks.read(str(wanted.get("message_id")))
            return answer({"success": True})
        no = judge(wanted)
        return self._accept(wanted, number_id) if no is None else refusal(no)

    def _accept(self, wanted: dict[str, Any], number_id: str) -> Response:
        """Keep a message that is right in itself; 200 says no more than that."""
        if self.callbacks.url(number_id) is None:
            return refusal(_no_such(number_id), subcode=33)
        address = str(wanted.get("to") or wanted.get("recipient"))
        somebody = self.people.find(address)
        no = self._of_template(wanted)
        if no is not None:
            return refusal(no)
        ignored = self.callbacks.options.pairs == "ignored"
        if not ignored and not self._pairs.take(number_id, somebody.user_id):
            title = "(Business Account, Consumer Account) pair rate limit hit"
            return refusal(No(131056, title, "Message failed to send"))
        failed = "" if self._is_open(wanted, number_id, somebody) else _RE_ENGAGEMENT
        text = Text(
            id=f"wamid.{secrets.token_urlsafe(24)}",
            at=datetime.now(UTC).isoformat(timespec="milliseconds"),
            username=self.callbacks.tenant(number_id),
            sender=number_id,
            to=somebody.number,
            text=json.dumps(wanted),
            code=200,
            plan=["failed"] if failed else ["sent", "delivered", "read"],
            failure=failed,
            arrives=not failed,
        )
        self.sent.add(text)
        self.callbacks.schedule_statuses(text, somebody)
        contact: dict[str, str] = {"input": address}
        if wanted.get("to"):
            contact["wa_id"] = somebody.digits
        else:
            contact["user_id"] = somebody.user_id
        return answer(
            {
                "messaging_product": "whatsapp",
                "contacts": [contact],
                "messages": [{"id": text.id, "message_status": "accepted"}],
            }
        )

    def _is_open(self, wanted: dict[str, Any], number_id: str, somebody: Somebody) -> bool:
        if wanted.get("type") == "template" or self.callbacks.options.window == "ignored":
            return True
        written_s = self.written_at.get((number_id, somebody.user_id))
        return written_s is not None and self._clock() - written_s < WINDOW_S

    def _of_template(self, wanted: dict[str, Any]) -> No | None:
        """What is wrong with a template, beyond how it is written."""
        if wanted.get("type") != "template":
            return None
        template = wanted["template"]
        components = template.get("components") or []
        if not wanted.get("to") and any(one.get("type") == "button" for one in components):
            return No(131062, "Recipient not supported", "Authentication needs a phone number")
        name, language = template["name"], template["language"].get("code", "")
        known = self.templates.get((name, language), Known() if not self.templates else None)
        body = next((one for one in components if one.get("type") == "body"), None)
        count = len((body or {}).get("parameters") or ())
        if known is None:
            return No(132001, "Template name does not exist in the translation", name)
        if known.state != "APPROVED":
            paused = known.state == "PAUSED"
            code, word = (132015, "Paused") if paused else (132016, "Disabled")
            return No(code, f"Template is {word}", name)
        if known.places not in (None, count):
            details = f"number of localizable_params ({count}) does not match ({known.places})"
            return No(132000, "Number of parameters does not match", details)
        return None

    # --- files ------------------------------------------------------------------------------------

    def _upload(self, request: Request) -> Response:
        upload = request.files.get("file")
        if upload is None or request.form.get("messaging_product") != "whatsapp":
            return refusal(No(100, "Invalid parameter", "file and messaging_product"))
        content = upload.read()
        request.close()
        return answer({"id": self.keep_file(content, upload.mimetype)})

    def keep_file(self, content: bytes, mime_type: str) -> str:
        """Keep a file that somebody sends. Its id."""
        return self._files.keep(content, mime_type)

    def file(self, id: str) -> File | None:
        """A file that is kept."""
        return self._files.find(id)


def answer(body: dict[str, Any]) -> Response:
    return Response(json.dumps(body), 200, content_type="application/json; charset=UTF-8")


def refusal(no: No, *, subcode: int | None = None) -> Response:
    """An error as the Graph API words it."""
    error: dict[str, Any] = {
        "message": f"(#{no.code}) {no.title}",
        "type": "OAuthException",
        "code": no.code,
        "error_data": {"messaging_product": "whatsapp", "details": no.details},
        "fbtrace_id": secrets.token_urlsafe(9),
    }
    if subcode is not None:
        error["error_subcode"] = subcode
    body = json.dumps({"error": error})
    return Response(body, no.status, content_type="application/json; charset=UTF-8")


def _no_such(id: str) -> No:
    return No(100, "Unsupported request", f"Object with ID '{id}' does not exist")


def _went_wrong(fault: Fault, request: Request) -> Response:
    if fault.mode == "error":
        return refusal(No(fault.code, "Scripted", "by the fake"))
    if fault.mode == "page":
        return _page(fault.status)
    drop_connection(request.environ)
    return Response()


def _page(status: int) -> Response:
    return Response("<html><body>Bad Gateway</body></html>", status, content_type="text/html")
