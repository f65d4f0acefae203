"""One service's slow senders do not keep all threads of the server waiting for their bodies."""

import uuid
from collections.abc import Callable
from queue import Empty, SimpleQueue

from core.db.errors import Unavailable

# A body that comes with its head is read in microseconds; whoever waits so long for others of the
# same service is refused, so that the thread can serve another one's.
WAIT_S = 0.1


class Readers:
    """Of the threads, all but one may read bodies for the same service at once: the server has no
    time-out of its own for a body that stops half-way, and a stalled gateway has many of them."""

    def __init__(self, threads: int) -> None:
        self._most = max(1, threads - 1)
        # A queue of places and no semaphore, which is written in Python and costs a tenth of a hop.
        self._places: dict[uuid.UUID, SimpleQueue[None]] = {}

    def read(self, service_id: uuid.UUID, read: Callable[[], bytes]) -> bytes:
        """A body for that service. Raises Unavailable where too many are being read, and what
        `read` raises."""
        places = self._places.get(service_id) or self._open(service_id)
        try:
            places.get(timeout=WAIT_S)
        except Empty:
            raise Unavailable("reading") from None
        try:
            return read()
        finally:
            places.put(None)

    def _open(self, service_id: uuid.UUID) -> SimpleQueue[None]:
        places: SimpleQueue[None] = SimpleQueue()
        for _ in range(self._most):
            places.put(None)
        return self._places.setdefault(service_id, places)
