"""Postgres for callers of a loop: not more connections than a process may have, whoever waits."""

from typing import Final

from greenlet import getcurrent

from app.front.hub import Caller, Hub
from core.db.connection import Connection
from core.db.database import Database, Deadline
from core.db.errors import Unavailable

# Of each thread that the same process has for what is not a callback.
CONNECTIONS_A_THREAD: Final = 2


class BoundedDatabase(Database):
    """As `Database`; a caller waits for a connection while all of them are in use."""

    def __init__(self, url: str, hub: Hub, connections: int) -> None:
        super().__init__(url)
        self._hub = hub
        self._free = connections
        self._waiting: list[Caller] = []

    def borrow(self, deadline: Deadline) -> Connection:
        self._take_place(deadline)
        try:
            return super().borrow(deadline)
        except BaseException:
            self._give_place()
            raise

    def give_back(self, connection: Connection) -> None:
        super().give_back(connection)
        self._give_place()

    def _take_place(self, deadline: Deadline) -> None:
        """Raises Unavailable where none is free in time."""
        if self._free:
            self._free -= 1
            return
        caller = getcurrent()
        assert isinstance(caller, Caller), "only the loop's callers share it"
        self._waiting.append(caller)
        timer = self._hub.loop.call_later(max(0.0, deadline.left_s), self._too_late, caller)
        has_place = self._hub.park()
        timer.cancel()
        if not has_place:
            raise Unavailable("connections")

    def _too_late(self, caller: Caller) -> None:
        if caller in self._waiting:
            self._waiting.remove(caller)
            caller.switch(False)

    def _give_place(self) -> None:
        if self._waiting:
            self._hub.loop.call_soon(self._waiting.pop(0).switch, True)
        else:
            self._free += 1
