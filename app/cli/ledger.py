"""`piga ledger`: proof that the books are right, and the tenant's own bookings."""

import json
import sys
import uuid
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.groups import Group
from app.errors import OperatorError
from app.operations.accounts import EXAMPLES
from app.operations.officers import as_officer, changes_of, plainly
from app.operations.servers import Core, opened
from app.operations.tenants import tenant_id_of
from app.settings import Settings

if TYPE_CHECKING:
    from core.approvals.kinds import Kind
    from core.bookings.bookings import Move
    from core.money.verify import Report
    from values.money import Money


KEEPING_TIMEOUT_S = 2.0
_DAY = click.DateTime(["%Y-%m-%d"])
_NEW_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group(cls=Group)
def ledger() -> None:
    """The books: proof that they are right, and bookings by two officers."""


@ledger.command()
@click.option("--json", "as_json", is_flag=True, help="One object: ok, checks, tenants, entries.")
def verify(as_json: bool) -> None:
    """Check every invariant of the ledger over all tenants, in one snapshot.

    Reads only, and may run while everything works. The exit code is 0 only when all hold.
    """
    from app import domains
    from core.money.verify import verify as check

    with opened(Settings.load()) as core:
        report = check(core.settings.require("verify_url"), domains.load().checks)
        _keep_for_those_who_watch(core.settings.redis_url, report)
    if as_json:
        click.echo(json.dumps(report.to_data(), indent=2))
    else:
        for found in report.checks:
            mark = "ok  " if found.ok else "FAIL"
            click.echo(f"{mark}  {found.name}: {found.sentence}")
            if not found.ok:
                click.echo(f"      {found.violations} times; for example {found.sample}")
        verdict = "Every invariant holds" if report.ok else "The books are not right"
        click.echo(f"{verdict}: {report.tenants} tenants, {report.entries} entries.")
    sys.exit(0 if report.ok else 1)


def _keep_for_those_who_watch(redis_url: str, report: "Report") -> None:
    """What was found is a figure of /metrics. That it cannot be kept is no fault of the books."""
    from redis import RedisError

    from app.metrics import verified
    from workers.queue.worker import connect

    try:
        with connect(redis_url, timeout_s=KEEPING_TIMEOUT_S) as connection:
            verified.keep(connection, report)
    except RedisError as fault:
        click.echo(
            f"Redis is away ({type(fault).__name__}): /metrics shows an older look.", err=True
        )


@ledger.command()
@click.option("--tenant", "slug", required=True)
@click.option("--from", "source", metavar="ACCOUNT", required=True, help=f"Such as {EXAMPLES}.")
@click.option("--to", "target", metavar="ACCOUNT", required=True)
@click.option("--amount", required=True, help="In the currency's usual unit: 12000, or 12.50.")
@click.option("--reason", required=True, help="Kept in the books and in the audit trail.")
@click.option("--key", required=True, help="Yours, such as a voucher's number: it is used once.")
@click.option("--by", "name", metavar="NAME", required=True, help="The officer who asks.")
@click.option("--yes", is_flag=True, help="Do not ask: for scripts.")
def post(
    slug: str,
    *,
    source: str,
    target: str,
    amount: str,
    reason: str,
    key: str,
    name: str,
    yes: bool,
) -> None:
    """Ask for a booking of the tenant's own; it is posted when a second officer approves it.

    Float that a super-agent bought comes from settlement to float:CODE; fees that are paid out go
    from fees to settlement. What would be on both accounts is shown first. The same key again is
    the same booking. People whose money is moved are texted.
    """
    from app.operations.accounts import account_named
    from core.bookings.bookings import BOOK, Move

    with opened(Settings.load()) as core, plainly():
        tenant_id = tenant_id_of(core, slug)
        currency = _currency_of(core, tenant_id)
        move = Move(
            account_named(core, tenant_id, source, currency),
            account_named(core, tenant_id, target, currency),
            _amount_of(amount, currency),
        )
        _ask(core, tenant_id, BOOK, move, reason=reason, name=name, yes=yes, key=f"post:{key}")


@ledger.command()
@click.argument("account")
@click.option("--tenant", "slug", required=True)
@click.option("--since", type=_DAY, help="The first day; a month before the last one unless given.")
@click.option("--until", type=_DAY, help="The last day; today unless given.")
@click.option("--pdf", "out", type=_NEW_FILE, required=True, help="The file to write.")
@click.option("--language", default="", help="The owner's own unless given.")
@click.option("--by", "name", metavar="NAME", required=True, help="The officer who takes it.")
def statement(
    account: str,
    *,
    slug: str,
    since: datetime | None,
    until: datetime | None,
    out: Path,
    language: str,
    name: str,
) -> None:
    """Write the statement of ACCOUNT as a PDF: its movements, and the balance behind each.

    ACCOUNT is settlement, fees, float:CODE, wallet:NUMBER or the id of an account. That the
    statement was taken is in the audit trail.
    """
    from app.operations import statements
    from app.operations.exporting import write_private

    with opened(Settings.load()) as core, plainly():
        tenant_id = tenant_id_of(core, slug)
        account_id = _account_of(core, tenant_id, account)
        with write_private(out) as file, core.database.transaction(tenant_id) as tx:
            written = statements.pdf(
                *(tx, core.keys, account_id),
                first=since.date() if since else None,
                last=until.date() if until else None,
                by=as_officer(name).actor,
                language=language,
            )
            if written is None:
                raise OperatorError(f"There is no account {account}.")
            file.write(written)
    click.echo(f"{out}: written.")


def _account_of(core: Core, tenant_id: uuid.UUID, account: str) -> uuid.UUID:
    from app.operations.accounts import account_named

    try:
        return uuid.UUID(account)
    except ValueError:
        return account_named(core, tenant_id, account, _currency_of(core, tenant_id))


@ledger.command()
@click.argument("reference")
@click.option("--tenant", "slug", required=True)
@click.option("--reason", required=True, help="Kept in the books and in the audit trail.")
@click.option("--by", "name", metavar="NAME", required=True, help="The officer who asks.")
@click.option("--yes", is_flag=True, help="Do not ask: for scripts.")
def reverse(reference: str, *, slug: str, reason: str, name: str, yes: bool) -> None:
    """Ask to reverse a booking, by its REFERENCE: another entry moves the same amount back.

    A second officer approves it. A booking is reversed once, and stays in the books.
    """
    from core.bookings.bookings import REVERSE, booked

    with opened(Settings.load()) as core, plainly():
        tenant_id = tenant_id_of(core, slug)
        with core.database.transaction(tenant_id) as tx:
            entry_id, back = booked(tx, reference)
        _ask(core, tenant_id, REVERSE, back, reason=reason, name=name, yes=yes, subject_id=entry_id)


def _ask(
    core: Core,
    tenant_id: uuid.UUID,
    kind: "Kind",
    move: "Move",
    *,
    reason: str,
    name: str,
    yes: bool,
    subject_id: uuid.UUID | None = None,
    key: str | None = None,
) -> None:
    """Show what a booking would change, ask, and write the request down."""
    from core.approvals import requests

    by, params = as_officer(name), move.params
    seen = requests.preview(kind, by=by, params=params, reason=reason, subject_id=subject_id)
    with core.database.transaction(tenant_id) as tx:
        kind.asked(tx, core.keys, seen)
        lines = changes_of(kind.show(tx, core.keys, seen))
    click.echo("\n".join(lines))
    if not yes:
        click.confirm("Ask a second officer for it?", abort=True)
    with core.database.transaction(tenant_id) as tx:
        asked = requests.ask(
            tx,
            core.keys,
            kind,
            by=by,
            params=params,
            reason=reason,
            subject_id=subject_id,
            key=key,
        )
    request = asked.request
    if request.state == "pending":
        waits = "It waits" if asked.was_new else "It waits already"
        click.echo(f"{waits} for a second officer: {request.id}.")
    else:
        click.echo(f"This was {request.state} before, and is not asked for again: {request.id}.")


def _currency_of(core: Core, tenant_id: uuid.UUID) -> str:
    with core.database.transaction(tenant_id) as tx:
        row = tx.one("SELECT currency FROM tenant WHERE id = current_tenant()")
    assert row is not None
    return str(row[0])


def _amount_of(written: str, currency: str) -> "Money":
    """An amount in the currency's usual unit. Raises OperatorError."""
    from core.money.ledger import AMOUNT_MAXIMUM_MINOR
    from menus.answers import Amount, WrongAnswer
    from menus.texts import say
    from values.money import Money

    try:
        return Money(Amount(currency, 1, AMOUNT_MAXIMUM_MINOR).parse(written), currency)
    except WrongAnswer as wrong:
        raise OperatorError(f"--amount: {say(wrong.reason, 'en')}") from None
