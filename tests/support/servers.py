"""Real servers for the tests: one Postgres and one Valkey a run, a fresh database a test.

All test processes of a run share them, and a migrated template that each database is copied from.
`PIGA_TEST_PG_BIN=/usr/lib/postgresql/15/bin` runs the tests on another Postgres.
"""

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
import redis

from app.local import postgres
from app.local.embedded import ensure
from app.local.locks import FileLock
from app.settings import Settings

TEMPLATE = "piga_template"
# Safe when a process is killed, which is tested; not when the machine is, which is not.
# Databases are used again, and whole Pigas run beside: more connect than to a host's own.
QUICK = (("fsync", "off"), ("full_page_writes", "off"), ("max_connections", "300"))

_numbers = itertools.count(1)


@dataclass(frozen=True)
class DatabaseUrls:
    """One database, by the roles one can be in it."""

    name: str
    admin_url: str
    owner_url: str
    database_url: str
    relay_url: str
    verify_url: str


@contextmanager
def started(home: Path, *, safe: bool = False) -> Iterator[Settings]:
    """Postgres and Valkey of this home, running; `safe` against what QUICK is not."""
    binaries = os.environ.get("PIGA_TEST_PG_BIN")
    settings = Settings(
        home=home,
        postgres_bin=Path(binaries) if binaries else None,
        postgres_options=() if safe else QUICK,
    )
    with ensure(settings) as running:
        yield running


@pytest.fixture(scope="session")
def servers_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A PIGA_HOME that all test processes of this run have in common."""
    base = tmp_path_factory.getbasetemp()
    return (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "home"


@pytest.fixture(scope="session")
def servers(servers_home: Path) -> Iterator[Settings]:
    """Postgres and Valkey, running. Their own database `piga` is empty: use `database`."""
    with started(servers_home) as running:
        yield running


@pytest.fixture(scope="session")
def admin_url(servers: Settings) -> str:
    """The superuser's URL of the server's `postgres` database."""
    return _of_server(servers)


@pytest.fixture(scope="session")
def template(servers: Settings) -> str:
    """The name of a migrated database to copy; nobody may be connected to it."""
    from core.migrations.run import upgrade

    return prepared(servers, TEMPLATE, "template1", lambda urls: upgrade(urls.owner_url))


@pytest.fixture
def empty_database(servers: Settings, admin_url: str) -> Iterator[DatabaseUrls]:
    """A fresh database without any migration, with the rights that Postgres gives in one."""
    for made in copy_of(servers, "template0"):
        with psycopg.connect(admin_url, autocommit=True) as connection:
            connection.execute(f"GRANT TEMPORARY ON DATABASE {made.name} TO PUBLIC")
        yield made


@pytest.fixture
def owner_url(database: DatabaseUrls) -> str:
    return database.owner_url


@pytest.fixture
def database_url(database: DatabaseUrls) -> str:
    return database.database_url


@pytest.fixture
def relay_url(database: DatabaseUrls) -> str:
    return database.relay_url


@pytest.fixture
def verify_url(database: DatabaseUrls) -> str:
    return database.verify_url


@pytest.fixture
def redis_url(servers: Settings) -> str:
    """An empty Redis database, this test process's own."""
    return emptied(servers, 0)


def emptied(servers: Settings, first: int) -> str:
    """The URL of this test process's own Redis database, from a number on that is one use's own:
    a test of another use does not empty it."""
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    url = servers.redis_url.replace("db=0", f"db={first + number}")
    with redis.Redis.from_url(url) as client:
        client.flushdb()
    return url


def url_of(servers: Settings, role: str, database: str) -> str:
    return servers.database_url.replace("piga_app@/piga", f"{role}@/{database}")


def urls_of(servers: Settings, name: str = "piga") -> DatabaseUrls:
    return DatabaseUrls(
        name=name,
        admin_url=url_of(servers, postgres.SUPERUSER, name),
        owner_url=url_of(servers, postgres.OWNER, name),
        database_url=url_of(servers, "piga_app", name),
        relay_url=url_of(servers, "piga_relay", name),
        verify_url=url_of(servers, "piga_verify", name),
    )


def prepared(
    servers: Settings, name: str, template: str, fill: Callable[[DatabaseUrls], object]
) -> str:
    """The name of a database that is filled once a run, by whichever test process comes first, to
    be copied by all."""
    draft = f"{name}_draft"
    with (
        FileLock(servers.home / f"{name}.lock"),
        psycopg.connect(_of_server(servers), autocommit=True) as admin,
    ):
        done = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
        if not done:
            admin.execute(f"DROP DATABASE IF EXISTS {draft} WITH (FORCE)")
            postgres.create_database(admin, draft, template)
            fill(urls_of(servers, draft))
            admin.execute(f"ALTER DATABASE {draft} RENAME TO {name}")
    return name


def copy_of(servers: Settings, template: str) -> Iterator[DatabaseUrls]:
    """A database that is a copy of another, for as long as it is needed."""
    name = copied(servers, template)
    yield urls_of(servers, name)
    dropped(servers, name)


def copied(servers: Settings, template: str) -> str:
    """The name of a new database that is a copy of another."""
    name = f"t_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(_of_server(servers), autocommit=True) as connection:
        postgres.create_database(connection, name, template, by_files=True)
    return name


def dropped(servers: Settings, name: str) -> None:
    """Drop a database, whoever is connected to it."""
    with psycopg.connect(_of_server(servers), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _of_server(servers: Settings) -> str:
    """The superuser's URL of the server's `postgres` database."""
    return url_of(servers, postgres.SUPERUSER, "postgres")
