"""A folder of backups: `base/` has whole copies by when they were finished, `wal/` what was written
since. Both as Postgres's programs write them, so that they can be restored without Piga, too."""

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from app.backup.programs import Programs, private_folder
from app.errors import OperatorError

STAMP: Final = "%Y%m%dT%H%M%SZ"
# Keeps what has not been fetched yet on the server, however long the follower is away.
SLOT: Final = "piga_backup"


@dataclass(frozen=True, slots=True, order=True)
class Base:
    """A whole copy. `at` is when it was finished: it can be restored to any moment since."""

    at: datetime
    path: Path


class Backups:
    """The backups in a folder."""

    def __init__(self, path: Path) -> None:
        self._base = path / "base"
        self.wal = path / "wal"

    def bases(self) -> list[Base]:
        """The oldest first."""
        found = []
        for path in self._base.glob("[0-9]*Z"):
            at = datetime.strptime(path.name, STAMP).replace(tzinfo=UTC)
            found.append(Base(at, path))
        return sorted(found)

    def base_for(self, at: datetime | None) -> Base:
        """The newest that can be restored to that moment; None is the last. Raises
        OperatorError."""
        fit = [base for base in self.bases() if at is None or base.at <= at]
        if not fit:
            when = f" from before {at:%Y-%m-%d %H:%M:%S} UTC" if at else ""
            raise OperatorError(f"There is no base backup{when} in {self._base}.")
        return fit[-1]

    def take(self, programs: Programs) -> Base:
        """Copy the server as it is, while it works, and look at every file of the copy. Raises
        OperatorError."""
        private_folder(self._base)
        draft = self._base / ".unfinished"
        shutil.rmtree(draft, ignore_errors=True)
        programs.run(
            "pg_basebackup", "-D", str(draft), "-X", "stream", "-c", "fast", "--no-password"
        )
        made_by = int((draft / "PG_VERSION").read_text().partition(".")[0])
        # What the log holds is read only by a program of the server's own version.
        unread = [] if made_by == programs.major() else ["--no-parse-wal"]
        programs.run("pg_verifybackup", *unread, str(draft))
        at = datetime.now(UTC).replace(microsecond=0)
        path = self._base / at.strftime(STAMP)
        draft.rename(path)
        return Base(at, path)

    def follow(self, programs: Programs) -> int:
        """Fetch what the server writes, as it writes it, until a signal says stop."""
        private_folder(self.wal)
        slot = ("--slot", SLOT)
        programs.run("pg_receivewal", *slot, "--create-slot", "--if-not-exists", "--no-password")
        return programs.hold(
            "pg_receivewal", "-D", str(self.wal), *slot, "--synchronous", "--no-password"
        )

    def prune(self, programs: Programs, keep: int) -> list[Base]:
        """Take away all but the newest copies, and what was written before the oldest of them.
        Answers which are gone."""
        bases = self.bases()
        gone, kept = bases[:-keep], bases[-keep:]
        for base in gone:
            shutil.rmtree(base.path)
        if kept and self.wal.is_dir():
            programs.run("pg_archivecleanup", str(self.wal), first_segment(kept[0]))
        return gone


def first_segment(base: Base) -> str:
    """The file of the log that a copy begins with: its label says so."""
    line = (base.path / "backup_label").read_text().partition("\n")[0]
    name = line.partition("(file ")[2].rstrip(")")
    if len(name) != 24:
        raise OperatorError(f"{base.path}/backup_label does not say where it begins.")
    return name
