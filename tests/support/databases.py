"""The databases that tests are given: fresh and migrated, or with the demo's tenants in it."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from app.settings import Settings
from tests.support.pool import KEEP, Pool
from tests.support.servers import DatabaseUrls, prepared


@pytest.fixture(scope="session")
def pool(servers: Settings, template: str) -> Pool:
    """This test process's fresh, migrated databases."""
    return Pool(servers, template)


@pytest.fixture
def database(pool: Pool) -> Iterator[DatabaseUrls]:
    """A fresh, migrated database for this test. A module that wants to share one says

    @pytest.fixture(scope="module")
    def database(module_database): return module_database
    """
    with pool.lent() as made:
        yield made


@pytest.fixture(scope="module")
def module_database(pool: Pool) -> Iterator[DatabaseUrls]:
    """A fresh, migrated database for the tests of a module together."""
    with pool.lent() as made:
        yield made


@pytest.fixture(scope="session")
def demo_pool(servers: Settings, template: str) -> Pool:
    """This test process's databases with the demo."""
    return Pool(servers, prepared(servers, "piga_demo", template, _load_demo))


@pytest.fixture(scope="module")
def demo_database(demo_pool: Pool) -> Iterator[DatabaseUrls]:
    """The demo's tenants as they are loaded, for the tests of a module together."""
    with demo_pool.lent() as made:
        yield made


def _load_demo(urls: DatabaseUrls) -> None:
    from tests.support.cli import Piga, env_of

    with tempfile.TemporaryDirectory() as home:
        run = Piga(env_of(urls, Path(home)))
        for command in (("migrate",), ("demo", "reset", "--yes")):
            told = run(*command)
            assert told.exit_code == 0, told.output
    with psycopg.connect(urls.admin_url) as connection:
        connection.execute(KEEP)
