"""`piga reconcile`: a day of a wallet beside the provider's statement."""

import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from app.errors import OperatorError
from app.operations.officers import as_officer
from app.operations.tenant_tx import acting

if TYPE_CHECKING:
    from core.db.database import Tx
    from core.payments.reconciliation.days import Day

LONGEST_S = 3_600.0


@click.command()
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]))
@click.option("--tenant", "slug", required=True)
@click.option("--wallet", metavar="CODE", required=True)
@click.option("--statement", type=click.File("r", encoding="utf-8-sig"), help="A CSV file.")
@click.option("--settlement", type=click.File("r", encoding="utf-8-sig"), help="Another, as third.")
@click.option("--column", "columns", metavar="OURS=THEIRS", multiple=True, help="txid=Receipt No")
@click.option("--weak-up-to", default=0, metavar="MINOR", help="By amount and time, up to this.")
@click.option("--sheet", type=click.Path(path_type=Path, dir_okay=False), help="Else it is shown.")
@click.option("--close", is_flag=True, help="Close the day with this sheet.")
@click.option("--reopen", is_flag=True, help="Ask that a closed day is opened again.")
@click.option("--by", "name", metavar="NAME", help="The officer who closes, or asks.")
@click.option("--reason", default="", help="Why it is opened again.")
def reconcile(
    day: datetime,
    *,
    slug: str,
    wallet: str,
    statement: TextIO | None,
    settlement: TextIO | None,
    columns: tuple[str, ...],
    weak_up_to: int,
    sheet: Path | None,
    close: bool,
    reopen: bool,
    name: str | None,
    reason: str,
) -> None:
    """Compare DAY of a wallet: our books, the provider's statement, and the network's texts or a
    settlement file.

    The statement is CSV with a header: txid, amount and time, and if it has them currency, status,
    fee and reference. It is read row by row. The sheet has the figures of each class and every
    difference. With --close the day is closed; two officers may open it again.
    """
    if (close or reopen) and not name:
        raise OperatorError("Say who: --by NAME.")
    if reopen:
        _ask_to_reopen(slug, wallet, day.date(), str(name), reason)
        return
    if statement is None:
        raise OperatorError("A statement is needed: --statement FILE.")
    from core.payments.reconciliation import days, runs
    from core.payments.reconciliation import sheet as sheets
    from core.payments.reconciliation import statement as statements
    from core.payments.reconciliation.compare import Comparison, Tolerances

    names = _columns(columns)
    with acting(slug, LONGEST_S) as (core, tx), runs.sorting() as sorter:
        of = _day(tx, wallet, day.date())
        read_as = statements.Wallet(of.currency, of.zone)
        third = (
            days.texts(tx, of)
            if settlement is None
            else statements.read(settlement, read_as, names)
        )
        comparison = Comparison(
            sorter, of.day.isoformat(), Tolerances(weak_amount_minor=weak_up_to)
        )
        pairs = comparison.pairs(
            *(days.ours(tx, of), statements.read(statement, read_as, names), third),
            has_third=settlement is not None or days.has_texts(tx, wallet),
        )
        out = sheet.open("w", encoding="utf-8", newline="") if sheet else sys.stdout
        try:
            made = sheets.write(out, of, comparison, pairs)
        finally:
            if sheet:
                out.close()
        if close:
            if not made.figures["adds_up"]:
                raise OperatorError("It does not add up: it is not closed.")
            id = days.close(tx, core.keys, of, made.figures, made.digest, by=as_officer(str(name)))
            click.echo(f"Closed: {id}. SHA-256 of the sheet: {made.digest.hex()}", err=True)
    differences = made.figures["count"] - made.figures["classes"]["matched"]["count"]
    click.echo(f"{made.figures['count']} compared, {differences} differ.", err=True)


def _ask_to_reopen(slug: str, wallet: str, day: date, name: str, reason: str) -> None:
    from core.approvals.requests import ask
    from core.payments.reconciliation import days

    with acting(slug) as (core, tx):
        closed = days.find(tx, _day(tx, wallet, day))
        if not days.is_signed(core.keys, closed):
            click.echo("Its figures are not those that were closed.", err=True)
        asked = ask(
            *(tx, core.keys, days.REOPEN),
            by=as_officer(name),
            params={},
            reason=reason,
            subject_id=closed.id,
        )
    click.echo(f"It waits for a second officer: {asked.request.id}.")


def _day(tx: "Tx", wallet: str, day: date) -> "Day":
    from core.payments.reconciliation import days
    from values import clock

    found = days.of_tenant(tx, wallet, day)
    if found.ends.astimezone(UTC) > clock.now():
        raise OperatorError("That day is not over.")
    return found


def _columns(said: tuple[str, ...]) -> dict[str, str]:
    from core.payments.reconciliation.statement import COLUMNS

    found = {}
    for each in said:
        ours, equals, theirs = each.partition("=")
        if ours not in COLUMNS or not equals:
            raise OperatorError(f"{each}: OURS is one of {', '.join(COLUMNS)}.")
        found[ours] = theirs
    return found
