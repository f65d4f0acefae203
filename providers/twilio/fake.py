"""Twilio's messages as a small WSGI application: it takes them, and tells what became of them.

Every trap that the wire page of this folder names can be switched on here; see `Fault` and `Rule`.
"""

from __future__ import annotations

import hmac
import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from werkzeug.wrappers import Request, Response

from providers.limits import FAKE_DELAY_MAX_S
from providers.simulator.faults import Script
from providers.simulator.handset import size
from providers.simulator.inbox import Text, Texts
from providers.simulator.loopback import drop_connection
from providers.twilio.callbacks import Callbacks, new_sid
from providers.twilio.fake_files import MEDIA, STORE, Files
from providers.twilio.judge import CHANNEL, No, judge

PREFIX = "/twilio"
FAULTS = (
    "delay",  # answers after delay_s, in the right way
    "drop_before",  # cuts the connection; nothing was taken
    "drop_after",  # takes the message, then cuts the connection
    "error",  # answers with the error `code` and `status`
    "problem",  # the same in the words of RFC 9457, as newer parts of the API have it
    "empty",  # 204 with no body; `takes` says whether the message was taken
    "page",  # a proxy's page with `status`; `takes` as above
)
WINDOW_S = 24 * 3_600.0
OUTSIDE_WINDOW, MISMATCH = "63016", "63028"
_BALANCE = re.compile(r"/2010-04-01/Accounts/([A-Za-z0-9_-]{1,64})/Balance\.json")
_PATH = re.compile(
    r"/2010-04-01/Accounts/([A-Za-z0-9_-]{1,64})/Messages(?:/([SM]M[0-9a-f]{32}))?\.json"
)


@dataclass(slots=True)
class Fault:
    """A fault for the next `times` requests (None: until it is cleared)."""

    mode: str
    times: int | None = 1
    delay_s: float = 0.0
    code: int = 20429
    status: int = 400
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
        if fault.mode not in FAULTS or not whole or not number:
            raise ValueError("faults: not a possible value")
        return fault


@dataclass(slots=True)
class Rule:
    """What becomes of messages to one address: statuses in their order, and an error's code."""

    plan: list[str] = field(default_factory=lambda: ["queued", "sent", "delivered"])
    failure: str = ""

    @classmethod
    def read(cls, wanted: object) -> Rule:
        """From a control request. Raises ValueError."""
        known = {"plan": list, "failure": str}
        if not isinstance(wanted, dict) or not all(
            name in known and isinstance(value, known[name]) for name, value in wanted.items()
        ):
            raise ValueError("numbers: plan and failure")
        return cls(**wanted)


@dataclass(slots=True)
class Content:
    """A content template: what it shows (`text`, `buttons` or `list`), and how many options."""

    kind: str = "text"
    options: int = 0
    places: int | None = None

    def taps(self, variables: Mapping[str, str]) -> list[tuple[str, str]]:
        """What can be tapped, as id and title."""
        first, step = (2, 2) if self.kind == "buttons" else (3, 3)
        places = [first + step * nth for nth in range(self.options)]
        return [(variables.get(str(at + 1), ""), variables.get(str(at), "")) for at in places]


class MessagesFake:
    """The application. `accounts` maps account SIDs to auth tokens; None takes any but ''."""

    def __init__(
        self,
        texts: Texts,
        chats: Texts,
        callbacks: Callbacks,
        *,
        accounts: Mapping[str, str] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.texts = texts
        self.chats = chats
        self.callbacks = callbacks
        self.accounts = accounts
        self.rules: dict[str, Rule] = {}
        self.contents: dict[str, Content] = {}
        self.opted_out: set[tuple[str, str]] = set()
        self.files = Files()
        self.written_at: dict[tuple[str, str], float] = {}
        self.requests = 0
        self._clock = clock
        self._faults = Script[Fault]()
        self._lock = threading.Lock()

    def script(self, faults: list[Fault]) -> None:
        self._faults.add(faults)

    def clear(self) -> None:
        self._faults.clear()
        self.rules.clear()
        self.contents.clear()
        self.opted_out.clear()

    def wrote(self, number: str, address: str) -> None:
        """Somebody wrote to this number on WhatsApp: the window opens."""
        self.written_at[number, address] = self._clock()

    # --- HTTP -----------------------------------------------------------------------------------

    def respond(self, request: Request) -> Response:
        """Answer a request below `/twilio`."""
        path = request.path.removeprefix(PREFIX)
        if request.method == "GET" and path.startswith(STORE):
            return self.files.stored(request, path.removeprefix(STORE))
        media, found = MEDIA.fullmatch(path), _PATH.fullmatch(path)
        balance = _BALANCE.fullmatch(path)
        asked = found or media or balance
        if asked is None:
            return refusal(No(20404, f"The requested resource {path[:40]} was not found", 404))
        if not self._may(request, asked[1]):
            return refusal(No(20003, "Authenticate", 401))
        if media is not None:
            return self.files.send_on(request, PREFIX, media[2])
        if balance is not None:
            told = {"account_sid": balance[1], "balance": "12.3456", "currency": "USD"}
            return Response(json.dumps(told), 200, content_type="application/json")
        return self._of_messages(request, asked[1], asked[2])

    def _of_messages(self, request: Request, account: str, sid: str | None) -> Response:
        if request.method == "GET":
            return self._list(request, account) if sid is None else self._fetch(sid)
        if request.method != "POST" or sid is not None:
            return refusal(No(20004, "Method not allowed", 405))
        return self._with_faults(request, account)

    def _may(self, request: Request, account: str) -> bool:
        given = request.authorization
        if given is None or not given.username or not given.password:
            return False
        if self.accounts is None:
            return True
        expected = self.accounts.get(account or given.username, "")
        return bool(expected) and hmac.compare_digest(expected.encode(), given.password.encode())

    def _with_faults(self, request: Request, account: str) -> Response:
        fault = self._faults.next()
        with self._lock:
            self.requests += 1
        if fault is None:
            return self._worked(request, account)
        time.sleep(fault.delay_s)
        takes = fault.mode in ("delay", "drop_after") or fault.takes
        response = self._worked(request, account) if takes else Response()
        return response if fault.mode == "delay" else _went_wrong(fault, request)

    def _worked(self, request: Request, account: str) -> Response:
        form = {name: request.form[name] for name in request.form}
        files = request.form.getlist("MediaUrl")
        no = judge(form, len(files)) or self._knows(form)
        if no is not None:
            return refusal(no)
        text = self._accept(form, files, account)
        return answer(201, self._record(text))

    def _knows(self, form: Mapping[str, str]) -> No | None:
        """What is wrong with a request that is right in itself."""
        sender, to = form.get("From", ""), form["To"]
        kind = "whatsapp-in" if sender.startswith(CHANNEL) else "sms-in"
        number = sender.removeprefix(CHANNEL)
        if sender.startswith(CHANNEL) and self.callbacks.url(kind, number) is None:
            return No(63007, "Twilio could not find a Channel with the specified From address")
        if sender.startswith("+") and self.callbacks.url(kind, number) is None:
            return No(21606, "The 'From' phone number is not a valid, SMS-capable number of yours")
        if (sender, to) in self.opted_out:
            return No(21610, "Attempt to send to unsubscribed recipient")
        content = form.get("ContentSid", "")
        if content and self.contents and content not in self.contents:
            return No(21655, "The ContentSid is Invalid.")
        return None

    def _accept(self, form: Mapping[str, str], files: list[str], account: str) -> Text:
        """Keep it: 201 says no more than that, and 63016 comes later."""
        to, sender = form["To"], form.get("From", "")
        on_whatsapp = to.startswith(CHANNEL)
        rule = self.rules.get(to.removeprefix(CHANNEL)) or Rule(
            ["queued", "sent", "delivered", *(["read"] if on_whatsapp else [])]
        )
        failure = rule.failure or self._late_no(form, on_whatsapp)
        plan = ["queued", "failed"] if failure and not rule.failure else list(rule.plan)
        if form.get("MessagingServiceSid"):
            plan.insert(0, "accepted")
        body = form.get("Body", "")
        wanted = dict(form) | ({"MediaUrl": files} if files else {})
        text = Text(
            id=new_sid("MM" if files else "SM"),
            at=datetime.now(UTC).isoformat(timespec="milliseconds"),
            username=account,
            sender=sender or self._of_pool(on_whatsapp),
            to=to,
            text=json.dumps(wanted) if on_whatsapp else body,
            code=201,
            plan=plan,
            failure=failure,
            arrives=not failure,
            report_url=form.get("StatusCallback", ""),
        )
        (self.chats if on_whatsapp else self.texts).add(text)
        if files and not failure:
            self.callbacks.fetch_first(text, files, self.files)
        else:
            self.callbacks.schedule_statuses(text)
        return text

    def _of_pool(self, on_whatsapp: bool) -> str:
        return f"{CHANNEL if on_whatsapp else ''}+15005550006"

    def _late_no(self, form: Mapping[str, str], on_whatsapp: bool) -> str:
        """What turns out after the answer."""
        content, to = form.get("ContentSid", ""), form["To"].removeprefix(CHANNEL)
        known = self.contents.get(content)
        if known is not None and known.places is not None:
            given = json.loads(form.get("ContentVariables") or "{}")
            if len(given) != known.places:
                return MISMATCH
        is_template = bool(content) and (known is None or known.kind == "text")
        if not on_whatsapp or is_template or self.callbacks.options.window == "ignored":
            return ""
        written_s = self.written_at.get((form.get("From", "").removeprefix(CHANNEL), to))
        is_open = written_s is not None and self._clock() - written_s < WINDOW_S
        return "" if is_open else OUTSIDE_WINDOW

    # --- looking on -------------------------------------------------------------------------------

    def _all(self) -> list[Text]:
        found = [text for store in (self.texts, self.chats) for text in store.find(lambda _: True)]
        return sorted(found, key=lambda text: text.at, reverse=True)

    def _fetch(self, sid: str) -> Response:
        found = next((text for text in self._all() if text.id == sid), None)
        if found is None:
            return refusal(No(20404, "The requested resource was not found", 404))
        return answer(200, self._record(found))

    def _list(self, request: Request, account: str) -> Response:
        to = request.args.get("To", "")
        found = [t for t in self._all() if t.username == account and to in ("", t.to)]
        return answer(
            200,
            {
                "messages": [self._record(text) for text in found[:50]],
                "page": 0,
                "page_size": 50,
                "next_page_uri": None,
                "uri": f"/2010-04-01/Accounts/{account}/Messages.json",
            },
        )

    def _record(self, text: Text) -> dict[str, Any]:
        """A message as the API shows it."""
        at = format_datetime(datetime.fromisoformat(text.at))
        form = json.loads(text.text) if text.to.startswith(CHANNEL) else {"Body": text.text}
        path = f"/2010-04-01/Accounts/{text.username}/Messages/{text.id}"
        final = text.final in ("failed", "undelivered")
        service = "accepted" in text.plan
        return {
            "account_sid": text.username,
            "api_version": "2010-04-01",
            "body": form.get("Body", ""),
            "date_created": at,
            "date_sent": at if text.reported else None,
            "date_updated": at,
            "direction": "outbound-api",
            "error_code": int(text.failure) if final and text.failure else None,
            "error_message": None,
            "from": text.sender,
            "messaging_service_sid": "MG" + "0" * 32 if service else None,
            "num_media": str(len(form.get("MediaUrl", []))),
            "num_segments": str(_segments(form.get("Body", ""))),
            "price": None,
            "price_unit": None,
            "sid": text.id,
            "status": text.final or (text.reported or text.plan)[-1 if text.reported else 0],
            "subresource_uris": {"media": f"{path}/Media.json"},
            "to": text.to,
            "uri": f"{path}.json",
        }


def _segments(body: str) -> int:
    units, gsm = size(body)
    one, more = (160, 153) if gsm else (70, 67)
    return 1 if units <= one else -(-units // more)


def answer(status: int, body: dict[str, Any]) -> Response:
    return Response(json.dumps(body), status, content_type="application/json;charset=utf-8")


def refusal(no: No) -> Response:
    """An error as the API words it."""
    body = {
        "code": no.code,
        "message": no.message,
        "more_info": f"https://www.twilio.com/docs/errors/{no.code}",
        "status": no.status,
    }
    return answer(no.status, body)


def _went_wrong(fault: Fault, request: Request) -> Response:
    if fault.mode == "error":
        return refusal(No(fault.code, "Scripted by the fake", fault.status))
    if fault.mode == "problem":
        body = {"type": "about:blank", "title": "Scripted", "status": fault.status}
        return answer(fault.status, body | {"code": fault.code})
    if fault.mode == "empty":
        return Response("", 204)
    if fault.mode == "page":
        page = "<html><body>Bad Gateway</body></html>"
        return Response(page, fault.status, content_type="text/html")
    drop_connection(request.environ)
    return Response()
