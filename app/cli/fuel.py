"""`piga fuel`: an oil-marketing company's files."""

import json
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.fuel_complaints import complaints
from app.cli.fuel_shifts import shifts
from app.cli.fuel_stock import stock
from app.cli.fuel_stock_kept import days, load
from app.errors import OperatorError
from app.operations.officers import as_officer, changes_of, plainly
from app.operations.servers import opened
from app.operations.tenants import tenant_id_of
from app.settings import Settings

if TYPE_CHECKING:
    from core.fuel.price_sheet import PriceSheet

_File = click.Path(path_type=Path)


@click.group()
def fuel() -> None:
    """What an oil-marketing company's files say."""


fuel.add_command(complaints)
fuel.add_command(shifts)
fuel.add_command(stock)
stock.add_command(load)
stock.add_command(days)


@fuel.group()
def prices() -> None:
    """The regulator's price build-ups."""


@prices.command()
@click.argument("file", type=_File)
@click.option("--json", "as_json", is_flag=True, help="One object, with all fields.")
@click.option("--previous", type=_File, help="An earlier sheet: say what jumped since.")
@click.option(
    "--ex-refinery",
    "ex_refinery",
    multiple=True,
    metavar="PRODUCT=PRICE",
    help="The regulator's ex-refinery floor of a product, for its floor at the pump.",
)
def read(file: Path, as_json: bool, previous: Path | None, ex_refinery: tuple[str, ...]) -> None:
    """Read a price build-up from FILE, the regulator's XLSX or a CSV of the same layout.

    Amounts are decimal strings in whole units of the currency (cedis, US dollars) per litre or
    kilogram; sheets count in pesewas. added is what all lines add to the ex-refinery price;
    ex_refinery is null where the company puts its own, and then there is no price. problems say
    what is wrong, with the cell. Exits with 1 where there is one.
    """
    from core.fuel.price_sheet import compared, to_data

    floors = _by_product(ex_refinery)
    sheet = _sheet(file)
    if previous is not None:
        jumps = compared(sheet, _sheet(previous))
        sheet = replace(sheet, problems=(*sheet.problems, *jumps))
    if as_json:
        click.echo(json.dumps(to_data(sheet, floors), ensure_ascii=False))
    else:
        if sheet.window:
            click.echo(f"{sheet.window.first} to {sheet.window.last}")
        for product in sheet.products:
            unit = f"{product.currency} per {product.per}"
            click.echo(f"{product.product} ({unit}): {len(product.lines)} lines, {product.added}")
        for problem in sheet.problems:
            click.echo(f"{problem.place or 'file'}: {problem.text}", err=True)
    if sheet.problems:
        raise click.exceptions.Exit(1)


@prices.command()
@click.argument("file", type=_File)
@click.option("--tenant", "slug", required=True)
@click.option("--by", "name", metavar="NAME", required=True, help="The officer who asks.")
@click.option("--reason", required=True, help="Kept with the request, and in the audit trail.")
@click.option(
    "--submission",
    required=True,
    help="How the regulator was told of these prices, such as the reference of the letter.",
)
@click.option(
    "--ex-refinery",
    "ex_refinery",
    multiple=True,
    metavar="PRODUCT=PRICE",
    help="The company's ex-refinery price of a product, where the sheet leaves it open.",
)
@click.option(
    "--floor",
    "floors",
    multiple=True,
    metavar="PRODUCT=PRICE",
    help="The regulator's ex-refinery floor of a product; each that is sold needs one.",
)
@click.option("--yes", is_flag=True, help="Do not ask: for scripts.")
def publish(
    file: Path,
    *,
    slug: str,
    name: str,
    reason: str,
    submission: str,
    ex_refinery: tuple[str, ...],
    floors: tuple[str, ...],
    yes: bool,
) -> None:
    """Ask a second officer to publish the prices of FILE, the regulator's price build-up.

    What is wrong with the file, or a pump below the floor, is said, and nothing is asked for.
    Approved (`piga approvals approve`, or in the console), the prices hold from 00:00 of the
    window's first day, or at once where it has begun, and every dealer is texted.
    """
    import hashlib

    from core.approvals import requests
    from core.fuel.build_up import proposed
    from core.fuel.publishing import PUBLISH, company

    sheet = _sheet(file)
    if sheet.window is None:
        raise OperatorError("No date was found in a title or a name.")
    source = hashlib.sha256(file.read_bytes()).hexdigest()
    with opened(Settings.load()) as core, plainly():
        tenant_id, by = tenant_id_of(core, slug), as_officer(name)
        with core.database.transaction(tenant_id) as tx:
            ours = company(tx, sheet.window, _by_product(ex_refinery), _by_product(floors))
            params = proposed(sheet, ours, source, submission).to_params()
            seen = requests.preview(PUBLISH, by=by, params=params, reason=reason)
            lines = changes_of(PUBLISH.show(tx, core.keys, seen))
        click.echo("\n".join(lines))
        if not yes:
            click.confirm("Ask a second officer for it?", abort=True)
        with core.database.transaction(tenant_id) as tx:
            asked = requests.ask(tx, core.keys, PUBLISH, by=by, params=params, reason=reason)
    click.echo(f"It waits for a second officer: {asked.request.id}.")


@prices.command()
@click.option("--tenant", "slug", required=True)
@click.option("--json", "as_json", is_flag=True, help="A list of objects.")
def stations(*, slug: str, as_json: bool) -> None:
    """List the stations: what each sells at by the newest prices, and since when it knows them.

    A station that has not acknowledged them is called.
    """
    from core.fuel import prices

    with opened(Settings.load()) as core:
        tenant_id = tenant_id_of(core, slug)
        with core.database.transaction(tenant_id) as tx:
            found = [
                (one, prices.at_station(tx, one.station, one.publication))
                for one in prices.acknowledged(tx)
            ]
    if as_json:
        said = [
            {
                "number": one.station.number,
                "station": one.station.name,
                "region": one.station.region,
                "from": one.publication.valid_from.isoformat(),
                "prices": {each.product: prices.plain(each.price) for each in theirs.prices},
                "acknowledged_at": one.at.isoformat() if one.at else None,
            }
            for one, theirs in found
        ]
        click.echo(json.dumps(said, ensure_ascii=False))
        return
    for one, theirs in found:
        when = f"acknowledged {one.at:%Y-%m-%d %H:%M}" if one.at else "NOT ACKNOWLEDGED"
        begins = f"{one.publication.valid_from:%Y-%m-%d %H:%M}"
        click.echo(
            f"{one.station.number:>6}  {one.station.name}  {theirs.in_words}  from {begins}  {when}"
        )
    if not found:
        click.echo("Nothing was published.")


def _sheet(file: Path) -> "PriceSheet":
    """What a file says. Raises OperatorError where it cannot be read."""
    from core.fuel.price_sheet import read_price_sheet
    from core.spreadsheets.errors import SpreadsheetError

    try:
        return read_price_sheet(file)
    except SpreadsheetError as error:
        raise OperatorError(str(error)) from None
    except OSError as error:
        raise OperatorError(f"{error.filename} cannot be read.") from None


def _by_product(given: Iterable[str]) -> dict[str, Decimal]:
    """Prices as options give them: PRODUCT=PRICE."""
    return dict(_price(one) for one in given)


def _price(given: str) -> tuple[str, Decimal]:
    product, _, price = given.partition("=")
    try:
        number = Decimal(price)
    except InvalidOperation:
        raise OperatorError(f"{given} is not PRODUCT=PRICE, such as premium=9.04.") from None
    if not number.is_finite():
        raise OperatorError(f"{given} is not PRODUCT=PRICE, such as premium=9.04.")
    return product, number
