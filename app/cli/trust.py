"""`piga trust`: the accounts in which people's money stands."""

from datetime import UTC, datetime

import click

from app.cli.groups import Group
from app.operations.officers import as_officer
from app.operations.tenant_tx import acting

_TENANT = click.option("--tenant", "slug", required=True)


@click.group(cls=Group)
def trust() -> None:
    """What stands behind people's money. More than that is never owed: it is checked daily."""


@trust.command()
@click.argument("account")
@click.argument("balance")
@_TENANT
@click.option("--at", "at", type=click.DateTime(["%Y-%m-%dT%H:%M"]), help="UTC; now, if not said.")
@click.option("--by", "name", metavar="NAME", required=True, help="Who looked.")
def say(account: str, balance: str, *, slug: str, at: datetime | None, name: str) -> None:
    """Say what is in ACCOUNT: a wallet's code, or a name such as BANK; as its statement shows."""
    from app.operations.payees import minor_of
    from core.payments import trust as core_trust
    from values import clock

    as_of = at.replace(tzinfo=UTC) if at else clock.now()
    with acting(slug) as (_, tx):
        core_trust.say(tx, account, minor_of(tx, balance), as_of=as_of, by=as_officer(name))
    click.echo("It is written down.")


@trust.command()
@_TENANT
def show(*, slug: str) -> None:
    """Show what is owed to people, and what each account holds: as it was said, and what moved
    there since. Exits with 1 where more is owed."""
    from core.payments import trust as core_trust
    from values.currencies import written

    with acting(slug) as (_, tx):
        found = core_trust.standings(tx)
    for one in found:
        click.echo(f"owed to people: {written(one.owed_minor, one.currency)}")
        for each in one.accounts:
            since = f"{each.as_of.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
            old = ", too long ago" if each.is_old else ""
            said, moved = (written(m, one.currency) for m in (each.balance_minor, each.moved_minor))
            click.echo(f"    {each.account}: {said} at {since}{old}, and {moved} since")
        short = written(one.short_minor, one.currency)
        click.echo(f"SHORT by {short}" if one.short_minor else "All of it is there.")
    if not found:
        click.echo("Nobody has said what is in an account: piga trust say.")
    if any(one.short_minor for one in found):
        raise SystemExit(1)
