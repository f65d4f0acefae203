"""One web server a test process; what would harm the others has one of its own."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
import redis

from app.local import postgres
from app.local.embedded import ensure
from app.local.locks import FileLock
from app.local.process_table import send, working_in
from app.settings import Settings
from core.migrations.run import upgrade
from tests.support.chaos.postgres_door import Door
from tests.support.servers import QUICK, Database, copy_of, url_of
from tests.support.web import Web, found

TOWN = "piga_hooks"
# Apart from those of other tests, which are emptied while these servers run.
REDIS_FIRST = 24
SOCKET = ".s.PGSQL.5432"


@pytest.fixture(scope="session")
def town(servers: Settings, admin_url: str, template: str) -> str:
    """The name of a database with tenants and people in it, to copy."""
    draft = TOWN + "_draft"
    with (
        FileLock(servers.home / "hooks.lock"),
        psycopg.connect(admin_url, autocommit=True) as connection,
    ):
        done = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (TOWN,))
        if not done.fetchone():
            connection.execute(f"DROP DATABASE IF EXISTS {draft} WITH (FORCE)")
            postgres.create_database(connection, draft, template)
            found(url_of(servers, postgres.OWNER, draft), url_of(servers, "piga_app", draft))
            connection.execute(f"ALTER DATABASE {draft} RENAME TO {TOWN}")
    return TOWN


@pytest.fixture(scope="session")
def town_database(servers: Settings, admin_url: str, town: str) -> Iterator[Database]:
    """This test process's own copy of the town."""
    yield from copy_of(servers, admin_url, town)


@pytest.fixture(scope="session")
def sessions_url(servers: Settings) -> str:
    """This test process's own Redis database."""
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    url = servers.redis_url.replace("db=0", f"db={REDIS_FIRST + number}")
    with redis.Redis.from_url(url) as client:
        client.flushdb()
    return url


@pytest.fixture(scope="session")
def shared_web(
    town_database: Database, sessions_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Web]:
    log: Path = tmp_path_factory.mktemp("web") / "web.log"
    with Web(town_database, sessions_url, log) as running:
        yield running


@pytest.fixture
def web(shared_web: Web) -> Iterator[Web]:
    """A running server. Afterwards the books are right, and it has not said a word of a fault."""
    with redis.Redis.from_url(shared_web.redis_url) as client:
        for key in client.scan_iter("wrong-pins:*"):  # of the tests before, within a minute
            client.delete(key)
    said_before = len(shared_web.said())
    yield shared_web
    assert shared_web.process.poll() is None
    said = shared_web.said()[said_before:]
    assert "Traceback" not in said, said
    assert "turn failed" not in said, said
    shared_web.verify()


@dataclass(frozen=True)
class Fragile:
    """A web server with a Postgres and a Valkey of its own, and a door before Postgres: here
    anything may be frozen, cut or killed."""

    web: Web
    door: Door
    home: Path
    through_door: str

    def frozen(self, name: str) -> AbstractContextManager[None]:
        """Stop every process of Postgres or Valkey for as long as the block lasts."""
        program = {"postgres": "postgres", "valkey": "valkey-server"}[name]
        return _frozen(working_in(self.home / name, program))


@pytest.fixture(scope="module")
def fragile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fragile]:
    folder = tmp_path_factory.mktemp("fragile")
    sockets = Path(tempfile.mkdtemp(prefix="piga-door-"))
    binaries = os.environ.get("PIGA_TEST_PG_BIN")
    settings = Settings(
        home=folder / "home",
        postgres_bin=Path(binaries) if binaries else None,
        postgres_options=QUICK,
    )
    with ensure(settings) as own:
        upgrade(own.owner_url)
        found(own.owner_url, own.database_url)
        urls = Database(
            name="piga",
            admin_url=url_of(own, postgres.SUPERUSER, "piga"),
            owner_url=own.owner_url,
            database_url=own.database_url,
            relay_url=own.relay_url,
            verify_url=own.verify_url,
        )
        server = Path(own.database_url.partition("host=")[2].partition("&")[0])
        door = Door(sockets / SOCKET, server / SOCKET)
        through_door = own.database_url.replace(str(server), str(sockets))
        with Web(urls, own.redis_url, folder / "web.log", database_url=through_door) as web:
            yield Fragile(web, door, settings.home, through_door)
        door.close()
    shutil.rmtree(sockets)


@contextmanager
def _frozen(pids: list[int]) -> Iterator[None]:
    assert pids
    send(pids, signal.SIGSTOP)
    try:
        yield
    finally:
        send(pids, signal.SIGCONT)
