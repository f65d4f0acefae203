"""Faults that are scripted for the requests to come."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, Protocol, TypeVar


class Fault(Protocol):
    """What goes wrong with the next `times` requests (None: until it is cleared)."""

    times: int | None


class Scripted(Protocol):
    """A fake that is told what is to go wrong. `read_script` checks it and answers what applies it;
    it raises ValueError. After `clear` everything is as it is at first."""

    def read_script(self, wanted: Mapping[str, Any], /) -> Callable[[], None]: ...

    def clear(self) -> None: ...


F = TypeVar("F", bound=Fault)


class Script(Generic[F]):
    """Faults one after the other, each for as many requests as it says."""

    def __init__(self) -> None:
        self._faults: deque[F] = deque()
        self._lock = threading.Lock()

    def add(self, faults: Iterable[F]) -> None:
        with self._lock:
            self._faults.extend(faults)

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def next(self) -> F | None:
        """The fault of this request, if there is one."""
        with self._lock:
            if not self._faults:
                return None
            fault = self._faults[0]
            if fault.times is not None:
                fault.times -= 1
                if fault.times <= 0:
                    self._faults.popleft()
            return fault
