"""`piga savings committee`: who has which office of a group, and who was elected."""

from datetime import datetime

import click
import orjson

from app.cli.groups import Group
from app.cli.savings_asking import By, ask, asked
from app.cli.savings_parts import JSON, TENANT, group_of, today_and_currency
from app.operations.officers import plainly
from app.operations.persons import person_at
from app.operations.tenant_tx import acting

_GROUP = click.option("--group", "code", required=True, help="The group's code.")
_DAY = click.DateTime(["%Y-%m-%d"])


@click.group(cls=Group)
def committee() -> None:
    """Chairs, secretaries, treasurers and key holders, each for a term."""


@committee.command("list")
@TENANT
@_GROUP
@JSON
def list_command(*, slug: str, code: str, as_json: bool) -> None:
    """Show the offices of a group that are held today or later."""
    from core.savings import electing

    with acting(slug) as (core, tx):
        today, _ = today_and_currency(tx)
        found = electing.terms(tx, core.keys, group_of(tx, code), today)
    if as_json:
        rows = [
            {"role": one.role, "person_id": one.holder_id, "first": one.first, "last": one.last}
            for one in found
        ]
        click.echo(orjson.dumps(rows).decode())
        return
    for one in found:
        click.echo(f"{one.role:12}{one.first} to {one.last}  {one.holder}")
    if not found:
        click.echo("Nobody has an office of this group.")


@committee.command("elect")
@click.argument("number")
@_GROUP
@click.option(
    "--role",
    type=click.Choice(["chair", "secretary", "treasurer", "key_holder"]),
    required=True,
)
@click.option("--first", type=_DAY, required=True, help="The first day of the term.")
@click.option("--last", type=_DAY, required=True, help="The last day of the term.")
@click.option("--which", type=int, help="Which of several people with NUMBER, from 1.")
@asked
def elect_command(
    number: str,
    *,
    code: str,
    role: str,
    first: datetime,
    last: datetime,
    which: int | None,
    slug: str,
    name: str,
    reason: str,
) -> None:
    """Ask for the member with NUMBER to have an office for a term, as the group elected them.

    Once a second officer approves, whoever had the office has it until the day before; the new one
    is texted. A term of the same person that follows on the one before renews it.
    """
    from core.savings.electing import Election

    with acting(slug) as (core, tx), plainly():
        params = {
            "group": str(group_of(tx, code)),
            "role": role,
            "first": first.date().isoformat(),
            "last": last.date().isoformat(),
        }
        who = person_at(tx, core.keys, number, which)
        ask(tx, core, Election(), who, By(name, reason, params))
