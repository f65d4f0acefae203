"""What `piga broadcast` does with files and with what it shows."""

import csv
import sys
import time
import uuid
from collections.abc import Iterable, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import click
import yaml

from app.errors import OperatorError
from app.operations.servers import Core
from core.broadcasts import broadcasts, outcomes
from core.broadcasts.audience import Audience, Listed, read_filters
from core.broadcasts.broadcasts import Broadcast
from core.broadcasts.estimate import Estimate
from core.broadcasts.number_list import read_list
from core.broadcasts.outcomes import Outcome
from core.db.database import Deadline
from core.documents.csv_file import without_formula
from core.tenants.directory import Service, all_services

# Counting and writing down a hundred thousand people takes seconds.
LONG_DEADLINE_S = 600.0
FOLLOW_EVERY_S = 1.0
COLUMNS = ("row", "person", "name", "number", "outcome", "reason", "at")
_ENDED = ("done", "cancelled", "paused")
_EXAMPLE_CHARS = 160


def service_of(core: Core, slug: str, code: str) -> Service:
    """The service that a broadcast goes out from: the one named, else the tenant's first by SMS,
    else its first by USSD. Raises OperatorError."""
    ours = [one for one in all_services(core.database) if one.tenant.slug == slug]
    if code:
        named = [one for one in ours if one.code == code and one.channel != "whatsapp"]
        if len(named) != 1:
            known = ", ".join(one.code for one in ours if one.channel != "whatsapp")
            raise OperatorError(f"No such service to send texts from: {code}. There are {known}.")
        return named[0]
    for channel in ("sms", "ussd"):
        for one in ours:
            if one.channel == channel:
                return one
    raise OperatorError(f"{slug} has no service to send texts from.")


def words_of(said: Sequence[str], file: Path | None) -> dict[str, str]:
    """The words by language, of a YAML file or as LANGUAGE=WORDS. Raises OperatorError."""
    found: dict[str, str] = {}
    if file is not None:
        try:
            read = yaml.safe_load(file.read_text(encoding="utf-8"))
        except (yaml.YAMLError, UnicodeDecodeError):
            raise OperatorError(f"{file} is no YAML in UTF-8.") from None
        if not isinstance(read, dict) or not all(
            isinstance(each, str) for pair in read.items() for each in pair
        ):
            raise OperatorError(f"{file}: a language and its words on each line, as en: Hello.")
        found = {language: words.strip() for language, words in read.items()}
    for each in said:
        language, sign, words = each.partition("=")
        if not sign or language in found:
            raise OperatorError(f"{each[:20]}: one text a language is needed, as en=Hello.")
        found[language] = words.strip()
    return found


def audience_of(
    service: Service,
    *,
    roles: tuple[str, ...],
    group: str | None,
    where: Sequence[str],
    everyone: bool,
    file: Path | None,
    with_strangers: bool,
) -> Audience:
    """Whom the command is for. Raises OperatorError, and what reading it raises."""
    given = [bool(group), bool(where), everyone, file is not None]
    if sum(given) != 1:
        raise OperatorError("Say whom it is for, once: --group, --where, --list or --everyone.")
    if with_strangers and file is None:
        raise OperatorError("--strangers goes with --list.")
    if file is not None:
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            raise OperatorError(f"{file} is not UTF-8.") from None
        return Listed(read_list(text, service.tenant.country), with_strangers)
    filters = [f"group={group}"] if group else list(where)
    return read_filters(filters, roles=roles, languages=service.tenant.languages)


def show_estimate(found: Broadcast, said: Estimate, audience: Audience) -> None:
    """What it would take, before it is confirmed."""
    click.echo(f"{found.id}  to {found.audience}")
    click.echo(f"  people    {said.people}")
    if isinstance(audience, Listed) and audience.numbers.repeated:
        click.echo(f"  rows that repeat a number  {len(audience.numbers.repeated)}")
    for reason, count in sorted(said.left_out.items()):
        click.echo(f"  left out  {count} ({reason})")
    click.echo(f"  texts     {said.texts}")
    click.echo(f"  segments  {said.segments}")
    if said.cost is not None and said.price is not None:
        amount, currency = said.cost
        click.echo(
            f"  cost      about {amount:,.2f} {currency}, as the last {said.price.of_texts} texts"
        )
    else:
        click.echo("  cost      unknown: no text has been charged lately")
    for language, count in sorted(said.by_language.items()):
        click.echo(f"  {language}: {count} texts, the longest: {said.examples[language]}")
    if said.in_default:
        click.echo(f"  {said.in_default} people have no words in their language.")
    if found.reply_flow:
        click.echo(f"  A reply within {found.reply_days} days begins {found.reply_flow}.")


def follow(core: Core, tenant_id: uuid.UUID, broadcast_id: uuid.UUID) -> Broadcast:
    """Show how far it is until it is done, paused or cancelled. Ctrl-C ends the watching only."""
    with core.database.transaction(tenant_id) as tx:
        found = broadcasts.get(tx, broadcast_id)
    shown = 0
    with click.progressbar(length=found.people, label="Written", file=sys.stderr) as bar:
        while True:
            with core.database.transaction(tenant_id, Deadline(LONG_DEADLINE_S)) as tx:
                found = broadcasts.get(tx, broadcast_id)
                done = outcomes.done_of(tx, broadcast_id)
            bar.update(max(done - shown, 0))
            shown = max(shown, done)
            if found.state in _ENDED:
                break
            time.sleep(FOLLOW_EVERY_S)
    return found


def show(core: Core, tenant_id: uuid.UUID, broadcast_id: uuid.UUID) -> None:
    """One broadcast: its state, and how many have each outcome."""
    with core.database.transaction(tenant_id, Deadline(LONG_DEADLINE_S)) as tx:
        found = broadcasts.get(tx, broadcast_id)
        counted = outcomes.counts(tx, broadcast_id)
        zone = _zone(core, tenant_id)
    click.echo(line_of(found, zone))
    for outcome, count in sorted(counted.items()):
        click.echo(f"  {outcome:10} {count}")


def line_of(found: Broadcast, zone: ZoneInfo) -> str:
    at = found.created_at.astimezone(zone)
    return (
        f"{found.id}  {at:%Y-%m-%d %H:%M}  {found.state:9}  {found.people} people,"
        f" {found.audience}, by {found.created_by}"
    )


def list_all(core: Core, tenant_id: uuid.UUID) -> None:
    with core.database.transaction(tenant_id) as tx:
        found = broadcasts.newest(tx)
    zone = _zone(core, tenant_id)
    for one in found:
        click.echo(line_of(one, zone))
    if not found:
        click.echo("No broadcast so far.")


def write_outcomes(core: Core, tenant_id: uuid.UUID, broadcast_id: uuid.UUID) -> None:
    """What became of each person, as CSV on standard output."""
    with core.database.transaction(tenant_id, Deadline(LONG_DEADLINE_S)) as tx:
        found = broadcasts.get(tx, broadcast_id)
        _write_csv(outcomes.each(tx, core.keys, found))


def _write_csv(rows: Iterable[Outcome]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in rows:
        at = one.at.isoformat(timespec="seconds") if one.at else ""
        person = str(one.person) if one.person else ""
        name = without_formula(one.name)
        writer.writerow([one.row, person, name, one.number, one.outcome, one.reason, at])


def _zone(core: Core, tenant_id: uuid.UUID) -> ZoneInfo:
    with core.database.transaction(tenant_id) as tx:
        row = tx.one("SELECT time_zone FROM tenant WHERE id = current_tenant()")
    return ZoneInfo(str(row[0]) if row else "UTC")
