"""`piga reconcile`: a day of a wallet beside the provider's statement."""

import sys
from datetime import date, datetime
from pathlib import Path
from typing import TextIO

import click

from app.errors import OperatorError
from app.operations.officers import as_officer
from app.operations.tenant_tx import acting

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
    from core.payments.reconciliation import days
    from core.payments.reconciliation.comparing import Said, compare

    with acting(slug, LONGEST_S) as (core, tx):
        of = days.of_tenant(tx, wallet, day.date())
        days.require_over(of)
        said = Said(statement, settlement, columns_of(columns), weak_up_to)
        out = sheet.open("w", encoding="utf-8", newline="") if sheet else sys.stdout
        try:
            made = compare(tx, of, said, out)
        finally:
            if sheet:
                out.close()
        if close:
            by = as_officer(str(name))
            id = days.close(tx, core.keys, of, made.figures, made.digest, by=by, sheet=made.text)
            click.echo(f"Closed: {id}. SHA-256 of the sheet: {made.digest.hex()}", err=True)
    differences = made.figures["count"] - made.figures["classes"]["matched"]["count"]
    click.echo(f"{made.figures['count']} compared, {differences} differ.", err=True)


def _ask_to_reopen(slug: str, wallet: str, day: date, name: str, reason: str) -> None:
    from core.approvals.requests import ask
    from core.payments.reconciliation import days

    with acting(slug) as (core, tx):
        of = days.of_tenant(tx, wallet, day)
        days.require_over(of)
        closed = days.find(tx, of)
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


def columns_of(said: tuple[str, ...]) -> dict[str, str]:
    """What a statement calls its columns. Raises OperatorError."""
    from core.payments.reconciliation.statement import COLUMNS

    found = {}
    for each in said:
        ours, equals, theirs = each.partition("=")
        if ours not in COLUMNS or not equals:
            raise OperatorError(f"{each}: OURS is one of {', '.join(COLUMNS)}.")
        found[ours] = theirs
    return found
