"""What is kept of a session that its wire does not say: in memory and in Redis, so that a session
goes on when this process is killed between two hops."""

import contextlib
import threading
from collections import OrderedDict
from typing import Final

from core.security.keyring import Keyring
from engine.store.sessions import Store, StoreDown

SESSIONS_KEPT_MAXIMUM: Final = 20_000


class Remembered:
    """A few words a session, by what the wire knows it by. Safe to share between threads."""

    def __init__(self, provider: str, account: str, store: Store, keys: Keyring) -> None:
        self._provider, self._account = provider, account
        self._store, self._keys = store, keys
        self._kept: OrderedDict[tuple[str, ...], str] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, session: tuple[str, ...], words: str) -> None:
        """Nothing personal belongs in the words."""
        with self._lock:
            self._kept[session] = words
            self._kept.move_to_end(session)
            if len(self._kept) > SESSIONS_KEPT_MAXIMUM:
                self._kept.popitem(last=False)
        with contextlib.suppress(StoreDown):  # the turn says so
            self._store.note(self._name(session), words)

    def here(self, session: tuple[str, ...]) -> str | None:
        """Without asking Redis."""
        with self._lock:
            return self._kept.get(session)

    def find(self, session: tuple[str, ...]) -> str | None:
        """Raises StoreDown."""
        words = self.here(session)
        return self._store.noted(self._name(session)) if words is None else words

    def forget(self, session: tuple[str, ...]) -> None:
        """Redis forgets by itself; a hop that comes all the same is told that it has ended."""
        with self._lock:
            self._kept.pop(session, None)

    def _name(self, session: tuple[str, ...]) -> str:
        return self._keys.session(self._provider, self._account, *session)
