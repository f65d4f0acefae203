"""`piga pause` and `piga resume`: stopping a part of what is done, and going on, without a loss."""

import uuid
from collections.abc import Callable
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.groups import Group
from app.errors import OperatorError
from app.operations.servers import Core, opened
from app.operations.tenants import operator, tenant_id_of
from app.settings import Settings

if TYPE_CHECKING:
    from app.operations.pausing import Order
    from core.tenants.pauses import Paused

Command = Callable[..., Any]

_reason = click.option("--reason", required=True, help="Kept in the audit trail.")
_tenant = click.option("--tenant", "slug", metavar="SLUG", help="Only for this tenant.")
_notice = click.option(
    "--notice",
    type=click.Path(path_type=Path),
    help="A YAML file of what people read, by language.",
)


@click.group(cls=Group)
def pause() -> None:
    """Pause a provider, an operation, a flow or a tenant: what is due waits, and nothing is lost.

    Live everywhere within 5 s. What waited comes back bit by bit when it is resumed.
    """


@click.group(cls=Group)
def resume() -> None:
    """Go on with what `piga pause` has paused."""


def _offer(
    what: str, pauses: str, resumes: str, *, named: bool = True, noticed: bool = False
) -> None:
    """`piga pause WHAT` and `piga resume WHAT`, with what their help says. `named`: it has a name
    of its own, at one tenant or at all. `noticed`: people may be shown a notice meanwhile."""
    which = [click.argument("name"), _tenant] if named else [click.argument("slug")]

    def pause_it(reason: str, slug: str | None, name: str = "", notice: Path | None = None) -> None:
        _pause(what, name, slug, reason, notice)

    def resume_it(reason: str, slug: str | None, name: str = "") -> None:
        _resume(what, name, slug, reason)

    pausing = [*which, *([_notice] if noticed else ()), _reason]
    for group, does, says, params in (
        (pause, pause_it, pauses, pausing),
        (resume, resume_it, resumes, [*which, _reason]),
    ):
        command: Command = does
        for param in reversed(params):
            command = param(command)
        group.command(what, help=says)(command)


_offer(
    "provider",
    """Send nothing more through the provider NAME, such as africastalking.

    Messages wait; where a service names a second provider, that one has them meanwhile.
    """,
    "Send through the provider NAME again.",
)
_offer(
    "operation",
    "Do no more jobs of the kind NAME, such as send_text or chat_turn. They wait in the outbox.",
    "Do jobs of the kind NAME again.",
)
_offer(
    "flow",
    """Let nobody into the flow NAME, of one tenant or of all: people are shown a notice.

    After a Yes the PIN gets the notice, too, and nothing is posted.
    """,
    "Let people into the flow NAME again.",
    noticed=True,
)
_offer(
    "tenant",
    """Stop the tenant SLUG: nothing is done in its menus, and people are shown a notice.

    After a Yes the PIN gets the notice, too, and nothing is posted. Held sales cannot be approved,
    and run out. Texts that are due still go out.
    """,
    "Go on with the tenant SLUG.",
    named=False,
    noticed=True,
)


@pause.command("list")
def list_() -> None:
    """List what is paused: since when, what, for whom, by whom and why; the oldest first."""
    from core.tenants.pauses import in_force

    with opened(Settings.load()) as core:
        found = in_force(core.database)
        for one in found:
            name = f" {one.name}" if one.name else ""
            whose = _slug(core, one.tenant_id) if one.tenant_id else "every tenant"
            click.echo(
                f"{one.since.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC  {one.what}{name}  {whose}"
                f"  {one.actor}  {one.reason}"
            )
    click.echo(f"{len(found)} paused." if found else "Nothing is paused.")


def _pause(what: str, name: str, slug: str | None, reason: str, notice: Path | None = None) -> None:
    from app.operations import pausing
    from core.tenants.pauses import Paused

    with opened(Settings.load()) as core:
        order = _order(core, Paused(what), name, slug)
        if not reason.strip():
            raise OperatorError("A reason is needed.")
        if notice is not None and len(order.tenants) > 1:
            raise OperatorError("--notice is for one tenant: name it by --tenant.")
        said = pausing.read_notice(core, order.tenants[0], notice) if notice else None
        pausing.pause(core, order, reason=reason, notice=said)
    click.echo(f"{_named(what, name, slug)}: paused.")


def _resume(what: str, name: str, slug: str | None, reason: str) -> None:
    from app.operations import pausing
    from core.tenants.pauses import Paused

    with opened(Settings.load()) as core:
        order = _order(core, Paused(what), name, slug)
        was_paused = pausing.resume(core, order, reason=reason)
    click.echo(f"{_named(what, name, slug)}: {'going on' if was_paused else 'was not paused'}.")


def _named(what: str, name: str, slug: str | None) -> str:
    said = f"{what} {name}".strip() if name else str(slug)
    return f"{slug}, {said}" if slug and name else said


def _order(core: Core, what: "Paused", name: str, slug: str | None) -> "Order":
    from app.operations.pausing import Order
    from core.tenants.pauses import INSTALLATION, Paused

    _require_known(what, name)
    if slug is not None:
        tenants = [tenant_id_of(core, slug)]
    elif what is Paused.FLOW:
        tenants = _all_tenants(core)
    else:
        tenants = [INSTALLATION]
    return Order(what, name, tenants, operator())


def _require_known(what: "Paused", name: str) -> None:
    from app import domains, gateways
    from core.tenants.pauses import Paused
    from providers import registry

    if what is Paused.TENANT:
        return
    if what is Paused.PROVIDER:
        gateways.load()
        known = registry.names()
    else:
        ours = domains.load()
        known = tuple(ours.flows if what is Paused.FLOW else ours.jobs)
    if name not in known:
        there_are = ", ".join(sorted(known))
        raise OperatorError(f"There is no {what} {name}; there are: {there_are}.")


def _all_tenants(core: Core) -> list[uuid.UUID]:
    from core.tenants.directory import all_services

    return list(dict.fromkeys(service.tenant.id for service in all_services(core.database)))


def _slug(core: Core, tenant_id: uuid.UUID) -> str:
    with core.database.transaction(tenant_id) as tx:
        row = tx.one("SELECT slug FROM tenant WHERE id = current_tenant()")
    return str(row[0]) if row else str(tenant_id)
