"""`piga doctor`."""

import time
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
import redis
from click.testing import CliRunner

from app.cli.doctor import doctor
from app.local.embedded import ensure
from app.operations.tenant_folder import read_folder, rules
from app.settings import Settings
from core.db.database import Database as Core
from core.manifest.apply import apply
from core.security.installation import set_key
from core.security.keyring import Keyring
from tests.support.servers import DatabaseUrls

KEY = "0f" * 32
FIXTURES = Path(__file__).parents[3] / "fixtures" / "tenants"
FORCED = "ALTER TABLE {} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY"


@pytest.fixture
def settings(servers: Settings, database: DatabaseUrls) -> Settings:
    set_key(database.owner_url, Keyring(bytes.fromhex(KEY)))
    return replace(
        servers,
        database_url=database.database_url,
        owner_url=database.owner_url,
        relay_url=database.relay_url,
        verify_url=database.verify_url,
        key=KEY,
    )


def examine(settings: Settings) -> tuple[int, list[str]]:
    """The exit code, and the lines that say something is wrong."""
    answer = CliRunner(env=settings.variables()).invoke(doctor)
    lines = answer.output.splitlines()
    assert len(lines) == 12
    wrong = [line for line in lines if line.startswith("WRONG")]
    # The servers of the tests are quick, and the doctor says what that costs.
    expected = [line for line in wrong if "power cut" in line]
    assert len(expected) == 1
    return answer.exit_code, [line for line in wrong if line not in expected]


def test_all_is_well_but_for_the_tests_own_haste(settings: Settings) -> None:
    assert examine(settings) == (1, [])


def test_another_key_is_noticed(settings: Settings) -> None:
    _, wrong = examine(replace(settings, key="a0" * 32))
    assert len(wrong) == 1
    assert "PIGA_KEY is not the key" in wrong[0]


def test_a_role_with_too_many_rights_is_noticed(settings: Settings) -> None:
    _, wrong = examine(replace(settings, relay_url=settings.owner_url))
    assert len(wrong) == 2
    assert "piga_owner owns" in wrong[0]
    assert "piga_owner may make things" in wrong[1]


def test_a_database_in_which_anybody_may_make_things_is_noticed(
    settings: Settings, database: DatabaseUrls
) -> None:
    with psycopg.connect(database.owner_url) as connection:
        connection.execute(f"GRANT TEMPORARY ON DATABASE {database.name} TO PUBLIC")
        connection.execute("GRANT CREATE ON SCHEMA public TO piga_relay")
    _, (wrong,) = examine(settings)
    assert wrong == (
        "WRONG piga_app, piga_relay, piga_verify may make things of their own:"
        " REVOKE CREATE ON SCHEMA public FROM PUBLIC, piga_app, piga_relay, piga_verify;"
        f" REVOKE TEMPORARY ON DATABASE {database.name}"
        " FROM PUBLIC, piga_app, piga_relay, piga_verify."
    )
    _, remedy = wrong.split(": ")
    with psycopg.connect(database.owner_url) as connection:
        connection.execute(remedy.rstrip(".").encode())
    assert examine(settings) == (1, [])


def test_a_table_open_to_all_tenants_is_noticed(settings: Settings) -> None:
    with psycopg.connect(settings.owner_url) as connection:
        connection.execute("ALTER TABLE subscriber NO FORCE ROW LEVEL SECURITY")
    _, wrong = examine(settings)
    assert wrong == [
        "WRONG A table is not as it must be: row-level security is not forced on subscriber."
    ]


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        (
            ["CREATE TABLE left_open (tenant_id uuid)"],
            "row-level security is not forced on left_open; there is no policy on left_open;"
            " the application has no right on left_open.",
        ),
        (
            ["CREATE TABLE shut (id int)", FORCED.format("shut")],
            "there is no policy on shut; the application has no right on shut.",
        ),
        (
            [
                f"DROP POLICY {name} ON approval"
                for name in ("own_tenant", "all_tenants", "auditor")
            ],
            "there is no policy on approval.",
        ),
        (
            ["REVOKE SELECT, INSERT, UPDATE ON approval FROM piga_app"],
            "the application has no right on approval.",
        ),
        (
            ["CREATE POLICY wide ON approval USING (true)"],
            "a policy lets a tenant at other tenants' rows on approval.",
        ),
        (
            ["CREATE POLICY wide ON hold USING (tenant_id = current_tenant() OR true)"],
            "a policy lets a tenant at other tenants' rows on hold.",
        ),
        (
            ["CREATE POLICY wide ON approval FOR INSERT TO piga_app WITH CHECK (true)"],
            "a policy lets a tenant at other tenants' rows on approval.",
        ),
        (
            ["CREATE SCHEMA aside", "CREATE TABLE aside.left_open (id int)"],
            "row-level security is not forced on aside.left_open; there is no policy on"
            " aside.left_open; the application has no right on aside.left_open.",
        ),
    ],
)
def test_a_table_of_any_domain_that_is_not_closed_is_named(
    settings: Settings, statements: list[str], expected: str
) -> None:
    with psycopg.connect(settings.owner_url) as connection:
        for statement in statements:
            connection.execute(statement.encode())
    _, wrong = examine(settings)
    assert wrong == [f"WRONG A table is not as it must be: {expected}"]


def test_a_narrower_policy_is_no_fault(settings: Settings) -> None:
    with psycopg.connect(settings.owner_url) as connection:
        connection.execute(
            "CREATE POLICY narrow ON approval FOR DELETE TO piga_app"
            " USING (tenant_id = current_tenant() AND state = 'expired')"
        )
    assert examine(settings) == (1, [])


def test_a_role_that_reaches_the_machines_files_is_noticed(
    settings: Settings, admin_url: str
) -> None:
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute("CREATE ROLE reaches LOGIN IN ROLE pg_read_server_files")
        try:
            url = settings.relay_url.replace("piga_relay@", "reaches@")
            _, wrong = examine(replace(settings, relay_url=url))
        finally:
            connection.execute("DROP ROLE reaches")
    assert wrong == [
        "WRONG reaches may reach files of the database's machine: pg_read_server_files."
    ]


def test_a_schema_of_another_time_is_noticed(settings: Settings, database: DatabaseUrls) -> None:
    with psycopg.connect(settings.owner_url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'core_0000'")
    _, wrong = examine(settings)
    assert len(wrong) == 1
    assert "The database is at core_0000, which is in no folder of migrations" in wrong[0]


def test_a_schema_that_is_behind_is_noticed(settings: Settings) -> None:
    with psycopg.connect(settings.owner_url) as connection:
        connection.execute("DELETE FROM alembic_version")
    _, wrong = examine(settings)
    assert wrong == [
        "WRONG The schema is behind: core is at nothing, not core_0001. Run `piga migrate`."
    ]


def test_a_redis_that_forgets_is_noticed(settings: Settings, tmp_path: Path) -> None:
    with ensure(replace(settings, home=tmp_path / "home", redis_url="")) as own:
        with redis.Redis.from_url(own.redis_url) as client:
            client.config_set("maxmemory-policy", "allkeys-lru")
        _, wrong = examine(own)
    assert len(wrong) == 1
    assert "noeviction" in wrong[0]


def test_what_does_not_answer_is_named_without_its_password(settings: Settings) -> None:
    gone = "postgresql://piga_app:sesame@127.0.0.1:1/piga"
    answer = CliRunner(env=replace(settings, database_url=gone).variables()).invoke(doctor)
    assert answer.exit_code == 1
    assert "WRONG Postgres does not answer at DATABASE_URL." in answer.output
    assert "sesame" not in answer.output


@pytest.mark.parametrize(
    ("ahead_s", "said"),
    [
        (7_200.0, " ahead of the database's; no money moves here: set it right."),
        (-7_200.0, " behind the database's; no money moves here: set it right."),
        (30.0, " ahead of the database's: set it right."),
    ],
)
def test_a_host_with_another_time_than_the_database_is_noticed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, ahead_s: float, said: str
) -> None:
    real_s = time.time
    monkeypatch.setattr(time, "time", lambda: real_s() + ahead_s)
    _, (wrong,) = examine(settings)
    assert wrong.startswith("WRONG This host's clock is ")
    assert wrong.endswith(said)


def test_tables_that_end_soon_are_warned_of(settings: Settings) -> None:
    core = Core(settings.database_url)
    manifest = read_folder(FIXTURES / "ibimina", demo=True)
    apply(core, Keyring(bytes.fromhex(KEY)), manifest, rules(demo=True))
    with core.transaction(manifest.id) as tx:
        tx.execute(
            "UPDATE tariff SET valid_to = now() + interval '29 days'"
            " WHERE operation = 'contribute' AND kind = 'limit'"
        )
    core.close()
    answer = CliRunner(env=settings.variables()).invoke(doctor)
    (warned,) = [line for line in answer.output.splitlines() if line.startswith("warn")]
    assert warned.startswith("warn  ibimina: no table of contribute limit holds from 2")
