"""A machine is lost while it writes: its books come back elsewhere, from a copy and the log."""

import os
import shutil
import signal
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg

from app.local import process_table
from tests.drills.installation import Installation, superuser
from tests.support.waiting import until

FOLLOWS_WITHIN_S = 30.0


@dataclass(frozen=True)
class Found:
    """What the drill came to. `lost` are rows that were committed and are not back."""

    data_mb: int
    log_mb: int
    copy_s: float
    committed: int
    lost: int
    rpo_s: float
    rto_s: float


class Writer(threading.Thread):
    """Commits a row after the other, and remembers when each was."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self._url = url
        self.committed: list[float] = []
        self.lost_at = 0.0

    def run(self) -> None:
        try:
            with psycopg.connect(self._url, autocommit=True) as connection:
                for number in range(10_000_000):
                    connection.execute("INSERT INTO drill VALUES (%s, repeat('x', 200))", (number,))
                    self.committed.append(time.time())
        except psycopg.Error:
            self.lost_at = time.time()


def restore_after_a_loss(folder: Path, *, megabytes: int, for_s: float) -> Found:
    """Fill a database with so much, copy it, follow it while it is written to for that long, kill
    everything at once, and restore into another home."""
    first, backups = Installation(folder / "first"), folder / "backups"
    first.piga("migrate")
    with first.running() as settings:
        url = superuser(settings)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE TABLE drill (number bigint PRIMARY KEY, filling text)")
            connection.execute(
                "INSERT INTO drill SELECT -n, repeat(md5(n::text), 30) FROM"
                " generate_series(1, %s) n",
                (megabytes * 1_000,),
            )
            connection.execute("CHECKPOINT")
        started_s = time.monotonic()
        first.piga("backup", "base", str(backups))
        copy_s = time.monotonic() - started_s
        with first.following(backups) as follower:
            until(lambda: is_followed(url), FOLLOWS_WITHIN_S)
            writer = Writer(url)
            writer.start()
            time.sleep(for_s)
            lose(first, follower.pid)
            writer.join(30)
    second = Installation(folder / "second")
    second.home.mkdir()
    shutil.copy(first.home / "key", second.home / "key")  # kept elsewhere than the backup
    started_s = time.monotonic()
    second.piga("restore", str(backups))
    rto_s = time.monotonic() - started_s
    with second.running() as settings, psycopg.connect(superuser(settings)) as connection:
        row = connection.execute("SELECT count(*) FROM drill WHERE number >= 0").fetchone()
        assert row is not None
    back = int(row[0])
    committed = writer.committed
    last_s = committed[min(back, len(committed)) - 1] if back else 0.0
    return Found(
        data_mb=size_mb(backups / "base"),
        log_mb=size_mb(backups / "wal"),
        copy_s=copy_s,
        committed=len(committed),
        lost=max(0, len(committed) - back),
        rpo_s=max(0.0, writer.lost_at - last_s),
        rto_s=rto_s,
    )


def is_followed(url: str) -> bool:
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT 1 FROM pg_stat_replication WHERE state = 'streaming'"
        ).fetchone()
    return row is not None


def lose(lost: Installation, follower: int) -> None:
    """Kill the server and what follows it, without a word to either."""
    pids = process_table.working_in(lost.home / "postgres", "postgres")
    pids += [child.pid for child in psutil.Process(follower).children(recursive=True)]
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def size_mb(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) // 1_000_000
