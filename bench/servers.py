"""Servers of the bench's own, in a folder of its own, and nothing left of them afterwards."""

import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from app.local.embedded import ensure
from app.local.server import LAUNCH
from app.settings import CHECKOUT, Settings

START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 15.0
LOG_CHARS_SHOWN = 2_000


@contextlib.contextmanager
def own_servers() -> Iterator[Settings]:
    """Postgres and Valkey as `piga run` has them, fsync and all, in a temporary home."""
    # /tmp may be memory, where a COMMIT costs nothing.
    top = "/var/tmp" if os.access("/var/tmp", os.W_OK | os.X_OK) else None
    home = Path(tempfile.mkdtemp(prefix="piga-bench-", dir=top))
    try:
        with ensure(Settings(home=home)) as settings:
            yield settings
    finally:
        shutil.rmtree(home, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Web:
    """A running web server: its port, its process, and what it writes."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path


@contextlib.contextmanager
def webs(*orders: tuple[Settings, tuple[str, ...]]) -> Iterator[list[Web]]:
    """Web servers, ready for the first request: each `python -m MODULE …` with its settings."""
    started: list[Web] = []
    try:
        # All at once. By this thread, with which they would end.
        for settings, module in orders:
            started.append(_start(settings, module))
        for web in started:
            _wait_for(web)
        yield started
    except BaseException:
        for web in started:
            sys.stderr.write(web.log.read_text(errors="replace")[-LOG_CHARS_SHOWN:])
        raise
    finally:
        for web in started:
            web.process.terminate()
        for web in started:
            _stop(web.process)


@contextlib.contextmanager
def running(
    *orders: tuple[Settings, tuple[str, ...]], extra: Mapping[str, str] | None = None
) -> Iterator[list[Web]]:
    """Processes that answer nobody, each `python -m MODULE …` with its settings and `extra` in its
    environment, for as long as the block lasts."""
    started = [_start(settings, module, extra) for settings, module in orders]
    try:
        yield started
    finally:
        for one in started:
            one.process.terminate()
        for one in started:
            _stop(one.process)


def _start(
    settings: Settings, module: tuple[str, ...], extra: Mapping[str, str] | None = None
) -> Web:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    log = settings.home / "log" / f"bench-{port}.log"
    guard = [str(os.getpid()), str(int(signal.SIGKILL)), "-", "-"]
    with open(log, "wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(LAUNCH), *guard, sys.executable, "-m", *module],
            cwd=CHECKOUT,
            env=replace(settings, port=port, demo=False).environment() | dict(extra or {}),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    return Web(port, process, log)


def _stop(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait_for(web: Web) -> None:
    until = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < until and web.process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=2)
        with (
            contextlib.closing(connection),
            contextlib.suppress(OSError, http.client.HTTPException),
        ):
            connection.request("GET", "/readyz")
            # The bare server has no such page, and answers that.
            if connection.getresponse().status in (200, 404):
                return
        time.sleep(0.05)
    raise RuntimeError("a web server did not start")


def cpu_s(pids: list[int]) -> float:
    """Processor time that these processes' threads have used so far; 0 where it cannot be read."""
    total_ns = 0
    for pid in pids:
        for thread in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            with contextlib.suppress(OSError):
                total_ns += int(thread.read_text().split()[0])
    return total_ns / 1e9


def children_of(pid: int) -> list[int]:
    """The process, its children and theirs; the process alone where there is no /proc."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            head, _, rest = stat.read_text().rpartition(")")
            parents[int(head.partition(" ")[0])] = int(rest.split()[1])
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found
