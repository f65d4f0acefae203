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


@pause.command("provider")
@click.argument("name")
@_tenant
@_reason
def pause_provider(name: str, slug: str | None, reason: str) -> None:
    """Send nothing more through the provider NAME, such as africastalking.

    Messages wait; where a service names a second provider, that one has them meanwhile.
    """
    _pause("provider", name, slug, reason)


@resume.command("provider")
@click.argument("name")
@_tenant
@_reason
def resume_provider(name: str, slug: str | None, reason: str) -> None:
    """Send through the provider NAME again."""
    _resume("provider", name, slug, reason)


@pause.command("operation")
@click.argument("name")
@_tenant
@_reason
def pause_operation(name: str, slug: str | None, reason: str) -> None:
    """Do no more jobs of the kind NAME, such as send_text or chat_turn. They wait in the outbox."""
    _pause("operation", name, slug, reason)


@resume.command("operation")
@click.argument("name")
@_tenant
@_reason
def resume_operation(name: str, slug: str | None, reason: str) -> None:
    """Do jobs of the kind NAME again."""
    _resume("operation", name, slug, reason)


@pause.command("flow")
@click.argument("name")
@_tenant
@_notice
@_reason
def pause_flow(name: str, slug: str | None, notice: Path | None, reason: str) -> None:
    """Let nobody into the flow NAME, of one tenant or of all: people are shown a notice.

    After a Yes the PIN gets the notice, too, and nothing is posted.
    """
    _pause("flow", name, slug, reason, notice)


@resume.command("flow")
@click.argument("name")
@_tenant
@_reason
def resume_flow(name: str, slug: str | None, reason: str) -> None:
    """Let people into the flow NAME again."""
    _resume("flow", name, slug, reason)


@pause.command("tenant")
@click.argument("slug")
@_notice
@_reason
def pause_tenant(slug: str, notice: Path | None, reason: str) -> None:
    """Stop the tenant SLUG: nothing is done in its menus, and people are shown a notice.

    After a Yes the PIN gets the notice, too, and nothing is posted. Held sales cannot be approved,
    and run out. Texts that are due still go out.
    """
    _pause("tenant", "", slug, reason, notice)


@resume.command("tenant")
@click.argument("slug")
@_reason
def resume_tenant(slug: str, reason: str) -> None:
    """Go on with the tenant SLUG."""
    _resume("tenant", "", slug, reason)


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
