"""A fact asked for in one round trip: it sees one tenant, and leaves nothing behind."""

from collections.abc import Iterator

import psycopg
import pytest

from core.db.database import Deadline
from core.db.errors import Unavailable
from tests.support.servers import Database
from tests.support.world import World, idle, world

NAMES = "SELECT name FROM tenant ORDER BY name"
SETTING = "SELECT current_setting('piga.tenant', true)"


@pytest.fixture(scope="module")
def here(module_database: Database) -> Iterator[World]:
    with world(module_database, "here") as made:
        yield made


@pytest.fixture(scope="module")
def there(module_database: Database) -> Iterator[World]:
    with world(module_database, "there") as made:
        yield made


def test_each_question_sees_its_tenant_alone(here: World, there: World) -> None:
    for one in (here, there) * 6:  # often enough for the driver to prepare it
        assert here.database.autocommit(one.tenant_id).all(NAMES) == [(one.slug.title(),)]
    assert idle(here).execute(SETTING).fetchone() in ((None,), ("",))
    assert idle(here).execute(NAMES).fetchall() == []


def test_no_row_is_an_empty_list(here: World) -> None:
    found = here.database.autocommit(here.tenant_id).all(f"{NAMES} LIMIT %s", (0,))
    assert found == []


def test_a_connection_on_which_it_failed_is_not_used_again(here: World) -> None:
    before = idle(here).info.backend_pid
    with pytest.raises(psycopg.errors.DivisionByZero):
        here.database.autocommit(here.tenant_id).all("SELECT 1 / 0")
    assert here.database.autocommit(here.tenant_id).all("SELECT pg_backend_pid()") != [(before,)]


def test_a_lost_connection_is_given_up_for_another(here: World) -> None:
    lost = idle(here).info.backend_pid
    with psycopg.connect(here.urls.admin_url, autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(%s, 5000)", (lost,))
    ((pid,),) = here.database.autocommit(here.tenant_id).all("SELECT pg_backend_pid()")
    assert pid != lost


def test_a_deadline_ends_a_wait(here: World) -> None:
    for deadline_s, query in ((0.3, "SELECT pg_sleep(20)"), (-1.0, "SELECT 1")):
        with pytest.raises(Unavailable):
            here.database.autocommit(here.tenant_id, Deadline(deadline_s)).all(query)
    assert here.database.autocommit(here.tenant_id).all("SELECT 1") == [(1,)]
