"""A faithful fake of Africa's Talking's USSD gateway: it dials our hook as a handset would.

It enforces what the gateway enforces (200, the prefix, the size, ten seconds) and sends the whole
text so far.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar, Literal
from urllib.parse import quote_plus

from providers.africastalking import NAME
from providers.africastalking.forms import FORM
from providers.africastalking.judge import judge
from providers.simulator.hooks import Dialled, HookSource
from providers.simulator.loopback import Answer, Post
from providers.simulator.network import Network
from providers.simulator.sessions import Ending, NetworkOptions, Request, Session, Verdict
from providers.simulator.timers import Later

METADATA = "at-ussd-hop-metadata"
METADATA_MAX_CHARS = 99
_CURRENCIES = {"620": "GHS", "621": "NGN", "635": "RWF", "639": "KES", "640": "TZS", "641": "UGX"}
_STATUSES: dict[Ending, str] = {"completed": "Success", "left": "Incomplete", "failed": "Failed"}


@dataclass(frozen=True, slots=True)
class GatewayOptions(NetworkOptions):
    """How the gateway behaves. What no source settles has a switch, and both ways are real.

    - suffix: digits dialled after the code arrive in `text`, or stay in `serviceCode`
    - shuffle: the five fields come in any order; extra: fields that nobody documented
    - escape_plus, plus: `%2B2507…`, a bare `+2507…`, or `2507…`
    - network: the networkCode, '' leaves the field out
    - end_events: 'off' (as the sandbox was seen to do), 'on', 'late' (by end_late_s), 'twice'
    """

    CHOICES: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "suffix": ("text", "service_code"),
        "end_events": ("off", "on", "late", "twice"),
    }

    suffix: Literal["text", "service_code"] = "text"
    shuffle: bool = True
    escape_plus: bool = True
    plus: bool = True
    extra: Mapping[str, str] = field(default_factory=dict)
    end_events: Literal["off", "on", "late", "twice"] = "on"
    end_late_s: float = 2.0


class Gateway(Network):
    """The gateway for all services in `hooks` that are this provider's."""

    options: GatewayOptions

    def __init__(
        self,
        hooks: HookSource,
        *,
        options: GatewayOptions | None = None,
        seed: int | None = None,
        post: Post | None = None,
        later: Later | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(NAME, hooks, seed=seed, post=post, later=later, clock=clock)
        self.options = options or GatewayOptions()

    def _session_id(self, rng: random.Random) -> str:
        return f"ATUid_{rng.getrandbits(128):032x}"

    def _dialled(self, dialled: str, to: Dialled) -> tuple[str, list[str]]:
        if self.options.suffix == "text":
            return to.service, [to.digits] if to.digits else []
        return dialled, []

    def _message(self, session: Session) -> tuple[bytes, dict[str, str]]:
        options = self.options
        plus = "" if not options.plus else "%2B" if options.escape_plus else "+"
        pairs = [
            f"sessionId={session.id}",
            f"phoneNumber={plus}{session.sender}",
            f"serviceCode={quote_plus(session.service_code)}",
            f"text={quote_plus(session.text, errors='replace')}",
            *(f"{quote_plus(name)}={quote_plus(v)}" for name, v in options.extra.items()),
        ]
        if session.network:
            pairs.append(f"networkCode={quote_plus(session.network)}")
        if options.shuffle:
            session.rng.shuffle(pairs)
        headers = {"Content-Type": FORM, "User-Agent": "ussd-gateway"}
        if session.labels:
            headers[METADATA] = session.labels[-1]
        return "&".join(pairs).encode("ascii"), headers

    def _judge(self, session: Session, answer: Answer, took_ms: float) -> Verdict:
        return judge(answer, took_ms, session.network, self.options)

    def _note(self, session: Session, answer: Answer) -> None:
        label = answer.headers.get(METADATA, "")
        if label and len(label) <= METADATA_MAX_CHARS and "|" not in label:
            session.labels.append(label)

    def _ended(self, session: Session, ending: Ending) -> None:
        options = self.options
        url = self._hooks.url("ussd-end", session.to.service)
        if options.end_events == "off" or url is None:
            return
        body = self._end_form(session, _STATUSES[ending])
        headers = {"Content-Type": FORM, "User-Agent": "ussd-gateway"}
        request = Request("ussd-end", session.id, session.hop, url, body, headers)

        def announce() -> None:
            for _ in range(2 if options.end_events == "twice" else 1):
                self._send(request)

        if options.end_events == "late" and self._later is not None:
            self._later.after(options.end_late_s, announce)
        else:
            announce()

    def _end_form(self, session: Session, status: str) -> bytes:
        currency = _CURRENCIES.get(session.network[:3], "KES")
        event: dict[str, Any] = {
            "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S"),
            "sessionId": session.id,
            "serviceCode": session.service_code,
            "networkCode": session.network,
            "phoneNumber": f"+{session.sender}",
            "status": status,
            "cost": f"{currency} 0.00",
            "durationInMillis": int((self._clock() - session.began_s) * 1_000),
            "hopsCount": session.hop,
            "input": session.text,
            "lastAppResponse": session.last_reply.decode("utf-8", "replace"),
        }
        if session.labels:
            event["hopsMetadata"] = "|".join(session.labels)
        if status == "Failed" and session.error:
            event["errorMessage"] = session.error
        pairs = [f"{name}={quote_plus(str(v), errors='replace')}" for name, v in event.items()]
        if self.options.shuffle:
            session.rng.shuffle(pairs)
        return "&".join(pairs).encode("ascii")
