"""The way into the console from the web server: nothing of it is imported before somebody asks."""

import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from core.db.database import Database
from core.security.keyring import Keyring

if TYPE_CHECKING:
    from app.settings import Settings

PREFIX = "/console"
Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


class ConsoleMount:
    """Passes `/console` and what is below it to an application of its own, and everything else on.

    It stands behind the webhooks' own way in, so that a turn never comes by here.
    """

    def __init__(self, web: Wsgi, settings: "Settings", database: Database, keys: Keyring) -> None:
        self._web = web
        self._made_of = (settings, database, keys)
        self._lock = threading.Lock()
        self._console: Wsgi | None = None

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == PREFIX or path.startswith(PREFIX + "/"):
            return self._application()(environ, start_response)
        return self._web(environ, start_response)

    def _application(self) -> Wsgi:
        with self._lock:
            if self._console is None:
                from app.console.application import create_console

                self._console = create_console(*self._made_of).wsgi_app
            return self._console
