"""`piga staff`: who works for a tenant, and as what."""

import contextlib
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from app.cli.groups import Group
from app.errors import OperatorError
from app.operations.officers import as_officer, plainly
from app.operations.servers import opened
from app.operations.tenants import operator, tenant_id_of
from app.settings import Settings

if TYPE_CHECKING:
    from core.staff.roles import Grant

_ROLE = "NAME, or NAME:organisation=ID, :region=NAME, :station=NAME. May be given several times."


@click.group(cls=Group)
def staff() -> None:
    """Who works for a tenant: invitations, roles, and letting go."""


@staff.command()
@click.argument("handle")
@click.option("--tenant", "slug", required=True)
@click.option("--role", "roles", multiple=True, required=True, help=_ROLE)
@click.option("--email", "to", default="", help="Where they get the link, and e-mail from now on.")
def invite(handle: str, *, slug: str, roles: tuple[str, ...], to: str) -> None:
    """Invite somebody, or give them a new link before they have signed in.

    The link is shown once, or e-mailed; it works once, for three days.
    """
    from core.email import telling
    from core.staff import members

    with opened(Settings.load()) as core, _plainly():
        tenant_id = tenant_id_of(core, slug)
        grants = [_grant(role) for role in roles]
        with core.database.transaction(tenant_id) as tx:
            token = members.invite(tx, core.keys, tenant_id, handle, grants, by=operator())
            link = f"{core.settings.public_url or core.settings.url}/console/welcome/{token}"
            if to:
                telling.invitation(tx, core.keys, handle, to, link)
    if to:
        click.echo(f"The link is on its way to {to}.")
        return
    click.echo(link)
    click.echo("Give them this link, and nobody else. It works once, for three days.")


@staff.command("list")
@click.option("--tenant", "slug", required=True)
def list_(slug: str) -> None:
    """List who works for a tenant, and as what."""
    from core.staff import members
    from core.staff.second_person import in_words

    with (
        opened(Settings.load()) as core,
        core.database.transaction(tenant_id_of(core, slug)) as tx,
    ):
        found = members.listed(tx)
    for one in found:
        click.echo(f"{one.handle}  {one.state}  {in_words(one.grants)}")
    if not found:
        click.echo("Nobody yet: piga staff invite.")


@staff.command()
@click.argument("handle", required=False, default="")
@click.option("--tenant", "slug", default="")
@click.option("--role", "roles", multiple=True, help=_ROLE)
def roles(handle: str, *, slug: str, roles: tuple[str, ...]) -> None:
    """Give somebody these roles and no others; without HANDLE, --tenant and --role
    show all roles that there are."""
    from core.staff import members
    from core.staff.roles import ROLES

    if not (handle and slug and roles):
        for role in ROLES.values():
            click.echo(f"{role.name}  {role.sentence} ({', '.join(role.scopes)})")
        return
    with opened(Settings.load()) as core, _plainly():
        grants = [_grant(role) for role in roles]
        with core.database.transaction(tenant_id_of(core, slug)) as tx:
            members.set_grants(tx, handle, grants, by=operator())
    click.echo(f"{handle} has these roles from the next click on.")


@staff.command()
@click.argument("handle")
@click.option("--tenant", "slug", required=True)
@click.option("--reason", required=True, help="Kept in the audit trail.")
def revoke(handle: str, *, slug: str, reason: str) -> None:
    """Let somebody go: their sessions end, and nothing opens for them."""
    from core.staff import members

    with (
        opened(Settings.load()) as core,
        _plainly(),
        core.database.transaction(tenant_id_of(core, slug)) as tx,
    ):
        members.revoke(tx, handle, by=operator(), reason=reason)
    click.echo(f"Nothing opens for {handle} any more.")


@staff.command()
@click.argument("handle")
@click.option("--tenant", "slug", required=True)
@click.option("--by", "name", metavar="NAME", required=True, help="The officer who asks.")
@click.option("--reason", required=True, help="Kept in the audit trail.")
def recover(handle: str, *, slug: str, name: str, reason: str) -> None:
    """Ask for a new way in for somebody who lost theirs.

    Another officer approves it, in the console or with `piga approvals`, and hands the link over.
    """
    from core.approvals import requests
    from core.staff import members
    from core.staff.second_person import NEW_WAY_IN

    with opened(Settings.load()) as core, _plainly(), plainly():
        by = as_officer(name)
        with core.database.transaction(tenant_id_of(core, slug)) as tx:
            member = members.find(tx, handle)
            asked = requests.ask(
                tx, core.keys, NEW_WAY_IN, by=by, params={}, reason=reason, subject_id=member.id
            )
    click.echo(f"Asked for: {asked.request.id} waits for another officer.")


@contextlib.contextmanager
def _plainly() -> Iterator[None]:
    from core.approvals.errors import ApprovalError
    from core.staff.errors import StaffError

    try:
        yield
    except (StaffError, ApprovalError) as refused:
        raise OperatorError(str(refused)) from None


def _grant(text: str) -> "Grant":
    """A role as it is typed. Raises OperatorError."""
    from core.staff.roles import ROLES, Grant, Scope

    found = re.fullmatch(r"([a-z_]+)(?::(organisation|region|station)=(.+))?", text)
    if found is None or found[1] not in ROLES:
        raise OperatorError(f"There is no role {text}: `piga staff roles` shows those there are.")
    if found[2] is None:
        return Grant(found[1])
    for kind in ROLES[found[1]].scopes:
        if kind == found[2]:
            return Grant(found[1], Scope(kind, found[3].strip()))
    raise OperatorError(f"{found[1]} is not given within a {found[2]}.")
