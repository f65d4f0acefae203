"""One tenant, written once a run; every test begins with it as it was."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from app.local import postgres
from app.local.locks import FileLock
from app.settings import Settings
from tests.support.chaos.proxy import Proxy
from tests.support.servers import Database, copy_of, url_of
from tests.support.tenant import TODAY, House, fix_ids, found

TOWN = "piga_flows"

# Copying rows back takes a hundredth of copying a database.
_KEEP = """
CREATE SCHEMA kept;
DO $$ DECLARE one text; BEGIN
    FOR one IN SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
        AND relkind IN ('r', 'p') AND NOT relispartition AND relname <> 'alembic_version'
    LOOP EXECUTE format('CREATE TABLE kept.%I AS TABLE public.%I', one, one); END LOOP;
END $$"""
_RESTORE = """
DO $$ DECLARE one text; BEGIN
    SET LOCAL session_replication_role = replica;
    FOR one IN SELECT relname FROM pg_class WHERE relnamespace = 'kept'::regnamespace
    LOOP
        EXECUTE format('DELETE FROM public.%I', one);
        EXECUTE format('INSERT INTO public.%I SELECT * FROM kept.%I', one, one);
    END LOOP;
END $$"""


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
            postgres.create_database(connection, draft, template)
            with pytest.MonkeyPatch.context() as monkeypatch:
                found(url_of(servers, "piga_app", draft), monkeypatch)
            with psycopg.connect(url_of(servers, postgres.SUPERUSER, draft)) as kept:
                kept.execute(_KEEP)
            connection.execute(f"ALTER DATABASE {draft} RENAME TO {TOWN}")
    return TOWN


@pytest.fixture(scope="session")
def town_copy(servers: Settings, admin_url: str, town: str) -> Iterator[Database]:
    """This test process's own database."""
    yield from copy_of(servers, admin_url, town)


@pytest.fixture
def database(town_copy: Database) -> Database:
    with psycopg.connect(town_copy.admin_url) as connection:
        connection.execute(_RESTORE)
    return town_copy


@pytest.fixture
def house(database: Database, redis_url: str) -> Iterator[House]:
    made = House(database, redis_url)
    with made.watching():
        yield made
    made.close()


@dataclass(frozen=True)
class Doors:
    """What can happen between us and our servers."""

    postgres: Proxy
    redis: Proxy


@pytest.fixture
def doors(servers: Settings, redis_url: str) -> Iterator[Doors]:
    # A socket's path has little room: not in the test's own folder.
    with tempfile.TemporaryDirectory(prefix="doors") as folder:
        sockets = parse_qs(urlsplit(servers.database_url).query)["host"][0]
        name = f".s.PGSQL.{postgres.PORT}"
        made = Doors(
            Proxy(Path(folder) / name, f"{sockets}/{name}"),
            Proxy(Path(folder) / "redis", urlsplit(redis_url).path),
        )
        yield made
        made.postgres.close()
        made.redis.close()


@pytest.fixture
def guarded(database: Database, redis_url: str, servers: Settings, doors: Doors) -> Iterator[House]:
    """A house whose servers stand behind doors; it is looked at past them."""
    folder = doors.postgres.address.parent
    behind = parse_qs(urlsplit(servers.database_url).query)["host"][0]
    made = House(
        database,
        redis_url,
        database_url=database.database_url.replace(behind, str(folder)),
        store_url=redis_url.replace(urlsplit(redis_url).path, str(doors.redis.address)),
    )
    with made.watching():
        yield made
    made.close()


@pytest.fixture
def fixed_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Entries are made at a time that is the same in every run."""
    fix_ids(monkeypatch, TODAY)


@pytest.fixture
def refreshing(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--refresh-transcripts"))
