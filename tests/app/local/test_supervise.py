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

import psutil
import psycopg
import pytest
import redis
import requests

from app.demo.phone.network import Network
from app.errors import OperatorError
from app.local import process_table, unprivileged
from app.local.data_dir import read_json
from app.local.ports import listens
from app.local.running import Running, running
from app.local.supervise import STOP_TIMEOUT_S
from app.settings import CHECKOUT, Settings
from tests.support.servers import DatabaseUrls
from workers.jobs.kinds import QUEUES

READY_S = 60.0
STOP_S = 40.0


class Piga:
    """A `piga run` of its own, without a demo unless `environment` says so."""

    def __init__(self, home: Path, port: int, *options: str, **environment: str) -> None:
        self.home = home
        self.port = port
        self.settings = Settings(home=home, port=port)
        self.environment = os.environ | {
            "PIGA_HOME": str(home),
            "PORT": str(port),
            "PIGA_DEMO": "0",
            **environment,
        }
        self.log = home.with_suffix(".out")
        with open(self.log, "wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "app.cli", "run", *options],
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

    def marked(self) -> list[int]:
        """Every process that comes from it, but its servers."""
        return process_table.with_environment("PIGA_RUN", self.announced().run)

    def children(self) -> dict[str, int]:
        """The processes that it started, by what they do."""
        children = {}
        for pid in self.marked():
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
def piga(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Piga]:
    started = Piga(tmp_path_factory.mktemp("run") / "home", free_port())
    try:
        yield started.wait_until_ready()
    finally:
        assert started.stop() == 0


@pytest.mark.long
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


@pytest.mark.long
def test_it_serves_and_says_where(piga: Piga) -> None:
    assert piga.get("/healthz") == 200
    assert f"http://127.0.0.1:{piga.port}" in piga.said()
    assert piga.announced().url == f"http://127.0.0.1:{piga.port}"


@pytest.mark.long
def test_whatever_is_killed_comes_back(piga: Piga) -> None:
    everybody = {"web", "cron", "relay", *(f"worker-{queue}" for queue in QUEUES)}
    eventually(lambda: set(piga.children()) == everybody, READY_S)
    before = piga.children()
    for name in ("web", "relay"):
        os.kill(before[name], signal.SIGKILL)
    eventually(lambda: not process_table.is_alive(before["relay"]), 5)
    eventually(
        lambda: (now := piga.children()).keys() == everybody and now["web"] != before["web"],
        READY_S,
    )
    eventually(lambda: piga.get("/readyz") == 200, READY_S)
    after = piga.children()
    assert after["relay"] != before["relay"]
    assert after["cron"] == before["cron"]
    assert "piga: web ended (signal SIGKILL)" in piga.said()


@pytest.mark.long
def test_killed_it_ends_everything_and_stopped_it_leaves_no_trace(tmp_path: Path) -> None:
    first = Piga(tmp_path / "home", free_port()).wait_until_ready()
    everything = [*first.marked(), *first.servers()]
    first.process.kill()
    first.process.wait()
    again = Piga(first.home, first.port)
    try:
        again.wait_until_ready()
        assert not [pid for pid in everything if process_table.is_alive(pid)]
        everything = [*again.marked(), *again.servers()]
        sockets = [
            Path(read_json(again.home / "run" / f"{name}.json")["sockets"])
            for name in ("postgres", "valkey")
        ]
    finally:
        assert again.stop(signal.SIGINT) == 0
    assert not [pid for pid in everything if process_table.is_alive(pid)]
    assert not any(folder.exists() for folder in sockets)
    assert running(again.settings) is None
    assert not (again.home / "postgres" / "postmaster.pid").exists()


@pytest.mark.long
def test_on_servers_of_ones_own_with_a_demo_and_without(
    tmp_path: Path, database: DatabaseUrls, redis_url: str
) -> None:
    """A database of one's own may hold real people: there the demo is to be asked for."""
    own = {
        "DATABASE_URL": database.database_url,
        "PIGA_OWNER_URL": database.owner_url,
        "PIGA_RELAY_URL": database.relay_url,
        "REDIS_URL": redis_url,
        "PIGA_KEY": "0f" * 32,
    }
    plain = Piga(tmp_path / "home", free_port(), **own, PIGA_DEMO="")
    try:
        plain.wait_until_ready()
        told = "piga: no demo, for DATABASE_URL and REDIS_URL are set; PIGA_DEMO=1 adds it\n"
        assert plain.said().startswith(told)
        assert plain.get("/phone") == 404
        with psycopg.connect(database.admin_url) as admin:
            assert admin.execute("SELECT count(*) FROM tenant").fetchone() == (0,)
    finally:
        assert plain.stop() == 0
    demo = Piga(plain.home, plain.port, **own, PIGA_DEMO="1")
    try:
        demo.wait_until_ready()
        assert "no demo" not in demo.said()
        assert demo.get("/phone") == 200
        network = Network(demo.announced().fakes_url)
        hop = network.dial("+250788000102", "*384*10#")
        assert hop["screen"].startswith("Ibimina")
        assert network.answer(hop["session"], "8")["state"] == "open"
        live = demo.announced().live_url
        assert f"{live.replace('http', 'ws')}/ws/rates/" in demo.said()
        eventually(lambda: listens(live), READY_S)
        looking_on = requests.get(f"{live}/sse/rates/", stream=True, timeout=READY_S)
        assert looking_on.raw.readline().startswith(b'data: {"type":"all_rates"')
    finally:
        stopping = time.monotonic()
        assert demo.stop() == 0
    # Neither who looks on nor a poll of rates keeps a process from stopping.
    assert time.monotonic() - stopping < STOP_TIMEOUT_S
    assert not listens(live)
    looking_on.close()
    # Nothing was started beside them, and nothing of ours stays in them but data.
    assert not {"postgres", "valkey", "key"} & {path.name for path in demo.home.iterdir()}
    with redis.Redis.from_url(redis_url) as client:
        assert client.keys("last:*")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
@pytest.mark.long
def test_started_by_root_nothing_but_the_supervisor_is_root(tmp_path: Path) -> None:
    """In a home below closed folders, with a demo, that is served from its first hop to its texts
    by processes without any capability; and the servers' user cannot see what they hold."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    piga = Piga(closed / "home", free_port(), PIGA_DEMO="1")
    try:
        piga.wait_until_ready()
        eventually(lambda: len(piga.children()) == 9, READY_S)
        network = Network(piga.announced().fakes_url)
        assert network.dial("+250788000102", "*384*10#")["screen"].startswith("Ibimina")
        pids = {*piga.marked(), *piga.servers(), *_below(piga.process.pid)}
        assert piga.process.pid not in pids
        for pid in pids:
            with contextlib.suppress(FileNotFoundError):  # a job's process that has ended
                status = dict(
                    line.split(":\t", 1)
                    for line in Path(f"/proc/{pid}/status").read_text().splitlines()
                )
                assert "0" not in status["Uid"].split() + status["Gid"].split(), status["Name"]
                assert "0" not in status["Groups"].split()
                for name in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
                    assert int(status[name], 16) == 0, (status["Name"], name)
        users = {os.stat(f"/proc/{pid}").st_uid for pid in piga.servers()}
        [web] = {os.stat(f"/proc/{pid}").st_uid for pid in piga.children().values()}
        assert web not in users
        assert (piga.home / "log" / "prepare.log").read_text()
        assert (piga.home / "fakes").stat().st_uid == web
        url = f"postgresql://piga_verify@/piga?host={_socket(piga, 'postgres')}&port=5432"
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    finally:
        assert piga.stop() == 0
    assert "Permission denied" not in piga.said()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root could listen there")
def test_a_port_of_roots_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = tmp_path / "first"
    first.write_text("1024\n")
    monkeypatch.setattr(unprivileged, "FIRST_OPEN_PORT", first)
    unprivileged.require_port(1024)
    with pytest.raises(OperatorError, match="Port 80 is root's"):
        unprivileged.require_port(80)


def _below(pid: int) -> list[int]:
    """Every process that comes from this one."""
    found = psutil.Process(pid).children(recursive=True)
    return [process.pid for process in found]


def _socket(piga: Piga, name: str) -> str:
    return str(read_json(piga.home / "run" / f"{name}.json")["sockets"])


@pytest.mark.long
def test_no_secret_on_any_command_line(piga: Piga) -> None:
    key = (piga.home / "key").read_text().strip()
    for pid in (piga.process.pid, *piga.marked(), *piga.servers()):
        with contextlib.suppress(OSError):
            line = Path(f"/proc/{pid}/cmdline").read_bytes().decode()
            assert key not in line
            assert "piga_app@" not in line
    for log in (*(piga.home / "log").iterdir(), piga.log):
        assert key not in log.read_text(errors="replace")
