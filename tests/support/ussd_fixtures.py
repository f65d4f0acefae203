"""The folder's tenant for phones, written once a run; every test begins with it as it was."""

import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from app.local import postgres
from app.settings import Settings
from core.payments import missing
from core.tenants import directory
from flows.rates import steps, texts, week
from tests.support.chaos.proxy import SocketProxy
from tests.support.ibimina import FOLDER
from tests.support.pool import KEEP, RESTORE
from tests.support.servers import DatabaseUrls, copy_of, prepared
from tests.support.tenants import fix_ids, write_folders
from tests.support.ussd import FOUNDED, TODAY, UssdTenant
from tests.support.warm import Warm


def _fill(urls: DatabaseUrls) -> None:
    with pytest.MonkeyPatch.context() as patched:
        fix_ids(patched, FOUNDED)
        write_folders(urls.database_url, [FOLDER])
    with psycopg.connect(urls.admin_url) as kept:
        kept.execute(KEEP)


@pytest.fixture(scope="session")
def ussd_copy(servers: Settings, template: str) -> Iterator[DatabaseUrls]:
    """This test process's own database with the tenant in it."""
    yield from copy_of(servers, prepared(servers, "piga_ussd", template, _fill))


@pytest.fixture(scope="session")
def ussd_warm(ussd_copy: DatabaseUrls) -> Iterator[Warm]:
    """The connections that the tests of this process have in common."""
    with closing(Warm(ussd_copy, is_killed=False)) as warm:
        yield warm


@pytest.fixture
def ussd_database(ussd_copy: DatabaseUrls, ussd_warm: Warm) -> DatabaseUrls:
    """The tenant as it was written, and nothing else."""
    ussd_warm.admin.execute("RESET ALL")
    ussd_warm.admin.execute(RESTORE)
    return ussd_copy


@pytest.fixture
def tenant(ussd_database: DatabaseUrls, ussd_warm: Warm, redis_url: str) -> Iterator[UssdTenant]:
    made = UssdTenant(ussd_database, redis_url, warm=ussd_warm)
    with made.watching():
        yield made
    made.close()


@dataclass(frozen=True)
class Proxies:
    """What can happen between us and our servers."""

    postgres: SocketProxy
    redis: SocketProxy


@pytest.fixture
def proxies(servers: Settings, redis_url: str) -> Iterator[Proxies]:
    # A socket's path has little room: not in the test's own folder.
    with tempfile.TemporaryDirectory(prefix="proxies") as folder:
        sockets = parse_qs(urlsplit(servers.database_url).query)["host"][0]
        name = f".s.PGSQL.{postgres.PORT}"
        made = Proxies(
            SocketProxy(Path(folder) / name, Path(sockets) / name),
            SocketProxy(Path(folder) / "redis", Path(urlsplit(redis_url).path)),
        )
        yield made
        made.postgres.close()
        made.redis.close()


@pytest.fixture
def tenant_behind_proxies(
    ussd_database: DatabaseUrls, redis_url: str, servers: Settings, proxies: Proxies
) -> Iterator[UssdTenant]:
    """A tenant whose servers stand behind proxies; it is looked at past them."""
    folder = proxies.postgres.address.parent
    behind = parse_qs(urlsplit(servers.database_url).query)["host"][0]
    made = UssdTenant(
        ussd_database,
        redis_url,
        database_url=ussd_database.database_url.replace(behind, str(folder)),
        store_url=redis_url.replace(urlsplit(redis_url).path, str(proxies.redis.address)),
    )
    with made.watching():
        yield made
    made.close()


@pytest.fixture
def fixed_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Entries are made, and rates are told, at a time that is the same in every run."""
    fix_ids(monkeypatch, TODAY)
    fixed = SimpleNamespace(now=lambda zone=UTC: TODAY.astimezone(zone))
    for conversation in (steps, texts, week, missing):
        monkeypatch.setattr(conversation, "clock", fixed)
    monkeypatch.setattr(directory.Tenant, "today", lambda tenant: fixed.now(tenant.zone).date())


@pytest.fixture
def refreshing(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--refresh-transcripts"))
