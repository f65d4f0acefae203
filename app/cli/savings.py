"""`piga savings`: groups and their members, and what a group's formulas give, to check by hand."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import click

from app.cli.groups import Group
from app.cli.savings_areas import areas
from app.cli.savings_asking import ON_LOANS, ON_MEMBERS
from app.cli.savings_committee import committee
from app.cli.savings_loans import loans
from app.cli.savings_members import members
from app.cli.savings_shareouts import shareouts
from app.errors import OperatorError


class _Percent(click.ParamType[Decimal]):
    name = "percent"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Decimal:
        try:
            return Decimal(str(value))
        except InvalidOperation:
            self.fail(f"{value} is not a number.", param, ctx)


class _Shares(click.ParamType[list[int]]):
    name = "n,n,..."

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> list[int]:
        if isinstance(value, list):
            return value
        try:
            return [int(count) for count in str(value).split(",")]
        except ValueError:
            self.fail(f"{value} is not a list of whole numbers such as 57,130,88.", param, ctx)


@click.group(cls=Group)
def savings() -> None:
    """Savings groups: members, loans, share-outs; and what their formulas give, in minor units."""


savings.add_command(areas)
for _command in ON_LOANS:
    loans.add_command(_command)
for _command in ON_MEMBERS:
    members.add_command(_command)
savings.add_command(committee)
savings.add_command(members)
savings.add_command(loans)
savings.add_command(shareouts)


@savings.command("share-out")
@click.option("--fund", "fund_minor", type=int, required=True, help="The loan fund.")
@click.option("--shares", type=_Shares(), required=True, help="Each member's shares: 57,130,88.")
@click.option(
    "--coin", "coin_minor", type=int, default=1, show_default=True, help="The smallest coin paid."
)
@click.option("--json", "as_json", is_flag=True, help="One object, with all fields.")
def share_out_command(fund_minor: int, shares: list[int], coin_minor: int, as_json: bool) -> None:
    """Share a fund out over members, by the largest remainder.

    payouts_minor has a part for each member, in the order of --shares. With a coin above 1 each
    part is rounded down to it; carry_over_minor is what that leaves with the group. Together they
    are the fund.
    """
    from core.savings.errors import ShareOutError
    from core.savings.share_out import share_out

    try:
        made = share_out(fund_minor, dict(enumerate(shares)), coin_minor=coin_minor)
    except ShareOutError as error:
        raise OperatorError(str(error)) from None
    if as_json:
        click.echo(
            json.dumps(
                {
                    "fund_minor": made.fund_minor,
                    "shares": shares,
                    "payouts_minor": list(made.parts_minor.values()),
                    "carry_over_minor": made.carry_over_minor,
                }
            )
        )
        return
    for number, part_minor in made.parts_minor.items():
        click.echo(f"member {number + 1}  shares {shares[number]}  {part_minor}")
    click.echo(f"carried over  {made.carry_over_minor}")


@savings.command("schedule")
@click.option("--principal", "principal_minor", type=int, required=True, help="What is lent.")
@click.option("--rate-percent", type=_Percent(), required=True, help="Interest per period: 2.")
@click.option("--periods", type=int, required=True, help="How many instalments.")
@click.option(
    "--method",
    type=click.Choice(["flat", "declining-equal", "declining-principal"]),
    required=True,
    help="Interest on what was lent, or on what is still owed; equal instalments, or principal.",
)
@click.option("--first-due", type=click.DateTime(["%Y-%m-%d"]), help="The first due day.")
@click.option(
    "--every",
    type=click.Choice(["week", "month"]),
    default="month",
    show_default=True,
    help="How long a period is.",
)
@click.option("--json", "as_json", is_flag=True, help="One object, with all fields.")
def schedule_command(
    *,
    principal_minor: int,
    rate_percent: Decimal,
    periods: int,
    method: str,
    first_due: datetime | None,
    every: str,
    as_json: bool,
) -> None:
    """Work out a loan's schedule.

    The rate is per period and no days are counted (day_count "periodic"). Amounts are rounded half
    up; the last instalment takes what rounding left.
    """
    from core.savings.errors import LoanTermsInvalid
    from core.savings.loan_schedule import DAY_COUNT, Every, LoanTerms, Method, schedule

    terms = LoanTerms(
        principal_minor=principal_minor,
        rate_percent=rate_percent,
        periods=periods,
        method=Method(method),
    )
    try:
        made = schedule(
            terms, first_due_on=first_due.date() if first_due else None, every=Every(every)
        )
    except LoanTermsInvalid as error:
        raise OperatorError(str(error)) from None
    rows = [
        {
            "number": one.number,
            "due_on": _iso(one.due_on),
            "principal_minor": one.principal_minor,
            "interest_minor": one.interest_minor,
            "total_minor": one.total_minor,
            "balance_minor": one.balance_minor,
        }
        for one in made.instalments
    ]
    whole: Mapping[str, Any] = {
        "method": method,
        "day_count": DAY_COUNT,
        "principal_minor": principal_minor,
        "interest_minor": made.interest_minor,
        "total_minor": made.total_minor,
        "last_on": _iso(made.last_on),
        "instalments": rows,
    }
    if as_json:
        click.echo(json.dumps(whole))
        return
    for row in rows:
        click.echo("  ".join(str(value) for value in row.values() if value is not None))
    click.echo(f"to repay {made.total_minor}, of it interest {made.interest_minor}")


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
