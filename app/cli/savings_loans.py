"""`piga savings loans`: what savings groups have lent, and what of it is late."""

import json
from datetime import datetime

import click

from app.cli.groups import Group
from app.cli.savings_parts import JSON, TENANT, group_of, today_and_currency
from app.errors import OperatorError
from app.operations.tenant_tx import acting
from values.currencies import written

_ON = click.option(
    "--on", "on", type=click.DateTime(["%Y-%m-%d"]), help="As on this day; else today."
)
REPORT_S = 600.0


@click.group(cls=Group)
def loans() -> None:
    """Loans of savings groups. Names are not shown: this may go to a file."""


@loans.command("list")
@TENANT
@click.option("--group", "code", help="Only this group's.")
@_ON
def list_(*, slug: str, code: str | None, on: datetime | None) -> None:
    """List the loans that are owed, the latest ones first: reference, group, principal still owed,
    overdue, days late, band."""
    from core.loans import arrears

    with acting(slug, REPORT_S) as (_, tx):
        today, _currency = today_and_currency(tx)
        group_id = group_of(tx, code) if code else None
        found = arrears.standings(tx, on.date() if on else today, group_id=group_id)
    for one in found:
        currency = one.loan.currency
        click.echo(
            f"{one.loan.reference}  {one.loan.group}  {written(one.principal_minor, currency)}"
            f"  overdue {written(one.overdue_minor, currency)}  {one.days_late} days  {one.band}"
        )
    if not found:
        click.echo("Nothing is owed.")


@loans.command("show")
@TENANT
@click.argument("reference")
@_ON
def show(reference: str, *, slug: str, on: datetime | None) -> None:
    """Show one: its plan, and what of each instalment is still open."""
    from core.loans import loans as core_loans

    with acting(slug) as (_, tx):
        today, _currency = today_and_currency(tx)
        wanted = reference.strip().upper()
        found = [one for one in core_loans.where(tx, "true", ()) if one.reference == wanted]
        if not found:
            raise OperatorError("There is no loan with that reference.")
        loan, day = found[0], on.date() if on else today
        standing = core_loans.standing(tx, loan, day) if loan.entry_id else None
    click.echo(f"{loan.reference}  {loan.group}  {loan.state}")
    click.echo(
        f"lent {written(loan.principal_minor, loan.currency)}  on {loan.disbursed_on or '-'}"
    )
    if standing is None:
        return
    for one in standing.instalments:
        asked = sum(one.asked.values())
        click.echo(
            f"{one.number:3}  {one.due_on}  {written(asked, loan.currency)}"
            f"  open {written(one.open_minor, loan.currency)}"
        )
    click.echo(
        f"to repay {written(standing.owed_minor, loan.currency)}, {standing.days_late} days late"
    )


@loans.command("arrears")
@TENANT
@click.option("--group", "code", help="Only this group's.")
@_ON
@JSON
def arrears_command(*, slug: str, code: str | None, on: datetime | None, as_json: bool) -> None:
    """Arrears by age, in the bands of loans.yaml that are in force on the day, with what is set
    aside; and the principal at risk from 1, 30, 60 and 90 days on. Nothing is booked."""
    from core.loans import arrears

    with acting(slug, REPORT_S) as (_, tx):
        today, currency = today_and_currency(tx)
        day = on.date() if on else today
        group_id = group_of(tx, code) if code else None
        made = arrears.report(tx, day, arrears.standings(tx, day, group_id=group_id))
    if as_json:
        click.echo(
            json.dumps(
                {
                    "on": made.on.isoformat(),
                    "currency": currency,
                    "buckets": [
                        {
                            "band": one.band,
                            "from_days": one.from_days,
                            "loans": one.loans,
                            "principal_minor": one.principal_minor,
                            "set_aside_minor": one.set_aside_minor,
                        }
                        for one in made.buckets
                    ],
                    "principal_minor": made.principal_minor,
                    "set_aside_minor": made.set_aside_minor,
                    "at_risk_minor": {str(days): sum for days, sum in made.at_risk_minor.items()},
                }
            )
        )
        return
    for one in made.buckets:
        click.echo(
            f"{one.band:14} from {one.from_days:4} days  {one.loans:6} loans"
            f"  {written(one.principal_minor, currency)}"
            f"  set aside {written(one.set_aside_minor, currency)}"
        )
    for days, minor in made.at_risk_minor.items():
        click.echo(f"at risk from {days} days on  {written(minor, currency)}")
