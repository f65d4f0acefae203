"""BEGIN, settings and COMMIT go round the driver's cursor: what is wrong with one is still said."""

from collections.abc import Iterator

import psycopg
import pytest

from core.db.errors import OutcomeUnknown, Unavailable
from tests.support.servers import DatabaseUrls
from tests.support.tenants import Tenant, idle, new_tenant

pytestmark = pytest.mark.every_postgres

PID = "SELECT pg_backend_pid()"
TENANT = "SELECT current_setting('piga.tenant')"


@pytest.fixture(scope="module")
def tenant(module_database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(module_database) as made:
        yield made


def test_settings_that_the_server_forgot_cost_one_refusal(tenant: Tenant) -> None:
    with tenant.tx() as tx:
        tx.one(PID)
    idle(tenant).execute("DEALLOCATE piga_settings")
    with pytest.raises(Unavailable), tenant.tx() as tx:
        tx.one(PID)
    with tenant.tx() as tx:
        assert tx.one(TENANT) == (str(tenant.tenant_id),)


def test_settings_forgotten_before_a_lone_question_cost_one_refusal(tenant: Tenant) -> None:
    tenant.database.autocommit(tenant.tenant_id).all(PID)
    idle(tenant).execute("DEALLOCATE piga_settings")
    with pytest.raises(Unavailable):
        tenant.database.autocommit(tenant.tenant_id).all(PID)
    found = tenant.database.autocommit(tenant.tenant_id).all(TENANT)
    assert found == [(str(tenant.tenant_id),)]


def test_a_commit_behind_a_failed_statement_says_what_failed(tenant: Tenant) -> None:
    seen = []

    def fail() -> None:
        with tenant.tx() as tx:
            seen.append(tx.one(PID))
            tx.defer("SELECT 1 / %s", (0,))
            tx.defer("SELECT 1")

    with pytest.raises(psycopg.errors.DivisionByZero):
        fail()
    with tenant.tx() as tx:
        assert tx.one(PID) not in seen
        assert tx.one(TENANT) == (str(tenant.tenant_id),)


@pytest.mark.parametrize("last", [[], ["SELECT 1"]])
def test_a_connection_lost_before_the_commit_leaves_its_outcome_unknown(
    tenant: Tenant, last: list[str]
) -> None:
    def lose() -> None:
        with tenant.tx() as tx:
            row = tx.one(PID)
            assert row is not None
            with psycopg.connect(tenant.urls.admin_url, autocommit=True) as admin:
                admin.execute("SELECT pg_terminate_backend(%s, 5000)", row)
            for query in last:
                tx.defer(query)

    with pytest.raises(OutcomeUnknown):
        lose()
    with tenant.tx() as tx:
        assert tx.one(TENANT) == (str(tenant.tenant_id),)
