"""`piga fuel`: an oil-marketing company's files."""

import json
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from pathlib import Path

import click

from app.errors import OperatorError

_File = click.Path(path_type=Path)


@click.group()
def fuel() -> None:
    """What an oil-marketing company's files say."""


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
    from core.fuel.price_sheet import compared, read_price_sheet, to_data
    from core.spreadsheets.errors import SpreadsheetError

    floors = dict(_floor(one) for one in ex_refinery)
    try:
        sheet = read_price_sheet(file)
        if previous is not None:
            jumps = compared(sheet, read_price_sheet(previous))
            sheet = replace(sheet, problems=(*sheet.problems, *jumps))
    except SpreadsheetError as error:
        raise OperatorError(str(error)) from None
    except OSError as error:
        raise OperatorError(f"{error.filename} cannot be read.") from None
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


def _floor(given: str) -> tuple[str, Decimal]:
    product, _, price = given.partition("=")
    try:
        return product, Decimal(price)
    except InvalidOperation:
        raise OperatorError(f"{given} is not PRODUCT=PRICE, such as premium=9.04.") from None
