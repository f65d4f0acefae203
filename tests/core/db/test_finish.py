"""A transaction's last statement, in one round trip with its COMMIT: done, or said not to be."""

import uuid
from collections.abc import Iterator

import psycopg
import pytest

from core.db.errors import OutcomeUnknown
from core.outbox import outbox
from tests.support.servers import DatabaseUrls
from tests.support.tenants import Tenant, idle, new_tenant

pytestmark = pytest.mark.every_postgres

ALL_DEAD = "UPDATE outbox SET state = 'dead' WHERE tenant_id = current_tenant() RETURNING id"
STATES = "SELECT state FROM outbox WHERE tenant_id = current_tenant()"


@pytest.fixture
def tenant(module_database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(module_database, f"t{uuid.uuid4().hex[:8]}") as made:
        yield made


def states(tenant: Tenant) -> list[str]:
    found = tenant.database.autocommit(tenant.tenant_id).all(STATES)
    return [state for (state,) in found]


def write(tenant: Tenant) -> uuid.UUID:
    with tenant.database.transaction(tenant.tenant_id) as tx:
        return outbox.write(tx, kind="send_text", subject_id=uuid.uuid4())


def test_begin_statement_and_commit_are_one_round_trip(tenant: Tenant) -> None:
    id = write(tenant)
    for _ in range(8):  # often enough for the driver to prepare it
        with tenant.database.transaction(tenant.tenant_id) as tx:
            assert tx.finish(ALL_DEAD) == [(id,)]
            assert tx.round_trips == 1
        assert tx.round_trips == 1
    assert states(tenant) == ["dead"]


def test_what_was_kept_for_later_goes_before_it(tenant: Tenant) -> None:
    with tenant.database.transaction(tenant.tenant_id) as tx:
        assert tx.one(STATES) is None
        id = outbox.write(tx, kind="send_text", subject_id=uuid.uuid4())
        assert tx.finish(ALL_DEAD) == [(id,)]
    assert states(tenant) == ["dead"]


def finish(tenant: Tenant, query: str) -> None:
    with tenant.database.transaction(tenant.tenant_id) as tx:
        outbox.write(tx, kind="send_text", subject_id=uuid.uuid4())
        tx.finish(query)


def test_a_statement_that_is_refused_commits_nothing(tenant: Tenant) -> None:
    with pytest.raises(psycopg.errors.DivisionByZero):
        finish(tenant, "SELECT 1 / 0")
    assert states(tenant) == []


def test_a_lost_connection_leaves_the_outcome_unknown(tenant: Tenant) -> None:
    write(tenant)
    lost = idle(tenant).info.backend_pid
    with psycopg.connect(tenant.urls.admin_url, autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(%s, 5000)", (lost,))
    with pytest.raises(OutcomeUnknown):
        finish(tenant, ALL_DEAD)
    assert states(tenant) == ["waiting"]
