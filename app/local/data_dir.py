"""PIGA_HOME: the folder in which everything lives that this checkout keeps."""

import contextlib
import json
import os
import pwd
import secrets
from pathlib import Path
from typing import Any

from app.errors import OperatorError

LOG_BYTES_MAXIMUM = 10_000_000
OURS = {
    "key",
    "log",
    "run",
    "accounts",
    "postgres",
    "valkey",
    "fakes",
    "wires",
    "metrics",
    "lost+found",
}


class DataDir:
    """Paths below PIGA_HOME, all absolute, and who owns them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.key = path / "key"
        self.log = path / "log"
        self.run = path / "run"
        self.accounts = path / "accounts"  # what root's processes read of PIGA_ACCOUNTS
        self.postgres = path / "postgres"
        self.valkey = path / "valkey"
        self.fakes = path / "fakes"  # what the demo's providers keep
        self.metrics = path / "metrics"  # what the processes count
        self.wires = path / "wires"  # where the processes that hold connections take texts

    def prepare(self) -> None:
        """Make the folders, private to this user; again and again without harm.

        Raises OperatorError when the folder is somebody else's.
        """
        try:
            self.path.mkdir(mode=0o755, parents=True, exist_ok=True)
            owner = self.path.stat().st_uid
            if owner != os.geteuid():
                raise OperatorError(
                    f"{self.path} belongs to {_name(owner)}: start Piga as {_name(owner)},"
                    " or set PIGA_HOME to a folder of your own."
                )
            self._refuse_strangers()
            # Root's servers run as another user, who must get through to their data.
            self.path.chmod(0o711 if os.geteuid() == 0 else 0o700)
            for folder in (self.log, self.run):
                folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise OperatorError(f"{self.path} cannot be used: {error.strerror}.") from None

    def _refuse_strangers(self) -> None:
        # Its mode is about to be changed: not that of /tmp, or of a home.
        found = {entry.name for entry in self.path.iterdir()}
        if "run" not in found and found - OURS:
            raise OperatorError(
                f"{self.path} holds other things than Piga's: set PIGA_HOME to a folder of its own."
            )

    def ensure_key(self) -> str:
        """The embedded case's PIGA_KEY: 64 hexadecimal digits, made once.

        Raises OperatorError when it is gone while the data that needs it is there.
        """
        if not self.key.exists():
            if self.postgres.exists():
                raise OperatorError(
                    f"{self.key} is missing, and {self.postgres} cannot be read without it: put it"
                    f" back, or set PIGA_KEY, or remove {self.path} to start with an empty one."
                )
            draft = self.key.with_suffix(f".{secrets.token_hex(8)}")
            with open(draft, "x", opener=_private) as file:
                file.write(secrets.token_hex(32) + "\n")
                file.flush()
                os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):  # another process was quicker: take its key
                os.link(draft, self.key)
            draft.unlink()
        return self.key.read_text().strip()

    def open_log(self, name: str) -> Path:
        """The log file of `name`, the previous one moved aside once it has grown too long.

        Raises OSError, as on a full disk: a log only reports, so no caller may end of it.
        """
        self.log.mkdir(mode=0o700, exist_ok=True)
        path = self.log / f"{name}.log"
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_size > LOG_BYTES_MAXIMUM:
                path.rename(path.with_suffix(".log.1"))
        path.touch(mode=0o600)
        return path

    def log_fd(self, name: str) -> int:
        """A descriptor that appends to the log file of `name`, to nothing where that cannot be."""
        try:
            return os.open(self.open_log(name), os.O_WRONLY | os.O_APPEND)
        except OSError:
            return os.open(os.devnull, os.O_WRONLY)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"


def read_json(path: Path) -> dict[str, Any]:
    """What `write_json` wrote; empty when there is nothing, or nothing that makes sense."""
    try:
        value = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def write_json(path: Path, value: dict[str, Any]) -> None:
    """Atomically: a reader sees the old one or the new one. Raises OSError."""
    draft = path.with_suffix(f".{secrets.token_hex(8)}")
    try:
        with open(draft, "x", opener=_private) as file:
            json.dump(value, file)
        draft.rename(path)
    except OSError:  # a full disk: nothing half written stays
        draft.unlink(missing_ok=True)
        raise
