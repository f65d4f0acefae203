"""A migration beside somebody who reads for long: nobody waits behind it."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from app.settings import Settings
from core.migrations import run
from core.migrations.run import LOCK_TIMEOUT_MS, TableInUse, upgrade
from tests.support.servers import DatabaseUrls

pytestmark = pytest.mark.every_postgres

# Two steps: the first needs no table that is in use, the second the readers'.
STEPS = (
    ("long_0001", None, ("long",), "core_0001", "CREATE TABLE beside (id int)"),
    ("long_0002", "long_0001", None, None, "ALTER TABLE subscriber ADD nickname text"),
)
READ_FOR_S = 3.0


@pytest.fixture
def branch(tmp_path: Path) -> Path:
    for revision, below, labels, needs, up in STEPS:
        (tmp_path / f"{revision}.py").write_text(
            f'"""{revision}."""\n'
            "from alembic import op\n"
            f"revision, down_revision = {revision!r}, {below!r}\n"
            f"branch_labels, depends_on = {labels!r}, {needs!r}\n"
            f"def upgrade(): op.execute({up!r})\n"
            "def downgrade(): pass\n"
        )
    return tmp_path


@pytest.fixture
def reader(database: DatabaseUrls) -> Iterator[psycopg.Connection]:
    """As a dump or an audit does: in one transaction, for as long as it takes."""
    with psycopg.connect(database.owner_url) as connection:
        connection.execute("SELECT count(*) FROM subscriber")
        yield connection


def columns(database: DatabaseUrls) -> set[str]:
    with psycopg.connect(database.admin_url) as connection:
        rows = connection.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = 'subscriber'::regclass"
        )
        return {name for (name,) in rows}


def test_everybody_goes_on_while_a_step_waits_for_its_table(
    database: DatabaseUrls, branch: Path, reader: psycopg.Connection, servers: Settings
) -> None:
    log = servers.home / "log" / "postgres.log"
    already = log.stat().st_size if log.exists() else 0
    said: list[str] = []
    took_s: list[float] = []
    migrated = threading.Event()

    def migrate() -> run.Report:
        try:
            return upgrade(database.owner_url, branches=[branch], say=said.append)
        finally:
            migrated.set()

    def read_again_and_again() -> None:
        with psycopg.connect(database.database_url, autocommit=True) as connection:
            while not migrated.wait(0.02):
                began_s = time.monotonic()
                connection.execute("SELECT count(*) FROM subscriber")
                took_s.append(time.monotonic() - began_s)

    with ThreadPoolExecutor() as pool:
        reading, report = pool.submit(read_again_and_again), pool.submit(migrate)
        assert not migrated.wait(READ_FOR_S)
        assert "nickname" not in columns(database)
        pid = reader.info.backend_pid
        reader.rollback()
        assert report.result(timeout=30).after["long"] == "long_0002"
        reading.result()
    assert "nickname" in columns(database)
    assert len(said) >= 2
    assert f"process {pid} (piga_owner)" in said[0]
    if log.exists():  # our own server's: each try is expected, and no ERROR in it
        assert "lock timeout" not in log.read_bytes()[already:].decode(errors="replace")
    # Some were behind the step for as long as it waits, and none for longer.
    assert max(took_s) < LOCK_TIMEOUT_MS / 1000 + 0.7
    assert len([one for one in took_s if one < 0.1]) > READ_FOR_S / 2 / 0.1


def test_a_reader_who_never_ends_is_named_and_the_steps_before_are_done(
    database: DatabaseUrls,
    branch: Path,
    reader: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(run, "TRYING_S", 1.0)
    pid = reader.info.backend_pid
    with pytest.raises(TableInUse, match=rf"in use for too long by process {pid} \(piga_owner\)"):
        upgrade(database.owner_url, branches=[branch])
    assert "nickname" not in columns(database)
    reader.rollback()
    report = upgrade(database.owner_url, branches=[branch])
    assert [step.revision for step in report.steps] == ["long_0002"]


def test_another_deploys_migration_is_waited_for(database: DatabaseUrls, branch: Path) -> None:
    said: list[str] = []
    with psycopg.connect(database.owner_url) as other:
        other.execute(f"SELECT pg_advisory_lock({run.LOCK_KEY})")
        with ThreadPoolExecutor() as pool:
            report = pool.submit(upgrade, database.owner_url, "heads", [branch], said.append)
            time.sleep(1)  # longer than a step waits for a table
            assert said == ["Another migration is under way: waiting for it."]
            assert not report.done()
            other.close()
            assert report.result(timeout=30).after["long"] == "long_0002"
