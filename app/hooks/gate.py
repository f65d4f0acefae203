"""Who may post to a hook: the path's secret names its service and proves that we gave it out."""

import hmac
import uuid

from core.secrets import HOOK_GENERATIONS, Keyring, service_of_hook_secret
from core.tenants import Directory, Service

# Secrets seen and found good; the least that a hop must not compute again.
KNOWN_MAXIMUM = 10_000


class Gate:
    """Checks path secrets, two generations of each, in constant time."""

    def __init__(self, directory: Directory, keys: Keyring) -> None:
        self._directory = directory
        self._keys = keys
        self._known: dict[tuple[str, str, uuid.UUID, int], tuple[bytes, ...]] = {}

    def service(self, provider: str, kind: str, secret: str) -> Service | None:
        """The service that the secret was made for, or None. Raises Unavailable."""
        service_id = service_of_hook_secret(secret)
        if service_id is None:
            return None
        service = self._directory.by_id(service_id)
        if service is None or service.provider != provider:
            return None
        given = secret.encode("ascii", "replace")
        # Every generation is compared, so that time does not tell which one was near.
        good = [hmac.compare_digest(given, valid) for valid in self._valid(provider, kind, service)]
        return service if any(good) else None

    def _valid(self, provider: str, kind: str, service: Service) -> tuple[bytes, ...]:
        newest = service.hook_generation
        key = (provider, kind, service.id, newest)
        valid = self._known.get(key)
        if valid is None:
            oldest = max(1, newest - HOOK_GENERATIONS + 1)
            # And the next one: it may have been given out since this process last looked.
            valid = tuple(
                self._keys.hook_secret(provider, kind, service.id, generation).encode()
                for generation in range(oldest, newest + 2)
            )
            if len(self._known) >= KNOWN_MAXIMUM:
                self._known.clear()
            self._known[key] = valid
        return valid
