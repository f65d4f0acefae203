"""Postgres and Valkey for the commands that need them: external ones as configured, else our own.

An embedded server belongs to the process that starts it: it is kept running, shared with other
commands meanwhile, and stopped when that process leaves and no other uses it any more.
"""

import contextlib
import math
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from app.errors import OperatorError
from app.local import postgres, process_table, valkey
from app.local.data_dir import DataDir, read_json
from app.local.keeper import START_TIMEOUT_S, Keeper
from app.local.locks import FileLock
from app.local.postgres import Postgres
from app.local.roles import with_roles
from app.local.server import Server
from app.local.valkey import Valkey
from app.settings import Settings

STOP_TIMEOUT_S = 40.0
SAID_AFTER_S = 1.0
POLL_S = 0.02


@contextlib.contextmanager
def ensure(settings: Settings) -> Iterator[Settings]:
    """The same settings with every URL and the key filled in, while the servers run.

    What is configured is taken as it is. What is not is served from PIGA_HOME: started where it
    does not run, shared where it does. Who started it waits at the end for those who share it.
    Raises OperatorError.
    """
    with Embedded(settings) as embedded:
        yield embedded.settings


class Embedded:
    """The servers behind `ensure`. With `owns` they are started here and nowhere else, and at the
    end others are waited for no longer than `patience_s`."""

    def __init__(
        self, settings: Settings, *, owns: bool = False, patience_s: float = math.inf
    ) -> None:
        self.settings = settings
        self._owns = owns
        self._patience_s = patience_s
        self._uses: list[_Use] = []

    def __enter__(self) -> "Embedded":
        settings = self.settings
        home = DataDir(settings.home)
        if settings.database_url:
            if not settings.key:
                raise OperatorError(
                    "DATABASE_URL is set, and then PIGA_KEY must be too: 64 hexadecimal digits,"
                    " made once (`openssl rand -hex 32`) and kept as long as the data."
                )
            settings = with_roles(settings)
        else:
            home.prepare()
            settings = replace(settings, key=settings.key or home.ensure_key())
            options = dict(settings.postgres_options)
            self._uses.append(_Use(Postgres(home, settings.postgres_bin, options)))
        if not settings.redis_url:
            home.prepare()
            self._uses.append(_Use(Valkey(home)))
        try:
            for use in self._uses:
                use.begin(owns=self._owns)
            for use in self._uses:
                settings = use.complete(settings)
        except BaseException:
            self.__exit__()
            raise
        self.settings = settings
        return self

    def __exit__(self, *_: object) -> None:
        until = time.monotonic() + self._patience_s
        for use in self._uses:
            use.leave()
        for use in self._uses:
            use.wait_for_others(until)
        for use in self._uses:
            use.end()


class _Use:
    """This process's use of one embedded server, and its keeper where it is ours."""

    def __init__(self, server: Server) -> None:
        self._server = server
        run = server.home.run
        self._users = FileLock(run / f"{server.name}.users")  # shared by all who use it
        self._owner = FileLock(run / f"{server.name}.owner")  # held by the one who keeps it
        self._keeper: Keeper | None = None

    def begin(self, *, owns: bool) -> None:
        """Take part. Starts the server when nobody keeps it, and does not wait for it."""
        if owns:
            self._keep(STOP_TIMEOUT_S)
            if self._keeper is None:
                raise OperatorError(
                    f"The embedded {self._server.name} is in use by another command (process"
                    f" {self._state().get('pid', '?')}): try again when it has ended."
                )
        # Held exclusively only by a keeper that is about to stop.
        if not self._users.acquire(shared=True, timeout_s=STOP_TIMEOUT_S):
            raise OperatorError(
                f"The embedded {self._server.name} is stopping and does not come to an end."
            )

    def complete(self, settings: Settings) -> Settings:
        """Wait until the server serves; the settings with its URLs."""
        until = time.monotonic() + START_TIMEOUT_S
        while not (found := self._find()):
            if self._keeper is None:
                self._keep(0.0)
            elif self._keeper.fault is not None:
                raise self._keeper.fault
            if time.monotonic() > until:
                raise OperatorError(
                    f"The embedded {self._server.name} did not start:"
                    f" see {self._server.log_path()}."
                )
            time.sleep(POLL_S)
        if self._server.name == valkey.Valkey.name:
            return replace(settings, redis_url=valkey.url(found))
        return replace(
            settings,
            database_url=postgres.url(found, "piga_app"),
            owner_url=settings.owner_url or postgres.url(found, postgres.OWNER),
            relay_url=settings.relay_url or postgres.url(found, "piga_relay"),
            verify_url=settings.verify_url or postgres.url(found, "piga_verify"),
        )

    def leave(self) -> None:
        self._users.release()

    def wait_for_others(self, until: float) -> None:
        """Where the server is ours: until nobody uses it, or that time (monotonic). Who comes now
        waits for its end."""
        if self._keeper is not None:
            if not self._users.acquire(timeout_s=min(SAID_AFTER_S, until - time.monotonic())):
                name = self._server.name
                sys.stderr.write(f"piga: others still use the embedded {name}; waiting for them\n")
                self._users.acquire(timeout_s=until - time.monotonic())
            self._keeper.stop()

    def end(self) -> None:
        """Wait for the server's end where it is ours."""
        if self._keeper is not None:
            self._keeper.join()
            self._keeper = None
            self._users.release()

    def _keep(self, timeout_s: float) -> None:
        """Become the server's keeper if nobody is, within that time."""
        if self._owner.acquire(timeout_s=timeout_s):
            self._keeper = Keeper(self._server, self._owner)

    def _find(self) -> str:
        """The folder of the server's socket, once it serves; empty until then."""
        state = self._state()
        # Without a keeper's pid, or with that of a killed one, nothing is ready yet.
        if self._owner.is_held() and process_table.is_alive(state.get("pid", 0)):
            return str(state["sockets"])
        return ""

    def _state(self) -> dict[str, Any]:
        return read_json(self._server.state_file())
