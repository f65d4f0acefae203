"""Bodies that stop half-way: how many threads may wait for them, and for how long.

The server has a time-out for a request's head and none for its body, and cannot be given one: a
thread that reads waits until the other side sends or hangs up. So reading has threads of its own,
beside those that work turns, a service has a few of them, and what stands still is hung up on.

Nor has it a limit for a body in chunks, which it gives whole or not at all only to a caller that
asks for all of it. What has come on each connection is counted while one is being read.
"""

import logging
import time
import uuid
from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Event, Thread, get_ident
from time import monotonic
from typing import Final, Protocol

from core.db.errors import Unavailable

# Bodies that one process reads at once, for all services and for one. Four services whose gateways
# stall at once are needed before another one's hops are refused, until BODY_TIMEOUT_S has passed.
READING_MAXIMUM = 24
READING_PER_SERVICE_MAXIMUM = 6
# Threads that neither a turn nor a body can take for long: /healthz finds one.
SPARE_THREADS = 4
# A body that comes with its head is read in microseconds; who waits so long for others is refused.
PLACE_TIMEOUT_S = 0.1
# Silence in the middle of a body. Gateways wait ten seconds for the whole of a hop.
BODY_TIMEOUT_S = 5.0
LOOK_EVERY_S = 1.0
# How soon a body in chunks that has grown too long is hung up on. Until then it is in memory: what
# a line can bring in this time, a few megabytes, all such bodies of a process together.
COUNT_EVERY_S = 0.01

log = logging.getLogger(__name__)

Places = SimpleQueue[None]


def threads_of(web_threads: int) -> int:
    """How many threads the server needs so that `web_threads` can work whatever is stalled."""
    return web_threads + READING_MAXIMUM + SPARE_THREADS


class Working(Protocol):
    """Places for working on what was read."""

    def get(self) -> None: ...

    def put(self, item: None) -> None: ...


class Bodies(Protocol):
    """Where bodies come from, and how many may be worked on at once."""

    @property
    def working(self) -> Working: ...

    def read(self, service_id: uuid.UUID, read: Callable[[], bytes]) -> bytes: ...

    def read_unmeasured(self, service_id: uuid.UUID, read: Callable[[], bytes]) -> bytes: ...


class BodyLimit:
    """Places for reading bodies and for working on what was read, of one process.

    `hang_up` ends connections that have been silent for at least so many seconds and at most so
    many, and answers how many they were. `end_floods` ends connections on which more has come than
    may since that moment (monotonic), and answers how many.
    """

    def __init__(
        self,
        web_threads: int,
        hang_up: Callable[[float, float], int],
        end_floods: Callable[[float], int],
        timeout_s: float = BODY_TIMEOUT_S,
    ) -> None:
        # Queues of places and no semaphores, which are written in Python: a tenth of a hop each.
        # One is held for as long as what was read is worked on: more turns at once only get in
        # each other's way, and want more connections to Postgres.
        self.working: Final = _places(max(1, web_threads))
        self._of_service: dict[uuid.UUID, Places] = {}
        self._since: dict[int, float] = {}  # by thread: when it began to read
        self._unmeasured: dict[int, float] = {}  # of these, those that read a body in chunks
        self._count = Event()
        self._hang_up = hang_up
        self._end_floods = end_floods
        self._timeout_s = timeout_s

    def read(self, service_id: uuid.UUID, read: Callable[[], bytes]) -> bytes:
        """A body for that service. Raises Unavailable where too many are being read, and what
        `read` raises."""
        own = self._of_service.get(service_id) or self._of_service.setdefault(
            service_id, _places(READING_PER_SERVICE_MAXIMUM)
        )
        try:
            own.get(timeout=PLACE_TIMEOUT_S)
        except Empty:
            raise Unavailable("reading") from None
        try:
            if len(self._since) >= READING_MAXIMUM:
                self._wait()
            thread = get_ident()
            self._since[thread] = monotonic()
            try:
                return read()
            finally:
                del self._since[thread]
        finally:
            own.put(None)

    def read_unmeasured(self, service_id: uuid.UUID, read: Callable[[], bytes]) -> bytes:
        """As `read`, for a body that does not say its length: hung up on where it is too long."""

        def counted() -> bytes:
            thread = get_ident()
            self._unmeasured[thread] = monotonic()
            self._count.set()
            try:
                return read()
            finally:
                del self._unmeasured[thread]

        return self.read(service_id, counted)

    def _wait(self) -> None:
        """For the process to read fewer bodies. Raises Unavailable."""
        until = monotonic() + PLACE_TIMEOUT_S
        while len(self._since) >= READING_MAXIMUM:
            if monotonic() > until:
                raise Unavailable("reading")
            time.sleep(PLACE_TIMEOUT_S / 10)

    def follow(self) -> None:
        """Look after stalled bodies from now on, in a thread of its own."""
        Thread(target=self._follow, name="stalled bodies", daemon=True).start()

    def _follow(self) -> None:
        look_at = monotonic() + LOOK_EVERY_S
        while True:
            self._count.wait(max(0.0, look_at - monotonic()))
            try:
                if self._count.is_set():
                    time.sleep(COUNT_EVERY_S)
                    self.end_too_long()
                if monotonic() >= look_at:
                    look_at = monotonic() + LOOK_EVERY_S
                    self.end_stalled()
            except Exception as fault:
                log.error("stalled bodies: %s", type(fault).__name__, extra={"fault": fault})
                time.sleep(LOOK_EVERY_S)

    def end_too_long(self) -> int:
        """Hang up on bodies in chunks on which too much has come; how many there were."""
        self._count.clear()
        oldest = min(list(self._unmeasured.values()), default=None)
        if oldest is None:
            return 0
        self._count.set()
        ended = self._end_floods(oldest)
        if ended:
            log.warning("hung up on %d bodies that were too long", ended)
        return ended

    def end_stalled(self) -> int:
        """Hang up on bodies that have stood still for too long; how many there were."""
        ages = [monotonic() - since for since in list(self._since.values())]
        oldest_s = max(ages, default=0.0)
        if oldest_s < self._timeout_s:
            return 0
        # The head came just before the reading began. Longer silent is an idle connection.
        ended = self._hang_up(self._timeout_s, oldest_s + LOOK_EVERY_S)
        log.warning("hung up on %d stalled bodies: silent for %.0f s", ended, oldest_s)
        return ended


def _places(count: int) -> Places:
    places: Places = SimpleQueue()
    for _ in range(count):
        places.put(None)
    return places
