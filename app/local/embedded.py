"""Postgres and Valkey for whoever needs them: external ones as configured, else our own."""

import contextlib
import json
import os
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from dataclasses import replace

from app.errors import OperatorError
from app.local import postgres, process_table, server_process, valkey
from app.local.data_dir import DataDir, read_json
from app.local.roles import with_roles
from app.settings import CHECKOUT, Settings, bare_environment

START_TIMEOUT_S = server_process.START_TIMEOUT_S + 10
STOP_TIMEOUT_S = 40.0
OTHERS_STAY_AFTER_S = 0.5
POLL_S = 0.02
REVIVE_PAUSE_S = 1.0


@contextlib.contextmanager
def ensure(settings: Settings) -> Iterator[Settings]:
    """The same settings with every URL and the key filled in, while the servers run.

    What is configured is taken as it is. What is not is served from PIGA_HOME: started when it
    does not run, shared when it does, stopped when its last user leaves. Raises OperatorError.
    """
    with Embedded(settings) as embedded:
        yield embedded.settings


class Embedded:
    """The servers behind `ensure`, for who wants to look after them as well."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._leases: list[ServerLease] = []

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
            options = {"binaries": str(settings.postgres_bin)} if settings.postgres_bin else {}
            self._leases.append(
                ServerLease(home, "postgres", **options, options=dict(settings.postgres_options))
            )
        if not settings.redis_url:
            home.prepare()
            self._leases.append(ServerLease(home, "valkey"))
        try:
            for lease in self._leases:
                lease.begin()
            for lease in self._leases:
                settings = lease.complete(settings)
        except BaseException:
            self.__exit__()
            raise
        self.settings = settings
        return self

    def __exit__(self, *_: object) -> None:
        for lease in self._leases:
            lease.leave()
        for lease in self._leases:
            lease.wait_for_end()

    def look_after(self) -> list[str]:
        """Start again the server processes that were killed; the names of their servers."""
        return [lease.name for lease in self._leases if lease.revive()]


class ServerLease:
    """One process's use of one embedded server."""

    def __init__(self, home: DataDir, name: str, **order: object) -> None:
        self.name = name
        self._home = home
        self._order = json.dumps({"server": name, "home": str(home.path)} | order)
        self._users = server_process.users_lock(home, name)
        self._lock = server_process.process_lock(home, name)
        self._process: subprocess.Popen[bytes] | None = None
        self._revived = -REVIVE_PAUSE_S

    def begin(self) -> None:
        """Take part. Starts a server process when there is none, and does not wait for it."""
        # Held exclusively only by a server process that is about to end.
        if not self._users.acquire(shared=True, timeout_s=STOP_TIMEOUT_S):
            raise OperatorError(
                f"The embedded {self.name} is stopping and does not come to an end."
            )
        self.revive()

    def revive(self) -> bool:
        """Start a server process if there is none. True when that was necessary."""
        if self._process is not None and self._process.poll() is None:
            return False
        if self._lock.is_held():
            return False
        if time.monotonic() - self._revived < REVIVE_PAUSE_S:
            return False
        self._revived = time.monotonic()
        self._forget_process()
        log = self._home.log_fd(self.name)
        try:
            self._process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", server_process.__name__, self._order],
                cwd=CHECKOUT,
                env=bare_environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for us, not for it
            )
        except OSError:  # no memory, or no process to be had: again a little later
            return False
        finally:
            os.close(log)
        return True

    def complete(self, settings: Settings) -> Settings:
        """Wait until the server serves; the settings with its URLs."""
        until = time.monotonic() + START_TIMEOUT_S
        while not (found := self._find()):
            self._raise_complaint()
            self.revive()
            if time.monotonic() > until:
                raise OperatorError(self._no_start())
            time.sleep(POLL_S)
        if self.name == "valkey":
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

    def wait_for_end(self) -> None:
        """Wait for the server to stop, if we were its last user."""
        until = time.monotonic() + STOP_TIMEOUT_S
        others_since: float | None = None
        while self._lock.is_held() and time.monotonic() < until:
            # Held exclusively by the server process from its last user's leaving until its end.
            if self._users.try_acquire(shared=True):
                self._users.release()
                others_since = others_since or time.monotonic()
                if time.monotonic() - others_since > OTHERS_STAY_AFTER_S:
                    break
            time.sleep(POLL_S)
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(0.5 if others_since is None else 0)
        self._forget_process()

    def _find(self) -> str:
        """The folder of the server's socket, once it serves; empty until then."""
        state = read_json(self._home.run / f"{self.name}.json")
        # Without a server process's pid, or with that of a killed one, nothing is ready yet.
        if self._lock.is_held() and process_table.is_alive(state.get("pid", 0)):
            return str(state["sockets"])
        return ""

    def _raise_complaint(self) -> None:
        process = self._process
        if process is None or process.poll() is None:
            return
        assert process.stdout is not None
        answer = process.stdout.read()
        self._forget_process()
        told = json.loads(answer) if answer.strip() else {}
        if not told.get("busy"):
            raise OperatorError(told.get("error") or self._no_start())

    def _no_start(self) -> str:
        return f"The embedded {self.name} did not start: see {self._home.log}/{self.name}.log."

    def _forget_process(self) -> None:
        """Let it run, if it does: others may use it, and it ends by itself."""
        if self._process is not None and self._process.stdout is not None:
            self._process.stdout.close()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            self._process = None
