"""Leaves a provider alone for a while when it does not take what it is given.

Kept in each worker's memory: a new worker tries once and learns it.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from core.metrics.series import BREAKERS
from workers.limits import LIMITS, Limits


@dataclass(slots=True)
class _Pause:
    until: float
    length_s: float
    alarmed: bool


@dataclass(slots=True)
class _Recovery:
    """It takes again: from `since` on it gets more and more, the next one at `next_at`."""

    since: float
    next_at: float


class Breaker:
    """Pauses by a name: an account, what it is asked to do, or an account with one of its sender
    ids. After a pause the next text is the probe: it fails, and the pause is twice as long; it is
    taken, and what has piled up follows, slowly at first."""

    def __init__(
        self, limits: Limits = LIMITS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._limits = limits
        self._clock = clock
        self._pauses: dict[str, _Pause] = {}
        self._recoveries: dict[str, _Recovery] = {}

    def wait_s(self, *names: str) -> float:
        """How long these are still to be left alone; 0 when none is."""
        if not self._pauses:
            return 0.0
        now = self._clock()
        pauses = (self._pauses.get(name) for name in names)
        return max((pause.until - now for pause in pauses if pause), default=0.0)

    def slow_s(self, *names: str) -> float:
        """How long the next text has to wait because what was away is not to be swamped now that
        it is back; taken as sent then. Twice as many a second after each `recovery_doubles_s`."""
        if not self._recoveries:
            return 0.0
        limits, now, longest_s = self._limits, self._clock(), 0.0
        for name in names:
            recovery = self._recoveries.get(name)
            if recovery is None:
                continue
            age_s = now - recovery.since
            if age_s > limits.recovery_s:
                del self._recoveries[name]
                continue
            rate = limits.recovery_first_a_second * 2.0 ** (age_s / limits.recovery_doubles_s)
            starts = max(recovery.next_at, now)
            recovery.next_at = starts + 1 / rate
            longest_s = max(longest_s, starts - now)
        return longest_s

    def recovers(self, *names: str) -> bool:
        """Whether one of these has come back a moment ago, or is about to."""
        return any(name in self._recoveries or name in self._pauses for name in names)

    def trip(self, name: str) -> float:
        """It could not be reached, or it did not answer. Answers the length of the pause in s."""
        before = self._pauses.get(name)
        length_s = self._limits.pause_first_s
        if before is not None:
            length_s = min(before.length_s * 2, self._limits.pause_longest_s)
        return self._pause(name, length_s, alarmed=False)[0]

    def alarm(self, name: str) -> tuple[float, bool]:
        """A person must act first. The length of the pause, and whether it is news."""
        return self._pause(name, self._limits.pause_alarmed_s, alarmed=True)

    def hold(self, name: str, wait_s: float) -> None:
        """Somebody has paused it."""
        self._pause(name, wait_s, alarmed=False)

    def close(self, *names: str) -> None:
        """These took one."""
        if not self._pauses:
            return
        for name in names:
            if self._pauses.pop(name, None) is not None:
                BREAKERS.labels(name).set(0)
                now = self._clock()
                self._recoveries[name] = _Recovery(now, now)

    def _pause(self, name: str, length_s: float, *, alarmed: bool) -> tuple[float, bool]:
        before = self._pauses.get(name)
        news = before is None or before.alarmed != alarmed
        self._pauses[name] = _Pause(self._clock() + length_s, length_s, alarmed)
        self._recoveries.pop(name, None)
        BREAKERS.labels(name).set(1)
        return length_s, news
