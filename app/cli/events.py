"""`piga events`: what a tenant is told of, and what became of it."""

import time
import uuid
from datetime import UTC

import click

from app.cli.groups import Group
from app.errors import OperatorError
from app.operations.events import plainly
from app.operations.servers import opened
from app.operations.tenants import operator, tenant_id_of
from app.settings import Settings

_TENANT = click.option("--tenant", "slug", required=True)
_SUBSCRIPTION = click.argument("subscription_id", metavar="SUBSCRIPTION", type=click.UUID)
TEST_WAIT_S = 15.0


@click.group(cls=Group)
def events() -> None:
    """Tell a tenant's own systems what happens, by signed webhooks."""


@events.command()
@_TENANT
@click.option("--url", required=True, help="Where events are posted to: https.")
@click.option(
    "--kind", "kinds", multiple=True, required=True, help="Such as payment.posted; may come again."
)
@click.option("--with-numbers", is_flag=True, help="Say people's phone numbers, too.")
def subscribe(*, slug: str, url: str, kinds: tuple[str, ...], with_numbers: bool) -> None:
    """Subscribe a place to kinds of event. The secret that signs them is shown once.

    What each kind says: docs/reference/events.md.
    """
    from core.events import subscriptions

    settings = Settings.load()
    with opened(settings) as core, plainly():
        with core.database.transaction(tenant_id_of(core, slug)) as tx:
            id, secret = subscriptions.subscribe(
                *(tx, core.keys, url, kinds),
                actor=operator(),
                with_numbers=with_numbers,
                is_demo=settings.demo,
            )
        click.echo(f"Subscription: {id}")
        click.echo(f"Secret, shown once: {secret}")


@events.command()
@_SUBSCRIPTION
@_TENANT
def unsubscribe(subscription_id: uuid.UUID, *, slug: str) -> None:
    """End a subscription. What waits for it is dropped."""
    from core.events import subscriptions

    with opened(Settings.load()) as core, plainly():
        with core.database.transaction(tenant_id_of(core, slug)) as tx:
            dropped = subscriptions.unsubscribe(tx, subscription_id, actor=operator())
        click.echo(f"It is off. {dropped} events were dropped.")


@events.command()
@_SUBSCRIPTION
@_TENANT
@click.option(
    "--hours", default=24, show_default=True, help="How long the old secret signs, too (to 336)."
)
def rotate(subscription_id: uuid.UUID, *, slug: str, hours: int) -> None:
    """Make another secret. Meanwhile each event is signed with both."""
    from core.events import subscriptions

    with opened(Settings.load()) as core, plainly():
        with core.database.transaction(tenant_id_of(core, slug)) as tx:
            secret = subscriptions.rotate(
                tx, core.keys, subscription_id, actor=operator(), hours=hours
            )
        click.echo(f"Secret, shown once: {secret}")


@events.command()
@_TENANT
def subscriptions(slug: str) -> None:
    """List the tenant's subscriptions, those that ended too."""
    from core.events import subscriptions as core_subscriptions

    with opened(Settings.load()) as core:
        tenant_id = tenant_id_of(core, slug)
        with core.database.transaction(tenant_id) as tx:
            found = core_subscriptions.all_of_tenant(tx, core.keys)
    for one in found:
        state = f"off ({one.reason})" if one.state == "off" else "on"
        if one.failures:
            state += f", {one.failures} failures in a row"
        numbers = ", with numbers" if one.with_numbers else ""
        click.echo(f"{one.id}  {state}  {one.url}  {' '.join(one.kinds)}{numbers}")
    if not found:
        click.echo("No subscription.")


@events.command("list")
@_TENANT
@click.option("--dead", is_flag=True, help="Only those that were given up.")
def list_(*, slug: str, dead: bool) -> None:
    """List the tenant's newest events, and what became of each."""
    from core.events import events as core_events

    with opened(Settings.load()) as core:
        tenant_id = tenant_id_of(core, slug)
        with core.database.transaction(tenant_id) as tx:
            found = core_events.newest(tx, state="dead" if dead else "")
    for one in found:
        at = one.created_at.astimezone(UTC)
        click.echo(
            f"{one.id}  {at:%Y-%m-%d %H:%M:%S} UTC  {one.kind:17}  {one.state:9}  {one.reason}"
        )
    if not found:
        click.echo("No such events." if dead else "No events.")


@events.command()
@click.argument("event_ids", metavar="[EVENT]...", type=click.UUID, nargs=-1)
@_TENANT
@click.option("--dead", is_flag=True, help="All that were given up, a thousand at a time.")
def replay(event_ids: tuple[uuid.UUID, ...], *, slug: str, dead: bool) -> None:
    """Send events again, under their own ids: delivered ones, dropped ones, dead ones."""
    from core.events import events as core_events

    if bool(event_ids) == dead:
        raise OperatorError("Say which: their ids, or --dead.")
    with opened(Settings.load()) as core:
        tenant_id = tenant_id_of(core, slug)
        with core.database.transaction(tenant_id) as tx:
            ids = core_events.dead(tx) if dead else list(event_ids)
            count = core_events.replay(tx, ids, actor=operator())
    click.echo(f"{count} events are sent again.")


@events.command()
@_SUBSCRIPTION
@_TENANT
def test(subscription_id: uuid.UUID, *, slug: str) -> None:
    """Have an event sent that tells of nothing, and wait for what becomes of it."""
    from core.events import events as core_events

    with opened(Settings.load()) as core, plainly():
        tenant_id = tenant_id_of(core, slug)
        with core.database.transaction(tenant_id) as tx:
            id = core_events.probe(tx, subscription_id)
        until = time.monotonic() + TEST_WAIT_S
        while True:
            with core.database.transaction(tenant_id) as tx:
                found = core_events.get(tx, id)
            assert found is not None
            if found.state != "waiting" or found.reason or time.monotonic() > until:
                break
            time.sleep(0.2)
    if found.state != "delivered":
        why = found.reason or "no worker has sent it yet"
        raise OperatorError(f"It was not taken: {why}. It is tried again.")
    click.echo("The receiver took it.")
