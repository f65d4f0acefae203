"""`piga migrate`: what it does, says and refuses."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.cli import Piga, env_of, piga
from tests.support.servers import DatabaseUrls

__all__ = ["piga"]


def test_migrate_up_and_down(empty_database: DatabaseUrls, tmp_path: Path) -> None:
    piga = Piga(env_of(empty_database, tmp_path))
    assert "run `piga migrate` first" in piga("hooks").stderr
    up, down = piga("migrate"), "core: core_0001 -> nothing\n  down core_0001  The spine: "
    # Other databases of the server are migrated too: the roles may be in use for a moment.
    assert "core: nothing -> core_0001\n  up   core_0001  The spine: " in up.stdout
    assert up.stdout.endswith("\nThe schema is up to date.\n")
    assert piga("migrate").stdout == "Nothing to do: the schema is at core_0001.\n"
    assert piga("hooks").exit_code == 0
    assert piga("migrate", "--down", "base").stdout.startswith(down)
    assert piga("migrate", "--down", "base").stdout == "Nothing to do: the schema is at nothing.\n"
    assert piga("hooks").exit_code == 1
    assert piga("migrate", "--to", "core_0001").exit_code == 0


@pytest.mark.long
def test_migrate_runs_the_branch_of_a_domain_outside_the_checkout(
    empty_database: DatabaseUrls, tmp_path: Path
) -> None:
    folder = tmp_path / "lostcard"
    shutil.copytree(Path(__file__).parents[2] / "core" / "migrations" / "lostcard", folder)
    env = {name: value for name, value in env_of(empty_database, tmp_path).items() if value}
    env = {**os.environ, **env, "PIGA_DOMAINS": str(folder)}

    def migrate(*args: str) -> list[str]:
        command = [sys.executable, "-m", "app.cli", "migrate", *args]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
        # Other databases of the server are migrated too: the roles may be in use for a moment.
        lines = done.stdout.splitlines()
        return [line for line in lines if not line.startswith("A table is in use")]

    up = migrate()
    assert up[0] == "core: nothing -> core_0001"
    assert up[2:] == [
        "lostcard: nothing -> lostcard_0003",
        "  up   lostcard_0001  Cards that somebody reported as lost.",
        "  up   lostcard_0002  A report is open or closed.",
        "  up   lostcard_0003  A report is found by its person.",
        "The schema is up to date.",
    ]
    assert migrate("--down", "lostcard@base") == [
        "lostcard: lostcard_0003 -> nothing",
        "  down lostcard_0003  A report is found by its person.",
        "  down lostcard_0002  A report is open or closed.",
        "  down lostcard_0001  Cards that somebody reported as lost.",
    ]
    assert migrate("--to", "lostcard_0001")[-1].startswith("  up   lostcard_0001")
    # Without the domain its revision is no riddle.
    without = Piga(env_of(empty_database, tmp_path))("migrate")
    assert without.stderr.startswith("Error: The database is at lostcard_0001, which is in no")


def test_migrate_says_plainly_what_is_wrong(piga: Piga, database: DatabaseUrls) -> None:
    assert "No such revision" in piga("migrate", "--to", "nonsense").stderr
    assert piga("migrate", "--to", "a", "--down", "b").exit_code == 2
    told = piga("migrate", PIGA_OWNER_URL=None)
    assert (told.exit_code, told.stderr) == (
        1,
        "Error: PIGA_OWNER_URL is not set, and this command needs it.\n",
    )
    nowhere = "postgresql://piga_owner:s3cret@127.0.0.1:1/piga"
    told = piga("migrate", PIGA_OWNER_URL=nowhere)
    assert told.exit_code == 1
    assert told.stderr.startswith("Error: Postgres cannot be reached:")
    assert "s3cret" not in told.output
    told = piga("migrate", "--down", "base", PIGA_OWNER_URL=database.database_url)
    assert "must own the database's tables" in told.stderr
    assert len(told.stderr.splitlines()) == 1


def test_another_key_is_told_in_one_sentence(piga: Piga) -> None:
    assert piga("migrate").exit_code == 0
    for command in (("migrate",), ("hooks",), ("ledger", "verify"), ("demo", "reset", "--yes")):
        told = piga(*command, PIGA_KEY="cd" * 32)
        assert told.exit_code == 1
        assert told.stderr.startswith("Error: PIGA_KEY is not the key")
        assert len(told.stderr.splitlines()) == 1
