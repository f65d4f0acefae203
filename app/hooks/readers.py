"""One service's slow senders do not keep all threads of the server waiting for their bodies."""

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from core.errors import Unavailable

# A body that comes with its head is read in microseconds; whoever waits so long for others of the
# same service is refused, so that the thread can serve another one's.
WAIT_S = 0.05


class Readers:
    """Half of the threads at most read bodies for the same service at once: the server has no
    time-out of its own for a body that stops half-way, and a stalled gateway has many of them."""

    def __init__(self, threads: int) -> None:
        self._count = max(1, threads // 2)
        self._places: dict[uuid.UUID, threading.Semaphore] = {}

    @contextmanager
    def place(self, service_id: uuid.UUID) -> Iterator[None]:
        """While a body of that service is read. Raises Unavailable where too many are."""
        places = self._places.get(service_id)
        if places is None:
            places = self._places.setdefault(service_id, threading.Semaphore(self._count))
        if not places.acquire(timeout=WAIT_S):
            raise Unavailable("reading")
        try:
            yield
        finally:
            places.release()
