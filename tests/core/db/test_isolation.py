"""One tenant never sees or touches another's rows, whatever it asks for."""

from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest
from psycopg import errors

from core.db.database import Database as Core
from core.migrations.run import downgrade, upgrade
from tests.support.servers import DatabaseUrls
from tests.support.tenants import Tenant, new_tenant
from values.ids import uuid7

pytestmark = pytest.mark.every_postgres

# What belongs to no tenant: the look-ups go through functions of their own.
OF_NOBODY = {"alembic_version", "installation"}


@pytest.fixture(scope="module")
def tenant(module_database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(module_database, "here") as made:
        made.wallet(100)
        yield made


@pytest.fixture(scope="module")
def there(module_database: DatabaseUrls, tenant: Tenant) -> Iterator[Tenant]:
    with new_tenant(module_database, "there") as made:
        made.wallet(500)
        made.hold(made.wallet(50), 20)
        yield made


def tables(tenant: Tenant, *, partitions: bool = False) -> list[str]:
    """Every table, or every partition of one."""
    with psycopg.connect(tenant.urls.admin_url) as connection:
        rows = connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND relkind IN ('r', 'p') AND relispartition = %s ORDER BY relname",
            (partitions,),
        ).fetchall()
    return [name for (name,) in rows if name not in OF_NOBODY]


def test_every_table_forces_row_level_security(tenant: Tenant) -> None:
    with psycopg.connect(tenant.urls.admin_url) as connection:
        rows = connection.execute(
            "SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class"
            " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        ).fetchall()
    assert {name for name, forced in rows if not forced} == {"alembic_version"}
    assert len(rows) > 40


def test_without_a_tenant_nothing_is_seen(tenant: Tenant, there: Tenant) -> None:
    with tenant.database.transaction(None) as tx:
        for table in tables(tenant):
            assert tx.one(f'SELECT count(*) FROM "{table}"') == (0,), table


def test_also_the_owner_sees_nothing_without_a_tenant(tenant: Tenant, there: Tenant) -> None:
    with psycopg.connect(tenant.urls.owner_url) as connection:
        for table in tables(tenant):
            row = connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()
            assert row == (0,), table


@pytest.mark.parametrize("role", ["application", "owner"])
def test_only_the_own_rows_are_seen(tenant: Tenant, there: Tenant, role: str) -> None:
    url = tenant.urls.owner_url if role == "owner" else tenant.urls.database_url
    seen = 0
    with closing(Core(url)) as core, core.transaction(tenant.tenant_id) as tx:
        for table in tables(tenant):
            column = "id" if table == "tenant" else "tenant_id"
            found = tx.all(f'SELECT DISTINCT {column} FROM "{table}"')
            assert found in ([], [(tenant.tenant_id,)]), table
            seen += len(found)
    assert seen > 5


def test_a_partition_is_closed_to_who_names_it(tenant: Tenant, there: Tenant) -> None:
    partitions = tables(tenant, partitions=True)
    assert len(partitions) == 20
    with psycopg.connect(tenant.urls.owner_url) as connection:
        for name in partitions:
            assert connection.execute(f'SELECT count(*) FROM "{name}"').fetchone() == (0,), name
    for url in (tenant.urls.database_url, tenant.urls.relay_url, tenant.urls.verify_url):
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(
                "SELECT set_config('piga.tenant', %s, false)", (str(tenant.tenant_id),)
            )
            for name in partitions:
                with pytest.raises(errors.InsufficientPrivilege):
                    connection.execute(f'SELECT * FROM "{name}"')


def test_rows_of_another_tenant_cannot_be_written(tenant: Tenant, there: Tenant) -> None:
    with pytest.raises(errors.InsufficientPrivilege), tenant.tx() as tx:
        tx.execute(
            "INSERT INTO account (tenant_id, id, kind, currency, guarded)"
            " VALUES (%s, gen_random_uuid(), 'wallet', 'RWF', true)",
            (there.tenant_id,),
        )
    frozen = there.count("account", "frozen")
    with tenant.tx() as tx:
        assert tx.execute("UPDATE account SET frozen = NOT frozen").rowcount == tenant.count(
            "account"
        )
        tx.execute("UPDATE account SET frozen = NOT frozen")
    assert there.count("account", "frozen") == frozen


def test_a_row_cannot_be_given_to_another_tenant(tenant: Tenant, there: Tenant) -> None:
    with pytest.raises(errors.InsufficientPrivilege), tenant.tx() as tx:
        tx.execute("UPDATE account SET tenant_id = %s", (there.tenant_id,))


def test_a_service_code_of_another_tenant_cannot_be_taken(tenant: Tenant, there: Tenant) -> None:
    claim = (
        "INSERT INTO service_address (provider, channel, code, tenant_id, service_id)"
        " VALUES ('africastalking', 'ussd', '*1#', current_tenant(), gen_random_uuid())"
    )
    with tenant.tx() as tx:
        tx.execute(claim)
    with pytest.raises(errors.UniqueViolation), there.tx() as tx:
        tx.execute(claim)
    with pytest.raises(errors.UniqueViolation), there.tx() as tx:
        tx.execute(
            claim + " ON CONFLICT (provider, channel, code) DO UPDATE"
            " SET tenant_id = excluded.tenant_id, service_id = excluded.service_id"
        )


def test_the_tenant_setting_ends_with_its_transaction(tenant: Tenant) -> None:
    with tenant.tx() as tx:
        assert tx.one("SELECT count(*) FROM tenant") == (1,)
    with tenant.database.transaction(None) as tx:
        assert tx.one("SELECT current_setting('piga.tenant', true)") == ("",)
        assert tx.one("SELECT current_tenant()") == (None,)


@pytest.mark.parametrize("url", ["database_url", "relay_url", "verify_url"])
def test_the_working_roles_own_nothing_and_change_no_schema(
    module_database: DatabaseUrls, url: str
) -> None:
    with psycopg.connect(getattr(module_database, url), autocommit=True) as connection:
        owned = connection.execute(
            "SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole"
        ).fetchone()
        assert owned == (0,)
        rights = connection.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles"
            " WHERE rolname = current_user"
        ).fetchone()
        assert rights == (False, False, False, False)
        for statement in (
            "CREATE TABLE mine (id int)",
            "CREATE TEMP TABLE mine (id int)",
            "CREATE SCHEMA mine",
            "ALTER TABLE account DISABLE ROW LEVEL SECURITY",
            "DROP TABLE posting",
            "TRUNCATE posting",
            "CREATE POLICY all_of_it ON account USING (true)",
            "SET ROLE piga_owner",
            "SET ROLE piga_lookup",
            "SET ROLE piga_ledger",
            "INSERT INTO installation (key_check) VALUES ('')",
            "UPDATE alembic_version SET version_num = 'x'",
            "INSERT INTO alembic_version VALUES ('x')",
        ):
            with pytest.raises(errors.InsufficientPrivilege):
                connection.execute(statement)


def test_only_the_ledgers_functions_write_its_books(tenant: Tenant) -> None:
    source = tenant.wallet(100)
    for statement in (
        "UPDATE account SET balance_minor = 10",
        "UPDATE account SET held_minor = 0",
        "UPDATE account SET guarded = false",
        "INSERT INTO account (tenant_id, id, kind, currency, guarded, balance_minor)"
        " VALUES (current_tenant(), gen_random_uuid(), 'wallet', 'RWF', true, 5)",
        "INSERT INTO entry (tenant_id, id, kind, reference, key)"
        " VALUES (current_tenant(), gen_random_uuid(), 'x', 'x', 'x')",
        "INSERT INTO posting (tenant_id, entry_id, ordinal, account_id, amount_minor, currency)"
        " VALUES (current_tenant(), gen_random_uuid(), 1, gen_random_uuid(), 1, 'RWF')",
        "INSERT INTO hold (tenant_id, id, account_id, amount_minor, currency)"
        " VALUES (current_tenant(), gen_random_uuid(), gen_random_uuid(), 1, 'RWF')",
        "UPDATE hold SET state = 'voided'",
    ):
        with pytest.raises(errors.InsufficientPrivilege), tenant.tx() as tx:
            tx.execute(statement)
    assert tenant.balance(source) == (100, 0)


def test_the_ledgers_functions_are_the_applications_alone(tenant: Tenant) -> None:
    for url in (tenant.urls.relay_url, tenant.urls.verify_url):
        with psycopg.connect(url) as connection, pytest.raises(errors.InsufficientPrivilege):
            connection.execute("SELECT void_hold(gen_random_uuid())")


def test_no_entry_is_posted_into_a_tenant_that_is_not_the_transactions(
    tenant: Tenant, there: Tenant
) -> None:
    source, target = sorted((there.wallet(100), there.wallet(100)))
    post = "SELECT (post_entry(%s, %s, 'x', 'x', %s, '', %s, %s, 'RWF', NULL, '{}', NULL)).was_new"
    inputs = (there.tenant_id, uuid7(), "from here", [source, target], [-40, 40])
    with pytest.raises(psycopg.Error) as refused, tenant.tx() as tx:
        tx.execute(post, inputs)
    assert refused.value.sqlstate == "PG005"
    assert (there.balance(source), there.balance(target)) == ((100, 0), (100, 0))
    with there.tx() as tx:  # its own may be named
        assert tx.one(post, inputs) == (True,)
    assert (there.balance(source), there.balance(target)) == ((60, 0), (140, 0))


def test_migrations_leave_the_making_of_temporary_things_to_the_owner(
    empty_database: DatabaseUrls,
) -> None:
    make = "CREATE TEMP TABLE mine (id int)"
    upgrade(empty_database.owner_url)
    for url in (empty_database.database_url, empty_database.relay_url, empty_database.verify_url):
        with psycopg.connect(url) as connection, pytest.raises(errors.InsufficientPrivilege):
            connection.execute(make)
    with psycopg.connect(empty_database.owner_url) as connection:
        connection.execute(make)


def test_also_who_owns_only_the_schema_can_migrate(empty_database: DatabaseUrls) -> None:
    with psycopg.connect(empty_database.admin_url) as connection:
        connection.execute(f"ALTER DATABASE {empty_database.name} OWNER TO CURRENT_USER")
        connection.execute("ALTER SCHEMA public OWNER TO piga_owner")
    upgrade(empty_database.owner_url)
    downgrade(empty_database.owner_url, "base")
    upgrade(empty_database.owner_url)
    with psycopg.connect(empty_database.database_url) as connection:
        connection.execute("CREATE TEMP TABLE mine (id int)")  # which `piga doctor` tells


def test_the_owner_sees_no_books_through_the_ledgers_role(tenant: Tenant, there: Tenant) -> None:
    with psycopg.connect(tenant.urls.owner_url) as connection:
        found = connection.execute("SELECT count(*) FROM account").fetchone()
        assert found == (0,)


def test_the_application_cannot_migrate(module_database: DatabaseUrls) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match=r"owner|permission denied"):
        downgrade(module_database.database_url, "base")


def test_the_auditor_reads_every_book_and_writes_none(tenant: Tenant, there: Tenant) -> None:
    with psycopg.connect(tenant.urls.verify_url, autocommit=True) as connection:
        found = connection.execute("SELECT count(DISTINCT tenant_id) FROM posting").fetchone()
        assert found == (2,)
        for statement in (
            "UPDATE account SET balance_minor = 0",
            "DELETE FROM posting",
            "INSERT INTO entry SELECT * FROM entry",
            "SELECT name_sealed FROM subscriber",
            "SELECT identifier_sealed FROM address",
        ):
            with pytest.raises(errors.InsufficientPrivilege):
                connection.execute(statement)
