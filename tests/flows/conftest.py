"""One tenant, written once a run; every test gets a copy of it."""

import os
from collections.abc import Iterator

import psycopg
import pytest

from app.settings import Settings
from app.supervisor import postgres
from app.supervisor.locks import FileLock
from tests.conftest import Database, copy_of, url_of
from tests.flows.house import TODAY, House, fix_ids, found

TOWN = "piga_flows"


@pytest.fixture(scope="session")
def town(servers: Settings, admin_url: str, template: str) -> str:
    """The name of a database with the tenant in it, to copy."""
    draft = TOWN + "_draft"
    with (
        FileLock(servers.home / "town.lock"),
        psycopg.connect(admin_url, autocommit=True) as connection,
    ):
        done = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (TOWN,))
        if not done.fetchone():
            connection.execute(f"DROP DATABASE IF EXISTS {draft} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {draft} TEMPLATE {template} OWNER {postgres.OWNER}")
            with pytest.MonkeyPatch.context() as monkeypatch:
                found(url_of(servers, "piga_app", draft), monkeypatch)
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                (draft,),
            )
            connection.execute(f"ALTER DATABASE {draft} RENAME TO {TOWN}")
    return TOWN


@pytest.fixture
def database(servers: Settings, admin_url: str, town: str) -> Iterator[Database]:
    yield from copy_of(servers, admin_url, town)


@pytest.fixture
def house(database: Database, redis_url: str) -> Iterator[House]:
    made = House(database, redis_url)
    with made.watching():
        yield made
    made.close()


@pytest.fixture
def fixed_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    """References and times of entries that are the same in every run."""
    fix_ids(monkeypatch, TODAY)


@pytest.fixture
def refreshing(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--refresh-transcripts")) and not os.environ.get("CI")
