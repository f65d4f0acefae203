"""A process's loop: made in a thread of its own, beside the inner server's, and stopped with it."""

import asyncio
import atexit
import contextlib
import logging
import socket
import threading
import time
import uuid
from collections.abc import Callable
from typing import Final

import uvloop

from app.front.database import CONNECTIONS_A_THREAD, BoundedDatabase
from app.front.hub import Hub, Places
from app.front.limits import AT_ONCE, BACKLOG, WAITING_MAXIMUM
from app.front.line import Line
from app.front.store import SharedStore
from app.web.parts import Parts, hooks_of
from app.webhooks.receive import Hooks
from core.db.errors import Unavailable
from values import waiting

log = logging.getLogger(__name__)

DRAIN_S: Final = 3.0  # a turn takes 2 s at most
IDLE_S: Final = 75.0
LOOK_EVERY_S: Final = 5.0
YIELD_A_LINE_S: Final = 0.0003
YIELD_LONGEST_S: Final = 0.002
_STEP_S: Final = 0.01


class Bodies:
    """What `BodyLimit` is for threads: a body is there already, and places are waited for without
    keeping the loop."""

    def __init__(self, hub: Hub) -> None:
        self.working = Places(hub, AT_ONCE)

    def read(self, service_id: uuid.UUID, read: Callable[[], bytes]) -> bytes:
        """Raises Unavailable where too many wait."""
        if self.working.waiting >= WAITING_MAXIMUM:
            raise Unavailable("working")
        return read()

    read_unmeasured = read


class Front:
    """Serves callbacks that come on a socket, until it is stopped."""

    def __init__(self, parts: Parts, listening: socket.socket, inner_port: int) -> None:
        self._parts = parts
        self._listening = listening
        self.inner_port = inner_port
        self.lines: set[Line] = set()
        self.is_stopping = False
        self.hub: Hub
        self.hooks: Hooks
        self._thread = threading.Thread(target=self._run, name="loop", daemon=True)

    def start(self) -> None:
        self._thread.start()
        atexit.register(self.stop)

    def stop(self) -> None:
        """Take no more connections, and answer what is being worked."""
        with contextlib.suppress(RuntimeError):  # it has ended
            self.hub.loop.call_soon_threadsafe(self._stop_listening)
        until = time.monotonic() + DRAIN_S
        while self.hub.callers and time.monotonic() < until:
            time.sleep(_STEP_S)
        with contextlib.suppress(RuntimeError):
            self.hub.loop.call_soon_threadsafe(self.hub.loop.stop)
        self._thread.join(DRAIN_S)

    def _run(self) -> None:
        loop = uvloop.new_event_loop()
        asyncio.set_event_loop(loop)
        self.hub = Hub(loop)
        waiting.serve_by(self.hub)
        parts = self._parts
        connections = CONNECTIONS_A_THREAD * parts.settings.web_threads
        database = BoundedDatabase(parts.settings.database_url, self.hub, connections)
        store = SharedStore(parts.settings.redis_url, self.hub)
        self.hooks = hooks_of(parts, database, store, Bodies(self.hub))
        self._listening.setblocking(False)
        self._listening.listen(BACKLOG)
        loop.add_reader(self._listening.fileno(), self._await_next)
        loop.call_later(LOOK_EVERY_S, self._look)
        loop.run_forever()

    def _await_next(self) -> None:
        """The process that has fewest connections is to have the next: others leave it the time to
        take it."""
        loop = self.hub.loop
        loop.remove_reader(self._listening.fileno())
        loop.call_later(min(len(self.lines) * YIELD_A_LINE_S, YIELD_LONGEST_S), self._accept)

    def _accept(self) -> None:
        if self.is_stopping:
            return
        loop = self.hub.loop
        loop.add_reader(self._listening.fileno(), self._await_next)
        try:
            accepted, _ = self._listening.accept()
        except OSError:  # another process was faster; or there are too many open files
            return
        accepted.setblocking(False)
        if accepted.family != socket.AF_UNIX:
            accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        task = loop.create_task(loop.connect_accepted_socket(lambda: Line(self), accepted))
        task.add_done_callback(_forget_fault)

    def _look(self) -> None:
        since_s = self.hub.loop.time() - IDLE_S
        for line in list(self.lines):
            line.close_idle(since_s)
        self.hub.loop.call_later(LOOK_EVERY_S, self._look)

    def _stop_listening(self) -> None:
        self.is_stopping = True
        self.hub.loop.remove_reader(self._listening.fileno())
        now_s = self.hub.loop.time()
        for line in list(self.lines):
            line.close_idle(now_s)


def _forget_fault(task: "asyncio.Task[object]") -> None:
    """Who has gone before they were heard is nobody's fault."""
    if not task.cancelled() and (fault := task.exception()) is not None:
        log.info("a connection was lost: %s", type(fault).__name__)
