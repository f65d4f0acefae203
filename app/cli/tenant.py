"""`piga tenant`: businesses as data, and freezing somebody in an emergency."""

import uuid
from datetime import UTC
from pathlib import Path

import click

from app.cli import tenant_optouts
from app.cli.groups import Group
from app.cli.tenant_device import device
from app.cli.tenant_number import number
from app.cli.tenant_person_data import erase_person, person_data
from app.errors import OperatorError
from app.operations.servers import Core, opened
from app.operations.tenants import operator, tenant_id_of
from app.settings import Settings


@click.group(cls=Group)
def tenant() -> None:
    """Businesses: add and change one, freeze somebody, renew its webhooks."""


@tenant.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--check", "only_check", is_flag=True, help="Say what is wrong, and write nothing.")
@click.option("--yes", is_flag=True, help="Do not ask: for scripts.")
@click.option("--adopt", is_flag=True, help="Let a folder without its mark change a tenant.")
@click.option("--renumber", is_flag=True, help="Let keys of a menu change their meaning.")
def apply(folder: Path, *, only_check: bool, yes: bool, adopt: bool, renumber: bool) -> None:
    """Make the tenant in FOLDER what the folder says. Safe to run again.

    Everything is checked before anything is written, what would change is shown, and you are asked.
    Services, menus and tariffs follow the folder; people, groups and money never disappear.

    The first time, the folder gets a mark, `tenant.mark`: a folder without it, such as a copy with
    the slug of another tenant, changes nothing unless --adopt says that it is meant to.
    """
    from app.cli import tenant_apply
    from core.manifest.faults import FolderFaults

    options = tenant_apply.Options(folder, yes=yes, adopt=adopt, may_renumber=renumber)
    try:
        if only_check:
            tenant_apply.check(options)
        else:
            tenant_apply.apply(options)
    except FolderFaults as wrong:
        for fault in wrong.faults:
            click.echo(str(fault), err=True)
        count = len(wrong.faults)
        said = "1 fault" if count == 1 else f"{count} faults"
        raise click.ClickException(f"{said}; nothing was written.") from None


@tenant.command()
@click.argument("slug")
@click.option("--person", metavar="NUMBER", help="The person who has this phone number, +250…")
@click.option("--which", type=click.IntRange(1, 9), help="Which of those who share the number.")
@click.option("--agent", metavar="CODE", help="An agent's float.")
@click.option("--group", metavar="CODE", help="A savings group.")
@click.option(
    "--people",
    metavar="FILE",
    type=click.Path(path_type=Path, exists=True, allow_dash=True, dir_okay=False),
    help="Many people: a file whose lines begin with their ids; - reads it from here.",
)
@click.option("--off", is_flag=True, help="Lift the freeze.")
@click.option("--reason", required=True, help="Kept in the audit trail.")
def freeze(
    slug: str,
    *,
    person: str | None,
    which: int | None,
    agent: str | None,
    group: str | None,
    people: Path | None,
    off: bool,
    reason: str,
) -> None:
    """Freeze a person, an agent, a group or a list of people: no money moves from or to what is
    theirs.

    piga tenant wrong-pins SLUG --held --ids prints such a list.
    """
    from app.cli import tenant_people
    from core.agents import agents
    from core.people.people import freeze as freeze_person
    from core.savings import groups

    if sum(one is not None for one in (person, agent, group, people)) != 1:
        raise click.UsageError("Name one of --person, --agent, --group and --people.")
    ids = tenant_people.read_ids(people) if people else []
    with opened(Settings.load()) as core:
        tenant_id = tenant_id_of(core, slug)
        found = _person(core, tenant_id, person, which) if person else None
        if people:
            tenant_people.freeze_all(
                core, tenant_id, ids, frozen=not off, actor=operator(), reason=reason
            )
        with core.database.transaction(tenant_id) as tx:
            if agent:
                found = _by_code(tx.one(_AGENT, (agent,)), f"{slug} has no agent {agent}.")
                agents.freeze(tx, found, frozen=not off, actor=operator(), reason=reason)
            elif group:
                found = _by_code(tx.one(_GROUP, (group,)), f"{slug} has no group {group}.")
                groups.freeze(tx, found, frozen=not off, actor=operator(), reason=reason)
            elif found is not None:
                freeze_person(tx, found, frozen=not off, actor=operator(), reason=reason)
    who = f"{len(ids)} people" if people else agent or group or person
    click.echo(f"{'Freeze lifted' if off else 'Frozen'}: {who}.")


@tenant.command("wrong-pins")
@click.argument("slug")
@click.option("--hours", type=click.IntRange(1, 24 * 30), default=24, show_default=True)
@click.option("--held", is_flag=True, help="Only who was held, since many people were wrong.")
@click.option("--ids", is_flag=True, help="Only their ids, for `piga tenant freeze --people`.")
def wrong_pins(slug: str, *, hours: int, held: bool, ids: bool) -> None:
    """List the people whose last PIN was wrong, with their names: who is guessed at, or guesses.

    held: locked at once, since many people were wrong within a minute; new: here for less than a
    day, or without money and movements, which does not count.
    """
    from app.cli import tenant_people

    with opened(Settings.load()) as core:
        tenant_people.print_wrong_pins(
            core, tenant_id_of(core, slug), hours=hours, only_held=held, only_ids=ids
        )


@tenant.command()
@click.argument("slug")
def show(slug: str) -> None:
    """Show a tenant at a glance: services, what waits, costs of today, open alarms."""
    from app.cli import tenant_show

    with opened(Settings.load()) as core:
        tenant_show.print_tenant(core, tenant_id_of(core, slug))


@tenant.command()
@click.argument("slug")
@click.option("--days", type=click.IntRange(1, 800), default=30, show_default=True)
def costs(slug: str, *, days: int) -> None:
    """List what gateways charged for sessions and texts, by day.

    As they said it themselves: at the end of a session, in the answer to a text, and in its
    reports. Then how many messages each number has sent by month where so many are free, and what
    it will be at the end of this one.
    """
    from app.cli import tenant_show

    with opened(Settings.load()) as core:
        tenant_show.print_costs(core, tenant_id_of(core, slug), days=days)


@tenant.command("rotate-hooks")
@click.argument("slug")
def rotate_hooks(slug: str) -> None:
    """Make new webhook addresses for all services of a tenant.

    The addresses before these go on working until the next rotation: give the provider the new
    ones (`piga hooks`) meanwhile.
    """
    from core.audit.trail import record
    from core.tenants.changes import rotate_hook_secret
    from core.tenants.directory import all_services

    with opened(Settings.load()) as core:
        tenant_id = tenant_id_of(core, slug)
        services = [one for one in all_services(core.database) if one.tenant.id == tenant_id]
        with core.database.transaction(tenant_id) as tx:
            for service in services:
                rotate_hook_secret(tx, service.id)
                record(tx, operator(), "rotate hooks", service.id, {})
    click.echo(f"{slug}: new addresses for {len(services)} services; see `piga hooks`.")


_AGENT = "SELECT subscriber_id FROM agent WHERE tenant_id = current_tenant() AND code = %s"
_GROUP = "SELECT id FROM savings_group WHERE tenant_id = current_tenant() AND code = %s"


@tenant.command("first-code")
@click.argument("slug")
@click.option("--person", metavar="NUMBER", required=True, help="Who has this number, +250…")
@click.option("--which", type=click.IntRange(1, 9), help="Which of those who share the number.")
def first_code(slug: str, person: str, which: int | None) -> None:
    """Print a new code for somebody's first use, to be handed over to them.

    The code before is void, and there are three tries again. It is shown once.
    """
    from core.people.first_use import renew_first_use

    with opened(Settings.load()) as core:
        tenant_id = tenant_id_of(core, slug)
        found = _person(core, tenant_id, person, which)
        with core.database.transaction(tenant_id) as tx:
            code = renew_first_use(tx, core.keys, found, actor=operator())
    if code is None:
        raise OperatorError("That person is asked for nothing: they have used it, or need no code.")
    click.echo(f"{code[:4]} {code[4:]}")


@tenant.command()
@click.option("--tenant", "slug", required=True, help="Whose person it is.")
@click.option("--person", metavar="NUMBER", required=True, help="Who has this number, +250…")
@click.option("--which", type=click.IntRange(1, 9), help="Which of those who share the number.")
@click.option("--by", "name", metavar="NAME", required=True, help="The officer who asks.")
@click.option("--reason", required=True, help="Kept in the audit trail.")
def pin(slug: str, *, person: str, which: int | None, name: str, reason: str) -> None:
    """Ask that somebody may choose a new PIN, because they forgot theirs or it is locked.

    A second officer approves it (`piga approvals approve`) and is shown a code to hand over. The
    next dial of that person asks for the code and then for a new PIN; the money stays, and for a
    day they can pay little. They are texted at each step.
    """
    from app.operations.officers import as_officer, plainly
    from core.approvals import requests
    from core.recovery.new_pin import NEW_PIN

    with opened(Settings.load()) as core, plainly():
        tenant_id = tenant_id_of(core, slug)
        by = as_officer(name)
        found = _person(core, tenant_id, person, which)
        with core.database.transaction(tenant_id) as tx:
            asked = requests.ask(
                tx, core.keys, NEW_PIN, by=by, params={}, reason=reason, subject_id=found
            )
    waits = "It waits" if asked.was_new else "It waits already"
    click.echo(f"{waits} for a second officer: {asked.request.id}.")


@tenant.command()
@click.argument("slug")
def texts(slug: str) -> None:
    """List the texts that may or may not have been sent. They are not sent again.

    A delivery report that fits settles one by itself; for the rest, ask the provider by the time.
    """
    from core.messaging.unknown_texts import unknown_texts
    from values.ids import reference_of

    with opened(Settings.load()) as core:
        with core.database.transaction(tenant_id_of(core, slug)) as tx:
            found = unknown_texts(tx)
        for text in found:
            at = text.sending_at.astimezone(UTC)
            entry = reference_of(text.entry_id) if text.entry_id else "-"
            click.echo(
                f"{at:%Y-%m-%d %H:%M:%S} UTC  {text.template}  ref {entry}  {text.reason}"
                f"  {text.message_id}"
            )
        click.echo(f"{len(found)} texts are unknown." if found else "No text is unknown.")


@tenant.command()
@click.argument("slug")
@click.option("--done", metavar="ID", type=click.UUID, help="This one was called.")
def calls(slug: str, done: uuid.UUID | None) -> None:
    """List the people who asked to be called, because a menu did not understand them.

    With their numbers: this is for the person who calls them, and not for a log.
    """
    from core.people import call_backs

    with opened(Settings.load()) as core:
        tenant_id = tenant_id_of(core, slug)
        with core.database.transaction(tenant_id) as tx:
            if done is not None and not call_backs.done(tx, done, actor=operator()):
                raise OperatorError("No such call is waiting.")
            found = call_backs.waiting(tx, core.keys)
        for each in found:
            click.echo(
                f"{each.asked_at:%Y-%m-%d %H:%M} UTC  {each.number}  at {each.place}  {each.id}"
            )
        click.echo(f"{len(found)} waiting." if found else "Nobody waits for a call.")


def _by_code(row: tuple[uuid.UUID, ...] | None, otherwise: str) -> uuid.UUID:
    if row is None:
        raise OperatorError(otherwise)
    return row[0]


def _person(core: Core, tenant_id: uuid.UUID, number: str, which: int | None) -> uuid.UUID:
    from app.operations.persons import person_at

    with core.database.transaction(tenant_id) as tx:
        return person_at(tx, core.keys, number, which)


tenant.add_command(device)
tenant.add_command(number)
tenant.add_command(person_data)
tenant.add_command(erase_person)
for command in tenant_optouts.COMMANDS:
    tenant.add_command(command)
