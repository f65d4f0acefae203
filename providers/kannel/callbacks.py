"""What the fake smsbox fetches of ours: reports on texts (`dlr-url`), texts in (`get-url`)."""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

from providers.kannel import NAME
from providers.kannel.escapes import filled, text_escapes
from providers.simulator.hooks import HookSource, HookTable
from providers.simulator.inbox import Text, Texts
from providers.simulator.loopback import Get
from providers.simulator.timers import Later

SERVER = "Kannel/1.4.5"
DELIVERED, FAILED, BUFFERED, TAKEN, REJECTED = 1, 2, 4, 8, 16
FINAL = ("1", "2", "16")
GET_WITHIN_S = 10.0


@dataclass(frozen=True, slots=True)
class Options:
    """How reports and texts come to our hooks.

    - dlr: 'on', 'off', 'twice' (each report two times), 'reorder' (the last one first)
    - dlr_delay_s: before the first report; dlr_gap_s: between two
    - request_retry, queue_delay_s: `http-request-retry` and `http-queue-delay` of the smsbox group
    - concatenation: `max-messages` and `concatenation` of the sendsms-user are set; without them a
      long text is cut, and nobody is told
    """

    dlr: Literal["on", "off", "twice", "reorder"] = "on"
    dlr_delay_s: float = 0.2
    dlr_gap_s: float = 0.002
    request_retry: int = 60
    queue_delay_s: float = 10.0
    concatenation: bool = True

    def changed(self, wanted: Mapping[str, Any]) -> Options:
        """With some of it changed. Raises ValueError: an unknown name or an impossible value."""
        known = {f.name: type(getattr(self, f.name)) for f in fields(self)}
        for name, value in wanted.items():
            if name not in known:
                raise ValueError(f"no such setting: {str(name)[:32]}")
            if name == "dlr":
                fits = value in ("on", "off", "twice", "reorder")
            elif known[name] is bool:
                fits = isinstance(value, bool)
            else:
                whole = int if known[name] is int else int | float
                fits = isinstance(value, whole) and not isinstance(value, bool)
                fits = fits and 0 <= value <= 3_600
            if not fits:
                raise ValueError(f"{name}: not a possible value")
        return replace(self, **wanted)


@dataclass(slots=True)
class Counts:
    """What became of what smsbox fetched since the start. A `spoken` answer was not empty: Kannel
    would have made a text of it."""

    taken: int = 0
    retried: int = 0
    given_up: int = 0
    no_hook: int = 0
    spoken: int = 0


class Callbacks:
    """Fetches our hooks in the background; never from the thread that took a request."""

    def __init__(
        self, hooks: HookSource, texts: Texts, later: Later, get: Get, seed: int | None = None
    ) -> None:
        self.options = Options()
        self.counts = Counts()
        self._hooks = HookTable(NAME, hooks)
        self._texts = texts
        self._later = later
        self._get = get
        self._rng = random.Random(seed if seed is not None else time.time_ns())  # noqa: S311
        self._lock = threading.Lock()

    def new_id(self) -> str:
        """Kannel's own id of a message."""
        with self._lock:
            return str(uuid.UUID(int=self._rng.getrandbits(128), version=4))

    def resume(self) -> None:
        """After a restart: report what has no final report yet."""
        for text in self._texts.find(lambda t: not t.final):
            self.schedule_reports(text)

    def schedule_reports(self, text: Text) -> None:
        """Plan the reports of an accepted text, those that were not yet taken."""
        options = self.options
        if options.dlr == "off" or not text.report_url:
            return
        plan = [type for type in text.plan if type not in text.reported]
        if options.dlr == "reorder":
            plan.reverse()
        for nth, type in enumerate(plan):
            for _ in range(2 if options.dlr == "twice" else 1):
                delay_s = options.dlr_delay_s + nth * options.dlr_gap_s
                self._later.after(delay_s, self._reporter(text, type))

    def _reporter(self, text: Text, type: str) -> Callable[[], None]:
        answer = text.failure or ("ACK/" if type == str(TAKEN) else "")
        # In a report, the handset is who sends, and who sent is whom it is to.
        escapes = text_escapes(self.new_id(), text.to, text.sender, answer) | {
            "d": type,
            "A": answer.encode(),
        }

        def url() -> str:
            return filled(text.report_url, escapes)

        def taken() -> None:
            self._texts.report(text.id, type, final=type in FINAL)

        return lambda: self._fetch(url, taken, wanted=lambda: self._texts.has(text.id))

    def text_in(self, sender: str, to: str, text: str, *, copies: int = 1) -> str:
        """A handset texts a number; `copies` asks so often, under one id. Kannel's id."""
        event_id = self.new_id()
        escapes = text_escapes(event_id, sender, to, text)

        def url() -> str | None:
            hook = self._hooks.url("sms-in", to)
            return filled(hook, escapes) if hook else None

        for _ in range(copies):
            self._later.after(0, lambda: self._fetch(url))
        return event_id

    def serves(self, service: str) -> bool:
        """Whether texts to that number come in here."""
        return self._hooks.url("sms-in", service) is not None

    def _fetch(
        self,
        url: Callable[[], str | None],
        taken: Callable[[], None] | None = None,
        *,
        wanted: Callable[[], bool] = lambda: True,
        tries: int = 0,
    ) -> None:
        """Fetch it; unless the answer is 200 or 202, again after a while, so often as is set."""
        if not wanted():
            return
        status, body = None, b""
        try:
            address = url()
            if address is None:
                with self._lock:
                    self.counts.no_hook += 1
                return
            answer = self._get.get(address, {"User-Agent": SERVER}, GET_WITHIN_S)
            status, body = answer.status, answer.body
        except Exception:
            status = None  # nobody there, or nobody who knows our hooks: both may pass
        done = status in (200, 202)
        again = not done and tries < self.options.request_retry
        with self._lock:
            if done:
                self.counts.taken += 1
                self.counts.spoken += bool(body)
            elif again:
                self.counts.retried += 1
            else:
                self.counts.given_up += 1
        if done and taken is not None:
            taken()
        if again:
            self._later.after(
                self.options.queue_delay_s,
                lambda: self._fetch(url, taken, wanted=wanted, tries=tries + 1),
            )
