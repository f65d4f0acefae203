"""The fake's webhooks: signed, in batches, twice, late, in any order, until they are taken."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import Any, Literal
from urllib.parse import urlencode

from providers.meta import NAME
from providers.meta.people import PORTFOLIO, Somebody
from providers.meta.signature import HEADER, sign
from providers.simulator.hooks import HookSource, HookTable
from providers.simulator.inbox import Text, Texts
from providers.simulator.loopback import HttpPost, NoAnswer
from providers.simulator.timers import Later

KIND = "whatsapp"
RETRIES_MAX = 200
RETRY_LONGEST_S = 600.0
POST_WITHIN_S = 10.0
BATCH_MAXIMUM = 1_000
FINAL = ("read", "failed")
_CHOICES = {
    "statuses": ("on", "off", "twice", "reorder"),
    "window": ("enforced", "ignored"),
    "pairs": ("enforced", "ignored"),
}


@dataclass(frozen=True, slots=True)
class MetaOptions:
    """How Meta behaves.

    - statuses: 'on', 'off', 'twice' (each two times), 'reorder' (the last one first)
    - status_delay_s: before the first; status_gap_s: between two
    - batch_s: how long updates are collected for one body
    - retry_every_s: after an answer other than 200; each wait is twice the one before
    - window, pairs: whether the 24 hours and the pair limit are 'enforced' or 'ignored'
    """

    statuses: Literal["on", "off", "twice", "reorder"] = "on"
    status_delay_s: float = 0.2
    status_gap_s: float = 0.2
    batch_s: float = 0.0
    retry_every_s: float = 5.0
    window: Literal["enforced", "ignored"] = "enforced"
    pairs: Literal["enforced", "ignored"] = "enforced"

    def changed(self, wanted: Mapping[str, Any]) -> MetaOptions:
        """With some of it changed. Raises ValueError: an unknown name or an impossible value."""
        known = {f.name for f in fields(self)}
        for name, value in wanted.items():
            if name not in known:
                raise ValueError(f"no such setting: {str(name)[:32]}")
            number = isinstance(value, int | float) and not isinstance(value, bool)
            fits = value in _CHOICES[name] if name in _CHOICES else number and 0 <= value <= 3_600
            if not fits:
                raise ValueError(f"{name}: not a possible value")
        return replace(self, **wanted)


@dataclass(slots=True)
class Counts:
    """What became of bodies since the start, and how many updates they had."""

    taken: int = 0
    retried: int = 0
    given_up: int = 0
    no_hook: int = 0
    updates: int = 0


@dataclass(slots=True)
class _Body:
    """What is posted until it is taken; `told` are the statuses in it."""

    number_id: str
    content: bytes
    told: list[tuple[str, str]]
    tries: int = 0


Change = tuple[str, dict[str, Any], list[tuple[str, str]]]


class Callbacks:
    """Posts to our hooks in the background; never from the thread that took a request."""

    def __init__(
        self,
        hooks: HookSource,
        sent: Texts,
        later: Later,
        post: HttpPost,
        *,
        app_secret: str,
        written: Texts | None = None,
    ) -> None:
        self._written = written or Texts()
        self.options = MetaOptions()
        self.counts = Counts()
        self._source = hooks
        self._hooks = HookTable(NAME, hooks)
        self._sent = sent
        self._later = later
        self._post = post
        self._app_secret = app_secret
        self._collected: dict[str, list[Change]] = {}
        self._lock = threading.Lock()

    # --- whom, and where ----------------------------------------------------------------------

    def url(self, number_id: str) -> str | None:
        """The hook of a number of ours: a number's id is its digits here."""
        return self._hooks.url(KIND, f"+{number_id}") or self._hooks.url(KIND, number_id)

    def tenant(self, number_id: str) -> str:
        """Whose the number is; '' where it is nobody's."""
        mine = [
            hook["tenant"]
            for hook in self._source()
            if hook["provider"] == NAME and hook["service"].lstrip("+") == number_id
        ]
        return mine[0] if mine else ""

    def subscribe(self, number_id: str, verify_token: str) -> bool:
        """Ask the address whether it is ours, as the dashboard does."""
        url = self.url(number_id)
        challenge = str(random.randrange(10**9, 10**10))  # noqa: S311
        query = {
            "hub.mode": "subscribe",
            "hub.challenge": challenge,
            "hub.verify_token": verify_token,
        }
        if url is None:
            return False
        try:
            answer = self._post.get(f"{url}?{urlencode(query)}", {}, POST_WITHIN_S)
        except NoAnswer:
            return False
        return answer.status == 200 and answer.body.decode("utf-8", "replace") == challenge

    # --- what is told -------------------------------------------------------------------------

    def resume(self) -> None:
        """After a restart: say what has not been said of what was sent."""
        for text in self._sent.find(lambda t: not t.final):
            self.schedule_statuses(text, None)

    def schedule_statuses(self, text: Text, somebody: Somebody | None) -> None:
        """Plan the statuses of a message that was taken, those that were not told yet."""
        options = self.options
        if options.statuses == "off":
            return
        plan = [status for status in text.plan if status not in text.reported]
        if options.statuses == "reorder":
            plan.reverse()
        for nth, status in enumerate(plan):
            value: dict[str, Any] = {"statuses": [self._status(text, status, somebody)]}
            if somebody is not None and status != "failed":  # which comes without
                value["contacts"] = [somebody.contact()]
            for _ in range(2 if options.statuses == "twice" else 1):
                delay_s = options.status_delay_s + nth * options.status_gap_s
                tell = partial(self.tell, text.sender, "messages", value, [(text.id, status)])
                self._later.after(delay_s, tell)

    def _status(self, text: Text, status: str, somebody: Somebody | None) -> dict[str, Any]:
        value: dict[str, Any] = {
            "id": text.id,
            "status": status,
            "timestamp": str(int(time.time())),
        }
        if somebody is not None and somebody.hides_number:
            value["recipient_user_id"] = somebody.user_id
        else:
            value["recipient_id"] = (somebody.digits if somebody else text.to).lstrip("+")
        request = json.loads(text.text)
        if request.get("biz_opaque_callback_data"):
            value["biz_opaque_callback_data"] = request["biz_opaque_callback_data"]
        if status == "failed":
            code, _, title = text.failure.partition(" ")
            details = {"details": title}
            value["errors"] = [
                {"code": int(code), "title": title, "message": title, "error_data": details}
            ]
        elif status in ("sent", "delivered"):
            by_template = request.get("type") == "template"
            value["pricing"] = {
                "billable": by_template,
                "pricing_model": "PMP",
                "type": "regular" if by_template else "free_customer_service",
                "category": "utility" if by_template else "service",
            }
        return value

    def message(self, number_id: str, somebody: Somebody, message: dict[str, Any]) -> None:
        """A person wrote, tapped or shared something."""
        value = {
            "contacts": [somebody.contact()],
            "messages": [{**somebody.as_sender(), "timestamp": str(int(time.time())), **message}],
        }
        told = [(message["id"], "delivered")]
        self._later.after(0, partial(self.tell, number_id, "messages", value, told))

    def read(self, message_id: str) -> None:
        """We have read what a person wrote: their phone shows it."""
        self._written.report(message_id, "read", final=True)

    def tell(
        self,
        number_id: str,
        field: str,
        value: dict[str, Any],
        told: list[tuple[str, str]] | None = None,
    ) -> None:
        """One change, by itself or together with what else comes within `batch_s`."""
        change = (field, value, told or [])
        if self.options.batch_s <= 0:
            self._deliver(self._body(number_id, [change]))
            return
        with self._lock:
            waiting = self._collected.setdefault(number_id, [])
            waiting.append(change)
            is_first = len(waiting) == 1
        if is_first:
            self._later.after(self.options.batch_s, partial(self._flush, number_id))

    def _flush(self, number_id: str) -> None:
        with self._lock:
            changes = self._collected.pop(number_id, [])
        for first in range(0, len(changes), BATCH_MAXIMUM):
            self._deliver(self._body(number_id, changes[first : first + BATCH_MAXIMUM]))

    def _body(self, number_id: str, changes: list[Change]) -> _Body:
        metadata = {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": number_id, "phone_number_id": number_id},
        }
        of_number = ("messages", "user_preferences")
        values = [
            {"field": field, "value": metadata | value if field in of_number else value}
            for field, value, _ in changes
        ]
        entry = {"id": f"waba-{PORTFOLIO}", "time": int(time.time()), "changes": values}
        # Escaped as Meta escapes it, so that who signs what was parsed and written again is wrong.
        content = json.dumps({"object": "whatsapp_business_account", "entry": [entry]})
        told = [one for _, _, those in changes for one in those]
        return _Body(number_id, content.replace("/", "\\/").encode(), told)

    # --- bringing it ----------------------------------------------------------------------------

    def _has(self, id: str) -> bool:
        return self._sent.has(id) or self._written.has(id)

    def _deliver(self, body: _Body) -> None:
        """Post it; unless the answer is 200, again after a while. Without a hook, or of messages
        that were forgotten, not at all."""
        if body.told and not any(self._has(id) for id, _ in body.told):
            return
        status: int | None = None
        try:
            url = self.url(body.number_id)
            if url is None:
                with self._lock:
                    self.counts.no_hook += 1
                return
            headers = {
                "Content-Type": "application/json",
                HEADER: sign(body.content, self._app_secret),
            }
            status = self._post(url, body.content, headers, POST_WITHIN_S).status
        except Exception:
            status = None  # nobody there, or nobody who knows our hooks: both may pass
        body.tries += 1
        again = status != 200 and body.tries < RETRIES_MAX
        with self._lock:
            if status == 200:
                self.counts.taken += 1
                self.counts.updates += max(1, len(body.told))
            elif again:
                self.counts.retried += 1
            else:
                self.counts.given_up += 1
        if status == 200:
            for id, word in body.told:
                texts = self._sent if self._sent.has(id) else self._written
                texts.report(id, word, final=word in FINAL)
        if again:
            wait_s = min(self.options.retry_every_s * 2 ** (body.tries - 1), RETRY_LONGEST_S)
            self._later.after(wait_s, partial(self._deliver, body))
