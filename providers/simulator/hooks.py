"""Where a fake company finds us: the hooks that one would type into its dashboard."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypedDict


class Hook(TypedDict):
    """One webhook address, as `piga hooks --json` lists them.

    `service` is a USSD code (`*384*10#`), a short code or a sender id.
    """

    provider: str
    kind: str
    tenant: str
    service: str
    url: str


# Read again whenever a hook is wanted, so that a new secret or tenant is seen. A source that has
# nothing new should give the same list object again: the index is kept as long as it does.
HookSource = Callable[[], Sequence[Hook]]


class Dialled(NamedTuple):
    """A dialled string taken apart: `*384*10*1*500#` is service `*384*10#`, digits `1*500`."""

    service: str
    digits: str
    url: str


class HookTable:
    """The hooks of one provider, found by kind and service."""

    def __init__(self, provider: str, source: HookSource) -> None:
        self._provider = provider
        self._source = source
        self._seen: Sequence[Hook] | None = None
        self._index: dict[tuple[str, str], Hook] = {}
        self._by_kind: dict[str, list[Hook]] = {}

    def _fresh(self) -> tuple[dict[tuple[str, str], Hook], dict[str, list[Hook]]]:
        hooks = self._source()
        if hooks is not self._seen:
            mine = [hook for hook in hooks if hook["provider"] == self._provider]
            by_kind: dict[str, list[Hook]] = {}
            for hook in mine:
                by_kind.setdefault(hook["kind"], []).append(hook)
            self._index = {(hook["kind"], hook["service"].rstrip("#")): hook for hook in mine}
            self._by_kind = by_kind
            self._seen = hooks
        return self._index, self._by_kind

    def ussd(self, dialled: str) -> Dialled | None:
        """The service with the longest code that begins the dialled string, whole parts only."""
        index, _ = self._fresh()
        code, digits = dialled.rstrip("#"), list[str]()
        while code:
            hook = index.get(("ussd", code))
            if hook is not None:
                return Dialled(hook["service"], "*".join(reversed(digits)), hook["url"])
            code, star, part = code.rpartition("*")
            if not star:
                break
            digits.append(part)
        return None

    def url(self, kind: str, service: str) -> str | None:
        """The hook of this kind for exactly this service."""
        hook = self._fresh()[0].get((kind, service.rstrip("#")))
        return hook["url"] if hook else None

    def account_url(self, kind: str, *, username: str, service: str) -> str | None:
        """The hook of this kind for a sender id, else for an account named like its tenant: one
        address is set there for the whole account, so of several of its hooks the first.

        Where only one hook of the kind is listed at all, that one.
        """
        index, by_kind = self._fresh()
        hook = index.get((kind, service.rstrip("#")))
        if hook is None:
            hooks = by_kind.get(kind, [])
            own = [h for h in hooks if h["tenant"] == username]
            hook = own[0] if own else hooks[0] if len(hooks) == 1 else None
        return hook["url"] if hook else None


def kept_for(seconds_s: float, source: Callable[[], Sequence[Any]]) -> HookSource:
    """A source that asks the given one at most once in so many seconds.

    While the given one fails, the last answer stands; before any, its error is raised.
    """
    lock = threading.Lock()
    last_s = float("-inf")
    kept: Sequence[Hook] | None = None

    def read() -> Sequence[Hook]:
        nonlocal last_s, kept
        with lock:
            if kept is None or time.monotonic() - last_s >= seconds_s:
                try:
                    kept = source()
                except Exception:
                    if kept is None:
                        raise
                last_s = time.monotonic()
            return kept

    return read
