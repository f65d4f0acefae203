"""`piga savings members`: a list of members, brought into their groups."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.groups import Group
from app.errors import OperatorError

if TYPE_CHECKING:
    from uuid import UUID

    from core.db.database import Tx
    from core.savings.member_file import MemberFile
    from core.savings.member_plan import Plan, Word

# All of a file is one transaction: 3,000 members took 25 s on a slow disk.
IMPORT_WITHIN_S = 600.0
PROGRESS_EVERY = 100


@click.group(cls=Group)
def members() -> None:
    """Members of savings groups."""


@members.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--tenant", "slug", help="Whose groups; may be left out with --dry-run.")
@click.option("--group", "group_code", default="", help="The group of rows that name none.")
@click.option("--country", default="RW", show_default=True, help="Whose numbers, without --tenant.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option(
    "--decide",
    "decided",
    multiple=True,
    metavar="ROW=same|new|skip",
    help="Who a doubtful row is: who it looks like, somebody new; or leave it out. Repeatable.",
)
@click.option("--json", "as_json", is_flag=True, help="One object, with every row.")
def import_command(
    file: Path,
    *,
    slug: str | None,
    group_code: str,
    country: str,
    dry_run: bool,
    decided: tuple[str, ...],
    as_json: bool,
) -> None:
    """Bring the members of FILE (CSV or XLSX) into their groups.

    A row of headings names the columns, in English, French, Kinyarwanda or Swahili: name (or first
    and last name), phone, and if they are there group, joined, birth year, language. All rows come
    in, or nobody: a row that is wrong or doubtful keeps the file out until it is mended, decided or
    skipped. The same file again changes nothing.

    Decisions: new, joins (known already), returns (was a member), member (is one already), repeated
    (as a row above), doubtful. With --dry-run and no --tenant the file alone is looked at.
    """
    words = _words(decided)
    if slug is None:
        if not dry_run:
            raise OperatorError("Say whose groups with --tenant, or try it with --dry-run.")
        _show_file(_read(file, country.upper(), None), as_json=as_json)
        return
    found, made, is_done = _bring(slug, file, group_code.upper(), words, dry_run=dry_run)
    if as_json:
        click.echo(json.dumps(_data(found, made, applied=is_done), ensure_ascii=False))
    else:
        _show(made, dry_run=dry_run)
    if not dry_run and not is_done:
        raise OperatorError(
            "Nobody was brought in. Mend these rows, or decide on them with --decide ROW=..."
        )


def _words(decided: tuple[str, ...]) -> "dict[str, Word]":
    from core.savings.member_plan import WORDS

    words: dict[str, Word] = {}
    for one in decided:
        place, _, said = one.rpartition("=")
        word = next((known for known in WORDS if known == said), None)
        if not place or word is None:
            raise OperatorError(f"{one} is not ROW=same, ROW=new or ROW=skip.")
        words[place] = word
    return words


def _read(file: Path, country: str, zone: Any) -> "MemberFile":
    from core.savings import member_file
    from core.spreadsheets.errors import SpreadsheetError
    from values import clock

    try:
        return member_file.read(file, country=country, today=clock.now(zone).date())
    except SpreadsheetError as error:
        raise OperatorError(str(error)) from None
    except OSError:
        raise OperatorError(f"{file} cannot be read.") from None


def _bring(
    slug: str, file: Path, group_code: str, words: "dict[str, Word]", *, dry_run: bool
) -> "tuple[MemberFile, Plan, bool]":
    """What was read, what was planned, and whether it was done."""
    from app.operations.tenant_tx import acting
    from app.operations.tenants import operator
    from core.savings import member_import, member_plan
    from core.tenants import business

    with acting(slug, IMPORT_WITHIN_S) as (core, tx):
        ours = business.of_transaction(tx)
        found = _read(file, ours.country, ours.zone)
        made = member_plan.plan(tx, core.keys, found, group_code=group_code, words=words)
        if dry_run or not made.is_ready:
            return found, made, False
        made = member_import.apply(
            tx,
            core.keys,
            ours,
            found,
            by=operator(),
            group_code=group_code,
            words=words,
            progress=_said_now_and_then,
        )
    return found, made, True


def _said_now_and_then(done: int, whole: int) -> None:
    if done % PROGRESS_EVERY == 0 or done == whole:
        click.echo(f"{done} of {whole}", err=True)


def _show(made: "Plan", *, dry_run: bool) -> None:
    for problem in made.problems:
        click.echo(f"row {problem.sheet} {problem.row}: {problem.text}".replace("  ", " "))
    for one in made.rows:
        if one.decision in ("doubtful", "repeated"):
            other = f"row {one.like_row}" if one.like_row else one.like
            why = f", {one.why}" if one.why else ""
            click.echo(f"row {one.place}: {one.decision}, as {other}{why}")
    counted = ", ".join(f"{count} {decision}" for decision, count in sorted(made.counts.items()))
    would = "would be " if dry_run else ""
    click.echo(f"{made.read} rows were read; {would}{counted or 'nobody'}.")


def _show_file(found: "MemberFile", *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(_data(found, None, applied=False), ensure_ascii=False))
        return
    for problem in found.problems:
        click.echo(f"row {problem.sheet} {problem.row}: {problem.text}".replace("  ", " "))
    click.echo(f"{found.read} rows were read, {len(found.rows)} of them can be taken.")


def _data(found: "MemberFile", made: "Plan | None", *, applied: bool) -> dict[str, object]:
    from core.savings.member_plan import place_of

    planned = {one.place: one for one in made.rows} if made else {}
    rows = []
    for row in found.rows:
        one = planned.get(place_of(row))
        rows.append(
            {
                "row": row.row,
                "sheet": row.sheet,
                "name": row.name,
                "number": row.number,
                "group": one.group_code if one else row.group,
                "joined_on": row.joined_on.isoformat() if row.joined_on else None,
                "birth_year": row.birth_year,
                "language": row.language,
                "decision": one.decision if one else None,
                "like": one.like if one else "",
                "like_row": one.like_row if one else "",
                "why": one.why if one else "",
            }
        )
    return {
        "read": found.read,
        "taken": len(made.rows) if made else len(found.rows),
        "ready": made.is_ready if made else all(one.taken for one in found.problems),
        "applied": applied,
        "decisions": made.counts if made else {},
        "rows": rows,
        "problems": [
            {
                "row": one.row,
                "sheet": one.sheet,
                "code": one.code,
                "text": one.text,
                "taken": one.taken,
            }
            for one in (made.problems if made else found.problems)
        ],
        "ignored_columns": found.ignored,
    }


@members.command("leave")
@click.argument("number")
@click.option("--tenant", "slug", required=True, help="Whose group.")
@click.option("--group", "group_code", required=True, help="The group's code.")
@click.option("--how", type=click.Choice(["exit", "transfer", "death"]), required=True)
@click.option("--to", "to_code", default="", help="The group that a transfer leads to.")
@click.option("--which", type=int, help="Which of several people with that number, from 1.")
@click.option("--reason", required=True, help="Why, for the audit trail.")
def leave_command(
    number: str,
    *,
    slug: str,
    group_code: str,
    how: str,
    to_code: str,
    which: int | None,
    reason: str,
) -> None:
    """End the membership of the person with NUMBER.

    Refused with a sentence for all that is open: a loan, a pledge for another's, a meeting that is
    on, savings. Savings are booked out first, by two officers (`piga ledger post`): to the wallet,
    or to the savings in the group that a transfer leads to. Who died is frozen as well.
    """
    from app.operations.persons import person_at
    from app.operations.tenant_tx import acting
    from app.operations.tenants import operator
    from core.loans import leaving

    way = next(one for one in leaving.WAYS if one == how)
    with acting(slug) as (core, tx):
        try:
            leaving.leave(
                tx,
                group_id=_group_id(tx, group_code),
                subscriber_id=person_at(tx, core.keys, number, which),
                how=way,
                reason=reason,
                by=operator(),
                to_group_id=_group_id(tx, to_code) if to_code else None,
            )
        except leaving.CannotLeave as refused:
            raise OperatorError(str(refused)) from None
    to = f", and is one of {to_code.upper()}" if to_code else ""
    click.echo(f"No member of {group_code.upper()} any more{to}.")


def _group_id(tx: "Tx", code: str) -> "UUID":
    from core.savings import groups

    found = groups.by_code(tx, code)
    if found is None:
        raise OperatorError(f"There is no group {code.upper()} here.")
    return found
