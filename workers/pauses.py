"""What is paused by hand, as a worker knows it: read again every two seconds, in one statement."""

import logging
import threading
import time
import uuid
from collections.abc import Callable

from core.db.database import Database
from core.db.errors import OutcomeUnknown, Unavailable
from core.tenants.pauses import Paused, in_force

log = logging.getLogger(__name__)

READ_EVERY_S = 2.0
# How soon a row that waits for the end of a pause is looked at again.
PAUSED_AGAIN_AFTER_S = 15.0


class Pauses:
    """Answers from memory; an outage leaves what is known in force."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._lock = threading.Lock()
        self._read_at = float("-inf")
        self._found: frozenset[tuple[uuid.UUID | None, Paused, str]] = frozenset()

    def wait_s(self, what: Paused, tenant_id: uuid.UUID | None, *names: str) -> float:
        """For how long to leave one of these alone, by any of its names, for this tenant; 0 where
        nobody has paused it. `tenant_id` None: only what is paused for every tenant."""
        found = self._now()
        if not found:
            return 0.0
        for name in names:
            if (None, what, name) in found or (tenant_id, what, name) in found:
                return PAUSED_AGAIN_AFTER_S
        return 0.0

    def _now(self) -> frozenset[tuple[uuid.UUID | None, Paused, str]]:
        with self._lock:
            if self._clock() < self._read_at + READ_EVERY_S:
                return self._found
            self._read_at = self._clock()
        try:
            pauses = in_force(self._database)
        except (Unavailable, OutcomeUnknown):
            log.warning("pauses cannot be read; going on with what is known")
        else:
            self._found = frozenset((one.tenant_id, one.what, one.name) for one in pauses)
        return self._found
