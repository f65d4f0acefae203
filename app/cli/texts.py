"""`piga texts`: the catalogues, brought up to the code."""

import click


@click.command()
def texts() -> None:
    """Bring Piga's own catalogues up to the code, in every language that has a folder.

    New sentences come in empty, and those no longer used are kept as comments. A language without a
    catalogue gets one. The console's catalogues are brought up to its pages, too. The catalogues of
    domains are for `piga domain texts`.
    """
    from app.console.texts import catalogue as console
    from app.operations.domain_texts import update_own

    for language, lacking in console.update().items():
        path = console.path_of(language)
        click.echo(f"{path}: {lacking} sentences without a translation.")
    for catalogue in update_own():
        click.echo(f"{catalogue.path}: {catalogue.lacking} sentences without a translation.")
