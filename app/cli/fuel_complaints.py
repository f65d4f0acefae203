"""`piga fuel complaints`: who says that they got less than they paid for."""

import json

import click

from app.operations.servers import opened
from app.operations.tenants import tenant_id_of
from app.settings import Settings


@click.command()
@click.option("--tenant", "slug", required=True)
@click.option("--json", "as_json", is_flag=True, help="A list of objects.")
def complaints(*, slug: str, as_json: bool) -> None:
    """List the complaints that have no answer, the oldest first.

    late says that the station's 48 hours are over: the company answers the customer.
    """
    from core.fuel import complaints as asked

    with opened(Settings.load()) as core:
        tenant_id = tenant_id_of(core, slug)
        with core.database.transaction(tenant_id) as tx:
            found = asked.all_open(tx)
    if as_json:
        said = [
            {
                "reference": one.reference,
                "station": one.station,
                "product": one.product,
                "paid": one.volume,
                "got": one.got,
                "short": str(one.short),
                "state": one.state,
                "due": due.isoformat(),
            }
            for one, due in found
        ]
        click.echo(json.dumps(said, ensure_ascii=False))
        return
    for one, due in found:
        click.echo(
            f"{one.reference}  {one.station}: {one.volume} {one.product} paid, {one.got} got,"
            f" {one.short}  {one.state}, due {due:%Y-%m-%d %H:%M}"
        )
    if not found:
        click.echo("No complaint waits.")
