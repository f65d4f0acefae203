"""`piga domain`: packages that bring conversations of one's own."""

from pathlib import Path

import click

from app.cli.groups import Group


@click.group(cls=Group)
def domain() -> None:
    """Domains of one's own: write a new one, bring its texts up to its code."""


@domain.command()
@click.argument("name")
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="The folder to write it into.",
)
def new(name: str, into: Path) -> None:
    """Write the domain NAME: a flow, a table, texts in two languages, and tests.

    It runs as it is, and is made to be changed. Nothing of Piga's own is.
    """
    from app.operations.new_domain import write_domain

    files = write_domain(name, into.absolute())
    folder = into.absolute() / name
    click.echo(f"{name}: {len(files)} files in {folder}.")
    click.echo("Next:")
    click.echo(f"  export PIGA_DOMAINS={folder}")
    click.echo(f"  .venv/bin/piga check {folder / 'tests' / 'tenant'}")
    click.echo(f"  .venv/bin/python -m pytest {folder}")


@domain.command()
def texts() -> None:
    """Bring the catalogues of the domains in PIGA_DOMAINS up to their code.

    New sentences come in empty, those no longer used are kept as comments.
    """
    from app.operations.domain_texts import update

    for catalogue in update():
        click.echo(f"{catalogue.path}: {catalogue.lacking} sentences without a translation.")
