"""`piga orders`: a trader's price lists."""

import json
from dataclasses import asdict
from pathlib import Path

import click

PROBLEMS_SHOWN = 50


@click.group()
def orders() -> None:
    """What a trader sells."""


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
