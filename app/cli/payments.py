"""`piga payments`: what was asked of providers, and what two officers say became of it."""

import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from app.cli.groups import Group
from app.errors import OperatorError
from app.operations.officers import as_officer
from app.operations.tenant_tx import acting

if TYPE_CHECKING:
    from core.approvals.requests import Asked

_ID = click.argument("payment_id", metavar="ID", type=click.UUID)
_TENANT = click.option("--tenant", "slug", required=True)
_BY = click.option("--by", "name", metavar="NAME", required=True, help="The officer who asks.")
_REASON = click.option("--reason", required=True, help="Kept in the audit trail.")


@click.group(cls=Group)
def payments() -> None:
    """Payments by mobile money. What its provider does not say, two officers decide."""


@payments.command("list")
@_TENANT
@click.option("--open", "is_open", is_flag=True, help="Those that still wait for their provider.")
def list_(*, slug: str, is_open: bool) -> None:
    """List the payments in review, the oldest first: how much, which way, why, and since when."""
    from core.payments import payments as core_payments
    from core.payments.settling import REVIEW
    from values import clock
    from values.currencies import written

    with acting(slug) as (_, tx):
        found = core_payments.in_states(tx, core_payments.OPEN if is_open else (REVIEW,))
    for one in found:
        hours = (clock.now() - one.created_at).total_seconds() / 3_600
        click.echo(
            f"{one.id}  {one.state:9}  {written(one.amount_minor, one.currency)}  {one.kind}"
            f"  {one.wallet}  {one.reason or '-'}  {hours:.0f} h"
        )
    if not found:
        click.echo("Nothing waits.")


@payments.command()
@_ID
@_TENANT
def show(payment_id: uuid.UUID, *, slug: str) -> None:
    """Show one: by which ids its provider knows it, what callbacks said, and what moved.

    With a name: this is for the person who decides, and not for a log.
    """
    from core.payments import hints, movements
    from core.payments import payments as core_payments
    from core.payments.text_errors import NoSuchPayment
    from core.people import people
    from values.currencies import written

    with acting(slug) as (core, tx):
        one = core_payments.get(tx, payment_id)
        if one is None:
            raise NoSuchPayment
        person = people.get(tx, core.keys, one.subscriber_id)
        said = hints.of_payment(tx, one)
        moved = movements.get(tx, one.movement_id) if one.movement_id else None
    state = f"{one.state}, {one.reason}" if one.reason else one.state
    click.echo(f"{one.kind} of {written(one.amount_minor, one.currency)} by {one.wallet}, {state}")
    click.echo(f"for {one.operation}, {person.name if person else '-'}")
    click.echo(f"our reference {one.reference}, the provider's {one.provider_id or '-'}")
    click.echo(f"begun {_at(one.created_at)}, sent {_at(one.submitted_at)}")
    for hint in said:
        amount = written(hint.amount.amount_minor, hint.amount.currency) if hint.amount else "-"
        click.echo(f"a callback said {hint.state.value}: {amount}, transaction {hint.txid or '-'}")
    if moved is not None:
        way = "came" if moved.amount_minor > 0 else "left"
        where = "allocated" if moved.is_allocated else "in suspense"
        amount = written(abs(moved.amount_minor), moved.currency)
        click.echo(f"{amount} {way} by {moved.provider_txid}, {where}")


def _at(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if moment else "never"


@payments.command()
@_ID
@click.argument("outcome", type=click.Choice(["paid", "failed"]))
@_TENANT
@click.option("--txid", default="", help="The network's id of the transaction that paid it.")
@click.option("--to-wallet", is_flag=True, help="The money is its person's; nothing else is done.")
@_BY
@_REASON
def settle(
    payment_id: uuid.UUID,
    outcome: str,
    *,
    slug: str,
    txid: str,
    to_wallet: bool,
    name: str,
    reason: str,
) -> None:
    """Ask that a payment in review ends as paid, or as failed. Another officer approves it with
    `piga approvals approve`.

    Look first at the provider's own statement: what it says counts, and not what the person says.
    """
    from app import domains
    from core.payments import settling

    kind = domains.load().approvals[settling.Settle.name]
    assert isinstance(kind, settling.Settle)
    said = settling.Settlement(outcome, txid.strip(), to_wallet)
    with acting(slug) as (core, tx):
        asked = settling.ask_to_settle(
            *(tx, core.keys, kind, payment_id, said), by=as_officer(name), reason=reason
        )
    _say_it_waits(asked)


def _say_it_waits(asked: "Asked") -> None:
    waits = "It waits" if asked.was_new else "It waits already"
    click.echo(f"{waits} for a second officer: {asked.request.id}.")


@payments.command()
@_ID
@_TENANT
@_BY
@_REASON
def refund(payment_id: uuid.UUID, *, slug: str, name: str, reason: str) -> None:
    """Ask that a paid collection goes back to its payer, whole. Another officer approves it with
    `piga approvals approve`; then its provider is asked.

    It comes out of the payer's wallet here: undo first what it was used for.
    """
    from core.payments import undoing

    with acting(slug) as (core, tx):
        asked = undoing.ask_to_refund(tx, core.keys, payment_id, by=as_officer(name), reason=reason)
    _say_it_waits(asked)


@payments.command("reversed")
@_ID
@click.argument("txid")
@_TENANT
@_BY
@_REASON
def reversed_(payment_id: uuid.UUID, txid: str, *, slug: str, name: str, reason: str) -> None:
    """Ask that a provider's own reversal of a paid payment is booked: by its transaction TXID it
    took the money back, or gave it back. Another officer approves it."""
    from core.payments import undoing

    with acting(slug) as (core, tx):
        asked = undoing.ask_to_reverse(
            tx, core.keys, payment_id, txid, by=as_officer(name), reason=reason
        )
    _say_it_waits(asked)


@payments.command("register-urls")
@click.argument("wallet", metavar="WALLET")
@_TENANT
def register_urls(wallet: str, *, slug: str) -> None:
    """Tell a provider where it asks about, and tells of, what people send to WALLET by hand.

    Once, and again after `piga tenant rotate-hooks`. The addresses begin with PIGA_PUBLIC_URL.
    """
    from app import accounts
    from app.operations.servers import opened
    from app.settings import Settings
    from core.payments.wallets import PAYMENTS
    from core.tenants.directory import all_services
    from providers.contracts.messages import SendError
    from providers.contracts.payments import TakesByHand, sentence
    from workers.sending.accounts import Accounts
    from workers.sending.hook_urls import hook_url

    settings = Settings.load()
    with opened(settings) as core:
        found = [
            one
            for one in all_services(core.database)
            if (one.tenant.slug, one.channel, one.code) == (slug, PAYMENTS, wallet)
        ]
        if not found:
            raise OperatorError(f"{slug} has no wallet {wallet}.")
        [service] = found
        base_url = settings.public_url or settings.url
        urls = [
            hook_url(core.keys, base_url, service, kind) for kind in ("arrival", "arrival-check")
        ]
    try:
        account = Accounts(settings.fakes_url, accounts.load(settings)).payments(service)
        if not isinstance(account, TakesByHand):
            raise OperatorError(f"{service.provider} tells of no payments by hand.")
        account.register_urls(*urls)
    except SendError as error:
        raise OperatorError(sentence(error)) from None
    click.echo(f"{service.provider} tells of payments to {wallet} from now on.")
