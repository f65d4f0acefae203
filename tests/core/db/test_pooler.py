"""Behind a transaction pooler a connection is used by one client after the other: what the one
set for its transaction reads '' for the next, and not NULL."""

import psycopg
import pytest

from tests.support.servers import DatabaseUrls
from tests.support.tenants import new_tenant

TABLES = """
    SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
    AND relkind IN ('r', 'p') AND NOT relispartition AND relname NOT IN ('alembic_version',
    'installation') ORDER BY 1
"""


def test_who_comes_next_on_a_connection_sees_nothing_and_no_error(database: DatabaseUrls) -> None:
    with new_tenant(database) as tenant:
        account = tenant.wallet(100)
        with psycopg.connect(database.admin_url) as admin:
            tables = [name for (name,) in admin.execute(TABLES)]
        assert len(tables) > 20
        for url in (database.database_url, database.owner_url):
            with psycopg.connect(url, autocommit=True) as pooled:
                with pooled.transaction():
                    pooled.execute(
                        "SELECT set_config('piga.tenant', %s, true)", (str(tenant.tenant_id),)
                    )
                    seen = pooled.execute("SELECT count(*) FROM account").fetchone()
                    assert seen is not None
                    assert seen[0] > 0
                left = pooled.execute("SELECT current_setting('piga.tenant', true)").fetchone()
                assert left == ("",)
                for table in tables:
                    found = pooled.execute(f"SELECT count(*) FROM {table}").fetchone()
                    assert found == (0,), table
                if url == database.database_url:
                    with pytest.raises(psycopg.errors.InsufficientPrivilege):
                        pooled.execute(
                            "INSERT INTO audit (tenant_id, id, actor, action)"
                            " VALUES (%s, gen_random_uuid(), 'x', 'x')",
                            (tenant.tenant_id,),
                        )
                    void = "SELECT void_hold(gen_random_uuid())"
                    assert pooled.execute(void).fetchone() == (False,)
        assert tenant.balance(account) == (100, 0)


def test_only_one_function_reads_the_setting(database: DatabaseUrls) -> None:
    """Whoever reads it otherwise would have to think of the ''."""
    with psycopg.connect(database.admin_url) as connection:
        functions = connection.execute(
            "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
            " AND pg_get_functiondef(oid) LIKE '%current_setting(%piga.tenant%'"
        ).fetchall()
        policies = connection.execute(
            "SELECT polname FROM pg_policy"
            " WHERE concat(pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))"
            " LIKE '%current_setting%'"
        ).fetchall()
    assert functions == [("current_tenant",)]
    assert policies == []
