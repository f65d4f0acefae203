"""`piga rates margins`: what a tenant takes off a rate, asked for by one officer and approved by
another."""

import json

import click

from app.cli.groups import Group
from app.operations.officers import as_officer
from app.operations.rates import pair_of
from app.operations.tenant_tx import acting

_TENANT = click.option("--tenant", "slug", required=True)


@click.group(cls=Group)
def margins() -> None:
    """What is taken off a rate, by pair, day and amount. Two officers publish a margin."""


@margins.command("list")
@_TENANT
@click.option("--pair", default="", metavar="USD-NGN", help="Only those of this pair.")
@click.option("--json", "as_json", is_flag=True, help="A list of objects.")
def list_(*, slug: str, pair: str, as_json: bool) -> None:
    """List the margins, the newest of each amount first, and those that wait for a second officer.

    For an amount the margin of the highest --from-amount that it reaches holds, as it was last
    said by that day.
    """
    from core.rates import margins as core_margins

    wanted = pair_of(pair) if pair else None
    with acting(slug) as (_, tx):
        known = core_margins.listed(tx, wanted)
        waiting = [
            (core_margins.margin_of(request.params), f"waits: {request.id}")
            for request in core_margins.waiting(tx, wanted)
        ]
    found = [
        {
            "pair": str(one.pair),
            "valid_from": one.valid_from.isoformat(),
            "from_amount": f"{one.from_amount.normalize():f}",
            "percent": f"{one.percent.normalize():f}",
            "by": by,
        }
        for one, by in (
            *((one, "two officers" if one.is_published else "folder") for one in known),
            *waiting,
        )
    ]
    if as_json:
        click.echo(json.dumps(found, indent=1))
        return
    for one in found:
        click.echo(
            f"{one['pair']}  from {one['valid_from']}  from {one['from_amount']}"
            f" {one['pair'].partition('-')[0]} on  {one['percent']} %  {one['by']}"
        )
    if not found:
        click.echo("No margin.")


@margins.command()
@click.argument("pair")
@_TENANT
@click.option("--percent", required=True, help="What is taken off, 0 to 50; 0 takes nothing.")
@click.option("--valid-from", required=True, metavar="DAY", help="Such as 2026-12-31.")
@click.option("--from-amount", default="0", show_default=True, help="Of the source currency.")
@click.option("--by", "name", metavar="NAME", required=True, help="The officer who asks.")
@click.option("--reason", required=True, help="Kept in the audit trail.")
def ask(
    pair: str,
    *,
    slug: str,
    percent: str,
    valid_from: str,
    from_amount: str,
    name: str,
    reason: str,
) -> None:
    """Ask for a margin on PAIR (such as USD-NGN), from a day and an amount on. Another officer
    approves it with `piga approvals approve`; it stands in the place of the one for that day and
    amount.
    """
    from core.approvals import requests
    from core.rates import margins as core_margins

    said = {"percent": percent, "valid_from": valid_from, "from_amount": from_amount}
    with acting(slug) as (core, tx):
        asked = requests.ask(
            *(tx, core.keys, core_margins.PUBLISH),
            by=as_officer(name),
            params=core_margins.params_of(pair_of(pair), said),
            reason=reason,
        )
    waits = "It waits" if asked.was_new else "It waits already"
    click.echo(f"{waits} for a second officer: {asked.request.id}.")
