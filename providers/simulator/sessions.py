"""What a fake USSD gateway remembers and shows: settings, sessions, screens, exchanges."""

from __future__ import annotations

import random
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, ClassVar, Literal, NamedTuple, Self

from providers.limits import NETWORK_MAX_CHARS
from providers.simulator.handset import SEPTETS_BY_NETWORK, SEPTETS_MAX
from providers.simulator.hooks import Dialled
from providers.simulator.loopback import Answer

State = Literal["open", "ended", "failed"]
SETTING_MAX = 600


# How a session ended, as far as the network knows: the last screen said so, the person or the
# network left it, or an answer of ours was none.
Ending = Literal["completed", "left", "failed"]


@dataclass(frozen=True, slots=True)
class NetworkOptions:
    """How the network between a handset and us behaves.

    - network: the handset's, as mobile country and network code
    - paginate: a screen that is too long is cut instead of failing the session
    - lose_before, lose_after: the share of hops lost before we saw them, or after we worked them
    - delay_s: how long a hop is under way to us; copies: how often each comes, at the same time
    """

    # The settings that are one of a few words.
    CHOICES: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    network: str = "99999"
    paginate: bool = False
    septets: Mapping[str, int] = field(default_factory=lambda: dict(SEPTETS_BY_NETWORK))
    septets_otherwise: int = SEPTETS_MAX
    answer_within_s: float = 10.0
    session_within_s: float = 180.0
    lose_before: float = 0.0
    lose_after: float = 0.0
    delay_s: float = 0.0
    copies: int = 1

    def changed(self, wanted: Mapping[str, Any]) -> Self:
        """With some of it changed. Raises ValueError: an unknown name or an impossible value."""
        known = {f.name for f in fields(self)}
        for name, value in wanted.items():
            if name not in known:
                raise ValueError(f"no such setting: {str(name)[:32]}")
            if not self._may_be(name, value):
                raise ValueError(f"{name}: not a possible value")
        return replace(self, **wanted)

    def _may_be(self, name: str, value: object) -> bool:
        """Whether a setting may take this value, judged by the one it has."""
        now = getattr(self, name)
        if name in self.CHOICES:
            fits = value in self.CHOICES[name]
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


class Verdict(NamedTuple):
    """What a gateway makes of an answer of ours. `pages` is not empty where it cut a long screen
    itself; `screen` is the first."""

    state: State
    screen: str
    error: str | None
    pages: list[str]


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
    """One session, on the gateway's side. `labels` are what the provider notes of its hops."""

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
    labels: list[str] = field(default_factory=list)
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
