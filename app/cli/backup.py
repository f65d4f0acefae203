"""`piga backup`: whole copies of Postgres, and what it writes as it writes it."""

import sys
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.groups import Group
from app.local.embedded import ensure
from app.settings import Settings

if TYPE_CHECKING:
    from app.backup.programs import Programs

_FOLDER = click.argument("folder", type=click.Path(path_type=Path, file_okay=False))


@click.group(cls=Group)
def backup() -> None:
    """Back Postgres up, to any moment: a whole copy now and then, and its log all the time.

    It is Postgres's own programs that do it, of the embedded server and of one that DATABASE_URL
    names: then PIGA_BACKUP_URL is a role there that may replicate. PIGA_KEY is never in a backup.
    """


@backup.command("base")
@_FOLDER
@click.option("--keep", type=click.IntRange(1), help="Take away all but so many whole copies.")
def base(folder: Path, keep: int | None) -> None:
    """Make a whole copy in FOLDER, while everything works, and look at every file of it."""
    from app.backup.folder import Backups

    settings = Settings.load()
    with ensure(settings) as running:
        programs = _programs(settings, running)
        backups = Backups(folder)
        made = backups.take(programs)
        click.echo(f"{made.path}: finished at {made.at:%Y-%m-%d %H:%M:%S} UTC, and verified.")
        for gone in backups.prune(programs, keep) if keep else ():
            click.echo(f"{gone.path}: taken away.")


@backup.command()
@_FOLDER
def follow(folder: Path) -> None:
    """Fetch into FOLDER what Postgres writes, within a second, until a signal says stop.

    Keep it running beside Piga. While it is away the server keeps what it has not fetched: look
    that its disk does not fill up.
    """
    from app.backup.folder import Backups

    settings = Settings.load()
    with ensure(settings) as running:
        code = Backups(folder).follow(_programs(settings, running))
    sys.exit(code)


@backup.command("list")
@_FOLDER
def list_(folder: Path) -> None:
    """List the whole copies in FOLDER, the oldest first, and how far its log goes."""
    from app.backup.folder import Backups

    backups = Backups(folder)
    for one in backups.bases():
        click.echo(f"{one.at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC  {one.path}")
    files = sorted(backups.wal.glob("[0-9A-F]*")) if backups.wal.is_dir() else []
    click.echo(f"Log: {files[-1].name}" if files else "No log: only the copies themselves.")


def _programs(settings: Settings, running: Settings) -> "Programs":
    from app.backup import programs

    return programs.of(settings, running)
