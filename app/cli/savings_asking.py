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

F = TypeVar("F", bound=Callable[..., Any])

_REFERENCE = click.argument("reference")


def _asked(command: F) -> F:
    """The options that all of them have."""
    for option in (
        click.option("--reason", required=True, help="Why; the second officer reads it."),
        click.option("--by", "name", metavar="NAME", required=True, help="The officer who asks."),
        TENANT,
    ):
        command = option(command)
    return command


def _ask(tx: Tx, core: Core, kind: Kind, subject_id: uuid.UUID, about: "_By") -> None:
    """Write the request down, and show what it would change."""
    from core.approvals import requests

    asked = requests.ask(
        tx,
        core.keys,
        kind,
        by=as_officer(about.name),
        params=about.params,
        reason=about.reason,
        subject_id=subject_id,
    )
    click.echo("\n".join(changes_of(kind.show(tx, core.keys, asked.request))))
    waits = "It waits" if asked.was_new else "It waits already"
    click.echo(f"{waits} for a second officer: {asked.request.id}.")


@dataclass(frozen=True, slots=True)
class _By:
    """Who asks, why, and what the kind needs beside its subject."""

    name: str
    reason: str
    params: Mapping[str, Any] = field(default_factory=dict)


def _of_loan(slug: str, reference: str, kind: str, about: _By) -> None:
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
        _ask(tx, core, found, ids[0], about)


@click.command("write-off")
@_REFERENCE
@_asked
def write_off(reference: str, *, slug: str, name: str, reason: str) -> None:
    """Ask for what is owed to become a loss of the group's."""
    _of_loan(slug, reference, "loan_write_off", _By(name, reason))


@click.command("call-guarantors")
@_REFERENCE
@_asked
def call_guarantors(reference: str, *, slug: str, name: str, reason: str) -> None:
    """Ask for what is overdue to be paid from what the guarantors pledged."""
    _of_loan(slug, reference, "loan_guarantee_call", _By(name, reason))


@click.command("replan")
@_REFERENCE
@click.option("--periods", type=int, required=True, help="How many, from today on.")
@_asked
def replan(reference: str, *, periods: int, slug: str, name: str, reason: str) -> None:
    """Ask for what is owed to be due over other periods."""
    _of_loan(slug, reference, "loan_reschedule", _By(name, reason, {"periods": periods}))


@click.command("backdate")
@_REFERENCE
@click.option("--amount-minor", type=int, required=True, help="From the borrower's wallet.")
@click.option("--paid-on", type=click.DateTime(["%Y-%m-%d"]), required=True)
@_asked
def backdate(
    reference: str, *, amount_minor: int, paid_on: datetime, slug: str, name: str, reason: str
) -> None:
    """Ask for a payment that counts from an earlier day."""
    params = {"amount_minor": amount_minor, "paid_on": paid_on.date().isoformat()}
    _of_loan(slug, reference, "loan_payment_backdated", _By(name, reason, params))


@click.command("death")
@click.argument("number")
@click.option("--group", "code", required=True, help="The group's code.")
@click.option("--next-of-kin", required=True, metavar="NUMBER", help="Who is paid.")
@click.option("--which", type=int, help="Which of several people with NUMBER, from 1.")
@click.option("--which-kin", type=int, help="The same of the next of kin's number.")
@_asked
def death(
    number: str,
    *,
    code: str,
    next_of_kin: str,
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
        kin = person_at(tx, core.keys, next_of_kin, which_kin, option="--which-kin")
        params = {"group": str(group_of(tx, code)), "next_of_kin": str(kin)}
        _ask(tx, core, MemberDeath(), who, _By(name, reason, params))


ON_LOANS: Final[tuple[click.Command, ...]] = (write_off, call_guarantors, replan, backdate)
ON_MEMBERS: Final[tuple[click.Command, ...]] = (death,)
