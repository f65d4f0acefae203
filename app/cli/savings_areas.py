"""`piga savings areas`: where groups are, in any country's levels."""

from pathlib import Path

import click

from app.cli.groups import Group
from app.cli.savings_parts import TENANT
from app.errors import OperatorError
from app.operations.tenant_tx import acting
from app.operations.tenants import operator

LOAD_WITHIN_S = 600.0


@click.group(cls=Group)
def areas() -> None:
    """Where groups are: district, sector, cell, or a country's own levels."""


@areas.command("load")
@TENANT
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def load(file: Path, *, slug: str) -> None:
    """Take the areas of FILE (CSV): all of it, or nothing. The same file again changes nothing.

    The first row names the levels from the top down, such as district,sector,cell; a last column
    "group" has the code of the group that is there.
    """
    import csv

    from core.savings import areas as core_areas

    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            rows = list(csv.reader(opened))
    except (OSError, UnicodeDecodeError, csv.Error):
        raise OperatorError("The file cannot be read: it must be CSV in UTF-8.") from None
    with acting(slug, LOAD_WITHIN_S) as (_, tx):
        try:
            done = core_areas.load(tx, rows, by=operator())
        except core_areas.WrongAreas as wrong:
            raise OperatorError("\n".join(wrong.faults[:20])) from None
    click.echo(f"{done.areas} areas added, {done.groups} groups placed.")


@areas.command("figures")
@TENANT
@click.option("--level", help="Such as district; else the highest.")
def figures(*, slug: str, level: str | None) -> None:
    """What the groups of each area come to: groups, those that met within 31 days, members, saved,
    and the parts of what is owed that are at risk."""
    from core.loans import portfolio
    from core.loans.office import today_of
    from core.savings import areas as core_areas

    with acting(slug, LOAD_WITHIN_S) as (_, tx):
        known = core_areas.levels(tx)
        wanted = level or (known[0] if known else "")
        if wanted not in known:
            raise OperatorError(f"There are these levels: {', '.join(known) or 'none'}.")
        found = core_areas.figures(tx, wanted)
        lent = portfolio.by_area(tx, today_of(tx), wanted)
    for one in found:
        of = lent.get(one.id)
        risks = "  ".join(
            f"PAR{days} {of.at_risk_percent(number) if of else 0.0} %"
            for number, days in enumerate(portfolio.AGES)
        )
        click.echo(
            f"{one.place}  {one.groups} groups, {one.met} met  {one.members} members"
            f"  {one.saved_minor} saved  {risks}"
        )
