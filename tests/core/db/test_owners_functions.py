"""Functions that work as their owner find nothing that their caller made."""

import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from tests.core.db.test_isolation import tenant, there
from tests.support.servers import DatabaseUrls
from tests.support.tenants import Tenant
from values.ids import uuid7

__all__ = ["tenant", "there"]

pytestmark = pytest.mark.every_postgres

# How to call each function that works as its owner; what it answers then is asserted below.
CALLS = {
    "post_entry": "SELECT (public.post_entry(NULL, %(id)s, 'x', 'x', %(key)s, '', %(accounts)s,"
    " %(amounts)s, 'RWF', %(id)s, '{}', %(hold)s)).was_new",
    "place_hold": "SELECT public.place_hold(%(hold)s, %(source)s, 10, 'RWF', now() + '1 hour')",
    "void_hold": "SELECT public.void_hold(%(hold)s)",
    "erase_names": "SELECT public.erase_names(%(id)s, '{x}')",
    "find_services": "SELECT count(*) FROM public.find_services('a', 'ussd', '{*1#}', NULL)",
    "all_services": "SELECT count(*) FROM public.all_services()",
    "find_tenant": "SELECT public.find_tenant('here')",
    "codes_in_the_way": "SELECT count(*) FROM"
    " public.codes_in_the_way(%(id)s, 'africastalking', 'ussd', '*2#')",
    "sender_owner": "SELECT public.sender_owner('africastalking', 'nobody')",
    "tenants_of_report": "SELECT count(*) FROM"
    " public.tenants_of_report('africastalking', 'AT1', 'ussd', '')",
    "tenants_changed": "SELECT count(*) > 1 FROM public.tenants_changed(0)",
    "pauses": "SELECT count(*) FROM public.pauses()",
    # A trigger's.
    "note_event": "INSERT INTO public.turn (tenant_id, id, service_id, session, number, place,"
    " outcome, language, took_us) VALUES (public.current_tenant(), %(id)s, %(id)s, 's', 1, '',"
    " 'ended', 'en', 1) RETURNING true",
    "make_partitions": "SELECT public.make_partitions(0)",
    "drop_old_turns": "SELECT public.drop_old_turns(9)",
}
HOUSEKEEPING = ("make_partitions", "drop_old_turns")

_SPY = """
    CREATE FUNCTION pg_temp.spy() RETURNS boolean LANGUAGE plpgsql AS $$
    BEGIN
        IF current_user <> session_user THEN
            RAISE WARNING 'spy as %', current_user;
        END IF;
        RETURN true;
    END $$;
    CREATE FUNCTION pg_temp.spy(a uuid, b uuid) RETURNS boolean LANGUAGE sql
        AS 'SELECT pg_temp.spy()';
    CREATE FUNCTION pg_temp.now() RETURNS timestamptz LANGUAGE sql
        AS $$ SELECT '1999-01-01'::timestamptz FROM pg_temp.spy() $$;
    CREATE FUNCTION pg_temp.cardinality(uuid[]) RETURNS integer LANGUAGE sql
        AS 'SELECT 0 FROM pg_temp.spy()';
    CREATE OPERATOR pg_temp.= (LEFTARG = uuid, RIGHTARG = uuid, FUNCTION = pg_temp.spy);
    CREATE OPERATOR pg_temp.<= (LEFTARG = uuid, RIGHTARG = uuid, FUNCTION = pg_temp.spy);
    DO $$
    DECLARE
        one text;
    BEGIN
        FOR one IN SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
            AND relkind IN ('r', 'p') AND NOT relispartition
            AND has_table_privilege(oid, 'SELECT')
        LOOP
            EXECUTE format('CREATE TEMP VIEW %I AS SELECT * FROM public.%I WHERE pg_temp.spy()',
                one, one);
            EXECUTE format('GRANT ALL ON pg_temp.%I TO PUBLIC', one);
        END LOOP;
    END $$;
    -- Every type there is; a record's name too, which is none of a column's.
    DO $$
    DECLARE
        one text;
    BEGIN
        FOR one IN SELECT typname FROM pg_type WHERE typnamespace = 'pg_catalog'::regnamespace
            AND typtype = 'b' AND typcategory <> 'A'
        LOOP
            EXECUTE format('CREATE DOMAIN pg_temp.%I AS pg_catalog.%I CHECK (pg_temp.spy())',
                one, one);
        END LOOP;
    END $$;
    CREATE DOMAIN pg_temp.record AS pg_catalog.int8 CHECK (pg_temp.spy());
"""
_COMPILE = """
    SELECT pg_catalog.plpgsql_validator(p.oid)
        FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
        WHERE p.prosecdef AND l.lanname = 'plpgsql' AND has_function_privilege(p.oid, 'EXECUTE')
"""


@pytest.fixture
def where_anybody_makes_things(module_database: DatabaseUrls) -> Iterator[DatabaseUrls]:
    """As where the database is not the owner's, who could not take the right away."""
    right = f"TEMPORARY ON DATABASE {module_database.name}"
    with psycopg.connect(module_database.admin_url, autocommit=True) as connection:
        connection.execute(f"GRANT {right} TO PUBLIC")
        yield module_database
        connection.execute(f"REVOKE {right} FROM PUBLIC")


@pytest.mark.parametrize(
    "before",
    ["SELECT 1", "SET search_path = pg_temp, public, pg_catalog", _COMPILE],
    ids=["at once", "with a path of its own", "compiled beforehand"],
)
def test_what_a_caller_made_is_found_by_no_function_that_works_as_its_owner(
    where_anybody_makes_things: DatabaseUrls, tenant: Tenant, there: Tenant, before: str
) -> None:
    source, target = sorted((tenant.wallet(100), tenant.wallet(100)))
    inputs: dict[str, Any] = {"hold": tenant.hold(source, 10), "source": source}
    inputs |= {"accounts": [source, target], "amounts": [-10, 10]}
    first, placed = {"id": uuid7(), "key": str(uuid7()), "hold": None}, {"hold": uuid7()}
    second = {"id": uuid7(), "key": str(uuid7())} | placed
    steps: list[tuple[str, dict[str, Any], object]] = [
        ("void_hold", {}, True),
        ("void_hold", {}, False),
        ("place_hold", placed, ""),
        ("post_entry", first, True),
        ("post_entry", first, False),
        ("post_entry", second, True),
        ("erase_names", first, 0),
        ("find_services", {}, 0),
        ("all_services", {}, 0),
        ("find_tenant", {}, tenant.tenant_id),
        ("codes_in_the_way", first, 0),
        ("sender_owner", {}, None),
        ("tenants_of_report", {}, 0),
        ("tenants_changed", {}, True),
        ("pauses", {}, 0),
        ("note_event", {"id": uuid7()}, True),
        ("make_partitions", {}, 0),
        ("drop_old_turns", {}, 0),
    ]
    assert {name for name, _, _ in steps} == {*CALLS}
    tenant.as_superuser(
        "INSERT INTO event_subscription (tenant_id, id, url_sealed, secret_sealed, kinds,"
        " created_by) VALUES (%s, %s, '', '', '{session.ended,payment.posted}', 'test')",
        tenant.tenant_id,
        uuid7(),
    )
    spied: list[str | None] = []
    for url in (tenant.urls.database_url, tenant.urls.relay_url):
        with psycopg.connect(url, autocommit=True) as connection:
            connection.add_notice_handler(lambda notice: spied.append(notice.message_primary))
            connection.execute(_SPY)
            connection.execute(before)
            connection.execute(
                "SELECT set_config('piga.tenant', %s, false)", (str(tenant.tenant_id),)
            )
            for name, changed, expected in steps:
                if (name in HOUSEKEEPING) != (url == tenant.urls.relay_url):
                    continue
                row = connection.execute(CALLS[name], inputs | changed).fetchone()
                assert row == (expected,), name
    assert spied == []
    assert (tenant.balance(source), tenant.balance(target)) == ((80, 0), (120, 0))
    noted = tenant.count("event", "kind = 'session.ended'"), tenant.count("event") > 2
    assert noted[0] >= 1
    assert noted[1]


# Types that are words of the grammar, which stand for Postgres' own wherever they are read.
_OF_THE_GRAMMAR = {"bigint", "boolean", "integer", "smallint"}


def test_every_function_that_works_as_its_owner_is_closed_to_callers_names(
    tenant: Tenant,
) -> None:
    """Each has a path in which Postgres' own names come first and temporary ones last, or says the
    schema of all that it names. In plpgsql the types of variables have theirs in any case: they
    are read in the path of whoever has the function compiled."""
    with psycopg.connect(tenant.urls.admin_url) as connection:
        functions = connection.execute(
            "SELECT p.proname, l.lanname, p.prosrc, (SELECT regexp_split_to_array(split_part("
            "one, '=', 2), ', *') FROM unnest(p.proconfig) AS one WHERE one LIKE 'search_path=%')"
            " FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang"
            " WHERE p.prosecdef AND p.pronamespace = 'public'::regnamespace"
        ).fetchall()
        names = {name for (name,) in connection.execute("SELECT DISTINCT proname FROM pg_proc")}
    # A new one is to be attacked above.
    assert {name for name, *_ in functions} == {*CALLS}
    for name, language, source, path in functions:
        code = re.sub(r"--.*|'[^']*'", "", source)
        if language == "plpgsql":
            variables = re.findall(
                r"^\s*\w+ (?:CONSTANT )?([\w.]+)",
                code[code.index("DECLARE") + len("DECLARE") : code.index("BEGIN")],
                re.MULTILINE,
            )
            assert variables
            unsafe = {one for one in variables if not one.startswith("pg_catalog.")}
            assert unsafe <= _OF_THE_GRAMMAR, name
        if path is not None:
            assert path[-1] == "pg_temp", name
            assert "pg_catalog" not in path[1:], name  # first, said or not
        else:
            assert not {*re.findall(r"(?<![\w.])(\w+)\s*\(", code)} & (names - {"coalesce"}), name
            tables = re.findall(
                r"(?<!DISTINCT )\b(?:FROM|UPDATE|JOIN|INSERT INTO) (?!ROWS FROM)([\w.]+)", code
            )
            assert tables
            assert all(re.match(r"(public|pg_catalog)\.", table) for table in tables), (
                name,
                tables,
            )
            assert "::" not in code, name
