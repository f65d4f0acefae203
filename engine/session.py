"""A session: where a conversation stands, as JSON between turns. No secret is ever in it."""

from dataclasses import dataclass, field
from typing import Any

import orjson

from engine.limits import BACK_STEPS_KEPT

FORMAT = 1


@dataclass(slots=True)
class Place:
    """Where a person is: a node of the menu tree, or a state of a flow that hangs there.

    `starts` are the positions of the pages that were opened, the last one being shown.
    """

    node: str = ""
    flow: str = ""
    state: str = ""
    starts: list[int] = field(default_factory=lambda: [0])

    def pack(self) -> list[Any]:
        return [self.node, self.flow, self.state, self.starts]

    @property
    def name(self) -> str:
        """How logs call it; never what was typed."""
        return f"{self.flow}.{self.state}" if self.flow else f"menu:{self.node}"


@dataclass(slots=True)
class Caller:
    """Who speaks: the subscriber of the turn, or nobody yet."""

    id: str = ""
    name: str = ""
    roles: tuple[str, ...] = ()


@dataclass(slots=True)
class Shown:
    """What the last screen takes, so that reading the answer needs no facts again.

    `options` are a menu's (key, value) pairs: the answer means what was shown, whatever the list
    has become since.
    """

    kind: str = ""
    asks: bool = True
    more: int | None = None
    takes_zero: bool = False
    options: list[list[Any]] = field(default_factory=list)


@dataclass(slots=True)
class Session:
    """One conversation. `number` is a keyed hash of the phone, `text_hash` of the text so far."""

    number: str = ""
    language: str = ""
    caller: Caller = field(default_factory=Caller)
    place: Place = field(default_factory=Place)
    back: list[Place] = field(default_factory=list)
    data: dict[str, Any] = field(default_factory=dict)
    fingerprint: str = ""
    shown: Shown = field(default_factory=Shown)
    wrong: int = 0
    turns: int = 0
    text_length: int = 0
    text_hash: str = ""
    at_s: int = 0
    ended: bool = False
    # What was done last, in words: shown at the next dial, in case this one's end never arrived.
    receipt: str = ""

    @property
    def asks_secret(self) -> bool:
        """Whether what is typed next answers a PIN or a code."""
        return self.shown.kind in ("pin", "code")

    @property
    def has_shown_its_end(self) -> bool:
        """Whether the last screen was an End: of a step that was taken, and that it told of."""
        return self.ended and self.shown.kind == "end"

    def encode(self) -> bytes:
        caller, shown = self.caller, self.shown
        return orjson.dumps(
            [
                FORMAT,
                self.number,
                self.language,
                [caller.id, caller.name, caller.roles],
                self.place.pack(),
                [place.pack() for place in self.back[-BACK_STEPS_KEPT:]],
                self.data,
                self.fingerprint,
                [shown.kind, shown.asks, shown.more, shown.takes_zero, shown.options],
                self.wrong,
                self.turns,
                self.text_length,
                self.text_hash,
                self.at_s,
                self.ended,
                self.receipt,
            ]
        )

    @classmethod
    def decode(cls, raw: bytes) -> "Session | None":
        """What `encode` wrote; None for another format, which is then a session that was lost."""
        fields = orjson.loads(raw)
        if fields[0] != FORMAT:
            return None
        _, number, language, caller, place, back, data, fingerprint, shown, *rest = fields
        return cls(
            number,
            language,
            Caller(caller[0], caller[1], tuple(caller[2])),
            Place(*place),
            [Place(*one) for one in back],
            data,
            fingerprint,
            Shown(*shown),
            *rest,
        )
