"""`piga fuel stock`: charts that are kept, and days as stations entered them."""

import json
from datetime import datetime
from pathlib import Path

import click

from app.cli.fuel_stock import chart_file
from app.errors import OperatorError
from app.operations.officers import as_officer, changes_of, plainly
from app.operations.servers import opened
from app.operations.tenants import tenant_id_of
from app.settings import Settings

_File = click.Path(path_type=Path)
_Month = click.DateTime(["%Y-%m"])


@click.command()
@click.argument("file", type=_File)
@click.option("--tenant", "slug", required=True)
@click.option("--station", type=int, required=True, help="Its number.")
@click.option("--tank", type=int, required=True, help="Its number there.")
@click.option("--certificate", required=True, help="Number of the certificate.")
@click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), required=True)
@click.option("--by", "name", metavar="NAME", required=True, help="The officer who asks.")
@click.option("--reason", required=True, help="Kept with the request, and in the audit trail.")
@click.option("--yes", is_flag=True, help="Do not ask: for scripts.")
def load(
    file: Path,
    *,
    slug: str,
    station: int,
    tank: int,
    certificate: str,
    first: datetime,
    name: str,
    reason: str,
    yes: bool,
) -> None:
    """Ask a second officer to use the certificate chart of FILE for a tank, from a day on.

    What is wrong with the file is said, and nothing is asked for. Doubts are told. Approved (`piga
    approvals approve`, or in the console), dips from that day on are read by it.
    """
    import hashlib

    from core.approvals import requests
    from core.fuel import kept_charts
    from core.fuel.kept_charts import NEW_CHART, Wanted

    read = chart_file(file)
    for one in read.problems:
        click.echo(f"{'doubt' if one.is_doubt else 'row'} {one.row}: {one.text}", err=True)
    if read.chart is None:
        raise OperatorError("The chart is not used: mend these rows first.")
    source = hashlib.sha256(file.read_bytes()).hexdigest()
    with opened(Settings.load()) as core, plainly():
        tenant_id, by = tenant_id_of(core, slug), as_officer(name)
        with core.database.transaction(tenant_id) as tx:
            tank_id = kept_charts.tank_at(tx, station, tank).id
            wanted = Wanted(tank_id, certificate, first.date(), read.chart, source)
            params = wanted.to_params()
            seen = requests.preview(NEW_CHART, by=by, params=params, reason=reason)
            lines = changes_of(NEW_CHART.show(tx, core.keys, seen))
        click.echo("\n".join(lines))
        if not yes:
            click.confirm("Ask a second officer for it?", abort=True)
        with core.database.transaction(tenant_id) as tx:
            asked = requests.ask(tx, core.keys, NEW_CHART, by=by, params=params, reason=reason)
    click.echo(f"It waits for a second officer: {asked.request.id}.")


@click.command()
@click.option("--tenant", "slug", required=True)
@click.option("--month", type=_Month, help="Such as 2026-12; this one unless given.")
@click.option("--station", type=int, help="The number of one station; all unless given.")
@click.option("--json", "as_json", is_flag=True, help="One object, with all fields.")
def days(*, slug: str, month: datetime | None, station: int | None, as_json: bool) -> None:
    """List the days of tanks as they were reckoned: opening + delivered - sold = book, against the
    dip; and what was told of them.

    A day is reckoned within ten minutes of its dip's being confirmed. Below 0 fuel is missing.
    """
    from core.fuel import meters, stock_days
    from core.tenants import business
    from values import clock

    with opened(Settings.load()) as core:
        tenant_id = tenant_id_of(core, slug)
        with core.database.transaction(tenant_id) as tx:
            zone = business.of_transaction(tx).zone
            first = stock_days.first_of(month.date() if month else clock.now(zone).date())
            last = stock_days.next_month(first)
            found = stock_days.listed(tx, first, last, station)
            told = stock_days.told(tx, first, last, station)
    if as_json:
        said = {
            "days": [
                {
                    "station": one.station_number,
                    "tank": one.tank,
                    "product": one.product,
                    "day": str(one.day),
                    "opening_l": meters.litres(one.opening_cl),
                    "delivered_l": meters.litres(one.delivered_cl),
                    "sold_l": meters.litres(one.sold_cl),
                    "book_l": _signed(one.book_cl),
                    "dip_l": meters.litres(one.dip_cl),
                    "variance_l": _signed(one.variance_cl),
                    "per_mille": None if one.per_mille is None else str(one.per_mille),
                    "tolerance_l": meters.litres(one.tolerance_cl),
                    "cumulative_l": _signed(one.cumulative_cl),
                }
                for one in found
            ],
            "alarms": [
                {
                    "station": one.station_number,
                    "tank": one.tank,
                    "kind": one.kind,
                    "day": str(one.seen_on),
                    "litres": _signed(one.litres_cl),
                    "sentence": one.sentence,
                }
                for one in told
            ],
        }
        click.echo(json.dumps(said, ensure_ascii=False))
        return
    for one in found:
        click.echo(
            f"{one.day}  {one.station_number} tank {one.tank} {one.product}"
            f"  book {_signed(one.book_cl)} l, dip {meters.litres(one.dip_cl)} l:"
            f" {_signed(one.variance_cl)} l"
            f" ({'nothing sold' if one.per_mille is None else f'{one.per_mille} per mille'})"
        )
    for alarm in told:
        click.echo(f"{alarm.station} tank {alarm.tank}, {alarm.kind}: {alarm.sentence}")
    if not found:
        click.echo("No day was reckoned.")


def _signed(volume_cl: int) -> str:
    from core.fuel import meters

    return f"{'-' if volume_cl < 0 else ''}{meters.litres(abs(volume_cl))}"
