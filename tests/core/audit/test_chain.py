"""The audit chain: whole after any work, also of many at once; and each planted change is found."""

import uuid
from collections.abc import Iterator
from functools import partial

import pytest

from core.audit import chain
from core.audit.trail import record
from core.db.database import Database
from core.security.keyring import Keyring
from tests.support.servers import DatabaseUrls
from tests.support.tenants import KEYS, Tenant, new_tenant
from tests.support.waiting import at_once
from values.ids import uuid7

ROWS = 6


@pytest.fixture
def tenant(database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(database) as made:
        for number in range(ROWS):
            with made.tx() as tx:
                record(tx, "officer ann", "look", uuid7(), {"n": number})
        yield made


def faults(tenant: Tenant) -> list[tuple[str, int]]:
    """What `piga audit verify` finds, as the role that it has."""
    database = Database(tenant.urls.verify_url)
    try:
        _, found = chain.verify(database, KEYS.audit_seal)
    finally:
        database.close()
    assert all(one.tenant_id == tenant.tenant_id for one in found)
    return [(one.kind, one.seq) for one in found]


def id_at(tenant: Tenant, seq: int) -> uuid.UUID:
    found: uuid.UUID = tenant.one("SELECT audit_id FROM audit_link WHERE seq = %s", seq)[0]
    return found


def test_what_many_write_at_once_is_one_chain(tenant: Tenant) -> None:
    def write(number: int) -> None:
        with tenant.tx() as tx:
            record(tx, "officer ann", "look", None, {"n": number})
            record(tx, "officer ann", "look", None, {"again": number})

    at_once([partial(write, number) for number in range(6)])
    assert faults(tenant) == []
    rows = tenant.admin.execute("SELECT seq FROM audit_link ORDER BY seq").fetchall()
    assert [seq for (seq,) in rows] == list(range(1, ROWS + 12 + 1))


def test_each_planted_change_is_found_and_named(tenant: Tenant) -> None:
    assert faults(tenant) == []
    changed, removed = id_at(tenant, 2), id_at(tenant, 4)
    tenant.as_superuser("UPDATE audit SET detail = '{\"n\": 99}' WHERE id = %s", changed)
    assert faults(tenant) == [("changed", 2)]
    tenant.as_superuser("UPDATE audit SET detail = '{\"n\": 1}' WHERE id = %s", changed)
    assert faults(tenant) == []
    tenant.as_superuser("UPDATE audit SET actor = 'officer ben' WHERE id = %s", changed)
    tenant.as_superuser("DELETE FROM audit WHERE id = %s", removed)
    tenant.as_superuser(
        "INSERT INTO audit (tenant_id, id, actor, action) VALUES (%s, %s, 'officer ben', 'look')",
        tenant.tenant_id,
        uuid7(),
    )
    assert faults(tenant) == [("changed", 2), ("removed", 4), ("inserted", 0)]


def test_a_row_that_is_taken_out_with_its_link_leaves_a_gap(tenant: Tenant) -> None:
    removed = id_at(tenant, 3)
    tenant.as_superuser("DELETE FROM audit WHERE id = %s", removed)
    tenant.as_superuser("DELETE FROM audit_link WHERE audit_id = %s", removed)
    assert faults(tenant) == [("removed", 4)]


def test_a_chain_that_is_made_again_breaks_its_seal(tenant: Tenant) -> None:
    assert chain.seal_all(tenant.database, KEYS.audit_seal) == 1
    assert chain.seal_all(tenant.database, KEYS.audit_seal) == 0
    assert faults(tenant) == []
    tenant.as_superuser("UPDATE audit SET action = 'nothing' WHERE id = %s", id_at(tenant, ROWS))
    tenant.as_superuser(
        "UPDATE audit_link l SET hash = audit_hash(b.hash, l.seq, a) FROM audit a, audit_link b"
        " WHERE a.id = l.audit_id AND b.seq = l.seq - 1 AND l.seq = %s",
        ROWS,
    )
    assert faults(tenant) == [("seal", ROWS)]
    tenant.as_superuser("DELETE FROM audit_link WHERE seq = %s", ROWS)
    tenant.as_superuser("DELETE FROM audit WHERE action = 'nothing'")
    assert faults(tenant) == [("seal", ROWS)]


def test_a_seal_of_another_key_is_not_ours(tenant: Tenant) -> None:
    chain.seal_all(tenant.database, Keyring(bytes(32)).audit_seal)
    assert faults(tenant) == [("seal", ROWS)]


def test_the_application_adds_to_the_trail_and_changes_nothing(tenant: Tenant) -> None:
    rights = tenant.admin.execute(
        "SELECT table_name, privilege_type FROM information_schema.role_table_grants"
        " WHERE grantee = 'piga_app' AND table_name IN ('audit', 'audit_link', 'audit_seal')"
    ).fetchall()
    assert {right for _, right in rights} == {"SELECT", "INSERT"}


def test_the_trail_is_read_by_key_and_by_object(tenant: Tenant) -> None:
    with tenant.tx() as tx:
        newest = chain.page(tx, limit=2)
        older = chain.page(tx, before=newest[-1].seq, limit=2)
        of_one = chain.page(tx, object_id=newest[0].object_id)
    assert [one.seq for one in (*newest, *older)] == [6, 5, 4, 3]
    assert [one.id for one in of_one] == [newest[0].id]
