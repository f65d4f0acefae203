"""Which `piga run` is running in this PIGA_HOME, for others to find it."""

import contextlib
from dataclasses import asdict, dataclass

from app.errors import OperatorError
from app.local.data_dir import DataDir, read_json, write_json
from app.local.locks import FileLock
from app.settings import Settings


@dataclass(frozen=True)
class Running:
    """What a running supervisor says of itself. `run` marks the processes that are its own."""

    pid: int
    run: str
    url: str
    fakes_url: str
    demo: bool
    live_url: str = ""


def running(settings: Settings) -> Running | None:
    """The `piga run` of this PIGA_HOME, if there is one now."""
    home = DataDir(settings.home)
    return last(home) if home.run.is_dir() and _lock(home).is_held() else None


def last(home: DataDir) -> Running | None:
    """The one that runs, or ran and was killed before it could clear up."""
    found = read_json(home.run / "run.json")
    try:
        return Running(**found)
    except TypeError:
        return None


class Claim:
    """The right to be the one that runs in this PIGA_HOME; OperatorError when it is taken."""

    def __init__(self, home: DataDir) -> None:
        self._home = home
        self._lock = _lock(home)
        # Somebody may look whether it is taken, which takes it for a moment.
        if not self._lock.acquire(timeout_s=0.2):
            other = last(home)
            where = f" at {other.url} (process {other.pid})" if other else ""
            raise OperatorError(f"Piga is already running in {home.path}{where}.")

    def announce(self, running: Running) -> None:
        with contextlib.suppress(OSError):  # it only tells others where we are
            write_json(self._home.run / "run.json", asdict(running))

    def give_up(self) -> None:
        (self._home.run / "run.json").unlink(missing_ok=True)
        self._lock.release()


def _lock(home: DataDir) -> FileLock:
    return FileLock(home.run / "run.lock")
