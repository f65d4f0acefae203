"""Backups and coming back from one: to a moment, to the end, and with no money going out."""

import time
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest

from app.settings import CHECKOUT, Settings
from core.alarms import alarms
from core.db.database import Database
from core.security.keyring import Keyring
from core.tenants.pauses import INSTALLATION
from tests.drills.installation import Installation, superuser
from tests.drills.restore import is_followed, restore_after_a_loss
from tests.support.tenants import write_folders
from tests.support.waiting import until
from values import clock

FETCHED_WITHIN_S = 30.0
ZONE = ZoneInfo("Africa/Kigali")  # whose times the statement has


def mark(settings: Settings, word: str) -> None:
    database = Database(settings.database_url)
    with database.transaction(INSTALLATION) as tx:
        alarms.record(tx, kind=word, subject="drill", sentence="A mark.", count=1)
    database.close()


def marks(installation: Installation) -> set[str]:
    with installation.running() as settings:
        database = Database(settings.relay_url)
        found = {one.kind for one in alarms.listed(database)}
        database.close()
    return found


def all_is_fetched(url: str) -> bool:
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT flush_lsn >= pg_current_wal_flush_lsn() FROM pg_stat_replication"
        ).fetchone()
    return row is not None and bool(row[0])


def now_of(url: str) -> str:
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')"
        ).fetchone()
    assert row is not None
    return str(row[0])


@pytest.mark.long
def test_books_come_back_as_they_were_at_a_moment_and_no_money_goes_out(tmp_path: Path) -> None:
    piga, backups = Installation(tmp_path / "home"), tmp_path / "backups"
    piga.piga("migrate")
    with piga.running() as settings:
        url = superuser(settings)
        folder = CHECKOUT / "fixtures" / "tenants" / "ibimina"
        write_folders(settings.database_url, [folder], Keyring(settings.key_bytes))
        assert "verified" in piga.piga("backup", "base", str(backups))
        with piga.following(backups):
            until(lambda: is_followed(url), FETCHED_WITHIN_S)
            mark(settings, "before")
            time.sleep(1.1)  # a moment is given in whole seconds
            moment = now_of(url)
            time.sleep(1.1)
            mark(settings, "after")
            until(lambda: all_is_fetched(url), FETCHED_WITHIN_S)
        assert "runs: stop Piga first" in piga.piga("restore", str(backups), fails=True)
    assert "--replace" in piga.piga("restore", str(backups), fails=True)
    assert "no base backup" in piga.piga(
        "restore", str(backups), "--replace", "--at", "2020-01-01 00:00:00", fails=True
    )

    said = piga.piga("restore", str(backups), "--replace", "--at", moment)
    assert "Money goes out again after" in said
    assert marks(piga) == {"before"}
    assert "pursue_payment" in piga.piga("pause", "list")
    assert "Every invariant holds" in piga.piga("ledger", "verify")
    goes_on_once_checked(piga, tmp_path)

    piga.piga("restore", str(backups), "--replace")  # as far as the log goes
    assert marks(piga) == {"before", "after"}
    assert "pursue_payment" in piga.piga("pause", "list")


def goes_on_once_checked(piga: Installation, folder: Path) -> None:
    """A payout that the provider made and the restored books do not know keeps the pause."""
    wallets = [
        line.split() for line in piga.piga("recover", "status").splitlines() if "waits" in line
    ]
    assert wallets
    assert "Not checked yet" in piga.piga("recover", "go-on", "--reason", "I hope", fails=True)
    statement = folder / "statement.csv"
    at = f"{clock.now(ZONE):%Y-%m-%d %H:%M:%S}"
    statement.write_text(f"txid,amount,time\nIN1,900,{at}\nOUT1,-500,{at}\n")
    for _, slug, code in wallets:
        words = ("recover", "check", str(statement), "--tenant", slug, "--wallet", code)
        said = piga.piga(*words, fails=True)
        assert "OUT1" in said
        assert "IN1" not in said
        assert "checked" in piga.piga(*words, "--explained", "OUT1")
    assert "waits" not in piga.piga("recover", "status")
    assert "go on" in piga.piga("recover", "go-on", "--reason", "All statements looked at")
    assert "Nothing is paused" in piga.piga("pause", "list")
    assert "No restore waits" in piga.piga("recover", "status")


@pytest.mark.long
def test_of_a_lost_machine_all_but_the_last_second_comes_back(tmp_path: Path) -> None:
    found = restore_after_a_loss(tmp_path, megabytes=5, for_s=3.0)
    assert found.committed > 100
    assert found.rpo_s <= 60
    assert found.rto_s <= 300
