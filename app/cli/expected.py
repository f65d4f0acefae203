"""`piga expected`: what somebody said they would pay, and the token that says whose it is."""

from datetime import timedelta

import click

from app.cli.groups import Group
from app.errors import OperatorError
from app.operations.payees import minor_of, payee_at
from app.operations.tenant_tx import acting

_FOR = click.option(
    "--for", "purpose", metavar="KIND:CODE", required=True, help="Such as contribution:KOP1."
)


@click.group(cls=Group)
def expected() -> None:
    """Money that is going to come: who said so, how much, and by which token it is known."""


@expected.command()
@click.argument("number")
@click.option("--tenant", "slug", required=True)
@_FOR
@click.option("--which", type=click.IntRange(1, 9), help="Which of those who share the number.")
def token(number: str, *, slug: str, purpose: str, which: int | None) -> None:
    """Show the token of a person: written into a transfer, it says whose the money is."""
    from core.payments import tokens

    with acting(slug) as (core, tx):
        click.echo(tokens.token_of(tx, payee_at(tx, core.keys, number, which, purpose)))


@expected.command()
@click.argument("number")
@click.argument("amount")
@click.option("--tenant", "slug", required=True)
@_FOR
@click.option("--hours", type=click.IntRange(1, 24 * 14), default=24, show_default=True)
@click.option("--wallet", metavar="CODE", help="To this wallet; else to any.")
@click.option("--which", type=click.IntRange(1, 9), help="Which of those who share the number.")
def add(
    number: str,
    amount: str,
    *,
    slug: str,
    purpose: str,
    hours: int,
    wallet: str | None,
    which: int | None,
) -> None:
    """Write down that the person at NUMBER is going to pay AMOUNT: they said so by phone."""
    from core.payments import expected as core_expected
    from values import clock

    with acting(slug) as (core, tx):
        payee = payee_at(tx, core.keys, number, which, purpose)
        money = minor_of(tx, amount)
        if money.amount_minor <= 0:
            raise OperatorError("An amount is above nothing.")
        until = clock.now() + timedelta(hours=hours)
        core_expected.expect(tx, payee, money, until=until, wallet=wallet)
    click.echo(f"It is expected for {hours} hours.")
