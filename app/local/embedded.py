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
from app.local.locks import FileLock
from app.local.postgres import Postgres
from app.local.roles import with_roles
from app.local.server import Server
from app.local.server_process import ServerProcess
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
        self._leases: list[_ServerLease] = []

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
            self._leases.append(_ServerLease(Postgres(home, settings.postgres_bin, options)))
        if not settings.redis_url:
            home.prepare()
            self._leases.append(_ServerLease(Valkey(home)))
        try:
            for lease in self._leases:
                lease.begin(owns=self._owns)
            for lease in self._leases:
                settings = lease.complete(settings)
        except BaseException:
            self.__exit__()
            raise
        self.settings = settings
        return self

    def __exit__(self, *_: object) -> None:
        until = time.monotonic() + self._patience_s
        for lease in self._leases:
            lease.leave()
        for lease in self._leases:
            lease.wait_for_others(until)
        for lease in self._leases:
            lease.end()


class _ServerLease:
    """This process's lease of one embedded server, and the server's process where it is ours."""

    def __init__(self, server: Server) -> None:
        self._server = server
        run = server.home.run
        self._users = FileLock(run / f"{server.name}.users")  # shared by all who use it
        self._owner = FileLock(run / f"{server.name}.owner")  # held by the one who keeps it
        self._process: ServerProcess | None = None

    def begin(self, *, owns: bool) -> None:
        """Take part. Starts the server when nobody keeps it, and does not wait for it."""
        if owns:
            self._keep(STOP_TIMEOUT_S)
            if self._process is None:
                raise OperatorError(
                    f"The embedded {self._server.name} is in use by another command (process"
                    f" {self._state().get('pid', '?')}): try again when it has ended."
                )
        # Held exclusively only by an owner that is about to stop the server.
        if not self._users.acquire(shared=True, timeout_s=STOP_TIMEOUT_S):
            raise OperatorError(
                f"The embedded {self._server.name} is stopping and does not come to an end."
            )

    def complete(self, settings: Settings) -> Settings:
        """Wait until the server serves; the settings with its URLs."""
        until = time.monotonic() + self._server.start_timeout_s
        while not (found := self._find()):
            if self._process is None:
                self._keep(0.0)
            elif self._process.fault is not None:
                raise self._process.fault
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
        if self._process is not None:
            if not self._users.acquire(timeout_s=min(SAID_AFTER_S, until - time.monotonic())):
                name = self._server.name
                sys.stderr.write(f"piga: others still use the embedded {name}; waiting for them\n")
                self._users.acquire(timeout_s=until - time.monotonic())
            self._process.stop()

    def end(self) -> None:
        """Wait for the server's end where it is ours."""
        if self._process is not None:
            self._process.join()
            self._process = None
            self._users.release()

    def _keep(self, timeout_s: float) -> None:
        """Start the server where nobody owns it, within that time."""
        if self._owner.acquire(timeout_s=timeout_s):
            self._process = ServerProcess(self._server, self._owner)

    def _find(self) -> str:
        """The folder of the server's socket, once it serves; empty until then."""
        state = self._state()
        # Without an owner's pid, or with that of a killed one, nothing is ready yet.
        if self._owner.is_held() and process_table.is_alive(state.get("pid", 0)):
            return str(state["sockets"])
        return ""

    def _state(self) -> dict[str, Any]:
        return read_json(self._server.state_file())
