"""What one officer asks for of loans and members, and another one decides (`piga approvals`)."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeVar

import click

from app.cli.savings_parts import TENANT, group_of
from app.errors import OperatorError
from app.operations.officers import as_officer, changes_of, plainly
from app.operations.persons import person_at
from app.operations.servers import Core
from app.operations.tenant_tx import acting
from core.approvals.kinds import Kind
from core.db.database import Tx
from core.security.keyring import Keyring
from values import phone

F = TypeVar("F", bound=Callable[..., Any])

_REFERENCE = click.argument("reference")


def asked(command: F) -> F:
    """The options that all of them have."""
    for option in (
        click.option("--reason", required=True, help="Why; the second officer reads it."),
        click.option("--by", "name", metavar="NAME", required=True, help="The officer who asks."),
        TENANT,
    ):
        command = option(command)
    return command


def ask(tx: Tx, core: Core, kind: Kind, subject_id: uuid.UUID, about: "By") -> None:
    """Write the request down, and show what it would change."""
    from core.approvals import requests

    made = requests.ask(
        tx,
        core.keys,
        kind,
        by=as_officer(about.name),
        params=about.params,
        reason=about.reason,
        subject_id=subject_id,
    )
    click.echo("\n".join(changes_of(kind.show(tx, core.keys, made.request))))
    waits = "It waits" if made.was_new else "It waits already"
    click.echo(f"{waits} for a second officer: {made.request.id}.")


@dataclass(frozen=True, slots=True)
class By:
    """Who asks, why, and what the kind needs beside its subject."""

    name: str
    reason: str
    params: Mapping[str, Any] = field(default_factory=dict)


def _of_loan(slug: str, reference: str, kind: str, about: By) -> None:
    from core.loans import loans as core_loans
    from core.loans import office

    found = next(one for one in office.KINDS if one.name == kind)
    with acting(slug) as (core, tx), plainly():
        wanted = reference.strip().upper()
        ids = [
            one.id
            for one in core_loans.where(tx, "l.state IN ('disbursed', 'repaying')", ())
            if one.reference == wanted
        ]
        if not ids:
            raise OperatorError("No loan with that reference is owed.")
        ask(tx, core, found, ids[0], about)


@click.command("write-off")
@_REFERENCE
@asked
def write_off(reference: str, *, slug: str, name: str, reason: str) -> None:
    """Ask for what is owed to become a loss of the group's."""
    _of_loan(slug, reference, "loan_write_off", By(name, reason))


@click.command("call-guarantors")
@_REFERENCE
@asked
def call_guarantors(reference: str, *, slug: str, name: str, reason: str) -> None:
    """Ask for what is overdue to be paid from what the guarantors pledged."""
    _of_loan(slug, reference, "loan_guarantee_call", By(name, reason))


@click.command("replan")
@_REFERENCE
@click.option("--periods", type=int, required=True, help="How many, from today on.")
@asked
def replan(reference: str, *, periods: int, slug: str, name: str, reason: str) -> None:
    """Ask for what is owed to be due over other periods."""
    _of_loan(slug, reference, "loan_reschedule", By(name, reason, {"periods": periods}))


@click.command("backdate")
@_REFERENCE
@click.option("--amount-minor", type=int, required=True, help="From the borrower's wallet.")
@click.option("--paid-on", type=click.DateTime(["%Y-%m-%d"]), required=True)
@asked
def backdate(
    reference: str, *, amount_minor: int, paid_on: datetime, slug: str, name: str, reason: str
) -> None:
    """Ask for a payment that counts from an earlier day."""
    params = {"amount_minor": amount_minor, "paid_on": paid_on.date().isoformat()}
    _of_loan(slug, reference, "loan_payment_backdated", By(name, reason, params))


@click.command("reverse-cash")
@_REFERENCE
@click.option("--payment", required=True, help="The reference that its borrower was texted.")
@asked
def reverse_cash(reference: str, *, payment: str, slug: str, name: str, reason: str) -> None:
    """Ask for a payment in cash that was none to be taken back.

    It stays in the books, with an entry against it; the loan is worked out anew, and its borrower
    is texted.
    """
    from core.loans import loans as core_loans
    from core.loans.reversing import CashReversal, payments_in_cash

    with acting(slug) as (core, tx), plainly():
        wanted = reference.strip().upper()
        states = "l.state IN ('repaying', 'closed', 'written_off')"
        found = [one for one in core_loans.where(tx, states, ()) if one.reference == wanted]
        paid = payments_in_cash(tx, found[0].id) if found else {}
        payment_id = paid.get(payment.strip().upper())
        if payment_id is None:
            raise OperatorError("No loan has such a reference, or no such payment in cash.")
        ask(tx, core, CashReversal(), payment_id, By(name, reason))


@click.command("transfer")
@click.argument("number")
@click.option("--group", "code", required=True, help="The code of the group that they leave.")
@click.option("--to", "to_code", required=True, help="The code of the group that they go to.")
@click.option("--which", type=int, help="Which of several people with NUMBER, from 1.")
@asked
def transfer(
    number: str, *, code: str, to_code: str, which: int | None, slug: str, name: str, reason: str
) -> None:
    """Ask for a member to go to another group, with their savings.

    Once a second officer approves, they are a member there, and what they saved is theirs there.
    What of it lies in the box of the group that they leave is carried in cash: both committees are
    texted.
    """
    from core.loans.member_transfer import MemberTransfer

    with acting(slug) as (core, tx), plainly():
        who = person_at(tx, core.keys, number, which)
        params = {"group": str(group_of(tx, code)), "to_group": str(group_of(tx, to_code))}
        ask(tx, core, MemberTransfer(), who, By(name, reason, params))


@click.command("death")
@click.argument("number")
@click.option("--group", "code", required=True, help="The group's code.")
@click.option(
    "--next-of-kin", metavar="NUMBER", help="Who is paid; else whom the member had named."
)
@click.option("--which", type=int, help="Which of several people with NUMBER, from 1.")
@click.option("--which-kin", type=int, help="The same of the next of kin's number.")
@asked
def death(
    number: str,
    *,
    code: str,
    next_of_kin: str | None,
    which: int | None,
    which_kin: int | None,
    slug: str,
    name: str,
    reason: str,
) -> None:
    """Ask for the savings of a member who died to be paid to their next of kin.

    Once a second officer approves, the savings are in the wallet of the next of kin, who is texted;
    what of them lies in the group's box, its committee hands over in cash. The member is frozen,
    and in the group no more. A loan or a pledge is settled before.
    """
    from core.loans.member_death import MemberDeath

    with acting(slug) as (core, tx), plainly():
        who = person_at(tx, core.keys, number, which)
        wanted = next_of_kin or _named_by(tx, core.keys, who)
        kin = person_at(tx, core.keys, wanted, which_kin, option="--which-kin")
        params = {"group": str(group_of(tx, code)), "next_of_kin": str(kin)}
        ask(tx, core, MemberDeath(), who, By(name, reason, params))


def _named_by(tx: Tx, keys: Keyring, who: uuid.UUID) -> str:
    """The number of whom a member had named, who is said. Raises OperatorError where nobody is."""
    from core.savings import next_of_kin

    found = next_of_kin.find(tx, keys, who)
    if found is None:
        raise OperatorError("They named nobody: say who is paid with --next-of-kin NUMBER.")
    click.echo(f"They named {found.name} at {phone.masked(found.number)}.")
    return found.number


ON_LOANS: Final[tuple[click.Command, ...]] = (
    write_off,
    call_guarantors,
    replan,
    backdate,
    reverse_cash,
)
ON_MEMBERS: Final[tuple[click.Command, ...]] = (transfer, death)
