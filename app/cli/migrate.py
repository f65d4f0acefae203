"""`piga migrate`: the schema, up or down."""

import click

from app.local.embedded import ensure
from app.settings import Settings


@click.command()
@click.option("--to", "revision", metavar="REVISION", help="Stop at this revision.")
@click.option(
    "--down",
    metavar="REVISION",
    help="Go back to this revision; `NAME@base` drops what that domain made, `base` everything,"
    " data included.",
)
def migrate(revision: str | None, down: str | None) -> None:
    """Bring the database's schema up to date, as the role of PIGA_OWNER_URL.

    Runs the migrations of the core and of every domain, and says what each is at before and after.
    Safe to run again, and while people call: a step that does not get a table within half a second
    lets others go first, and tries again for up to five minutes.

    The first time, the database is tied to PIGA_KEY: from then on nothing starts with another key.
    """
    if revision is not None and down is not None:
        raise click.UsageError("--to goes up and --down goes down: one of them.")
    from app.operations import migration

    with ensure(Settings.load()) as settings:
        if down is not None:
            report = migration.migrate_down(settings, down, say=click.echo)
        elif revision is not None:
            report = migration.migrate(settings, revision, say=click.echo)
        else:
            report = migration.migrate(settings, say=click.echo)
        for line in migration.lines(report):
            click.echo(line)
        if not report.steps:
            at = ", ".join(report.after.values()) or "nothing"
            click.echo(f"Nothing to do: the schema is at {at}.")
        elif revision is None and down is None:
            click.echo("The schema is up to date.")
