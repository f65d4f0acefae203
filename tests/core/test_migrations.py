"""The schema goes up and down on real data, by its owner alone, one migration at a time."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from app.tenant_folder import house, read_folder
from core.apply import apply
from core.db import Database as Core
from core.errors import SecretMismatch
from core.installation import NotSetUp, require_key, set_key
from core.migrations import run
from core.migrations.run import downgrade, upgrade
from core.secrets import Keyring
from core.verify import verify
from tests.conftest import Database
from tests.core.world import KEYS

IBIMINA = Path(__file__).parents[2] / "fixtures" / "tenants" / "ibimina"

_OURS = """
    SELECT 'table ' || relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
        AND relkind IN ('r', 'p', 'S', 'v') AND relname NOT LIKE 'alembic_version%'
    UNION ALL SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT 'type ' || typname FROM pg_type WHERE typnamespace = 'public'::regnamespace
        AND typname NOT LIKE '%alembic_version'
    ORDER BY 1
"""


def ours(database: Database) -> list[str]:
    with psycopg.connect(database.admin_url) as connection:
        return [name for (name,) in connection.execute(_OURS)]


def fill(database: Database) -> None:
    core = Core(database.database_url)
    blueprint = read_folder(IBIMINA, demo=True)
    apply(core, KEYS, blueprint, house(demo=True))
    core.close()


def test_up_fill_down_up_fill(empty_database: Database) -> None:
    upgrade(empty_database.owner_url)
    first = ours(empty_database)
    fill(empty_database)
    assert verify(empty_database.verify_url).entries > 10
    downgrade(empty_database.owner_url, "base")
    assert ours(empty_database) == []
    upgrade(empty_database.owner_url)
    assert ours(empty_database) == first
    assert verify(empty_database.verify_url).entries == 0
    fill(empty_database)
    assert verify(empty_database.verify_url).ok


def test_each_step_down_and_up_keeps_the_data(database: Database) -> None:
    fill(database)
    before, first = verify(database.verify_url), ours(database)
    versions = Path(run.__file__).parent / "versions"
    revisions = sorted(path.name[1:5] for path in versions.glob("r[0-9]*.py"))
    for revision in reversed(revisions[:-1]):
        downgrade(database.owner_url, revision)
        assert verify(database.verify_url) == before
    for revision in revisions:
        upgrade(database.owner_url, revision)
    assert (verify(database.verify_url), ours(database)) == (before, first)


def test_upgrading_again_keeps_the_data(database: Database) -> None:
    fill(database)
    before = verify(database.verify_url)
    upgrade(database.owner_url)
    assert verify(database.verify_url) == before


def test_two_deploys_may_start_together(empty_database: Database) -> None:
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(upgrade, [empty_database.owner_url] * 3))
    with psycopg.connect(empty_database.owner_url) as connection:
        found = connection.execute("SELECT count(*) FROM alembic_version").fetchone()
    assert found == (1,)


def test_months_ahead_have_partitions_and_the_rest_has_a_place(database: Database) -> None:
    with psycopg.connect(database.relay_url, autocommit=True) as connection:
        assert connection.execute("SELECT make_partitions(3)").fetchone() == (0,)
        assert connection.execute("SELECT make_partitions(5)").fetchone() == (6,)
    with psycopg.connect(database.admin_url) as connection:
        rows = connection.execute(
            "SELECT parent.relname, count(*), bool_and(c.relrowsecurity AND c.relforcerowsecurity)"
            " FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
            " JOIN pg_class parent ON parent.oid = i.inhparent"
            " WHERE parent.relkind = 'p' GROUP BY 1 ORDER BY 1"
        ).fetchall()
    assert rows == [(name, 7, True) for name in ("message", "posting", "turn")]


def test_new_partitions_are_closed_to_who_names_them(database: Database) -> None:
    with psycopg.connect(database.relay_url, autocommit=True) as connection:
        connection.execute("SELECT make_partitions(4)")
    with psycopg.connect(database.database_url) as connection:
        name = connection.execute(
            "SELECT max(relname) FROM pg_class WHERE relname ~ '^posting_2' AND relkind = 'r'"
        )
        row = name.fetchone()
        assert row is not None
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(f'SELECT * FROM "{row[0]}"')


def test_a_database_belongs_to_its_key(database: Database) -> None:
    core = Core(database.database_url)
    with pytest.raises(NotSetUp, match="piga migrate"):
        require_key(core, KEYS)
    set_key(database.owner_url, KEYS)
    set_key(database.owner_url, KEYS)
    require_key(core, KEYS)
    other = Keyring(b"x" * 32)
    with pytest.raises(SecretMismatch, match="not the key"):
        require_key(core, other)
    with pytest.raises(SecretMismatch, match="not the key"):
        set_key(database.owner_url, other)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        set_key(database.database_url, KEYS)
    core.close()


def test_an_empty_database_is_told_from_a_wrong_key(empty_database: Database) -> None:
    core = Core(empty_database.database_url)
    with pytest.raises(NotSetUp, match="piga migrate"):
        require_key(core, KEYS)
    core.close()
