"""One web server a test process; what would harm the others has one of its own."""

import os
import signal
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.local import postgres
from app.local.process_table import working_in
from app.settings import Settings
from core.migrations.run import upgrade
from tests.support.chaos.proxy import SocketProxy
from tests.support.servers import DatabaseUrls, copy_of, emptied, prepared, started, urls_of
from tests.support.web import Web, fill

# Apart from those of other tests, which are emptied while these servers run.
REDIS_FIRST = 24
SOCKET = f".s.PGSQL.{postgres.PORT}"


@pytest.fixture(scope="session")
def web_database(servers: Settings, template: str) -> Iterator[DatabaseUrls]:
    """This test process's own database with tenants and people in it."""
    yield from copy_of(servers, prepared(servers, "piga_web", template, fill))


@pytest.fixture(scope="session")
def sessions_url(servers: Settings) -> str:
    """This test process's own Redis database."""
    return emptied(servers, REDIS_FIRST)


@pytest.fixture(scope="session")
def shared_web(
    web_database: DatabaseUrls, sessions_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Web]:
    log: Path = tmp_path_factory.mktemp("web") / "web.log"
    with Web(web_database, sessions_url, log) as running:
        yield running


@pytest.fixture
def web(shared_web: Web) -> Iterator[Web]:
    """A running server. Afterwards the books are right, and it has not said a word of a fault."""
    said_before = len(shared_web.said())
    yield shared_web
    assert shared_web.process.poll() is None
    said = shared_web.said()[said_before:]
    assert "Traceback" not in said, said
    assert "turn failed" not in said, said
    shared_web.verify()


@dataclass(frozen=True)
class Fragile:
    """A web server with a Postgres and a Valkey of its own, and a proxy before Postgres: here
    anything may be frozen, cut or killed."""

    web: Web
    proxy: SocketProxy
    home: Path
    through_proxy: str

    def frozen(self, name: str) -> AbstractContextManager[None]:
        """Stop every process of Postgres or Valkey for as long as the block lasts."""
        program = {"postgres": "postgres", "valkey": "valkey-server"}[name]
        return _frozen(working_in(self.home / name, program))


@pytest.fixture(scope="module")
def fragile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fragile]:
    folder = tmp_path_factory.mktemp("fragile")
    home = folder / "home"
    # A socket's path has little room: not in the test's own folder.
    with (
        started(home) as own,
        tempfile.TemporaryDirectory(prefix="piga-proxy-", ignore_cleanup_errors=True) as sockets,
    ):
        upgrade(own.owner_url)
        urls = urls_of(own)
        fill(urls)
        os.chmod(sockets, 0o755)
        server = Path(own.database_url.partition("host=")[2].partition("&")[0])
        proxy = SocketProxy(Path(sockets) / SOCKET, server / SOCKET)
        through_proxy = own.database_url.replace(str(server), sockets)
        with Web(urls, own.redis_url, folder / "web.log", database_url=through_proxy) as web:
            yield Fragile(web, proxy, home, through_proxy)
        proxy.close()


@contextmanager
def _frozen(pids: list[int]) -> Iterator[None]:
    assert pids
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
