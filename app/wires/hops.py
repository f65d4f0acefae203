"""Hops of a connection, worked on threads beside the one that reads it."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Generic, Protocol, TypeVar

from providers.lines.connection import LineDown

log = logging.getLogger(__name__)

HOPS_AT_ONCE: Final = 8
# With those that are worked; a turn takes two seconds at most. What comes on top is told so.
HOPS_WAITING_MAXIMUM: Final = 64

Asked_contra = TypeVar("Asked_contra", contravariant=True)
Answer_co = TypeVar("Answer_co", covariant=True)
A = TypeVar("A")
B = TypeVar("B")


class Answering(Protocol[Asked_contra, Answer_co]):
    """What answers a hop; None where nothing is to be said. Raises nothing."""

    def answer(self, message: Asked_contra, /) -> Answer_co | None: ...

    def too_many(self, message: Asked_contra, /) -> Answer_co | None:
        """To a hop that is not worked; it waits for nothing."""


class Hops(Generic[A, B]):
    """Works hops on threads of its own, so many at once, and sends what answers them."""

    def __init__(self, answers: Answering[A, B], send: Callable[[B], None]) -> None:
        self._answers = answers
        self._send = send
        self._room = threading.Semaphore(HOPS_WAITING_MAXIMUM)
        self._threads = ThreadPoolExecutor(HOPS_AT_ONCE, thread_name_prefix="hop")

    def take(self, message: A) -> None:
        """Returns at once."""
        if self._room.acquire(blocking=False):
            self._threads.submit(self._work, message)
        else:
            self._say(self._answers.too_many(message))

    def finish(self) -> None:
        """Wait until all that was taken is answered. Nothing is taken after it."""
        self._threads.shutdown()

    def _work(self, message: A) -> None:
        try:
            self._say(self._answers.answer(message))
        finally:
            self._room.release()

    def _say(self, message: B | None) -> None:
        if message is None:
            return
        try:
            self._send(message)
        except LineDown:
            # The phone dials again, and reads what was done.
            log.warning("a screen could not be sent: there is no connection")
