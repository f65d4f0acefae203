"""`piga alarms`: what a person must look at, and saying that somebody has."""

import getpass
import uuid
from contextlib import closing
from datetime import UTC, datetime

import click

from app.cli.groups import Group
from app.errors import OperatorError
from app.operations.servers import Core, opened
from app.settings import Settings
from core.alarms import alarms as core
from core.alarms.alarms import StoredAlarm
from core.db.database import Database


@click.group(cls=Group)
def alarms() -> None:
    """Look at what went wrong and needs a person, and close it."""


@alarms.command("list")
@click.option("--closed", is_flag=True, help="Also those that somebody has closed.")
@click.option("--tenant", "slug", metavar="SLUG", help="Only this tenant's.")
def list_(*, closed: bool, slug: str | None) -> None:
    """List the alarms that are open, the last raised first.

    An alarm that is raised again adds to the count of the open one; a dash stands for what is no
    tenant's.
    """
    with opened(Settings.load()) as opened_core:
        with closing(Database(opened_core.settings.require("relay_url"))) as relay:
            found = core.listed(relay, closed=closed)
        slugs = _slugs(opened_core, found)
        shown = [one for one in found if slug is None or slugs[one.tenant_id] == slug]
        for one in shown:
            state = "" if one.state == "open" else f"  closed by {one.closed_by}"
            click.echo(
                f"{_at(one.last_at)}  {one.id}  {slugs[one.tenant_id]}  {one.kind}  {one.count}x"
                f"  {one.sentence}{state}"
            )
        click.echo(f"{len(shown)} alarms." if shown else "No alarm is open.")


@alarms.command()
@click.argument("alarm", type=click.UUID)
def show(alarm: uuid.UUID) -> None:
    """Show one alarm whole."""
    with opened(Settings.load()) as opened_core:
        found = _found(opened_core, alarm)
        lines = {
            "alarm": found.id,
            "tenant": _slugs(opened_core, [found])[found.tenant_id],
            "kind": found.kind,
            "subject": found.subject,
            "first": _at(found.first_at),
            "last": _at(found.last_at),
            "count": found.count,
            "state": found.state,
        }
        if found.closed_at is not None:
            lines["closed"] = f"{_at(found.closed_at)} by {found.closed_by}"
        for name, value in lines.items():
            click.echo(f"{name:<8}{value}")
        click.echo(found.sentence)


@alarms.command()
@click.argument("alarm", type=click.UUID, nargs=-1, required=True)
def close(alarm: tuple[uuid.UUID, ...]) -> None:
    """Say that somebody has looked at these alarms. Raised again, they are new ones."""
    with opened(Settings.load()) as opened_core:
        found = [_found(opened_core, one) for one in alarm]
        actor = f"operator {getpass.getuser()}"
        for one in found:
            done = core.close(opened_core.database, one, actor=actor)
            click.echo(f"{one.id} {'closed' if done else 'was closed before'}.")


def _found(opened_core: Core, alarm: uuid.UUID) -> StoredAlarm:
    with closing(Database(opened_core.settings.require("relay_url"))) as relay:
        found = core.find(relay, alarm)
    if found is None:
        raise OperatorError(f"There is no alarm {alarm}.")
    return found


def _slugs(opened_core: Core, found: list[StoredAlarm]) -> dict[uuid.UUID | None, str]:
    slugs: dict[uuid.UUID | None, str] = {None: "-"}
    for tenant_id in {one.tenant_id for one in found if one.tenant_id is not None}:
        with opened_core.database.transaction(tenant_id) as tx:
            row = tx.one("SELECT slug FROM tenant WHERE id = current_tenant()")
        slugs[tenant_id] = str(row[0]) if row else str(tenant_id)
    return slugs


def _at(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
