"""A data folder made of a backup, for Postgres to bring to a moment when it starts."""

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from app.backup.folder import Backups, Base, first_segment
from app.errors import OperatorError
from app.local.data_dir import DataDir
from app.local.locks import FileLock

# Inside the data folder, so that whoever runs the server may read it.
WAL: Final = "restored_wal"
# The last file of the log is not whole yet: its rest is zeros, where Postgres stops.
FETCH: Final = f"cp {WAL}/%f %p || cp {WAL}/%f.partial %p"
# Nobody is served on the way: a server that is would be taken for one that has arrived.
SETTINGS: Final = (
    "restore_command",
    "recovery_target_time",
    "recovery_target_action",
    "hot_standby",
)


def lay_out(backups: Backups, data: Path, at: datetime | None) -> Base:
    """Make the folder `data`: a server that is started on it goes on to `at` (None: as far as the
    log goes) and then serves. Raises OperatorError."""
    if data.exists():
        raise OperatorError(f"{data} is there already: move it away first.")
    base = backups.base_for(at)
    draft = data.with_name(f"{data.name}.restoring")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        shutil.copytree(base.path, draft, symlinks=True)
        draft.chmod(0o700)
        wal = draft / WAL
        wal.mkdir(mode=0o700)
        first = first_segment(base)[8:]
        if backups.wal.is_dir():
            for file in backups.wal.iterdir():
                # Of every timeline: which is taken, Postgres knows.
                if file.suffix == ".history" or file.name[8:24] >= first:
                    shutil.copy2(file, wal / file.name)
        with open(draft / "postgresql.auto.conf", "a", encoding="utf-8") as settings:
            settings.write(f"restore_command = '{FETCH}'\n")
            if at is not None:
                stamp = at.astimezone(UTC).isoformat(sep=" ")
                settings.write(f"recovery_target_time = '{stamp}'\n")
            settings.write("recovery_target_action = 'promote'\nhot_standby = 'off'\n")
        (draft / "recovery.signal").touch()
        draft.rename(data)
    except OSError as error:
        shutil.rmtree(draft, ignore_errors=True)
        raise OperatorError(f"{data} could not be made: {error.strerror}.") from None
    return base


def require_stopped(home: DataDir) -> None:
    """Raises OperatorError while somebody keeps the embedded servers."""
    for name in ("postgres", "valkey"):
        if FileLock(home.run / f"{name}.owner").is_held():
            raise OperatorError(f"The embedded {name} runs: stop Piga first.")


def set_aside(home: DataDir) -> list[Path]:
    """Move what the embedded servers have away, beside it. Sessions belong to the data before, so
    that they go, too. Answers where it is."""
    stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{os.getpid()}"
    moved = []
    for folder in (home.postgres, home.valkey):
        if folder.exists():
            aside = folder.with_name(f"{folder.name}.before-{stamp}")
            folder.rename(aside)
            moved.append(aside)
    return moved
