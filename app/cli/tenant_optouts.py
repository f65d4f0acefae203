"""`piga tenant optout`, `optin` and `optouts`: who told staff that they want no more news."""

from datetime import UTC

import click

from app.errors import OperatorError
from app.operations.servers import opened
from app.operations.tenants import operator, tenant_id_of
from app.settings import Settings

_SENDER = "Of this sender id alone; else of all of the tenant's."


def _note(slug: str, typed: str, *, is_out: bool, reason: str, sender: str | None) -> bool:
    from app.operations.persons import number_of
    from core.messaging import optouts

    if sender is not None and not sender.strip():
        raise OperatorError("A sender id has letters or digits.")
    with opened(Settings.load()) as core, core.database.transaction(tenant_id_of(core, slug)) as tx:
        return optouts.note_by_staff(
            tx,
            core.keys,
            number_of(tx, typed),
            is_out=is_out,
            actor=operator(),
            reason=reason,
            sender=sender,
        )


@click.command()
@click.argument("slug")
@click.argument("number")
@click.option("--sender", help=_SENDER)
@click.option("--reason", required=True, help="Kept in the audit trail.")
def optout(slug: str, number: str, *, sender: str | None, reason: str) -> None:
    """Note that NUMBER wants no more texts that nobody waits for: it told staff so.

    Codes and receipts still come. A word that its holder writes later counts more.
    """
    if _note(slug, number, is_out=True, reason=reason, sender=sender):
        click.echo("It gets no more news.")
    else:
        click.echo("It gets none already.")


@click.command()
@click.argument("slug")
@click.argument("number")
@click.option("--sender", help=_SENDER)
@click.option("--reason", required=True, help="Kept in the audit trail.")
def optin(slug: str, number: str, *, sender: str | None, reason: str) -> None:
    """Note that NUMBER wants the tenant's news again: it told staff so."""
    if _note(slug, number, is_out=False, reason=reason, sender=sender):
        click.echo("It gets news again.")
    else:
        click.echo("Nothing kept news from it.")


@click.command()
@click.argument("slug")
@click.argument("number")
def optouts(slug: str, number: str) -> None:
    """List what was said of NUMBER, newest first: who said it, of which sender, and when."""
    from app.operations.persons import number_of
    from core.messaging import optouts as wishes
    from core.people.people import USSD

    with opened(Settings.load()) as core, core.database.transaction(tenant_id_of(core, slug)) as tx:
        found = wishes.history(tx, core.keys.lookup(USSD, number_of(tx, number)))
    for wish in found:
        said = "out" if wish.is_out else "in"
        by = wish.actor or wish.source.value
        of = wish.sender or "all senders"
        click.echo(f"{wish.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC  {said}  {of}  (by {by})")
    if not found:
        click.echo("Nothing was said of that number.")


COMMANDS = (optout, optin, optouts)
