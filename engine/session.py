"""A session: where a conversation stands. A value: a step gives the next one.

No secret is ever in it. It knows no channel: what a wire needs besides is kept around it.

Its parts are structs of msgspec, which writes and reads them, and `replace`s a field, faster than
Python makes one object. As JSON each is a list of its fields.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from msgspec.structs import replace

__all__ = [
    "NOTHING",
    "NO_PAYMENT",
    "ROOT",
    "SECRETS",
    "Caller",
    "Payment",
    "Place",
    "Session",
    "Shown",
    "replace",
]

NOTHING: Final[Mapping[str, Any]] = {}
# Kinds of screen whose answer is a secret.
SECRETS: Final = frozenset({"pin", "code", "confirm_by_pin"})


# As JSON has it, so that what is read back is the same.
NO_OPTIONS: Final[Sequence[Sequence[Any]]] = []


class Place(msgspec.Struct, frozen=True, array_like=True):
    """Where a person is: a node of the menu tree, or a state of a flow that hangs there.

    `starts` are the positions of the pages that were opened, the last one being shown.
    """

    node: str = ""
    flow: str = ""
    state: str = ""
    starts: tuple[int, ...] = (0,)

    @property
    def name(self) -> str:
        """How logs call it; never what was typed."""
        return f"{self.flow}.{self.state}" if self.flow else f"menu:{self.node}"


ROOT: Final = Place()


class Caller(msgspec.Struct, frozen=True, array_like=True):
    """Who speaks: the subscriber of the turn, or nobody yet."""

    id: str = ""
    name: str = ""
    roles: tuple[str, ...] = ()


class Shown(msgspec.Struct, frozen=True, array_like=True):
    """What the last screen takes, so that reading the answer needs no facts again.

    `options` are a menu's (key, value) pairs: the answer means what was shown, whatever the list
    has become since.
    """

    kind: str = ""
    asks: bool = True
    more: int | None = None
    takes_zero: bool = False
    options: Sequence[Sequence[Any]] = NO_OPTIONS


class Payment(msgspec.Struct, frozen=True, array_like=True):
    """What a conversation has set going in the books, by its ids; "" where there is none.

    `intent` is what the last confirmation showed, as `quote` (JSON) says; `duplicate_age_s` and
    `duplicate_waits` are what the books said of the same before it. `approval` is the held sale
    that this conversation is to end. `receipt` (JSON) is what came of it.
    """

    intent: str = ""
    quote: Any = None
    duplicate_age_s: int | None = None
    duplicate_waits: bool = False
    approval: str = ""
    receipt: Any = None


NO_PAYMENT: Final = Payment()


class Session(msgspec.Struct, frozen=True, array_like=True):
    """One conversation.

    `answers` are what was answered in the flow at `place`, as JSON by name; `fingerprint` is that
    flow's when it was entered. `receipt` is what was done last, in words: the next dial shows it,
    in case this one's end never arrived; `waits` is the intent that it says is pending. `dropped`
    is the session to go on with once it is known who speaks. `resumed`: the question at `place` is
    gone on with after a drop, and not answered yet.
    """

    language: str = ""
    caller: Caller = Caller()
    place: Place = ROOT
    back: tuple[Place, ...] = ()
    answers: Mapping[str, Any] = NOTHING
    payment: Payment = NO_PAYMENT
    fingerprint: str = ""
    shown: Shown = Shown()
    wrong: int = 0
    ended: bool = False
    receipt: str = ""
    waits: str = ""
    dropped: "Session | None" = None
    resumed: bool = False

    @property
    def asks_secret(self) -> bool:
        """Whether what is typed next answers a PIN or a code."""
        return self.shown.kind in SECRETS

    @property
    def has_shown_its_end(self) -> bool:
        """Whether the last screen was an End: of a step that was taken, and that it reported."""
        return self.ended and self.shown.kind == "end"
