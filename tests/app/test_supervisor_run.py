"""`piga run` as a whole: started, crashed, stopped, killed."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.settings import CHECKOUT, Settings
from app.supervisor import process_table
from app.supervisor.home import read_json
from app.supervisor.running import Running, running

READY_S = 60.0
STOP_S = 40.0


class Piga:
    """A `piga run` of its own, without a demo."""

    def __init__(self, home: Path, port: int) -> None:
        self.home = home
        self.port = port
        self.settings = Settings(home=home, port=port)
        self.environment = os.environ | {
            "PIGA_HOME": str(home),
            "PORT": str(port),
            "PIGA_DEMO": "0",
        }
        self.log = home.with_suffix(".out")
        with open(self.log, "wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "app.cli", "run"],
                cwd=CHECKOUT,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_until_ready(self) -> "Piga":
        eventually(lambda: self.ended or "piga: ready" in self.said(), READY_S)
        assert not self.ended, self.said()
        assert self.get("/readyz") == 200
        return self

    def said(self) -> str:
        return self.log.read_text()

    @property
    def ended(self) -> bool:
        return self.process.poll() is not None

    def get(self, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()

    def announced(self) -> Running:
        found = running(self.settings)
        assert found is not None
        return found

    def children(self) -> dict[str, int]:
        """The processes that it started, by what they do."""
        marked = process_table.with_environment("PIGA_RUN", self.announced().run)
        children = {}
        for pid in marked:
            with contextlib.suppress(OSError):
                words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
                parent = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
                if parent == self.process.pid and "app.cli" in words:
                    children["-".join(words[words.index("app.cli") + 1 : -1])] = pid
        return children

    def servers(self) -> list[int]:
        found = [
            *process_table.working_in(self.home / "postgres", "postgres"),
            *process_table.working_in(self.home / "valkey", "valkey-server"),
        ]
        assert len(found) > 2
        return found

    def stop(self, signal_number: int = signal.SIGTERM) -> int:
        self.process.send_signal(signal_number)
        return self.process.wait(STOP_S)


def eventually(holds: Callable[[], bool], patience_s: float) -> None:
    until = time.monotonic() + patience_s
    while not holds():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("run") / "home"


@pytest.fixture
def piga(home: Path) -> Iterator[Piga]:
    started = Piga(home, free_port())
    try:
        yield started.wait_until_ready()
    finally:
        if not started.ended:
            started.stop()


def test_it_serves_says_where_and_stops_without_a_trace(piga: Piga) -> None:
    assert piga.get("/healthz") == 200
    assert f"http://127.0.0.1:{piga.port}" in piga.said()
    assert piga.announced().url == f"http://127.0.0.1:{piga.port}"
    eventually(
        lambda: set(piga.children()) == {"web", "cron", "relay", "worker-send", "worker-default"},
        READY_S,
    )
    marked = process_table.with_environment("PIGA_RUN", piga.announced().run)
    everything = [*marked, *piga.servers()]
    sockets = [
        Path(read_json(piga.home / "run" / f"{name}.json")["sockets"])
        for name in ("postgres", "valkey")
    ]
    assert piga.stop(signal.SIGINT) == 0
    assert not [pid for pid in everything if process_table.is_alive(pid)]
    assert not any(folder.exists() for folder in sockets)
    assert running(piga.settings) is None
    assert not (piga.home / "postgres" / "postmaster.pid").exists()


def test_a_second_one_says_where_the_first_is(piga: Piga) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "app.cli", "run"],
        cwd=CHECKOUT,
        env=piga.environment | {"PORT": str(free_port())},
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == 1
    assert second.stderr == (
        f"Error: Piga is already running in {piga.home} at http://127.0.0.1:{piga.port}"
        f" (process {piga.process.pid}).\n"
    )


def test_a_port_that_is_taken_is_a_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        refused = Piga(tmp_path / "home", taken.getsockname()[1])
        assert refused.process.wait(READY_S) == 1
    assert refused.said().startswith(f"Error: Port {refused.port} on 127.0.0.1 cannot be had")
    assert refused.said().count("\n") == 1
    assert not (tmp_path / "home" / "postgres").exists()


def test_whatever_is_killed_comes_back(piga: Piga) -> None:
    eventually(lambda: len(piga.children()) == 5, READY_S)
    before = piga.children()
    for name in ("web", "relay"):
        os.kill(before[name], signal.SIGKILL)
    eventually(lambda: not process_table.is_alive(before["relay"]), 5)
    eventually(
        lambda: len(piga.children()) == 5 and piga.children()["web"] != before["web"], READY_S
    )
    eventually(lambda: piga.get("/readyz") == 200, READY_S)
    after = piga.children()
    assert after["relay"] != before["relay"]
    assert after["cron"] == before["cron"]
    assert "piga: web ended (signal SIGKILL)" in piga.said()


def test_its_own_kill_ends_everything_and_the_next_start_copes(piga: Piga) -> None:
    marked = process_table.with_environment("PIGA_RUN", piga.announced().run)
    everything = [*marked, *piga.servers()]
    piga.process.kill()
    piga.process.wait()
    again = Piga(piga.home, piga.port)
    try:
        again.wait_until_ready()
        assert not [pid for pid in everything if process_table.is_alive(pid)]
    finally:
        assert again.stop() == 0


def test_no_secret_on_any_command_line(piga: Piga) -> None:
    key = (piga.home / "key").read_text().strip()
    pids = [piga.process.pid, *process_table.with_environment("PIGA_RUN", piga.announced().run)]
    for pid in (*pids, *piga.servers()):
        with contextlib.suppress(OSError):
            line = Path(f"/proc/{pid}/cmdline").read_bytes().decode()
            assert key not in line
            assert "piga_app@" not in line
    for log in (*(piga.home / "log").iterdir(), piga.log):
        assert key not in log.read_text(errors="replace")
