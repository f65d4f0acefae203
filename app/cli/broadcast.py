"""`piga broadcast`: the same words to many."""

import uuid
from pathlib import Path

import click

from app.cli.groups import Group
from app.errors import OperatorError
from app.operations import broadcasting
from app.operations.officers import as_officer, plainly
from app.operations.servers import Core, opened
from app.operations.tenants import tenant_id_of
from app.settings import Settings

_TENANT = click.option("--tenant", "slug", required=True)
_ID = click.argument("broadcast_id", metavar="ID", type=click.UUID)
_BY = click.option("--by", "name", metavar="NAME", required=True, help="The officer who does it.")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(cls=Group)
def broadcast() -> None:
    """Send the same words to a group, to a segment of the people, or to a list of numbers."""


@broadcast.command()
@_TENANT
@click.option("--group", metavar="CODE", help="The members of a savings group.")
@click.option(
    "--where",
    multiple=True,
    metavar="FILTER=VALUE",
    help="People: role=, language=, group=, pin=yes|no; several values as a,b; all must fit.",
)
@click.option("--list", "file", type=_FILE, help="A CSV of numbers: in a column number, or alone.")
@click.option("--everyone", is_flag=True, help="All people of the tenant.")
@click.option("--strangers", is_flag=True, help="With --list: also numbers that are nobody's here.")
@click.option("--text", "said", multiple=True, metavar="LANGUAGE=WORDS")
@click.option("--words", "words_file", type=_FILE, help="The words by language, as YAML.")
@click.option("--service", "code", default="", help="The service to send from, by its code.")
@click.option("--reply-flow", default="", metavar="FLOW", help="What a reply begins.")
@click.option("--reply-days", type=click.IntRange(1, 30), default=7, show_default=True)
@_BY
@click.option("--reason", default="", help="For the second officer, where one has to agree.")
@click.option("--again", is_flag=True, help="Although the same was sent within a day.")
@click.option("--yes", is_flag=True, help="Do not ask: for scripts.")
@click.option("--no-wait", is_flag=True, help="Do not show the progress.")
def send(
    *,
    slug: str,
    group: str | None,
    where: tuple[str, ...],
    file: Path | None,
    everyone: bool,
    strangers: bool,
    said: tuple[str, ...],
    words_file: Path | None,
    code: str,
    reply_flow: str,
    reply_days: int,
    name: str,
    reason: str,
    again: bool,
    yes: bool,
    no_wait: bool,
) -> None:
    """Count what it takes, ask, and send.

    Words are the tenant's own, by language, with {name}, {group} and {tenant} in them; the
    tenant's first language is for those who have no words in theirs. Above the tenant's limit of
    people (broadcast_alone in its settings, 500 unless set) a second officer approves it: piga
    approvals. People who want no such texts are left out.

    It goes on in the workers, whatever becomes of this command; the same command again within a
    day is refused.
    """
    from app import domains
    from core.broadcasts import broadcasts, sending
    from core.broadcasts.broadcasts import ReplyTo
    from core.broadcasts.estimate import estimate
    from core.db.database import Deadline
    from workers.broadcasts.write import MEASURE

    loaded = domains.load()
    with opened(Settings.load()) as core, plainly():
        tenant_id, by = tenant_id_of(core, slug), as_officer(name)
        service = broadcasting.service_of(core, slug, code)
        if reply_flow and reply_flow not in loaded.in_menus:
            raise OperatorError(f"There is no flow {reply_flow} that a menu leads to.")
        whom = broadcasting.audience_of(
            service,
            roles=loaded.roles,
            group=group,
            where=where,
            everyone=everyone,
            file=file,
            with_strangers=strangers,
        )
        deadline = Deadline(broadcasting.LONG_DEADLINE_S)
        with core.database.transaction(tenant_id, deadline) as tx:
            made = broadcasts.draft(
                *(tx, core.keys, service, whom, broadcasting.words_of(said, words_file)),
                by=by,
                reply=ReplyTo(reply_flow, reply_days) if reply_flow else None,
                again=again,
            )
            counted = estimate(tx, made.writer(core.keys, service), MEASURE, made.id)
        broadcasting.show_estimate(made, counted, whom)
        if not yes and not click.confirm("Send it?"):
            with core.database.transaction(tenant_id) as tx:
                broadcasts.cancel(tx, made.id, by=by)
            click.echo("Nothing was sent.")
            return
        with core.database.transaction(tenant_id) as tx:
            request = sending.send(
                *(tx, core.keys, service.tenant, made.id), by=by, reason=reason or made.audience
            )
        if request is not None:
            click.echo(f"It waits for a second officer: {request.id}.")
            return
        _watch(core, tenant_id, made.id, no_wait=no_wait)


@broadcast.command("list")
@_TENANT
def list_(slug: str) -> None:
    """List the tenant's broadcasts, the newest first."""
    with opened(Settings.load()) as core:
        broadcasting.list_all(core, tenant_id_of(core, slug))


@broadcast.command()
@_ID
@_TENANT
@click.option("--wait", is_flag=True, help="Show the progress until it ends or is paused.")
def show(broadcast_id: uuid.UUID, *, slug: str, wait: bool) -> None:
    """Show one broadcast: how many have each outcome."""
    with opened(Settings.load()) as core, plainly():
        tenant_id = tenant_id_of(core, slug)
        _watch(core, tenant_id, broadcast_id, no_wait=not wait)


@broadcast.command()
@_ID
@_TENANT
@_BY
def pause(broadcast_id: uuid.UUID, *, slug: str, name: str) -> None:
    """Let nothing more leave. What was written and has not left is taken back."""
    from core.broadcasts import broadcasts

    with opened(Settings.load()) as core, plainly():
        with core.database.transaction(tenant_id_of(core, slug)) as tx:
            count = broadcasts.pause(tx, broadcast_id, by=as_officer(name))
        click.echo(f"Paused. {count} texts were taken back.")


@broadcast.command()
@_ID
@_TENANT
@_BY
def resume(broadcast_id: uuid.UUID, *, slug: str, name: str) -> None:
    """Go on where a paused broadcast was."""
    from core.broadcasts import broadcasts

    with opened(Settings.load()) as core, plainly():
        with core.database.transaction(tenant_id_of(core, slug)) as tx:
            broadcasts.resume(tx, broadcast_id, by=as_officer(name))
        click.echo("It goes on.")


@broadcast.command()
@_ID
@_TENANT
@_BY
@click.option("--yes", is_flag=True, help="Do not ask: for scripts.")
def cancel(broadcast_id: uuid.UUID, *, slug: str, name: str, yes: bool) -> None:
    """End a broadcast for good. What was written and has not left is taken back."""
    from core.broadcasts import broadcasts

    with opened(Settings.load()) as core, plainly():
        if not yes:
            click.confirm("End it for good?", abort=True)
        with core.database.transaction(tenant_id_of(core, slug)) as tx:
            count = broadcasts.cancel(tx, broadcast_id, by=as_officer(name))
        click.echo(f"Cancelled. {count} texts were taken back.")


@broadcast.command()
@_ID
@_TENANT
def outcome(broadcast_id: uuid.UUID, *, slug: str) -> None:
    """Write what became of each person, as CSV.

    Outcomes: waiting, sent (the provider took it), delivered, unknown (it may have left, and is
    not sent again), failed, opted_out, no_number, frozen, cancelled. The file has names and
    numbers: keep it as such.
    """
    with opened(Settings.load()) as core, plainly():
        broadcasting.write_outcomes(core, tenant_id_of(core, slug), broadcast_id)


def _watch(core: Core, tenant_id: uuid.UUID, broadcast_id: uuid.UUID, *, no_wait: bool) -> None:
    if not no_wait:
        try:
            broadcasting.follow(core, tenant_id, broadcast_id)
        except KeyboardInterrupt:
            click.echo("\nIt goes on. Look again: piga broadcast show.", err=True)
    broadcasting.show(core, tenant_id, broadcast_id)
