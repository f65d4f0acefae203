"""Postgres's own programs: where they are, and how they are told where to connect."""

import os
import signal
import subprocess
from pathlib import Path
from types import FrameType
from urllib.parse import parse_qs, urlsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict

from app.errors import OperatorError
from app.local import postgres
from app.settings import Settings, bare_environment


class Programs:
    """Programs of one folder, for one server. `url` is of a role that may replicate: it is passed
    on in the environment, since others see a command line."""

    def __init__(self, url: str, binaries: Path) -> None:
        self._binaries = binaries
        said = conninfo_to_dict(url)
        variables = {
            one.keyword.decode(): one.envvar.decode()
            for one in psycopg.pq.Conninfo.get_defaults()
            if one.envvar
        }
        known = {variables[key]: str(value) for key, value in said.items() if key in variables}
        self._environment = bare_environment() | known | {"LC_ALL": "C"}

    def run(self, name: str, *arguments: str) -> None:
        """Run one to its end. Raises OperatorError with its own last word."""
        ran = subprocess.run(  # noqa: S603
            self._command(name, arguments),
            env=self._environment,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        if ran.returncode != 0:
            words = [line for line in ran.stderr.splitlines() if line.strip()]
            raise OperatorError(words[-1] if words else f"{name} failed ({ran.returncode}).")

    def hold(self, name: str, *arguments: str) -> int:
        """Run one until a signal says stop, or it ends by itself; its exit code."""
        process = subprocess.Popen(  # noqa: S603
            self._command(name, arguments), env=self._environment, start_new_session=True
        )

        def stop(number: int, frame: FrameType | None) -> None:
            process.send_signal(signal.SIGINT)  # it closes its file and says so

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, stop)
        return process.wait()

    def major(self) -> int:
        answer = subprocess.run(  # noqa: S603
            self._command("postgres", ("--version",)), capture_output=True, text=True, check=True
        )
        return int(answer.stdout.split()[2].partition(".")[0])

    def _command(self, name: str, arguments: tuple[str, ...]) -> list[str]:
        return [str(self._binaries / name), *arguments]


def of(settings: Settings, running: Settings) -> Programs:
    """Those that back up this installation. `running` has the URLs of the embedded Postgres filled
    in. Raises OperatorError where PIGA_BACKUP_URL is missing."""
    binaries = settings.postgres_bin or postgres.packaged_binaries()
    if settings.database_url:
        return Programs(settings.require("backup_url"), binaries)
    [sockets] = parse_qs(urlsplit(running.owner_url).query)["host"]
    return Programs(postgres.url(sockets, postgres.SUPERUSER, "postgres"), binaries)


def private_folder(path: Path) -> Path:
    """Make a folder that nobody else reads. Raises OperatorError."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise OperatorError(f"{path} cannot be made: {error.strerror}.") from None
    if not os.access(path, os.W_OK | os.X_OK):
        raise OperatorError(f"{path} cannot be written to.")
    return path
