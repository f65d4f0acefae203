"""`piga tenant person-data` and `erase-person`: what is held of one person, and its end."""

from pathlib import Path
from typing import Literal

import click

from app.errors import OperatorError
from app.operations.officers import as_officer, plainly
from app.operations.servers import opened
from app.operations.tenants import tenant_id_of
from app.settings import Settings

# Of somebody with years of movements.
DEADLINE_S = 60.0


@click.command("person-data")
@click.argument("slug")
@click.argument("number")
@click.option("--which", type=click.IntRange(min=1), help="Which of those who share the number.")
@click.option("--format", "form", type=click.Choice(["json", "pdf"]), default="json")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True)
@click.option("--reason", required=True, help="Kept in the audit trail.")
@click.option("--by", "name", metavar="NAME", required=True, help="The officer who takes it.")
def person_data(
    slug: str,
    number: str,
    *,
    which: int | None,
    form: Literal["json", "pdf"],
    out: Path,
    reason: str,
    name: str,
) -> None:
    """Write all that is held of the person at NUMBER, whole, as every domain declares it.

    PINs, keyed hashes and what is sealed for the server alone are in no file. OUT is for you alone
    (0600): hand it to the person, or to who may ask for it by law.
    """
    from app.operations.exporting import write_private
    from app.operations.personal_data import held_of
    from app.operations.persons import person_at
    from core.db.database import Deadline

    if not reason.strip():
        raise OperatorError("Say why.")
    with opened(Settings.load()) as core, plainly(), write_private(out) as file:
        tenant_id = tenant_id_of(core, slug)
        with core.database.transaction(tenant_id, Deadline(DEADLINE_S)) as tx:
            who = person_at(tx, core.keys, number, which, also_former=True)
            by = as_officer(name).actor
            file.write(held_of(tx, core.keys, who, form, by=by, reason=" ".join(reason.split())))
    click.echo(f"{out}: written.")


@click.command("erase-person")
@click.argument("slug")
@click.argument("number")
@click.option("--which", type=click.IntRange(min=1), help="Which of those who share the number.")
@click.option("--reason", required=True, help="Kept in the audit trail.")
@click.option("--by", "name", metavar="NAME", required=True, help="The officer who asks.")
def erase_person(slug: str, number: str, *, which: int | None, reason: str, name: str) -> None:
    """Ask that all that says who the person at NUMBER is goes, for ever.

    What goes, what stays and why is printed; a second officer approves it (`piga approvals
    approve`). It is refused while money, a loan, a payment or a text of theirs waits, and says
    which. The books keep amounts and times under an id that names nobody.
    """
    from app import domains
    from app.operations.officers import as_officer, plainly
    from app.operations.persons import person_at
    from core.approvals import requests

    kind = domains.load().approvals["erase_person"]
    with opened(Settings.load()) as core, plainly():
        tenant_id = tenant_id_of(core, slug)
        by = as_officer(name)
        with core.database.transaction(tenant_id) as tx:
            who = person_at(tx, core.keys, number, which, also_former=True)
            told = requests.preview(kind, by=by, params={}, reason=reason, subject_id=who)
            shown = kind.show(tx, core.keys, told)
            asked = requests.ask(
                tx, core.keys, kind, by=by, params={}, reason=reason, subject_id=who
            )
    for table, rows in shown.before.items():
        click.echo(f"{table}: {rows} ({shown.after[table]})")
    waits = "It waits" if asked.was_new else "It waits already"
    click.echo(f"{waits} for a second officer: {asked.request.id}.")
