"""A dump is whole, or it fails: pg_dump as piga_backup, and as whoever sees less."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from app.local import postgres
from app.settings import Settings
from tests.support.domains import verify
from tests.support.servers import DatabaseUrls
from tests.support.snapshot import content, differences, schema
from tests.support.tenants import new_tenant

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(servers: Settings) -> Run:
    """Run a client program of the server's own version."""

    def run(program: str, url: str, *options: str) -> subprocess.CompletedProcess[str]:
        binaries = servers.postgres_bin or postgres.packaged_binaries()
        command = [str(binaries / program), "--dbname", url, *options]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    return run


def backup_url(database: DatabaseUrls) -> str:
    return database.owner_url.replace("piga_owner@", "piga_backup@")


def test_a_dump_is_restored_with_every_row_of_every_tenant(
    database: DatabaseUrls, empty_database: DatabaseUrls, tmp_path: Path, run: Run
) -> None:
    for slug in ("here", "there"):
        with new_tenant(database, slug) as made:
            made.hold(made.wallet(100), 20)
    file = tmp_path / "dump"
    dumped = run("pg_dump", backup_url(database), "--format=custom", f"--file={file}")
    assert (dumped.returncode, dumped.stderr) == (0, "")
    restored = run("pg_restore", empty_database.admin_url, "--exit-on-error", str(file))
    assert (restored.returncode, restored.stderr) == (0, "")
    assert len(content(database)["tenant"]) == 2
    assert differences(content(database), content(empty_database)) == {}
    assert schema(database) ^ schema(empty_database) == set()
    assert verify(empty_database.verify_url).ok


def test_who_sees_less_fails_and_does_not_dump_less(database: DatabaseUrls, run: Run) -> None:
    with new_tenant(database) as made:
        made.wallet(100)
    for url in (
        database.owner_url,
        database.database_url,
        database.relay_url,
        database.verify_url,
    ):
        failed = run("pg_dump", url)
        assert failed.returncode != 0
        assert "row-level security" in failed.stderr or "permission denied" in failed.stderr


def test_the_role_of_a_backup_only_reads(database: DatabaseUrls) -> None:
    with psycopg.connect(backup_url(database)) as connection:
        for statement in ("DELETE FROM outbox", "CREATE TABLE mine (id int)", "TRUNCATE turn"):
            with pytest.raises(
                (psycopg.errors.ReadOnlySqlTransaction, psycopg.errors.InsufficientPrivilege)
            ):
                connection.execute(statement)
            connection.rollback()
        # Also where it says that it would write.
        connection.execute("SET default_transaction_read_only = off")
        connection.commit()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("DELETE FROM outbox")
        connection.rollback()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT void_hold(gen_random_uuid())")
