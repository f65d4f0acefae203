"""A fact asked for in one round trip: it sees one tenant, and leaves nothing behind."""

from collections.abc import Iterator

import psycopg
import pytest

from core.db.database import Deadline
from core.db.errors import Unavailable
from tests.support.servers import DatabaseUrls
from tests.support.tenants import Tenant, idle, new_tenant

pytestmark = pytest.mark.every_postgres

NAMES = "SELECT name FROM tenant ORDER BY name"
SETTING = "SELECT current_setting('piga.tenant', true)"


@pytest.fixture(scope="module")
def tenant(module_database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(module_database, "here") as made:
        yield made


@pytest.fixture(scope="module")
def there(module_database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(module_database, "there") as made:
        yield made


def test_each_question_sees_its_tenant_alone(tenant: Tenant, there: Tenant) -> None:
    for one in (tenant, there) * 6:  # often enough for the driver to prepare it
        assert tenant.database.autocommit(one.tenant_id).all(NAMES) == [(one.slug.title(),)]
    assert idle(tenant).execute(SETTING).fetchone() in ((None,), ("",))
    assert idle(tenant).execute(NAMES).fetchall() == []


def test_no_row_is_an_empty_list(tenant: Tenant) -> None:
    found = tenant.database.autocommit(tenant.tenant_id).all(f"{NAMES} LIMIT %s", (0,))
    assert found == []


def test_a_connection_on_which_it_failed_is_not_used_again(tenant: Tenant) -> None:
    before = idle(tenant).info.backend_pid
    with pytest.raises(psycopg.errors.DivisionByZero):
        tenant.database.autocommit(tenant.tenant_id).all("SELECT 1 / 0")
    assert tenant.database.autocommit(tenant.tenant_id).all("SELECT pg_backend_pid()") != [
        (before,)
    ]


def test_a_lost_connection_is_given_up_for_another(tenant: Tenant) -> None:
    lost = idle(tenant).info.backend_pid
    with psycopg.connect(tenant.urls.admin_url, autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(%s, 5000)", (lost,))
    ((pid,),) = tenant.database.autocommit(tenant.tenant_id).all("SELECT pg_backend_pid()")
    assert pid != lost


def test_a_deadline_ends_a_wait(tenant: Tenant) -> None:
    for deadline_s, query in ((0.3, "SELECT pg_sleep(20)"), (-1.0, "SELECT 1")):
        with pytest.raises(Unavailable):
            tenant.database.autocommit(tenant.tenant_id, Deadline(deadline_s)).all(query)
    assert tenant.database.autocommit(tenant.tenant_id).all("SELECT 1") == [(1,)]
