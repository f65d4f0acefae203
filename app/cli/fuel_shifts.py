"""`piga fuel shifts`: what was over and short at the pumps."""

import json
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

import click

from app.errors import OperatorError
from app.operations.servers import opened
from app.operations.tenants import tenant_id_of
from app.settings import Settings

if TYPE_CHECKING:
    from values.money import Money


@click.command()
@click.option("--tenant", "slug", required=True)
@click.option(
    "--from",
    "first",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The first day on which they were opened; today unless given.",
)
@click.option("--days", type=click.IntRange(1, 92), default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One object, with all fields.")
def shifts(*, slug: str, first: datetime | None, days: int, as_json: bool) -> None:
    """List the shifts that have ended, and what each attendant is over or short.

    expected is what the meters sold, at the prices that held; gap is what ran at the pump before
    the shift, while nobody had one. Amounts are in minor units, volumes in litres.
    """
    from core.fuel import meters, over_short
    from core.people.people import get
    from core.tenants import business
    from values import clock
    from values.ids import reference_of
    from values.money import Money

    with opened(Settings.load()) as core:
        tenant_id = tenant_id_of(core, slug)
        with core.database.transaction(tenant_id) as tx:
            ours = business.of_transaction(tx)
            day = first.date() if first else clock.now(ours.zone).date()
            begins = datetime.combine(day, time(), ours.zone)
            try:
                found = over_short.ended(tx, begins, begins + timedelta(days=days))
            except over_short.TooManyShifts as many:
                raise OperatorError(str(many)) from None
            sums = over_short.by_attendant(found)
            people = {id: get(tx, core.keys, id) for id in sums}
    names = {id: person.shown_name if person else "" for id, person in people.items()}
    if as_json:
        said = {
            "shifts": [
                {
                    "reference": reference_of(one.id),
                    "station": one.station_number,
                    "pump": one.pump,
                    "attendant": names[one.attendant_id],
                    "opened_at": one.opened_at.isoformat(),
                    "closed_at": one.closed_at.isoformat(),
                    "sold_l": meters.litres(one.sold_cl),
                    "gap_l": meters.litres(one.gap_cl),
                    "expected_minor": one.expected_minor,
                    "counted_minor": one.counted_minor,
                    "difference_minor": one.difference_minor,
                    "currency": one.currency,
                }
                for one in found
            ],
            "attendants": [
                {"attendant": names[id], "difference_minor": minor} for id, minor in sums.items()
            ],
        }
        click.echo(json.dumps(said, ensure_ascii=False))
        return
    for one in found:
        money = Money(one.difference_minor, one.currency)
        click.echo(
            f"{reference_of(one.id)}  station {one.station_number} pump {one.pump}"
            f"  {names[one.attendant_id]}  {meters.litres(one.sold_cl)} l"
            f"  gap {meters.litres(one.gap_cl)} l  {_signed(money)}"
        )
    for id, minor in sums.items():
        click.echo(f"{names[id]}: {_signed(Money(minor, ours.currency))}")
    if not found:
        click.echo("No shift has ended.")


def _signed(money: "Money") -> str:
    """Such as over 12.50 GHS, short 3.00 GHS, or exact."""
    from values.money import Money

    if not money.amount_minor:
        return "exact"
    word = "over" if money.amount_minor > 0 else "short"
    return f"{word} {Money(abs(money.amount_minor), money.currency)}"
