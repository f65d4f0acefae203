"""`piga tenant device`: phones with a wallet's SIM, which forward the network's texts."""

from dataclasses import replace
from datetime import UTC

import click

from app.cli.groups import Group
from app.operations.officers import plainly
from app.operations.servers import opened
from app.operations.tenant_tx import acting
from app.operations.tenants import operator, tenant_id_of
from app.settings import Settings

_TENANT = click.option("--tenant", "slug", required=True)
_REASON = click.option("--reason", required=True, help="Kept in the audit trail.")


@click.group(cls=Group)
def device() -> None:
    """Phones that forward a wallet's texts: add, list, change the secret, block.

    How to set one up: docs/howto/forward-money-texts.md.
    """


@device.command()
@click.argument("name")
@_TENANT
@click.option("--wallet", metavar="CODE", required=True, help="Which of the tenant's wallets.")
@click.option("--network", required=True, help="Whose SIM it has, such as mtn-rw.")
@click.option("--polled", is_flag=True, help="A provider's API tells of the wallet, too.")
@click.option(
    "--for", "said", metavar="KIND:CODE", help="What the wallet is for: contribution:KOP1."
)
def add(name: str, *, slug: str, wallet: str, network: str, polled: bool, said: str | None) -> None:
    """Add the device NAME. Its address and its secret are shown; the secret only now."""
    from app.operations.payees import currency_of, purpose_of
    from core.payments import devices

    settings = Settings.load()
    with opened(settings) as core, plainly():
        tenant_id = tenant_id_of(core, slug)
        with core.database.transaction(tenant_id) as tx:
            of = devices.Wallet(wallet, network, currency_of(tx), polled)
            if said is not None:
                purpose, subject_id = purpose_of(tx, said)
                of = replace(of, purpose=purpose.name, subject_id=subject_id)
            added = devices.add(tx, core.keys, tenant_id, name, of, actor=operator())
    base = (settings.public_url or settings.url).rstrip("/")
    click.echo(f"Address: {base}/ingest/sms?device={added.address}")
    click.echo(f"Secret, shown once: {added.secret}")


@device.command("list")
@_TENANT
def list_(slug: str) -> None:
    """List the tenant's devices: of which wallet, and when each was heard of."""
    from core.payments import devices

    with acting(slug) as (_, tx):
        found = devices.all_of_tenant(tx)
    for one in found:
        seen = f"{one.seen_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if one.seen_at else "never"
        polled = "  polled" if one.is_polled else ""
        click.echo(f"{one.name}  {one.state}  {one.wallet}  {one.network}  heard {seen}{polled}")
    if not found:
        click.echo("No device.")


@device.command()
@click.argument("name")
@_TENANT
def rotate(name: str, *, slug: str) -> None:
    """Make another secret. The one before signs, too, for a day."""
    from core.payments import devices

    with acting(slug) as (core, tx):
        secret = devices.rotate(tx, core.keys, name, actor=operator())
    click.echo(f"Secret, shown once: {secret}")


@device.command()
@click.argument("name")
@_TENANT
@_REASON
def block(name: str, *, slug: str, reason: str) -> None:
    """Refuse what the device NAME posts from now on: it is lost, or replaced."""
    from core.payments import devices

    with acting(slug) as (_, tx):
        devices.block(tx, name, actor=operator(), reason=reason)
    click.echo("It is refused.")


@device.command("go-on")
@click.argument("name")
@_TENANT
@_REASON
def go_on(name: str, *, slug: str, reason: str) -> None:
    """Let the texts of a held device be credited again: you have compared its balance.

    A device is held when the balances in its texts do not continue. What it forwarded meanwhile
    is among the exceptions.
    """
    from core.payments import devices

    with acting(slug) as (_, tx):
        devices.go_on(tx, name, actor=operator(), reason=reason)
    click.echo("Its texts are credited again.")


@device.command()
@_TENANT
def unread(slug: str) -> None:
    """List texts in wordings that no format has, with their digits hidden.

    A format is a data file: docs/howto/add-a-money-text.md.
    """
    from core.payments import text_inbox

    with acting(slug) as (core, tx):
        found = text_inbox.unread(tx, core.keys)
    for one in found:
        at = one.received_at.astimezone(UTC)
        click.echo(f"{at:%Y-%m-%d %H:%M} UTC  {one.device}  {one.words}")
    if not found:
        click.echo("All texts are read.")
