"""Access tokens: fetched once for all who share an account, and renewed before they expire."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from typing import Final, NamedTuple

from providers.contracts.messages import SendError

# So much of a token's life has gone when it is renewed; it still serves while that fails.
RENEWED_AT: Final = 0.8
# Of a life that is not stated, or not to be believed.
LIFE_S: Final = 300.0
LIFE_MAXIMUM_S: Final = 86_400.0
KEPT_MAXIMUM: Final = 1_000


class Fetched(NamedTuple):
    """A token as it came. `life_s` is None where nothing was said of it."""

    token: str
    life_s: float | None


class _Kept(NamedTuple):
    token: str
    renew_at_s: float
    expires_at_s: float


class Tokens:
    """Keeps tokens in memory, by account and product. Threads may share it.

    One thread fetches, and others wait for it only where no token is good any more.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: dict[Hashable, _Kept] = {}
        self._locks: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, fetch: Callable[[], Fetched], refused: str = "") -> str:
        """The token of this account. `refused` is the one that the provider would not take.
        Raises what `fetch` raises, unless a good token is still there."""
        kept = self._good(key, refused)
        if kept is not None and self._clock() < kept.renew_at_s:
            return kept.token
        lock = self._lock_of(key)
        if not lock.acquire(blocking=kept is None):
            assert kept is not None
            return kept.token  # somebody renews it
        try:
            kept = self._good(key, refused)  # of who held the lock before
            if kept is not None and self._clock() < kept.renew_at_s:
                return kept.token
            try:
                fetched = fetch()
            except SendError:
                if kept is None:
                    raise
                return kept.token
            self._keep(key, fetched)
            return fetched.token
        finally:
            lock.release()

    def _good(self, key: Hashable, refused: str) -> _Kept | None:
        kept = self._kept.get(key)
        if kept is None or kept.token == refused or self._clock() >= kept.expires_at_s:
            return None
        return kept

    def _keep(self, key: Hashable, fetched: Fetched) -> None:
        stated = fetched.life_s
        life_s = stated if stated is not None and 0 < stated <= LIFE_MAXIMUM_S else LIFE_S
        now_s = self._clock()
        with self._lock:
            if len(self._kept) >= KEPT_MAXIMUM:
                self._kept.clear()
            self._kept[key] = _Kept(fetched.token, now_s + RENEWED_AT * life_s, now_s + life_s)

    def _lock_of(self, key: Hashable) -> threading.Lock:
        with self._lock:
            if len(self._locks) > KEPT_MAXIMUM:
                self._locks.clear()
            return self._locks.setdefault(key, threading.Lock())


# Of this process.
SHARED: Final = Tokens()
