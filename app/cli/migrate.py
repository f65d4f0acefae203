"""`piga migrate`: the schema, up or down."""

import click

from app.local.embedded import ensure
from app.settings import Settings


@click.command()
@click.option("--to", "revision", metavar="REVISION", help="Stop at this revision.")
@click.option(
    "--down",
    metavar="REVISION",
    help="Go back to this revision; `base` drops everything, data included.",
)
def migrate(revision: str | None, down: str | None) -> None:
    """Bring the database's schema up to date, as the role of PIGA_OWNER_URL.

    Safe to run again. The first time, the database is tied to PIGA_KEY: from then on nothing starts
    with another key.
    """
    if revision is not None and down is not None:
        raise click.UsageError("--to goes up and --down goes down: one of them.")
    from app.operations import migration

    with ensure(Settings.load()) as settings:
        if down is not None:
            moved = migration.migrate_down(settings, down)
        else:
            moved = migration.migrate(settings, revision or migration.HEAD)
        click.echo(str(moved))
