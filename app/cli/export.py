"""`piga export`: a list of a tenant's as a file."""

import uuid
from datetime import datetime
from pathlib import Path

import click

from app.errors import OperatorError
from app.operations import exporting
from app.operations.officers import as_officer, plainly
from app.operations.servers import opened
from app.operations.tenants import tenant_id_of
from app.settings import Settings

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("listing", metavar="[LIST]", default="")
@click.option("--tenant", "slug", required=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="The file to write.")
@click.option("--format", "format", type=click.Choice(["csv", "xlsx", "pdf"]), default="csv")
@click.option("--since", type=_DAY, help="The first day, in the tenant's time.")
@click.option("--until", type=_DAY, help="The last day.")
@click.option("--account", type=click.UUID, help="For movements: of which account.")
@click.option("--whole", is_flag=True, help="Names and numbers as they are, not masked.")
@click.option("--by", "name", metavar="NAME", help="The officer who takes it.")
@click.option("--reason", default="", help="Why whole names and numbers are needed.")
def export(
    listing: str,
    *,
    slug: str,
    out: Path | None,
    format: exporting.Format,
    since: datetime | None,
    until: datetime | None,
    account: uuid.UUID | None,
    whole: bool,
    name: str | None,
    reason: str,
) -> None:
    """Write LIST into a file; without LIST, say which lists there are.

    Every row that is there when it begins is in the file once. The file is for you alone (0600),
    and that it was taken is in the audit trail. Amounts are in each currency's own unit.
    """
    from app import domains

    listings = domains.load().listings
    if not listing:
        for one in listings.values():
            click.echo(f"{one.name:<12} {one.title}")
        return
    if listing not in listings:
        raise OperatorError(f"There is no list {listing}. There are: {', '.join(listings)}.")
    if out is None or name is None:
        raise click.UsageError("Say --out FILE and --by NAME.")
    with opened(Settings.load()) as core, plainly():
        written = exporting.export(
            *(core, tenant_id_of(core, slug), listings[listing], format),
            exporting.Wants(since, until, account, whole, reason),
            by=as_officer(name),
            out=out,
        )
    click.echo(f"{out}: {written.rows_read:,} rows.")
