"""Leaves a provider alone for a while when it does not take what it is given.

Kept in each worker's memory: a new worker tries once and learns it.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from workers.limits import LIMITS, Limits


@dataclass(slots=True)
class _Pause:
    until: float
    length_s: float
    alarmed: bool


class Breaker:
    """Pauses by a name: an account, or an account with one of its sender ids. After a pause the
    next text is the probe: it fails, and the pause is twice as long; it is taken, and all is as
    before."""

    def __init__(
        self, limits: Limits = LIMITS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._limits = limits
        self._clock = clock
        self._pauses: dict[str, _Pause] = {}

    def wait_s(self, account: str) -> float:
        """How long this account is still to be left alone; 0 when it is not."""
        pause = self._pauses.get(account)
        return max(0.0, pause.until - self._clock()) if pause else 0.0

    def trip(self, account: str) -> float:
        """It could not be reached, or it did not answer. Answers the length of the pause in s."""
        before = self._pauses.get(account)
        length_s = self._limits.pause_first_s
        if before is not None:
            length_s = min(before.length_s * 2, self._limits.pause_longest_s)
        return self._pause(account, length_s, alarmed=False)[0]

    def alarm(self, account: str) -> tuple[float, bool]:
        """A person must act first. The length of the pause, and whether it is news."""
        return self._pause(account, self._limits.pause_alarmed_s, alarmed=True)

    def close(self, account: str) -> None:
        """It took one."""
        self._pauses.pop(account, None)

    def _pause(self, account: str, length_s: float, *, alarmed: bool) -> tuple[float, bool]:
        before = self._pauses.get(account)
        news = before is None or before.alarmed != alarmed
        self._pauses[account] = _Pause(self._clock() + length_s, length_s, alarmed)
        return length_s, news
