"""`piga check`: every screen that a phone may show, looked at before a phone shows it."""

import sys
from pathlib import Path

import click

from app.settings import CHECKOUT, Settings

FIXTURES = CHECKOUT / "fixtures" / "tenants"


@click.command()
@click.argument("folders", nargs=-1, type=click.Path(path_type=Path, exists=True, file_okay=False))
def check(folders: tuple[Path, ...]) -> None:
    """Render every screen in every language and say what is wrong, a line each.

    \b
    - sentences   unused translations, the same said twice, and what lacks a translation
                  into a language that a tenant looked at speaks
    - words       that the glossary forbids, or has another word for
    - flows       explored from the dial to every end: pages over the budget of any service,
                  dead ends, states that nothing leads to, questions to the core without
                  a sample
    - chats       each screen as one message with buttons or a list, and by SMS, within the
                  limits of providers; conversations that take more messages than their goal
    - texts       that are sent: more than one segment with their longest values
    - gateways    files of USSD gateways: their examples are carried out
    - menu trees  of FOLDERS (else of the demo's tenants), and of the tenants in the
                  database where one is configured or running; tables of fees and
                  limits that end within 30 days are warned of

    With FOLDERS, of the flows those that their menus lead to, and those of domains from
    outside Piga: the answer of a quick look. Without, all.

    The exit code is 0 only when nothing is wrong.
    """
    from app.local.running import running
    from app.operations import checking
    from app.operations.servers import opened

    findings = checking.Findings()
    for folder in folders or sorted(path for path in FIXTURES.iterdir() if path.is_dir()):
        checking.check_folder(folder, findings)
    if folders:
        findings.only = checking.flows_of_folders(findings)
    checking.check_shared(findings)
    checking.check_gateways(findings)
    settings = Settings.load()
    if settings.database_url or running(settings) is not None:
        with opened(settings) as core:
            checking.check_database(core.database, findings)
    checking.check_services(findings)
    checking.check_translations(findings)
    for line in dict.fromkeys(findings.warnings):
        click.echo(f"Warning: {line}", err=True)
    for line in findings.lines:
        click.echo(line)
    looked = f"{findings.flows} flows, {findings.trees} menu trees"
    if findings.lines:
        click.echo(f"{len(findings.lines)} problems in {looked}.", err=True)
        sys.exit(1)
    click.echo(f"Nothing is wrong in {looked}.")
