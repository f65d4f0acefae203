"""The schema goes up and down on real data, by its owner alone, one migration at a time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import psycopg
import pytest

from core.db.database import Database as Core
from core.migrations import run
from core.migrations.run import downgrade, upgrade
from core.security.errors import SecretMismatch
from core.security.installation import NotSetUp, require_key, set_key
from core.security.keyring import Keyring
from tests.support.domains import verify
from tests.support.history import (
    LAST_MONTH,
    LAST_YEAR,
    NOW,
    live,
)
from tests.support.servers import DatabaseUrls
from tests.support.snapshot import content
from tests.support.tenants import KEYS

pytestmark = pytest.mark.every_postgres

VERSIONS = Path(run.__file__).parent / "versions"
REVISIONS = sorted(path.name[1:5] for path in VERSIONS.glob("r[0-9]*.py"))

_OURS = """
    SELECT 'table ' || relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
        AND relkind IN ('r', 'p', 'S', 'v') AND relname NOT LIKE 'alembic_version%'
    UNION ALL SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT 'type ' || typname FROM pg_type WHERE typnamespace = 'public'::regnamespace
        AND typname NOT LIKE '%alembic_version'
    ORDER BY 1
"""


def ours(database: DatabaseUrls) -> list[str]:
    with psycopg.connect(database.admin_url) as connection:
        return [name for (name,) in connection.execute(_OURS)]


@pytest.mark.long
def test_up_fill_down_up_fill(empty_database: DatabaseUrls, redis_url: str) -> None:
    upgrade(empty_database.owner_url)
    first = ours(empty_database)
    live(empty_database, redis_url)
    assert verify(empty_database.verify_url).entries > 30
    downgrade(empty_database.owner_url, "base")
    assert ours(empty_database) == []
    upgrade(empty_database.owner_url)
    assert ours(empty_database) == first
    assert verify(empty_database.verify_url).entries == 0
    live(empty_database, redis_url)
    assert verify(empty_database.verify_url).ok


@pytest.fixture
def lived(database: DatabaseUrls, redis_url: str) -> DatabaseUrls:
    live(database, redis_url)
    return database


def test_a_database_that_was_lived_in_leaves_nothing_out(lived: DatabaseUrls) -> None:
    """Or the tests below would not notice what becomes of it."""
    found = content(lived)
    assert [table for table, rows in found.items() if not rows] == []
    states = {
        "message": {"queued", "sending", "unknown", "accepted", "failed", "delivered"},
        "outbox": {"waiting", "working", "done", "dead"},
        "hold": {"pending", "posted", "voided"},
        "intent": {"open", "pending", "done", "void"},
        "approval": {"pending", "approved", "refused", "expired"},
    }
    for table, expected in states.items():
        assert {row["state"] for row in found[table]} == expected
    blank = {
        f"{table}.{column}"
        for table, rows in found.items()
        for column in rows[0]
        if not any(row[column] for row in rows)
    }
    assert blank == set()
    for table in ("posting", "turn", "message", "rate"):
        assert partitions(lived, table) == {"rest", *map(month, (LAST_YEAR, LAST_MONTH, NOW))}


def partitions(urls: DatabaseUrls, table: str) -> set[str]:
    """The ends of the names of those that have rows."""
    with psycopg.connect(urls.admin_url) as connection:
        rows = connection.execute(f"SELECT DISTINCT tableoid::regclass::text FROM {table}")
        return {name.removeprefix(f"{table}_") for (name,) in rows}


def month(era: datetime) -> str:
    return f"{era:%Y%m}"


def test_two_deploys_may_start_together(empty_database: DatabaseUrls) -> None:
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(upgrade, [empty_database.owner_url] * 3))
    with psycopg.connect(empty_database.owner_url) as connection:
        found = connection.execute("SELECT count(*) FROM alembic_version").fetchone()
    assert found == (1,)


def test_months_ahead_have_partitions_and_the_rest_has_a_place(database: DatabaseUrls) -> None:
    with psycopg.connect(database.relay_url, autocommit=True) as connection:
        assert connection.execute("SELECT make_partitions(3)").fetchone() == (0,)
        assert connection.execute("SELECT make_partitions(5)").fetchone() == (8,)
    with psycopg.connect(database.admin_url) as connection:
        rows = connection.execute(
            "SELECT parent.relname, count(*), bool_and(c.relrowsecurity AND c.relforcerowsecurity)"
            " FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
            " JOIN pg_class parent ON parent.oid = i.inhparent"
            " WHERE parent.relkind = 'p' GROUP BY 1 ORDER BY 1"
        ).fetchall()
    assert rows == [(name, 7, True) for name in ("message", "posting", "rate", "turn")]


def test_new_partitions_are_closed_to_who_names_them(database: DatabaseUrls) -> None:
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


def test_a_database_belongs_to_its_key(database: DatabaseUrls) -> None:
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


def test_an_empty_database_is_told_from_a_wrong_key(empty_database: DatabaseUrls) -> None:
    core = Core(empty_database.database_url)
    with pytest.raises(NotSetUp, match="piga migrate"):
        require_key(core, KEYS)
    core.close()
