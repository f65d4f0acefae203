"""Hops of a connection, worked on threads beside the one that reads it."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Protocol

from providers.osmocom.connection import LineDown
from providers.osmocom.gsup import Message

log = logging.getLogger(__name__)

HOPS_AT_ONCE: Final = 8
# With those that are worked; a turn takes two seconds at most. What comes on top is told so.
HOPS_WAITING_MAXIMUM: Final = 64


class Answering(Protocol):
    """What answers a hop; None where nothing is to be said. Raises nothing."""

    def answer(self, message: Message) -> Message | None: ...

    def too_many(self, message: Message) -> Message | None:
        """To a hop that is not worked; it waits for nothing."""


class Hops:
    """Works hops on threads of its own, so many at once, and sends what answers them."""

    def __init__(self, answers: Answering, send: Callable[[Message], None]) -> None:
        self._answers = answers
        self._send = send
        self._room = threading.Semaphore(HOPS_WAITING_MAXIMUM)
        self._threads = ThreadPoolExecutor(HOPS_AT_ONCE, thread_name_prefix="hop")

    def take(self, message: Message) -> None:
        """Returns at once."""
        if self._room.acquire(blocking=False):
            self._threads.submit(self._work, message)
        else:
            self._say(self._answers.too_many(message))

    def finish(self) -> None:
        """Wait until all that was taken is answered. Nothing is taken after it."""
        self._threads.shutdown()

    def _work(self, message: Message) -> None:
        try:
            self._say(self._answers.answer(message))
        finally:
            self._room.release()

    def _say(self, message: Message | None) -> None:
        if message is None:
            return
        try:
            self._send(message)
        except LineDown:
            # The phone dials again, and reads what was done.
            log.warning("a screen could not be sent: there is no connection")
