"""The fake's SMS callbacks to us: delivery reports, texts from handsets, opt-outs."""

from __future__ import annotations

import random
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, Literal
from urllib.parse import urlencode

from providers.africastalking import NAME
from providers.africastalking.forms import FORM
from providers.simulator.hooks import HookSource, HookTable
from providers.simulator.inbox import Text, Texts
from providers.simulator.loopback import Post
from providers.simulator.timers import Later

RETRIES_MAX = 720  # every minute for twelve hours, as documented for texts from handsets
POST_WITHIN_S = 10.0
FINAL = ("Success", "Failed", "Rejected", "AbsentSubscriber", "Expired")


@dataclass(frozen=True, slots=True)
class CallbackOptions:
    """How reports and texts are delivered to our hooks.

    - dlr: 'on', 'off', 'twice' (each report two times), 'reorder' (the last status first)
    - dlr_delay_s: before the first report; dlr_gap_s: between two
    - retry_every_s: after an answer other than 200, and after none
    """

    dlr: Literal["on", "off", "twice", "reorder"] = "on"
    dlr_delay_s: float = 0.2
    dlr_gap_s: float = 0.2
    retry_every_s: float = 60.0
    network: str = "99999"

    def changed(self, wanted: Mapping[str, Any]) -> CallbackOptions:
        """With some of it changed. Raises ValueError: an unknown name or an impossible value."""
        known = {f.name for f in fields(self)}
        for name, value in wanted.items():
            if name not in known:
                raise ValueError(f"no such setting: {str(name)[:32]}")
            if name == "dlr":
                fits = value in ("on", "off", "twice", "reorder")
            elif name == "network":
                fits = isinstance(value, str) and len(value) <= 16
            else:
                number = isinstance(value, int | float) and not isinstance(value, bool)
                fits = number and 0 <= value <= 3_600
            if not fits:
                raise ValueError(f"{name}: not a possible value")
        return replace(self, **wanted)


@dataclass(slots=True)
class Callback:
    """A form to be posted until it is taken. `url()` is asked again each time: hooks move."""

    url: Callable[[], str | None]
    form: dict[str, str]
    text: Text | None = None
    tries: int = 0


@dataclass(slots=True)
class Counts:
    """What became of callbacks since the start."""

    taken: int = 0
    retried: int = 0
    given_up: int = 0
    no_hook: int = 0


class Callbacks:
    """Posts to our hooks in the background; never from the thread that took a request."""

    def __init__(self, hooks: HookSource, texts: Texts, later: Later, post: Post) -> None:
        self.options = CallbackOptions()
        self.counts = Counts()
        self._hooks = HookTable(NAME, hooks)
        self._texts = texts
        self._later = later
        self._post = post
        self._lock = threading.Lock()

    def resume(self) -> None:
        """After a restart: report what has no final report yet."""
        for text in self._texts.find(lambda t: not t.final):
            self.schedule_reports(text)

    def schedule_reports(self, text: Text) -> None:
        """Plan the delivery reports of an accepted text, those that were not yet taken."""
        options = self.options
        if options.dlr == "off":
            return
        plan = [status for status in text.plan if status not in text.reported]
        if options.dlr == "reorder":
            plan.reverse()
        for nth, status in enumerate(plan):
            for _ in range(2 if options.dlr == "twice" else 1):
                delay_s = options.dlr_delay_s + nth * options.dlr_gap_s
                self._later.after(delay_s, self._reporter(text, status))

    def _reporter(self, text: Text, status: str) -> Callable[[], None]:
        form = {
            "id": text.id,
            "status": status,
            "phoneNumber": text.to,
            "networkCode": self.options.network,
            "retryCount": "0",
        }
        if status not in ("Success", "Submitted", "Sent", "Buffered"):
            form["failureReason"] = text.failure or "DeliveryFailure"

        def url() -> str | None:
            return self._hooks.account_url(
                "sms-report", username=text.username, service=text.sender
            )

        return lambda: self._deliver(Callback(url, form, text))

    def text_in(self, sender: str, to: str, text: str, *, copies: int = 1) -> str:
        """A handset texts us; `copies` posts it so often, under one id. The provider's id."""
        event_id = str(uuid.uuid4())
        form = {
            "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S"),
            "from": sender,
            "to": to,
            "text": text,
            "id": event_id,
            "linkId": "",
            "networkCode": self.options.network,
            "cost": "RWF 0.00",
        }
        for _ in range(copies):
            callback = Callback(lambda: self._hooks.url("sms-in", to), form)
            self._later.after(0, partial(self._deliver, callback))
        return event_id

    def opt_out(self, sender_id: str, number: str) -> None:
        """A person wants no more texts from a sender id."""
        form = {"senderId": sender_id, "phoneNumber": number}
        callback = Callback(lambda: self._hooks.url("sms-optout", sender_id), form)
        self._later.after(0, partial(self._deliver, callback))

    def _deliver(self, callback: Callback) -> None:
        """Post it; unless the answer is 200, again after a while. Without a hook, or of a text that
        was forgotten, not at all."""
        if callback.text is not None and not self._texts.has(callback.text.id):
            return
        status: int | None = None
        try:
            url = callback.url()
            if url is None:
                with self._lock:
                    self.counts.no_hook += 1
                return
            pairs = list(callback.form.items())
            random.shuffle(pairs)
            body = urlencode(pairs, errors="replace").encode("ascii")
            status = self._post(url, body, {"Content-Type": FORM}, POST_WITHIN_S).status
        except Exception:
            status = None  # nobody there, or nobody who knows our hooks: both may pass
        callback.tries += 1
        again = status != 200 and callback.tries < RETRIES_MAX
        with self._lock:
            if status == 200:
                self.counts.taken += 1
            elif again:
                self.counts.retried += 1
            else:
                self.counts.given_up += 1
        if status == 200 and callback.text is not None:
            status_told = callback.form["status"]
            self._texts.report(callback.text.id, status_told, final=status_told in FINAL)
        if again:
            self._later.after(self.options.retry_every_s, partial(self._deliver, callback))
