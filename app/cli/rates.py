"""`piga rates`: exchange rates, polled and judged."""

import json
from typing import TextIO

import click

from app.cli.groups import Group
from app.errors import OperatorError


@click.group(cls=Group)
def rates() -> None:
    """Exchange rates: poll them, and judge polls that were kept."""


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
    source, destination    codes such as USD, in small letters too
    ..._amount    above 0, whatever the unit: 1, 1000, 1.44E+6, 1,440,239.425

    Rows may stand in any order: they are judged by time. The rate is destination amount / source
    amount in eight places, half to even. A column named rate is not read.

    \b
    accepted    the pair's first poll; a change within the limit; or a second fetch, later, that
                agrees within 1 % with the one that is held: then it is not held any more.
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
