"""One background thread that does things at their time: a fake company's own clock."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from collections.abc import Callable


class Later:
    """`after(delay_s, action)`; actions run one at a time, in order of their time.

    An action that fails is counted in `failed`, and the next one runs.
    """

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._tie = itertools.count()
        self._wake = threading.Condition()
        self._busy = False
        self._closed = False
        self.failed = 0
        self._thread = threading.Thread(target=self._run, name="fakes-later", daemon=True)
        self._thread.start()

    def after(self, delay_s: float, action: Callable[[], None]) -> None:
        with self._wake:
            if not self._closed:
                due = time.monotonic() + max(0.0, delay_s)
                heapq.heappush(self._heap, (due, next(self._tie), action))
                self._wake.notify_all()

    def settle(self, timeout_s: float = 10.0, *, within_s: float = float("inf")) -> bool:
        """Wait until nothing is due within `within_s` of now; False when that took too long."""
        deadline = time.monotonic() + timeout_s
        with self._wake:
            while self._busy or (self._heap and self._heap[0][0] <= time.monotonic() + within_s):
                left = deadline - time.monotonic()
                if left <= 0 or self._closed:
                    return False
                self._wake.wait(left)
        return True

    def close(self) -> None:
        """Stop; what was not yet due is dropped."""
        with self._wake:
            self._closed = True
            self._heap.clear()
            self._wake.notify_all()
        self._thread.join(timeout=10)

    def _run(self) -> None:
        while True:
            with self._wake:
                while not self._closed and (not self._heap or self._heap[0][0] > time.monotonic()):
                    due = self._heap[0][0] - time.monotonic() if self._heap else None
                    self._wake.wait(due)
                if self._closed:
                    return
                _, _, action = heapq.heappop(self._heap)
                self._busy = True
            try:
                action()
            except Exception:
                self.failed += 1
            finally:
                with self._wake:
                    self._busy = False
                    self._wake.notify_all()
