"""`python -m bench`: how fast Piga is, beside a bare server and a bare database."""

import signal
import sys
from contextlib import nullcontext, redirect_stdout
from functools import partial
from pathlib import Path

import click
import orjson

from bench import aims, beside
from bench.plan import FULL, QUICK
from bench.run import run, run_aims, run_beside, run_books, run_messages, run_payments


@click.command()
@click.option("--quick", is_flag=True, help="Smaller and shorter, for a first look: under 1 min.")
@click.option("--messages", "is_messages_alone", is_flag=True, help="Messages, and nothing else.")
@click.option("--payments", "is_payments_alone", is_flag=True, help="Paid to receipt, alone.")
@click.option("--books", "is_books_alone", is_flag=True, help="Posting beside TPC-B, alone.")
@click.option("--beside", "is_beside_alone", is_flag=True, help="Hops beside others under wrk.")
@click.option("--aims", "is_aims_alone", is_flag=True, help="What speed is held to, as a table.")
@click.option(
    "--before",
    type=click.Path(exists=True, file_okay=False, resolve_path=True, path_type=Path),
    help="With --aims: a checkout of the build before, with its own .venv, to compare with.",
)
@click.option("--json", "as_json", is_flag=True, help="With --aims or --beside: also as JSON.")
def main(
    quick: bool,
    is_messages_alone: bool,
    is_payments_alone: bool,
    is_books_alone: bool,
    is_beside_alone: bool,
    is_aims_alone: bool,
    before: Path | None,
    as_json: bool,
) -> None:
    """Measure hops, money and growth beside a bare Flask hop and TPC-B, all in one run.

    Everything runs on a Postgres and a Valkey of the bench's own, which are gone afterwards. What
    is compared is measured in turns, so that a machine that grows slow is slow for all.
    """
    # A run that is told to end takes its servers and their folder along.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    plan, note = QUICK if quick else FULL, partial(click.echo, err=True)
    if is_aims_alone:
        with redirect_stdout(sys.stderr) if as_json else nullcontext():
            seen = run_aims(plan, before, note if as_json else click.echo, note)
        if as_json:
            click.echo(orjson.dumps(aims.as_json(seen)))
        return
    if is_beside_alone:
        with redirect_stdout(sys.stderr) if as_json else nullcontext():
            found = run_beside(plan, note if as_json else click.echo, note)
        if as_json:
            figures = {name: one.medians() for name, one in found.items()}
            click.echo(orjson.dumps({"figures": figures, "ratios": beside.ratios(found)}))
        return
    alone = {run_messages: is_messages_alone, run_payments: is_payments_alone}
    alone |= {run_books: is_books_alone}
    measure = next((one for one, is_wanted in alone.items() if is_wanted), run)
    measure(plan, click.echo, lambda note: click.echo(f"- {note}", err=True))


if __name__ == "__main__":
    main(prog_name="python -m bench")
