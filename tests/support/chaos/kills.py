"""Kills processes, the way a crash or an operator's mistake would."""

import contextlib
import random
import signal
import subprocess
import threading
import time
from collections import Counter

import psutil

from workers.jobs.kinds import QUEUES

WORKERS = {f"worker {queue}": f"{queue} worker" for queue in QUEUES}
TARGETS = ("web server", "web worker", *WORKERS.values(), "relay", "cron", "postgres", "valkey")


def processes(supervisor_pid: int) -> dict[str, list[psutil.Process]]:
    """What runs below the supervisor, by what it is."""
    found: dict[str, list[psutil.Process]] = {name: [] for name in TARGETS}
    for process in psutil.Process(supervisor_pid).children(recursive=True):
        with contextlib.suppress(psutil.Error):
            name = _target(process)
            if name:
                found[name].append(process)
    return found


def _target(process: psutil.Process) -> str | None:
    line = " ".join(process.cmdline())
    if process.name().startswith("valkey-server"):
        return "valkey"
    if process.name() == "postgres":
        parent = process.parent()
        return "postgres" if parent is None or parent.name() != "postgres" else None
    if line.endswith("app.cli web"):
        parent = process.parent()
        forked = parent is not None and parent.cmdline() == process.cmdline()
        return "web worker" if forked else "web server"
    for end, name in (*WORKERS.items(), ("app.cli relay", "relay"), ("app.cli cron", "cron")):
        if line.endswith(end):
            return name
    return None


def kill(process: psutil.Process | psutil.Popen | subprocess.Popen[bytes]) -> None:
    """kill -9, and gone."""
    process.send_signal(signal.SIGKILL)
    with contextlib.suppress(psutil.NoSuchProcess):
        process.wait(10)


class RandomKills:
    """Kills a random process every so often until it is told to stop."""

    def __init__(
        self, supervisor_pid: int, seed: int, every_s: float, most: int | None = None
    ) -> None:
        self._pid = supervisor_pid
        self._random = random.Random(seed)
        self._every_s = every_s
        self._most = most
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.killed: Counter[str] = Counter()

    def __enter__(self) -> "RandomKills":
        self._thread.start()
        return self

    def __exit__(self, *fault: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(self._random.uniform(0.5, 1.5) * self._every_s):
            if self._most is not None and self.killed.total() >= self._most:
                return
            running = {name: found for name, found in processes(self._pid).items() if found}
            if not running:
                time.sleep(0.1)
                continue
            # The one killed least so far, so that each gets its share.
            fewest = min(self.killed[name] for name in running)
            name = self._random.choice([name for name in running if self.killed[name] == fewest])
            with contextlib.suppress(psutil.Error):
                self._random.choice(running[name]).kill()
                self.killed[name] += 1
