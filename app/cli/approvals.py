"""`piga approvals`: what two officers decide."""

import uuid

import click

from app.cli.groups import Group
from app.operations.officers import as_officer, described, plainly, whole
from app.operations.servers import opened
from app.operations.tenants import tenant_id_of
from app.settings import Settings


@click.group(cls=Group)
def approvals() -> None:
    """What one officer asked for, and another approves or refuses."""


@approvals.command("list")
@click.option("--tenant", "slug", required=True)
def list_(slug: str) -> None:
    """List what waits for a second officer: what it would change, as things are now."""
    from app import domains
    from core.approvals import requests

    kinds = domains.load().approvals
    with opened(Settings.load()) as core, plainly():
        with core.database.transaction(tenant_id_of(core, slug)) as tx:
            found = requests.waiting(tx)
            for request in found:
                click.echo("\n".join(described(tx, core.keys, kinds, request)))
        click.echo(f"{len(found)} waiting." if found else "Nothing waits.")


@approvals.command()
@click.argument("request_id", metavar="ID", type=click.UUID)
@click.option("--tenant", "slug", required=True)
@click.option("--by", "name", metavar="NAME", required=True, help="The officer who approves.")
@click.option("--yes", is_flag=True, help="Do not ask: for scripts.")
def approve(request_id: uuid.UUID, *, slug: str, name: str, yes: bool) -> None:
    """Approve what another officer asked for. It is shown first, and then done at once.

    What is to be handed over, such as a code, is shown once.
    """
    from app import domains
    from core.approvals import requests

    kinds = domains.load().approvals
    with opened(Settings.load()) as core, plainly():
        tenant_id = tenant_id_of(core, slug)
        by = as_officer(name)
        with core.database.transaction(tenant_id) as tx:
            request = requests.get(tx, request_id)
            lines = described(tx, core.keys, kinds, request)
        click.echo("\n".join(lines))
        if not yes and request.state == "pending":
            click.confirm("Approve it?", abort=True)
        with core.database.transaction(tenant_id) as tx:
            approved = requests.approve(tx, core.keys, kinds, request_id, by=by)
        base = core.settings.public_url or core.settings.url
    click.echo("Approved." if approved.was_new else "You approved it before.")
    for what, came in approved.done.result.items():
        click.echo(f"{what}: {came}")
    if approved.done.handover:
        click.echo(f"Hand over: {whole(base, approved.done.handover)}")


@approvals.command()
@click.argument("request_id", metavar="ID", type=click.UUID)
@click.option("--tenant", "slug", required=True)
@click.option("--by", "name", metavar="NAME", required=True, help="The officer who refuses.")
@click.option("--reason", required=True, help="Kept in the audit trail.")
def refuse(request_id: uuid.UUID, *, slug: str, name: str, reason: str) -> None:
    """Refuse what another officer asked for. Nothing is done."""
    from core.approvals import requests

    with opened(Settings.load()) as core, plainly():
        tenant_id = tenant_id_of(core, slug)
        by = as_officer(name)
        with core.database.transaction(tenant_id) as tx:
            requests.refuse(tx, request_id, by=by, reason=reason)
    click.echo("Refused. Nothing was changed.")
