"""`piga fuel stock`: charts of tanks, litres at 15 °C, and a tank's book against its dips."""

import json
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.errors import OperatorError

if TYPE_CHECKING:
    from core.fuel.charts import Chart, ChartFile
    from core.spreadsheets.cells import Sheet

_File = click.Path(path_type=Path)


@click.group()
def stock() -> None:
    """Wet stock: from files (chart, correct, reconcile), and as stations entered it."""


@stock.command()
@click.argument("file", type=_File)
@click.option("--mm", "heights", multiple=True, metavar="MM", help="Say how many litres it is.")
def chart(file: Path, heights: tuple[str, ...]) -> None:
    """Check a tank's certificate chart: a CSV or XLSX with headings for heights (mm or cm) and
    litres.

    Heights and volumes must rise, and no step be three times as large or as small as both its
    neighbours. Doubts, such as a chart in which every millimetre is the same, are told. Exits with
    1 where a row is wrong.
    """
    from core.fuel.charts import OutsideChart

    read = chart_file(file)
    for one in read.problems:
        word = "doubt" if one.is_doubt else "row" if one.row else "file"
        click.echo(f"{word} {one.row or ''}".strip() + f": {one.text}", err=True)
    if read.chart is None:
        raise click.exceptions.Exit(1)
    found = read.chart
    click.echo(
        f"{len(found.rows)} rows, {found.rows[0][0]} to {found.top_mm} mm,"
        f" {found.dead_stock_l} to {found.rows[-1][1]} l"
    )
    for height in heights:
        try:
            click.echo(f"{height} mm: {found.litres(_number(height, '--mm'))} l")
        except OutsideChart as outside:
            raise OperatorError(str(outside)) from None


@stock.command()
@click.option("--litres", required=True, help="As observed.")
@click.option("--temperature", required=True, help="In °C, in the tank.")
@click.option("--density", required=True, help="In kg/m³ at 15 °C, as on the certificate.")
def correct(litres: str, temperature: str, density: str) -> None:
    """Say how many litres a volume is at 15 °C, by ASTM D1250-80 table 54B.

    Litres at 15 °C and litres as observed are never added together.
    """
    from core.fuel import volume_correction

    try:
        factor = volume_correction.factor(
            _number(density, "--density"), _number(temperature, "--temperature")
        )
    except volume_correction.NotInTable as outside:
        raise OperatorError(str(outside)) from None
    volume = (_number(litres, "--litres") * factor).quantize(Decimal("0.01"))
    click.echo(f"{volume} l at 15 °C: factor {factor}, {volume_correction.EDITION}")


@stock.command()
@click.argument("file", type=_File)
@click.option(
    "--chart",
    "charts",
    multiple=True,
    required=True,
    metavar="TANK=FILE",
    help="The chart of a tank; each tank of FILE needs one.",
)
@click.option("--day-percent", default="0.5", show_default=True, help="Of a day's sales.")
@click.option("--dip-mm", default="2", show_default=True, help="How wrong a dip may be.")
@click.option("--month-percent", default="1.0", show_default=True, help="Of a month's sales,")
@click.option("--month-litres", default="492", show_default=True, help="and so many beside.")
@click.option("--json", "as_json", is_flag=True, help="One object, with all fields.")
def reconcile(
    file: Path,
    *,
    charts: tuple[str, ...],
    day_percent: str,
    dip_mm: str,
    month_percent: str,
    month_litres: str,
    as_json: bool,
) -> None:
    """Hold the dips of FILE (a tank's month, or several tanks') against their books.

    \b
    FILE is CSV or XLSX, and its first line names the columns:
    tank, day, dip_mm, sold_l     a row a day; the first row of a tank is its opening stock
    ticket_l, before_mm, after_mm, sold_during_l
                                  a delivery of that day; a further one is a row without dip_mm

    \b
    Told apart, each with what is let pass:
    delivery    ticket and tank differ by more than 0.5 % or two dips
    sudden      a day is off what is usual for the tank by more than the day's tolerance
    slow_trend  days that are each in order are off in one direction, beyond chance
    month       all of them come to more than the month's tolerance

    A row that cannot be read is told with its number, and its tank's other rows are reckoned. Exits
    with 1 where there is an alarm or such a row.
    """
    from core.fuel.stock_file import stock_file
    from core.fuel.wet_stock import Tolerances
    from core.fuel.wet_stock import reconcile as reconciled

    known = dict(_named(one) for one in charts)
    passes = Tolerances(
        day_percent=_number(day_percent, "--day-percent"),
        dip_mm=_number(dip_mm, "--dip-mm"),
        month_percent=_number(month_percent, "--month-percent"),
        month_l=_number(month_litres, "--month-litres"),
    )
    sheets = _sheets(file)
    read = stock_file(sheets[0], known)
    done = {tank: reconciled(days, passes) for tank, days in read.tanks.items()}
    if as_json:
        said = {
            "tanks": {
                tank: {
                    "days": [
                        {
                            "day": str(one.day),
                            "book_l": str(one.book_l),
                            "dip_l": str(one.dip_l),
                            "variance_l": str(one.variance_l),
                            "per_mille": None if one.per_mille is None else str(one.per_mille),
                            "tolerance_l": str(one.tolerance_l),
                            "cumulative_l": str(one.cumulative_l),
                        }
                        for one in one_tank.days
                    ],
                    "alarms": [
                        {
                            "kind": alarm.kind,
                            "day": str(alarm.day),
                            "litres": f"{alarm.litres:.2f}",
                            "limit_l": f"{alarm.limit_l:.2f}",
                            "sentence": alarm.sentence,
                        }
                        for alarm in one_tank.alarms
                    ],
                }
                for tank, one_tank in done.items()
            },
            "problems": [
                {"row": one.row, "code": one.code, "text": one.text} for one in read.problems
            ],
        }
        click.echo(json.dumps(said, ensure_ascii=False))
    else:
        for tank, one_tank in done.items():
            total = one_tank.days[-1].cumulative_l if one_tank.days else Decimal()
            click.echo(f"{tank}: {len(one_tank.days)} days, {total:+.2f} l in all")
            for alarm in one_tank.alarms:
                click.echo(f"  {alarm.kind}: {alarm.sentence}")
        for one in read.problems:
            click.echo(f"row {one.row}: {one.text}", err=True)
    if read.problems or any(one_tank.alarms for one_tank in done.values()):
        raise click.exceptions.Exit(1)


def _named(given: str) -> "tuple[str, Chart]":
    """A tank's chart as an option gives it: TANK=FILE."""
    tank, is_there, path = given.partition("=")
    if not is_there:
        raise OperatorError(f"{given} is not TANK=FILE, such as T1=chart.csv.")
    read = chart_file(Path(path))
    if read.chart is None:
        wrong = next(one for one in read.problems if not one.is_doubt)
        raise OperatorError(f"{path}: row {wrong.row}: {wrong.text}")
    return tank, read.chart


def chart_file(file: Path) -> "ChartFile":
    """What a chart's file says. Raises OperatorError."""
    from core.fuel.charts import chart_of

    return chart_of(_sheets(file)[0])


def _sheets(file: Path) -> "list[Sheet]":
    """The sheets of a file, one or more. Raises OperatorError."""
    from core.spreadsheets.errors import SpreadsheetError
    from core.spreadsheets.reading import read_sheets

    try:
        found = read_sheets(file)
    except SpreadsheetError as error:
        raise OperatorError(str(error)) from None
    except OSError as error:
        raise OperatorError(f"{error.filename} cannot be read.") from None
    if not found:
        raise OperatorError(f"{file} has no sheet.")
    return found


def _number(given: str, option: str) -> Decimal:
    try:
        number = Decimal(given)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise OperatorError(f"{option}: {given} is no number.")
    return number
