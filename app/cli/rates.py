"""`piga rates`: exchange rates, polled and judged."""

import json
from time import sleep
from typing import TextIO

import click

from app.cli.groups import Group
from app.cli.rates_margins import margins
from app.errors import OperatorError
from app.operations.servers import opened
from app.operations.tenants import operator, tenant_id_of
from app.settings import Settings

_TENANT = click.option("--tenant", "slug", required=True)
TICK_S = 5.0


@click.group(cls=Group)
def rates() -> None:
    """Exchange rates: poll them, take margins off them, and judge polls that were kept."""


rates.add_command(margins)


@rates.command()
@click.argument("file", type=click.File("r", encoding="utf-8-sig", errors="replace"))
@click.option("--json", "as_json", is_flag=True, help="One object, as said above.")
def replay(*, file: TextIO, as_json: bool) -> None:
    """Judge the polls of FILE as the poller does; - is what comes in. Nothing is stored.

    FILE is CSV (commas, semicolons, tabs or bars), and its first line names the columns, in any
    order and among others: fetched_at, source, destination, source_amount, destination_amount.

    \b
    fetched_at    ISO 8601, with a T or a blank, any fraction of a second, Z or an offset; Unix
                  time in s, ms, µs or ns; or as in e-mail. Without a zone it is UTC. A day such
                  as 11/12/2026, which may be two, is refused.
    source, destination    codes of ISO 4217 such as USD, in small letters too
    ..._amount    above 0, whatever the unit: 1, 1000, 1.44E+6, 1,440,239.425

    Rows may stand in any order: they are judged by time. A note in quotation marks may have several
    lines. The rate is destination amount / source amount in eight places, half to even. A column
    named rate is not read.

    \b
    accepted    the pair's first poll; a change within the limit; or a second fetch, later, that
                is within that limit of the one that is held: then it is not held any more.
    unchanged   the same rate as is served. What is held is dropped.
    held        a jump: a change from the rate served that is beyond the greater of 5 % and 10
                times the median absolute deviation of the last 50 accepted changes (of fewer
                than 10 changes, 5 %). Or inverted: rate x rate served is about 1, within 10 %.
                The old rate is served on.
    rejected    no poll can be read from the row: its number (the first line is 1), and why. No
                other row is lost by it.

    \b
    --json: {"counts": {"rows", "polls", "accepted", "unchanged", "held", "rejected"},
      "accepted": [{"row", "source", "destination", "rate", "source_amount",
                    "destination_amount", "fetched_at", "reason": first | change | confirmed,
                    "served": the rate before, "change": 0.05 is 5 %, "limit"}],
      "unchanged": [row, ...],
      "held": [as accepted, "reason": jump | inverted],
      "rejected": [{"row", "reason"}],
      "table": [{"source", "destination", "rate", "source_amount", "destination_amount",
                 "fetched_at": the last fetch that said so, "changed_at": the first,
                 "held": null or {"rate", "fetched_at"}}]}

    Rates, amounts and changes are strings in plain digits; times are in UTC.
    """
    from core.rates.poll_file import BadFile, read_polls
    from core.rates.replay import as_data
    from core.rates.replay import replay as judge_all

    try:
        data = as_data(judge_all(read_polls(file)))
    except BadFile as error:
        raise OperatorError(str(error)) from None
    if as_json:
        click.echo(json.dumps(data, indent=1))
        return
    for one in data["held"]:
        click.echo(
            f"held      row {one['row']}  {one['source']}-{one['destination']}  {one['rate']}"
            f"  {one['reason']}: {float(one['change']):+.2%} of {one['served']},"
            f" at most {float(one['limit']):.2%}"
        )
    for bad in data["rejected"]:
        click.echo(f"rejected  row {bad['row']}  {bad['reason']}")
    for entry in data["table"]:
        click.echo(
            f"{entry['source']}-{entry['destination']}  {entry['rate']}"
            f"  fetched {entry['fetched_at']}  since {entry['changed_at']}"
        )
    click.echo(", ".join(f"{count} {name}" for name, count in data["counts"].items()) + ".")


@rates.command()
@_TENANT
@click.option("--once", is_flag=True, help="One run, now; then end.")
@click.option(
    "--interval",
    "interval_s",
    type=click.IntRange(60, 86_400),
    help="Seconds from one run to the next; the tenant's own unless given (600).",
)
@click.option("--quiet", is_flag=True, help="Show no pair, only what a run came to.")
def poll(*, slug: str, once: bool, interval_s: int | None, quiet: bool) -> None:
    """Ask the tenant's sources for its pairs, until Ctrl-C; `piga cron` does the same by itself.

    Each pair is asked for once a run, half a second after the one before: three tries with pauses
    of 1 and 2 s or as long as the source asks for, 30 s for an answer; then the next source of
    the tenant's order. A source that has not answered for three pairs is left alone until the next
    run.

    Of two pollers one polls and the other waits. Killed, the next goes on with the pairs that are
    left (within 45 s: so long a poller has its lease).
    """
    from app.operations import rates as operation
    from core.rates.shown import shown
    from workers.rates.poll import Progress

    def show(progress: Progress) -> None:
        if quiet:
            return
        verdict = progress.verdict.value if progress.verdict else "no answer"
        rate = shown(progress.poll.rate) if progress.poll else "-"
        click.echo(f"{progress.number:3}  {progress.pair}  {rate:>12}  {verdict}")

    with opened(Settings.load()) as core:
        tenant_id = tenant_id_of(core, slug)
        while True:
            interval = None if once else interval_s or operation.interval_s(core, tenant_id)
            came_to = operation.poll(core, tenant_id, interval_s=interval, show=show)
            if came_to is not None:
                click.echo(", ".join(f"{count} {name}" for name, count in came_to.items()) + ".")
            elif once:
                click.echo("Another poller was at it, and has ended.")
            if once:
                return
            sleep(TICK_S)


@rates.command()
@_TENANT
@click.option("--json", "as_json", is_flag=True, help="A list of objects.")
def show(*, slug: str, as_json: bool) -> None:
    """List the tenant's pairs: what is served, since when, from whom, and what is held."""
    from app.operations import rates as operation

    with opened(Settings.load()) as core:
        found = operation.overview(core, tenant_id_of(core, slug))
    if as_json:
        click.echo(json.dumps(found, indent=1))
        return
    for one in found:
        held = f"  held {one['held']}: {one['reason']}" if one["held"] else ""
        click.echo(
            f"{one['pair']}  {one['rate'] or '-':>16}  fetched {one['fetched_at'] or 'never'}"
            f"  since {one['changed_at'] or '-'}  {one['provider']}{held}"
        )
    if not found:
        click.echo("No pair.")


@rates.command()
@click.argument("pair")
@_TENANT
@click.option("--reason", required=True, help="Kept in the audit trail.")
def release(*, pair: str, slug: str, reason: str) -> None:
    """Serve the rate of PAIR (such as USD-NGN) that is held."""
    from app.operations.rates import pair_of, plainly, remember
    from core.rates import pairs

    with opened(Settings.load()) as core:
        tenant_id = tenant_id_of(core, slug)
        with plainly(), core.database.transaction(tenant_id) as tx:
            poll = pairs.release(tx, pair_of(pair), actor=operator(), reason=reason)
        remember(core, tenant_id, pair_of(pair))
    click.echo(f"{pair} is {poll.rate:f} now." if poll else "Nothing of it is held.")


@rates.command()
@click.argument("pair")
@_TENANT
@click.option("--source-amount", required=True, help="So much of the source currency,")
@click.option("--destination-amount", required=True, help="is so much of the other.")
@click.option("--reason", required=True, help="Kept in the audit trail.")
def correct(
    *, pair: str, slug: str, source_amount: str, destination_amount: str, reason: str
) -> None:
    """Put the rate of PAIR right: a new row; who was told the wrong one within a day is texted."""
    from app.operations.rates import pair_of, plainly, remember
    from core.rates import corrections
    from core.rates.quotes import read_amount

    with opened(Settings.load()) as core:
        tenant_id = tenant_id_of(core, slug)
        with plainly(), core.database.transaction(tenant_id) as tx:
            _, wrong, notices = corrections.correct(
                *(tx, pair_of(pair)),
                source_amount=read_amount(source_amount),
                destination_amount=read_amount(destination_amount),
                actor=operator(),
                reason=reason,
            )
        remember(core, tenant_id, pair_of(pair))
    click.echo(f"{pair} was {wrong.rate:f}. {notices} people are texted.")
