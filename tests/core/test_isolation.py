"""One tenant never sees or touches another's rows, whatever it asks for."""

from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest
from psycopg import errors

from core import ledger
from core.db import Database as Core
from core.migrations.run import downgrade
from tests.conftest import Database
from tests.core.world import KEYS, World, world

# What belongs to no tenant: the look-ups go through functions of their own.
OF_NOBODY = {"alembic_version", "installation"}


@pytest.fixture(scope="module")
def here(module_database: Database) -> Iterator[World]:
    with world(module_database, "here") as made:
        made.wallet(100)
        yield made


@pytest.fixture(scope="module")
def there(module_database: Database, here: World) -> Iterator[World]:
    with world(module_database, "there") as made:
        made.wallet(500)
        made.hold(made.wallet(50), 20)
        yield made


def tables(here: World) -> list[str]:
    """Every table and every partition."""
    with psycopg.connect(here.urls.admin_url) as connection:
        rows = connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND relkind IN ('r', 'p') ORDER BY relname"
        ).fetchall()
    return [name for (name,) in rows if name not in OF_NOBODY]


def test_every_table_forces_row_level_security(here: World) -> None:
    with psycopg.connect(here.urls.admin_url) as connection:
        rows = connection.execute(
            "SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class"
            " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        ).fetchall()
    assert {name for name, forced in rows if not forced} == {"alembic_version"}
    assert len(rows) > 40


def test_without_a_tenant_nothing_is_seen(here: World, there: World) -> None:
    with here.database.transaction(None) as tx:
        for table in tables(here):
            assert tx.one(f'SELECT count(*) FROM "{table}"') == (0,), table


def test_also_the_owner_sees_nothing_without_a_tenant(here: World, there: World) -> None:
    with psycopg.connect(here.urls.owner_url) as connection:
        for table in tables(here):
            row = connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()
            assert row == (0,), table


@pytest.mark.parametrize("role", ["application", "owner"])
def test_only_the_own_rows_are_seen_also_in_partitions(
    here: World, there: World, role: str
) -> None:
    url = here.urls.owner_url if role == "owner" else here.urls.database_url
    seen = 0
    with closing(Core(url)) as core, core.transaction(here.tenant_id) as tx:
        for table in tables(here):
            column = "id" if table == "tenant" else "tenant_id"
            found = tx.all(f'SELECT DISTINCT {column} FROM "{table}"')
            assert found in ([], [(here.tenant_id,)]), table
            seen += len(found)
    assert seen > 5


def test_rows_of_another_tenant_cannot_be_written(here: World, there: World) -> None:
    with pytest.raises(errors.InsufficientPrivilege), here.tx() as tx:
        tx.execute(
            "INSERT INTO account (tenant_id, id, kind, currency, guarded)"
            " VALUES (%s, gen_random_uuid(), 'wallet', 'RWF', true)",
            (there.tenant_id,),
        )
    frozen = there.count("account", "frozen")
    with here.tx() as tx:
        assert tx.execute("UPDATE account SET frozen = NOT frozen").rowcount == here.count(
            "account"
        )
        tx.execute("UPDATE account SET frozen = NOT frozen")
    assert there.count("account", "frozen") == frozen


def test_a_row_cannot_be_given_to_another_tenant(here: World, there: World) -> None:
    with pytest.raises(errors.InsufficientPrivilege), here.tx() as tx:
        tx.execute("UPDATE account SET tenant_id = %s", (there.tenant_id,))


def test_a_service_code_of_another_tenant_cannot_be_taken(here: World, there: World) -> None:
    claim = (
        "INSERT INTO service_address (provider, channel, code, tenant_id, service_id)"
        " VALUES ('africastalking', 'ussd', '*1#', current_tenant(), gen_random_uuid())"
    )
    with here.tx() as tx:
        tx.execute(claim)
    with pytest.raises(errors.UniqueViolation), there.tx() as tx:
        tx.execute(claim)
    with pytest.raises(errors.InsufficientPrivilege), there.tx() as tx:
        tx.execute(
            claim + " ON CONFLICT (provider, channel, code) DO UPDATE"
            " SET tenant_id = excluded.tenant_id, service_id = excluded.service_id"
        )


def test_the_tenant_setting_ends_with_its_transaction(here: World) -> None:
    with here.tx() as tx:
        assert tx.one("SELECT count(*) FROM tenant") == (1,)
    with here.database.transaction(None) as tx:
        assert tx.one("SELECT current_setting('piga.tenant', true)") == ("",)
        assert tx.one("SELECT current_tenant()") == (None,)


@pytest.mark.parametrize("url", ["database_url", "relay_url", "verify_url"])
def test_the_working_roles_own_nothing_and_change_no_schema(
    module_database: Database, url: str
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


def test_only_the_ledgers_functions_write_its_books(here: World) -> None:
    source = here.wallet(100)
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
        with pytest.raises(errors.InsufficientPrivilege), here.tx() as tx:
            tx.execute(statement)
    assert here.balance(source) == (100, 0)


def test_the_ledgers_functions_are_the_applications_alone(here: World) -> None:
    for url in (here.urls.relay_url, here.urls.verify_url):
        with psycopg.connect(url) as connection, pytest.raises(errors.InsufficientPrivilege):
            connection.execute("SELECT void_hold(gen_random_uuid())")


def test_a_callers_search_path_leads_the_ledger_nowhere(here: World) -> None:
    source, target = here.wallet(100), here.wallet()
    with here.tx() as tx:
        tx.execute("CREATE TEMP TABLE account (LIKE public.account)")
        tx.execute("SET LOCAL search_path = pg_temp, public")
        ledger.post(
            tx,
            key="elsewhere",
            kind="transfer",
            lines=[ledger.Line(source, -40), ledger.Line(target, 40)],
            currency="RWF",
            actor_id=None,
        )
    with here.tx() as tx:
        tx.execute("DROP TABLE pg_temp.account")
    assert (here.balance(source), here.balance(target)) == ((60, 0), (40, 0))


def test_the_owner_sees_no_books_through_the_ledgers_role(here: World, there: World) -> None:
    with psycopg.connect(here.urls.owner_url) as connection:
        found = connection.execute("SELECT count(*) FROM account").fetchone()
        assert found == (0,)


def test_the_application_cannot_migrate(module_database: Database) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match=r"owner|permission denied"):
        downgrade(module_database.database_url, "base")


def test_the_auditor_reads_every_book_and_writes_none(here: World, there: World) -> None:
    with psycopg.connect(here.urls.verify_url, autocommit=True) as connection:
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


def test_a_person_is_found_in_the_own_tenant_only(here: World, there: World) -> None:
    from core.people import identify

    there.person(name="Grace Umutoni", address="+250788999001")
    with there.tx() as tx:
        assert [one.name for one in identify(tx, KEYS, "+250788999001")] == ["Grace Umutoni"]
    with here.tx() as tx:
        assert identify(tx, KEYS, "+250788999001") == []
