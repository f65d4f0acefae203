"""A way into an application of its own from the web server: nothing of it is imported before
somebody asks for what is below its path."""

import threading
from collections.abc import Callable, Iterable
from typing import Any

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Mount:
    """Passes a path and what is below it to an application of its own, and everything else on.

    It stands behind the webhooks' own way in, so that a turn never comes by here.
    """

    def __init__(self, web: Wsgi, prefix: str, make: Callable[[], Wsgi]) -> None:
        self._web = web
        self._prefix = prefix
        self._below = prefix + "/"
        self._make = make
        self._lock = threading.Lock()
        self._mounted: Wsgi | None = None

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == self._prefix or path.startswith(self._below):
            return self._application()(environ, start_response)
        return self._web(environ, start_response)

    def _application(self) -> Wsgi:
        with self._lock:
            if self._mounted is None:
                self._mounted = self._make()
            return self._mounted
