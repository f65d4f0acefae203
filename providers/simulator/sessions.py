"""What the fake USSD gateway remembers and shows: settings, sessions, screens, exchanges."""

from __future__ import annotations

import random
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal, NamedTuple

from providers.africastalking.handset import SEPTETS_BY_NETWORK, SEPTETS_MAX
from providers.limits import NETWORK_MAX_CHARS
from providers.simulator.hooks import Dialled
from providers.simulator.loopback import Answer

State = Literal["open", "ended", "failed"]
SETTING_MAX = 600


@dataclass(frozen=True, slots=True)
class GatewayOptions:
    """How the gateway behaves. What no source settles has a switch, and both ways are real.

    - suffix: digits dialled after the code arrive in `text`, or stay in `serviceCode`
    - shuffle: the five fields come in any order; extra: fields that nobody documented
    - escape_plus, plus: `%2B2507…`, a bare `+2507…`, or `2507…`
    - network: the networkCode, '' leaves the field out
    - end_events: 'off' (as the sandbox was seen to do), 'on', 'late' (by end_late_s), 'twice'
    - paginate: a screen that is too long is cut with 98 and 00 instead of failing the session
    - lose_before, lose_after: the share of hops lost before we saw them, or after we worked them
    """

    suffix: Literal["text", "service_code"] = "text"
    shuffle: bool = True
    escape_plus: bool = True
    plus: bool = True
    network: str = "99999"
    extra: Mapping[str, str] = field(default_factory=dict)
    end_events: Literal["off", "on", "late", "twice"] = "on"
    end_late_s: float = 2.0
    paginate: bool = False
    septets: Mapping[str, int] = field(default_factory=lambda: dict(SEPTETS_BY_NETWORK))
    septets_otherwise: int = SEPTETS_MAX
    answer_within_s: float = 10.0
    session_within_s: float = 180.0
    lose_before: float = 0.0
    lose_after: float = 0.0

    def changed(self, wanted: Mapping[str, Any]) -> GatewayOptions:
        """With some of it changed. Raises ValueError: an unknown name or an impossible value."""
        known = {f.name for f in fields(self)}
        for name, value in wanted.items():
            if name not in known:
                raise ValueError(f"no such setting: {str(name)[:32]}")
            if not _fits(name, value, getattr(self, name)):
                raise ValueError(f"{name}: not a possible value")
        return replace(self, **wanted)


_CHOICES = {
    "suffix": ("text", "service_code"),
    "end_events": ("off", "on", "late", "twice"),
}


def _fits(name: str, value: object, now: object) -> bool:
    """Whether a setting may take this value, judged by the one it has."""
    if name in _CHOICES:
        fits = value in _CHOICES[name]
    elif isinstance(now, bool) or isinstance(value, bool):
        fits = type(now) is type(value)
    elif isinstance(now, int | float):
        most = 1.0 if name.startswith("lose_") else SETTING_MAX
        whole = int if isinstance(now, int) else int | float
        fits = isinstance(value, whole) and 0 <= value <= most
    elif isinstance(now, Mapping):
        kind = int if name == "septets" else str
        fits = isinstance(value, Mapping) and all(
            isinstance(k, str) and isinstance(v, kind) for k, v in value.items()
        )
    else:
        fits = isinstance(value, str) and len(value) <= NETWORK_MAX_CHARS
    return fits


class Shown(NamedTuple):
    """What the handset shows after a hop.

    `error` is what the network would only hint at; None while all is well. `replies` are the raw
    HTTP bodies of this hop: as many as there were copies, the first one being what is shown.
    """

    session: str
    screen: str
    state: State
    error: str | None
    hop: int
    took_ms: float
    replies: tuple[bytes, ...] = ()

    @property
    def same(self) -> bool:
        """Every copy of the hop was answered, byte for byte alike."""
        return len(set(self.replies)) == 1


class Request(NamedTuple):
    """A callback to be posted; `kind` is 'ussd' or 'ussd-end'."""

    kind: str
    session: str
    hop: int
    url: str
    body: bytes
    headers: Mapping[str, str]


class Exchange(NamedTuple):
    """One callback as it went over the wire; `answer` is None where none came, `note` says why."""

    request: Request
    answer: Answer | None
    took_ms: float
    note: str


@dataclass(slots=True)
class Session:
    """One session, on the gateway's side."""

    id: str
    sender: str
    dialled: str
    to: Dialled
    network: str
    rng: random.Random
    began_s: float
    service_code: str
    parts: list[str]
    state: State = "open"
    screen: str = ""
    error: str | None = None
    hop: int = 0
    metadata: list[str] = field(default_factory=list)
    last_reply: bytes = b""
    bodies: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    page: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def text(self) -> str:
        """All that was typed so far, joined as the wire joins it."""
        return "*".join(self.parts)

    def shown(self, took_ms: float, replies: tuple[bytes, ...] = ()) -> Shown:
        return Shown(
            *(self.id, self.screen, self.state, self.error, self.hop),
            took_ms=round(took_ms, 3),
            replies=replies,
        )
