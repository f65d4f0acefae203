"""What the operating system says of processes: enough to tell a live server from a stale pid."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable
from pathlib import Path

PROC = Path("/proc")
POLL_S = 0.02


def is_alive(pid: int) -> bool:
    """Whether `pid` runs. A zombie does not: it only waits for its parent to look at it."""
    try:
        stat = (PROC / str(pid) / "stat").read_bytes()
    except OSError:
        return False if _linux() else _alive_by_ps(pid)
    return stat[stat.rindex(b")") + 2 :][:1] not in (b"Z", b"X")


def working_in(folder: Path, program: str) -> list[int]:
    """The live processes of `program` whose working directory is `folder`; Linux only."""
    wanted = os.path.realpath(folder)

    def works_here(entry: Path) -> bool:
        return (
            os.readlink(entry / "cwd") == wanted
            and (entry / "comm").read_text().rstrip("\n") == program
        )

    return _matching(works_here)


def with_environment(name: str, value: str) -> list[int]:
    """The live processes started with `name=value` in their environment; Linux only."""
    wanted = f"{name}={value}".encode()

    def has_it(entry: Path) -> bool:
        return wanted in (entry / "environ").read_bytes().split(b"\0")

    return _matching(has_it)


def send(pids: Iterable[int], signal_number: int) -> None:
    for pid in pids:
        try:
            os.kill(pid, signal_number)
        except ProcessLookupError:
            continue


def end(find: Callable[[], list[int]], *steps: tuple[int, float]) -> None:
    """Signal what `find` finds until it finds nothing: each step is (signal, patience in s).

    SIGKILL comes after the last step.
    """
    for signal_number, patience_s in (*steps, (signal.SIGKILL, 5.0)):
        pids = find()
        send(pids, signal_number)
        until = time.monotonic() + patience_s
        while pids and time.monotonic() < until:
            time.sleep(POLL_S)
            pids = find()
        if not pids:
            return


def _matching(is_wanted: Callable[[Path], bool]) -> list[int]:
    pids = []
    for entry in PROC.iterdir() if _linux() else ():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                if is_wanted(entry) and is_alive(int(entry.name)):
                    pids.append(int(entry.name))
            except OSError:  # another user's, or just gone
                continue
    return pids


def _linux() -> bool:
    return (PROC / "self" / "stat").exists()


def _alive_by_ps(pid: int) -> bool:
    answer = subprocess.run(  # noqa: S603
        ["/bin/ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return answer.stdout.strip()[:1] not in ("", "Z")
