"""`piga orders`: a trader's price lists, and orders on their way from the shelf to the shop."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.errors import OperatorError
from app.operations.officers import as_officer
from app.operations.tenant_tx import acting

if TYPE_CHECKING:
    from core.db.database import Tx
    from core.orders.delivering import Handed
    from core.orders.orders import Order

PROBLEMS_SHOWN = 50
_REFERENCE = click.argument("reference")
_TENANT = click.option("--tenant", "slug", required=True)
_BY = click.option("--by", "name", metavar="NAME", required=True, help="Who says so.")


@click.group()
def orders() -> None:
    """What a trader sells, and what shops ordered of it."""


@orders.group()
def products() -> None:
    """The products of a tenant's folder."""


@products.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--into", "folder", type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="The tenant's folder; its products.yaml is written.",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Say what would happen, and write nothing.")
@click.option("--leave-out", is_flag=True, help="Take the other rows where some are wrong.")
@click.option("--json", "as_json", is_flag=True, help="One object, with all fields.")
def import_products(
    *, file: Path, folder: Path | None, dry_run: bool, leave_out: bool, as_json: bool
) -> None:
    """Read the price list in FILE, CSV or XLSX, as traders write them.

    Headings may stand below a title, in any order; currencies, thousands separators and packs such
    as 12x500ml are understood. A row of nothing but words is the category of those below it.
    Problems are said with the number of their row. Where there is one, nothing is written and the
    exit code is 1, unless --leave-out takes the other rows.

    \b
    --json: {"read": rows that should each be a product, "taken", "problems":
      [{"sheet", "row", "code", "text"}], "products": [{"row", "code", "name", "category",
      "price_minor", "pack": {"pieces", "size", "measure", "text"}, "unit"}],
      "added": [code], "changed": [code], "same", "written"}
    """
    from app.operations import price_lists
    from app.operations.price_lists import Imported

    digits = price_lists.digits_of(folder)
    found = price_lists.read(file, digits)
    is_taken = leave_out or not found.problems
    written = is_taken and folder is not None and not dry_run
    result = Imported([], [], 0)
    if folder is not None:
        result = price_lists.into_folder(folder, found, digits, write=written)
    if as_json:
        said = {
            "read": found.read,
            "taken": len(found.products),
            "problems": [asdict(one) for one in found.problems],
            "products": [{**asdict(one), "unit": one.pack.unit} for one in found.products],
            **asdict(result),
            "written": written,
        }
        click.echo(json.dumps(said, ensure_ascii=False))
    else:
        click.echo(f"{found.read} rows: {len(found.products)} taken, {len(found.problems)} wrong.")
        if folder is not None:
            click.echo(
                f"{len(result.added)} new, {len(result.changed)} changed, {result.same} the same."
            )
        for problem in found.problems[:PROBLEMS_SHOWN]:
            click.echo(f"{problem.sheet} row {problem.row}: {problem.text}", err=True)
        if len(found.problems) > PROBLEMS_SHOWN:
            click.echo(f"... and {len(found.problems) - PROBLEMS_SHOWN} more", err=True)
        click.echo("Written." if written else "Nothing was written.")
    if found.problems and not leave_out:
        raise click.exceptions.Exit(1)


@orders.command("list")
@_TENANT
@click.option("--state", default="", metavar="STATE", help="Only those; such as confirmed.")
def list_(*, slug: str, state: str) -> None:
    """List the orders, the newest first: what each is called, its state, total and deliverer."""
    from core.orders import orders as core_orders
    from values.currencies import written

    with acting(slug) as (_, tx):
        found = core_orders.board(tx, state)
    for one in found:
        total = written(one.total_minor, one.currency)
        when = f"{one.created_at:%Y-%m-%d %H:%M} UTC"
        click.echo(
            f"{one.reference}  {one.state:10}  {total}  {one.payment:6}  {one.warehouse}  {when}"
            f"  {one.deliverer or '-'}"
        )
    if not found:
        click.echo("There are no such orders.")


@orders.command()
@_REFERENCE
@_TENANT
def show(reference: str, *, slug: str) -> None:
    """Show one: its lines, what was delivered of each, and every step with who took it."""
    from core.orders import orders as core_orders
    from values.currencies import written

    with _named(slug, reference) as (tx, order):
        lines, steps = core_orders.lines(tx, order.id), core_orders.steps(tx, order.id)
    click.echo(f"{order.reference}  {order.state}  {written(order.total_minor, order.currency)}")
    for line in lines:
        came = "" if line.delivered is None else f", {line.delivered} delivered"
        other = f" as {line.substitute}" if line.substitute else ""
        click.echo(f"{line.number:3}  {line.quantity} {line.product}{came}{other}")
    for step in steps:
        click.echo(f"{step.at:%Y-%m-%d %H:%M:%S} UTC  {step.step}  {step.actor or 'the clock'}")


@orders.command()
@_REFERENCE
@_TENANT
@_BY
@click.option("--to", "deliverer", metavar="NAME", required=True, help="Who brings it.")
def assign(reference: str, *, slug: str, name: str, deliverer: str) -> None:
    """Say who brings a confirmed order."""
    from core.orders import delivering

    with _named(slug, reference) as (tx, order):
        done = delivering.assign(tx, order.id, deliverer=deliverer, actor=as_officer(name).name)
    _told(done)


@orders.command("take-back")
@_REFERENCE
@_TENANT
@_BY
def take_back(reference: str, *, slug: str, name: str) -> None:
    """Take an assigned order back: it waits for somebody else."""
    from core.orders import delivering

    with _named(slug, reference) as (tx, order):
        done = delivering.take_back(tx, order.id, actor=as_officer(name).name)
    _told(done)


@orders.command()
@_REFERENCE
@_TENANT
@_BY
def pick(reference: str, *, slug: str, name: str) -> None:
    """Say that an order's goods are on the vehicle: from now on the shop cannot cancel it."""
    from core.orders import delivering

    with _named(slug, reference) as (tx, order):
        done = delivering.pick(tx, order.id, actor=as_officer(name).name)
    _told(done)


@orders.command()
@_REFERENCE
@_TENANT
@_BY
@click.option(
    "--short", "shorts", multiple=True, metavar="LINE=COUNT[:CODE]",
    help="A line of which less came, or another product; 0 is a count. The others came whole.",
)  # fmt: skip
def deliver(reference: str, *, slug: str, name: str, shorts: tuple[str, ...]) -> None:
    """Say what the shop took. What came of nothing is a refused order, and gives all back."""
    from core.orders import delivering

    handed = [_handed(one) for one in shorts]
    with _named(slug, reference) as (tx, order):
        done = delivering.deliver(tx, order.id, handed, actor=as_officer(name).name)
    _told(done)


@orders.command()
@_REFERENCE
@click.argument("amount")
@_TENANT
@_BY
@click.option("--key", required=True, help="Counts the money once, such as the receipt's number.")
def cash(reference: str, amount: str, *, slug: str, name: str, key: str) -> None:
    """Book AMOUNT that the shop paid of its invoice in cash."""
    from app.operations.payees import minor_of
    from core.orders import billing

    with _named(slug, reference) as (tx, order):
        paid = minor_of(tx, amount)
        if paid.amount_minor <= 0:
            raise OperatorError("An amount is above nothing.")
        done = billing.take_cash(
            tx, order.id, paid.amount_minor, key=key, actor=as_officer(name).name
        )
    _told(done)


@contextlib.contextmanager
def _named(slug: str, reference: str) -> "Iterator[tuple[Tx, Order]]":
    """A transaction of the tenant, and the order that is called so. A refusal is told in one
    sentence."""
    from core.orders import orders as core_orders
    from values.currencies import written
    from values.refusals import BusinessError

    try:
        with acting(slug) as (_, tx):
            yield tx, core_orders.by_reference(tx, reference)
    except BusinessError as refused:
        said = {
            name.removesuffix("_minor"): written(value, refused.params["currency"])
            if name.endswith("_minor")
            else value
            for name, value in refused.params.items()
        }
        raise OperatorError(refused.sentence.format(**said)) from None


def _told(order: "Order") -> None:
    click.echo(f"{order.reference} is {order.state}.")


def _handed(said: str) -> "Handed":
    from core.orders.delivering import Handed

    line, _, rest = said.partition("=")
    count, _, code = rest.partition(":")
    if not (line.isdecimal() and count.isdecimal()):
        raise OperatorError(f"{said} is no LINE=COUNT, such as 2=0.")
    return Handed(int(line), int(count), code)
