"""Who may post to a hook: the path's secret names its service and proves that we gave it out."""

import uuid

from core.security.keyring import HOOK_GENERATIONS, Keyring
from core.tenants.directory import Directory, Service


class WebhookAuth:
    """Checks path secrets, two generations of each.

    One that was right is known again: the HMAC of a path costs a tenth of a menu hop. Only whoever
    has a secret already can learn by the time of an answer that it is known here.
    """

    KEPT_MAXIMUM = 10_000

    def __init__(self, directory: Directory, keys: Keyring) -> None:
        self._directory = directory
        self._keys = keys
        self._right: dict[tuple[str, str, str], tuple[uuid.UUID, int]] = {}

    def service(self, provider: str, kind: str, secret: str) -> Service | None:
        """The service that the secret was made for, or None. Raises Unavailable."""
        ours = self._right.get((provider, kind, secret)) or self._open(provider, kind, secret)
        if ours is None:
            return None
        service_id, generation = ours
        service = self._directory.by_id(service_id)
        if service is None:
            return None
        if service.provider != provider and not _is_second(service, provider):
            return None
        newest = service.hook_generation
        oldest = max(1, newest - HOOK_GENERATIONS + 1)
        # And the next one: it may have been given out since this process last looked.
        return service if oldest <= generation <= newest + 1 else None

    def _open(self, provider: str, kind: str, secret: str) -> tuple[uuid.UUID, int] | None:
        ours = self._keys.open_hook_secret(provider, kind, secret)
        if ours is not None:
            if len(self._right) >= self.KEPT_MAXIMUM:
                self._right.clear()
            self._right[provider, kind, secret] = ours
        return ours


def _is_second(service: Service, provider: str) -> bool:
    """Whether it is the service's second provider, which reports on what it took over."""
    second = service.settings.get("second")
    return second is not None and bool(second["provider"] == provider)
