"""How one waits: a thread stands still; where a loop serves many callers in one thread, only the
caller who waits does.

Whoever waits for a socket, for time or for long work asks here which of the two it is. Most
processes have no such loop.
"""

import time
from collections.abc import Callable
from typing import Protocol, TypeVar

Result = TypeVar("Result")


class Loop(Protocol):
    """One that serves many callers in a thread."""

    def is_caller(self) -> bool:
        """Whether whoever asks is one of those that it serves."""

    def until_ready(self, descriptor: int, *, reading: bool, writing: bool) -> bool:
        """Wait for a socket; answers whether it can be read."""

    def sleep(self, pause_s: float) -> None: ...

    def aside(self, work: Callable[[], Result]) -> Result:
        """Do work that would hold up the others, in a thread of its own."""


# None in most processes: then nobody need ask.
loops: list[Loop] = []


def serve_by(loop: Loop) -> None:
    """Let those whom this loop serves wait by it, from now on."""
    loops[:] = [loop]


def loop_here() -> Loop | None:
    """The loop that serves the caller; None for one who may keep the thread waiting."""
    for loop in loops:
        if loop.is_caller():
            return loop
    return None


def sleep(pause_s: float) -> None:
    """As `time.sleep`."""
    loop = loop_here()
    if loop is None:
        time.sleep(pause_s)
    else:
        loop.sleep(pause_s)


def aside(work: Callable[[], Result]) -> Result:
    """What that work answers or raises, for work that keeps a thread busy or waiting."""
    loop = loop_here()
    return work() if loop is None else loop.aside(work)
