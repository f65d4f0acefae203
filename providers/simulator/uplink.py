"""What a bad network does to what a handset writes, on its way to us."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

OVERTAKEN_BY_S = 2.0


class Send(Protocol):
    """Brings a message to us so many times; its id."""

    def __call__(self, *, copies: int) -> str: ...


class After(Protocol):
    """Does something later, as `Later` does."""

    def after(self, delay_s: float, action: Callable[[], None]) -> None: ...


@dataclass(frozen=True, slots=True)
class UplinkOptions:
    """How bad it is.

    - delay_s: how long each message is under way
    - copies: how often each message comes
    - lose_every: each so-and-so-many-th never comes; 0: all do
    - overtaken: every other message is held back, so that the next one comes first
    """

    delay_s: float = 0.0
    copies: int = 1
    lose_every: int = 0
    overtaken: bool = False


class Uplink:
    """Carries messages as its options say; with the usual ones at once, and in order."""

    def __init__(self, later: After) -> None:
        self.options = UplinkOptions()
        self._later = later
        self._carried = 0
        self._lock = threading.Lock()

    def reset(self, options: UplinkOptions) -> None:
        """From now on like this; what is counted begins at the first message."""
        with self._lock:
            self.options = options
            self._carried = 0

    def carry(self, send: Send) -> str:
        """The id of what was sent at once; "" where it comes later, or never."""
        with self._lock:
            options = self.options
            self._carried += 1
            nth = self._carried
        if options.lose_every and nth % options.lose_every == 0:
            return ""
        delay_s = options.delay_s + (OVERTAKEN_BY_S if options.overtaken and nth % 2 else 0.0)
        if delay_s == 0:
            return send(copies=options.copies)

        def comes() -> None:
            send(copies=options.copies)

        self._later.after(delay_s, comes)
        return ""
