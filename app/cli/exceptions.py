"""`piga exceptions`: money that a person has to look at."""

import uuid
from datetime import UTC

import click

from app.cli.groups import Group
from app.errors import OperatorError
from app.operations.officers import as_officer
from app.operations.tenant_tx import acting

_ID = click.argument("exception_id", metavar="ID", type=click.UUID)
_TENANT = click.option("--tenant", "slug", required=True)
_BY = click.option("--by", "name", metavar="NAME", required=True, help="The officer.")
_REASON = click.option("--reason", required=True, help="Kept in the audit trail.")


@click.group(cls=Group)
def exceptions() -> None:
    """Money whose owner only a person can say. What moves money is decided by two officers."""


@exceptions.command("list")
@_TENANT
@click.option("--settled", is_flag=True, help="Those that are done, the newest first.")
@click.option("--owner", default="", metavar="NAME", help="Only what this officer has taken on.")
def list_(*, slug: str, settled: bool, owner: str) -> None:
    """List the queue, the oldest first: how much, why, since when, and who works on it."""
    from core.payments import exceptions as core_exceptions
    from values import clock
    from values.currencies import written

    with acting(slug) as (_, tx):
        core_exceptions.settle_known(tx)
        found = core_exceptions.listed(tx, settled=settled, owner=owner.strip().lower())
    for one in found:
        hours = (clock.now() - one.created_at).total_seconds() / 3_600
        booked = "in suspense" if one.movement_id else "not booked"
        click.echo(
            f"{one.id}  {one.state:11}  {written(one.amount_minor, one.currency)}  {one.wallet}"
            f"  {one.reason}  {booked}  {hours:.0f} h  {one.owner or '-'}"
        )
    if not found:
        click.echo("Nothing was settled." if settled else "Nothing waits.")


@exceptions.command()
@_ID
@_TENANT
def show(exception_id: uuid.UUID, *, slug: str) -> None:
    """Show one: the text as it came, and whose it may be with the reasons.

    With names and words: this is for the person who decides, and not for a log.
    """
    from app import domains
    from core.payments import exceptions as core_exceptions
    from core.payments import movements, text_inbox
    from core.people import people
    from values.currencies import written

    purposes = domains.load().purposes
    with acting(slug) as (core, tx):
        one = core_exceptions.get(tx, exception_id)
        at = one.happened_at.astimezone(UTC)
        click.echo(f"{written(one.amount_minor, one.currency)} to {one.wallet}, {one.state}")
        click.echo(f"at {at:%Y-%m-%d %H:%M:%S} UTC, id {one.provider_txid}, {one.reason}")
        if one.text_id is not None:
            words = text_inbox.words_of(tx, core.keys, one.text_id)
            click.echo(f"text: {words or 'forgotten by now'}")
        if one.movement_id is not None:
            words = movements.words_of(tx, core.keys, one.movement_id)
            if words:
                click.echo(f"the payer wrote: {words}")
        for suggested in one.suggestions:
            ids = uuid.UUID(suggested["subscriber"]), uuid.UUID(suggested["subject"])
            payee = purposes[suggested["purpose"]].payee(tx, *ids)
            person = people.get(tx, core.keys, ids[0])
            if payee is not None and person is not None:
                why = ", ".join(suggested["reasons"])
                click.echo(f"maybe {person.name}  {payee.label}  {why}")


@exceptions.command()
@_ID
@_TENANT
@_BY
def claim(exception_id: uuid.UUID, *, slug: str, name: str) -> None:
    """Take one on: others see who works on it."""
    from core.payments import exceptions as core_exceptions

    with acting(slug) as (_, tx):
        core_exceptions.claim(tx, exception_id, by=as_officer(name))
    click.echo("It is yours.")


@exceptions.command()
@_ID
@_TENANT
@_BY
def release(exception_id: uuid.UUID, *, slug: str, name: str) -> None:
    """Give one back to the queue."""
    from core.payments import exceptions as core_exceptions

    with acting(slug) as (_, tx):
        core_exceptions.release(tx, exception_id, by=as_officer(name))
    click.echo("Anybody may take it on.")


@exceptions.command()
@_ID
@_TENANT
@click.option(
    "--part",
    "said",
    metavar="NUMBER:KIND:CODE[:AMOUNT]",
    multiple=True,
    required=True,
    help="Whose: 0788000001:contribution:KOP1, with an amount where there are several.",
)
@_BY
@_REASON
def allocate(
    exception_id: uuid.UUID, *, slug: str, said: tuple[str, ...], name: str, reason: str
) -> None:
    """Ask that the money is somebody's; several --part options split it. Another officer approves
    it with `piga approvals approve`."""
    from app import domains
    from app.operations.payees import minor_of, payee_at
    from core.payments import allocations
    from core.payments import exceptions as core_exceptions

    kind = domains.load().approvals[allocations.Allocate.name]
    assert isinstance(kind, allocations.Allocate)
    with acting(slug) as (core, tx):
        one = core_exceptions.get(tx, exception_id)
        parts = []
        for each in said:
            pieces = each.split(":")
            if len(pieces) not in (3, 4) or (len(pieces) == 3 and len(said) > 1):
                raise OperatorError(f"{each} is no NUMBER:KIND:CODE:AMOUNT.")
            payee = payee_at(tx, core.keys, pieces[0], None, f"{pieces[1]}:{pieces[2]}")
            amount = minor_of(tx, pieces[3]) if len(pieces) == 4 else one.amount
            parts.append(
                allocations.Part(
                    *(payee.purpose, payee.subscriber_id, payee.subject_id),
                    amount.amount_minor,
                )
            )
        asked = allocations.ask_to_allocate(
            *(tx, core.keys, kind, exception_id, parts), by=as_officer(name), reason=reason
        )
    click.echo(f"It waits for a second officer: {asked.request.id}.")


@exceptions.command("pay-back")
@_ID
@_TENANT
@_BY
@_REASON
def pay_back(exception_id: uuid.UUID, *, slug: str, name: str, reason: str) -> None:
    """Ask that the money goes back to its payer. Another officer approves; then send it, and say so
    with `piga exceptions paid-back`."""
    from core.payments import allocations

    with acting(slug) as (core, tx):
        asked = allocations.ask_to_pay_back(
            tx, core.keys, exception_id, by=as_officer(name), reason=reason
        )
    click.echo(f"It waits for a second officer: {asked.request.id}.")


@exceptions.command("paid-back")
@_ID
@click.argument("txid")
@_TENANT
@_BY
def paid_back(exception_id: uuid.UUID, txid: str, *, slug: str, name: str) -> None:
    """Say that the money was sent back, by the provider's transaction TXID."""
    from core.payments import allocations

    with acting(slug) as (_, tx):
        allocations.paid_back(tx, exception_id, txid, by=as_officer(name))
    click.echo("It is booked.")


@exceptions.command()
@_ID
@_TENANT
@_BY
@_REASON
def dismiss(exception_id: uuid.UUID, *, slug: str, name: str, reason: str) -> None:
    """End one about which nothing is to be done: it never came, or is booked elsewhere."""
    from core.payments import allocations

    with acting(slug) as (_, tx):
        allocations.dismiss(tx, exception_id, by=as_officer(name), reason=reason)
    click.echo("Nothing is to be done about it.")
