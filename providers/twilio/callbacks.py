"""The fake's webhooks: signed over the public address, tried again as the address itself says."""

from __future__ import annotations

import base64
import hmac
import secrets
import threading
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import Any, Literal
from urllib.parse import parse_qs, urldefrag, urlencode, urlsplit

from providers.simulator.hooks import HookSource, HookTable
from providers.simulator.inbox import Text, Texts
from providers.simulator.loopback import HttpPost, NoAnswer
from providers.simulator.timers import Later
from providers.twilio import NAME
from providers.twilio.fake_files import Files

POST_WITHIN_S = 15.0
RETRIES_USUAL, RETRIES_MAXIMUM = 1, 5
NOTHING_TO_SAY = ("", "<Response/>", "<Response></Response>")
_CHOICES = {
    "statuses": ("on", "off", "twice", "reorder"),
    "window": ("enforced", "ignored"),
}


@dataclass(frozen=True, slots=True)
class TwilioOptions:
    """How Twilio behaves.

    - statuses: 'on', 'off', 'twice' (each two times), 'reorder' (the last one first)
    - status_delay_s: before the first; status_gap_s: between two
    - retry_every_s: before a callback is tried again; each wait is twice the one before
    - window: whether WhatsApp's 24 hours are 'enforced' or 'ignored'
    - signed_as: by what address we are known outside, where a proxy stands before us
    """

    statuses: Literal["on", "off", "twice", "reorder"] = "on"
    status_delay_s: float = 0.2
    status_gap_s: float = 0.2
    retry_every_s: float = 1.0
    window: Literal["enforced", "ignored"] = "enforced"
    signed_as: str = ""

    def changed(self, wanted: Mapping[str, Any]) -> TwilioOptions:
        """With some of it changed. Raises ValueError: an unknown name or an impossible value."""
        known = {f.name for f in fields(self)}
        for name, value in wanted.items():
            if name not in known:
                raise ValueError(f"no such setting: {str(name)[:32]}")
            number = isinstance(value, int | float) and not isinstance(value, bool)
            fits = number and 0 <= value <= 3_600
            if name in _CHOICES:
                fits = value in _CHOICES[name]
            elif name == "signed_as":
                fits = isinstance(value, str)
            if not fits:
                raise ValueError(f"{name}: not a possible value")
        return replace(self, **wanted)


@dataclass(slots=True)
class Counts:
    """What became of callbacks since the start. A `spoken` answer was more than an empty one:
    Twilio would have made a message of it."""

    taken: int = 0
    retried: int = 0
    given_up: int = 0
    no_hook: int = 0
    spoken: int = 0


def new_sid(kind: str) -> str:
    """An id as Twilio gives them: two letters and 32 hex digits."""
    return kind + secrets.token_hex(16)


def sign(url: str, pairs: Sequence[tuple[str, str]], auth_token: str) -> str:
    """The signature, put together from its description and not by Twilio's package, which reads
    it: the one can contradict the other."""
    values: dict[str, set[str]] = {}
    for name, value in pairs:
        values.setdefault(name, set()).add(value)
    signed = url + "".join(
        name + value for name in sorted(values) for value in sorted(values[name])
    )
    digest = hmac.digest(auth_token.encode(), signed.encode(), "sha1")
    return base64.b64encode(digest).decode()


@dataclass(slots=True)
class _Post:
    """What is posted until it is taken; `token` is the same each time."""

    url: str
    pairs: list[tuple[str, str]]
    about: tuple[str, str] | None  # the message, and the status that is told of it
    token: str
    last: str = ""  # after which nothing follows
    tries: int = 0


class Callbacks:
    """Posts to our hooks in the background; never from the thread that took a request."""

    def __init__(
        self, hooks: HookSource, later: Later, post: HttpPost, *stores: Texts, auth_token: str
    ) -> None:
        self.options = TwilioOptions()
        self.counts = Counts()
        self._source = hooks
        self._hooks = HookTable(NAME, hooks)
        self._later = later
        self._post = post
        self._stores = stores
        self._auth_token = auth_token
        self._lock = threading.Lock()

    def url(self, kind: str, number: str) -> str | None:
        """The hook for what comes in at a number of ours."""
        return self._hooks.url(kind, number)

    def tenant(self, number: str) -> str:
        """Whose the number is; '' where it is nobody's."""
        mine = (h for h in self._source() if h["provider"] == NAME and h["service"] == number)
        return next((hook["tenant"] for hook in mine), "")

    # --- what is told -------------------------------------------------------------------------

    def resume(self) -> None:
        """After a restart: say what has not been said of what was sent."""
        for store in self._stores:
            for text in store.find(lambda t: not t.final):
                self.schedule_statuses(text)

    def schedule_statuses(self, text: Text) -> None:
        """Plan the statuses of a message that was taken, those that were not told yet."""
        options = self.options
        if options.statuses == "off" or not text.report_url:
            return
        plan = [status for status in text.plan if status not in text.reported]
        if options.statuses == "reorder":
            plan.reverse()
        for nth, status in enumerate(plan):
            for _ in range(2 if options.statuses == "twice" else 1):
                delay_s = options.status_delay_s + nth * options.status_gap_s
                post = _Post(
                    text.report_url,
                    _status(text, status),
                    (text.id, status),
                    token=str(uuid.uuid4()),
                    last=text.plan[-1],
                )
                self._later.after(delay_s, partial(self._deliver, post))

    def fetch_first(self, text: Text, urls: Sequence[str], files: Files) -> None:
        """Fetch a message's files, and then tell what became of it: one that cannot be had costs
        the message, words and all."""

        def fetch() -> None:
            for url in urls:
                failure = files.fetch(url, self._inside(url))
                if failure and not text.failure:
                    text.failure, text.plan, text.arrives = failure, ["queued", "failed"], False
            self.schedule_statuses(text)

        self._later.after(0, fetch)

    def message(self, kind: str, number: str, fields: Mapping[str, str], *, copies: int) -> None:
        """A person wrote, tapped or shared something; each copy has a token of its own."""
        url = self.url(kind, number)
        if url is None:
            with self._lock:
                self.counts.no_hook += 1
            return
        for _ in range(copies):
            post = _Post(url, list(fields.items()), None, str(uuid.uuid4()))
            self._later.after(0, partial(self._deliver, post))

    # --- bringing it ----------------------------------------------------------------------------

    def _store(self, post: _Post) -> Texts | None:
        about = post.about
        return next((s for s in self._stores if about is not None and s.has(about[0])), None)

    def _deliver(self, post: _Post) -> None:
        """Post it, and again where the address says so; of messages that were forgotten, not."""
        store = self._store(post)
        if post.about is not None and store is None:
            return
        address, fragment = urldefrag(post.url)
        wrong, answer = "", b""
        try:
            headers = self._headers(post)
            found = self._post(self._inside(address), _encoded(post.pairs), headers, POST_WITHIN_S)
            answer = found.body
            wrong = "" if 200 <= found.status < 300 else f"{found.status // 100}xx"
        except NoAnswer as error:
            wrong = "rt" if "in time" in str(error) else "ct"
        post.tries += 1
        again = bool(wrong) and _tries_again(fragment, wrong, post.tries)
        with self._lock:
            if not wrong:
                self.counts.taken += 1
                self.counts.spoken += answer.decode("utf-8", "replace") not in NOTHING_TO_SAY
            elif again:
                self.counts.retried += 1
            else:
                self.counts.given_up += 1
        if not wrong and store is not None and post.about is not None:
            id, word = post.about
            store.report(id, word, final=word == post.last)
        if again:
            wait_s = self.options.retry_every_s * 2 ** (post.tries - 1)
            self._later.after(wait_s, partial(self._deliver, post))

    def _inside(self, address: str) -> str:
        """Where an address leads that is known outside: to who has the hooks, on this machine."""
        public = self.options.signed_as.rstrip("/")
        if not public or not address.startswith(f"{public}/"):
            return address
        mine = (hook["url"] for hook in self._source() if hook["provider"] == NAME)
        parts = urlsplit(next(mine, ""))
        return f"{parts.scheme}://{parts.netloc}{address.removeprefix(public)}"

    def _headers(self, post: _Post) -> dict[str, str]:
        url, _ = urldefrag(post.url)
        if self.options.signed_as:
            parts = urlsplit(url)
            query = f"?{parts.query}" if parts.query else ""
            url = self.options.signed_as.rstrip("/") + parts.path + query
        return {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "User-Agent": "TwilioProxy/1.1",
            "X-Twilio-Signature": sign(url, post.pairs, self._auth_token),
            "I-Twilio-Idempotency-Token": post.token,
        }


def _encoded(pairs: list[tuple[str, str]]) -> bytes:
    return urlencode(pairs).encode()


def _tries_again(fragment: str, wrong: str, tries: int) -> bool:
    """As the address says behind its `#`: how often (`rc`), and after what (`rp`). Otherwise once,
    and only where no connection came about."""
    said = parse_qs(fragment)
    count = said.get("rc", [""])[0]
    retries = int(count) if count.isdigit() else RETRIES_USUAL
    after = said.get("rp", ["ct"])[0].split(",")
    return tries <= min(retries, RETRIES_MAXIMUM) and ("all" in after or wrong in after)


def _status(text: Text, status: str) -> list[tuple[str, str]]:
    """What a status callback says."""
    told = {
        "SmsSid": text.id,
        "SmsStatus": status,
        "MessageStatus": status,
        "To": text.to,
        "MessageSid": text.id,
        "AccountSid": text.username,
        "From": text.sender,
        "ApiVersion": "2010-04-01",
    }
    if text.to.startswith("whatsapp:"):
        bare = text.to.removeprefix("whatsapp:")
        told |= {
            "ChannelPrefix": "whatsapp",
            "ChannelToAddress": bare[:-4] + "XXXX",
            "ChannelInstallSid": "XE" + "0" * 32,
            "StructuredMessage": "false",
        }
        if status in ("delivered", "read", "failed", "undelivered"):
            told["EventType"] = status.upper()
    elif status == "delivered":
        told["RawDlrDoneDate"] = "2611301200"
    if status in ("failed", "undelivered") and text.failure:
        told["ErrorCode"] = text.failure
    return list(told.items())
