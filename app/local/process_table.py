"""What the operating system says of processes: enough to tell a live server from a stale pid."""

import contextlib
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psutil


def is_alive(pid: int) -> bool:
    """Whether `pid` runs. A zombie does not: it only waits for its parent to look at it."""
    import psutil

    try:
        return psutil.Process(pid).status() not in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
    except (psutil.Error, ValueError):
        return False


def working_in(folder: Path, program: str) -> list[int]:
    """The live processes of `program` whose working directory is `folder`."""
    wanted = os.path.realpath(folder)
    return _matching(lambda process: process.name() == program and process.cwd() == wanted)


def with_environment(name: str, value: str) -> list[int]:
    """The live processes started with `name=value` in their environment."""
    return _matching(lambda process: process.environ().get(name) == value)


def end(find: Callable[[], list[int]], *steps: tuple[int, float]) -> None:
    """Signal what `find` finds until it finds nothing: each step is (signal, patience in s).

    SIGKILL comes after the last step.
    """
    import psutil

    for signal_number, patience_s in (*steps, (signal.SIGKILL, 5.0)):
        found = []
        for pid in find():
            with contextlib.suppress(psutil.NoSuchProcess):
                process = psutil.Process(pid)
                process.send_signal(signal_number)
                found.append(process)
        psutil.wait_procs(found, patience_s)
        if not find():
            return


def _matching(is_wanted: Callable[["psutil.Process"], bool]) -> list[int]:
    import psutil

    pids = []
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and is_wanted(process) and is_alive(process.pid):
                pids.append(process.pid)
        except (psutil.Error, OSError):  # another user's, or just gone
            continue
    return pids
