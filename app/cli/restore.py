"""`piga restore`: Postgres as it was at a moment, from a backup."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.errors import OperatorError
from app.settings import Settings

if TYPE_CHECKING:
    from app.backup.folder import Backups

_TIMES = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ"]


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--at", type=click.DateTime(_TIMES), help="UTC; as far as the log goes unless given.")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    help="Make this data folder for a Postgres of your own, and start nothing.",
)
@click.option("--replace", is_flag=True, help="Move what the embedded servers have away.")
def restore(folder: Path, at: datetime | None, data: Path | None, replace: bool) -> None:
    """Bring Postgres back from the backup in FOLDER, as it was at a moment.

    The embedded one is started, brought there and looked at. No money goes out until what went out
    since is known: `piga recover`. With --data only a data folder is made: start your Postgres on
    it, and then say `piga recover begin`.
    """
    from app.backup.folder import Backups

    backups = Backups(folder)
    moment = at.replace(tzinfo=UTC) if at else None
    if data is not None:
        from app.backup.restoring import lay_out

        made = lay_out(backups, data.absolute(), moment)
        click.echo(f"{data}: from the copy of {made.at:%Y-%m-%d %H:%M:%S} UTC.")
        click.echo("Start Postgres on it, as its own user; then `piga recover begin`.")
        return
    _embedded(Settings.load(), backups, moment, replace=replace)


def _embedded(
    settings: Settings, backups: "Backups", moment: datetime | None, *, replace: bool
) -> None:
    from app.backup import recovery
    from app.backup.restoring import SETTINGS, WAL, lay_out, require_stopped, set_aside
    from app.local.data_dir import DataDir
    from app.operations.servers import opened
    from app.operations.tenants import operator

    if settings.database_url:
        raise OperatorError("DATABASE_URL names a Postgres of yours: use --data FOLDER.")
    home = DataDir(settings.home)
    home.prepare()
    require_stopped(home)
    backups.base_for(moment)  # before anything is moved
    if home.postgres.exists() and not replace:
        raise OperatorError(f"{home.postgres} is there: --replace moves it away.")
    for aside in set_aside(home):
        click.echo(f"{aside}: what was there before.")
    made = lay_out(backups, home.postgres, moment)
    with opened(settings) as core:
        point = recovery.begin(core, operator(), fallback=made.at)
        _tidy(core.settings.owner_url, SETTINGS, home.postgres / WAL)
    click.echo(f"The books are those of {point.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC.")
    click.echo("Money goes out again after `piga recover`.")


def _tidy(owner_url: str, names: tuple[str, ...], wal: Path) -> None:
    """Take away what only the way back needed."""
    import shutil
    from urllib.parse import parse_qs, urlsplit

    import psycopg
    from psycopg import sql

    from app.local import postgres

    [sockets] = parse_qs(urlsplit(owner_url).query)["host"]
    url = postgres.url(sockets, postgres.SUPERUSER, "postgres")
    with psycopg.connect(url, autocommit=True) as connection:
        for name in names:
            connection.execute(sql.SQL("ALTER SYSTEM RESET {}").format(sql.Identifier(name)))
    shutil.rmtree(wal, ignore_errors=True)
