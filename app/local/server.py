"""What a database server must offer to be kept alive."""

import abc
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

from app.errors import OperatorError
from app.local.data_dir import DataDir, read_json
from app.local.server_user import ServerUser, give_tree, let_pass, server_user
from app.settings import bare_environment

LAUNCH = Path(__file__).with_name("launch.py")
UNIX_SOCKET_PATH_BYTES_MAXIMUM = 103  # macOS; Linux allows 107


class Server(abc.ABC):
    """One embedded server: its data folder, its program, its private socket folder."""

    name: str
    death_signal: int  # what it gets when the thread that keeps it ends: must make it stop cleanly
    stop_signals: tuple[tuple[int, float], ...]  # each with the patience in s before the next

    def __init__(self, home: DataDir) -> None:
        self.home = home
        self.data = home.path / self.name
        # Root must not serve: files that a server writes belong to this user.
        self.user = server_user(self.data)
        self.sockets = Path()

    @property
    def start_timeout_s(self) -> float:
        """A recovery after a crash takes its time."""
        return 120.0

    @abc.abstractmethod
    def prepare(self) -> None:
        """Make the data folder if there is none, and clear away what a killed server left."""

    @abc.abstractmethod
    def command(self) -> list[str]:
        """The program and its arguments; it must stay in the foreground."""

    @abc.abstractmethod
    def is_ready(self) -> bool:
        """Whether it answers. Cheap: asked every few milliseconds."""

    @abc.abstractmethod
    def leftovers(self) -> list[int]:
        """Processes of an earlier server on this data folder that nobody keeps any more."""

    def complete(self) -> None:  # noqa: B027 - most servers have nothing to add
        """What remains to be done once it answers; again and again without harm."""

    def state_file(self) -> Path:
        return self.home.run / f"{self.name}.json"

    def log_path(self) -> Path:
        return self.home.log / f"{self.name}.log"

    def own_folder(self, path: Path) -> None:
        """Make a folder that belongs to the server's user alone, with all that is in it."""
        path.mkdir(mode=0o700, exist_ok=True)
        if self.user is not None and path.stat().st_uid != self.user.uid:
            give_tree(path, self.user)
        path.chmod(0o700)

    def choose_sockets(self) -> None:
        """A short private folder for the socket: where it was before if it is still ours.

        Not in PIGA_HOME, whose path may be too long for a socket.
        """
        before = Path(read_json(self.state_file()).get("sockets", ""))
        if before.is_absolute() and self._is_private(before):
            self.sockets = before
            self._share_sockets()
            return
        top = "/tmp" if os.access("/tmp", os.W_OK | os.X_OK) else tempfile.gettempdir()  # noqa: S108
        self.sockets = Path(tempfile.mkdtemp(prefix="piga-", dir=top))
        if len(os.fsencode(self.sockets / ".s.PGSQL.5432")) > UNIX_SOCKET_PATH_BYTES_MAXIMUM:
            raise OperatorError(f"{top} is too long a path for a socket: set TMPDIR to another.")
        self._share_sockets()

    def drop_sockets(self) -> None:
        shutil.rmtree(self.sockets, ignore_errors=True)
        self.state_file().unlink(missing_ok=True)

    @property
    def socket_mode(self) -> str:
        """Who may connect, in digits as `chmod` has them: also our processes that are not root."""
        return "0700" if self.user is None else "0770"

    def _share_sockets(self) -> None:
        self.own_folder(self.sockets)
        if self.user is not None:
            self.sockets.chmod(0o710)

    def _is_private(self, folder: Path) -> bool:
        try:
            found = folder.lstat()
        except OSError:
            return False
        owner = os.geteuid() if self.user is None else self.user.uid
        return stat.S_ISDIR(found.st_mode) and found.st_uid == owner and found.st_mode & 0o67 == 0

    def launch(
        self, command: list[str], folder: Path, log: int, user: ServerUser | None = None
    ) -> subprocess.Popen[bytes]:
        """Start `command` as the server's user, or as `user` where root asks for another. It ends
        with the thread that calls this."""
        user = user or self.user
        if user is not None:
            for path in (Path(command[0]), folder):
                let_pass(path, user.gid)
        who = "-" if user is None else str(user)
        wrapper = [sys.executable, "-I", "-S", str(LAUNCH)]
        return subprocess.Popen(  # noqa: S603
            [*wrapper, str(os.getpid()), str(self.death_signal), who, str(folder), *command],
            cwd="/",
            env=bare_environment() | {"LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            umask=0o077,
        )
