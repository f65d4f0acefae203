"""`python -m tests.simulations savings --groups 20 --seed 1`: the year of a business, or a day, or
a month: `trade`, `rides` and `fuel` likewise."""

import contextlib
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from core.migrations.run import upgrade
from tests.simulations import fuel as fuelling
from tests.simulations import rides as riding
from tests.simulations import trade as trading
from tests.simulations.savings import Totals, simulate
from tests.support.servers import TEMPLATE, copy_of, prepared, started
from tests.support.tenants import Tenant, new_tenant


@contextlib.contextmanager
def a_tenant() -> Iterator[Tenant]:
    """A tenant with nobody in it, on servers of its own."""
    with (
        tempfile.TemporaryDirectory(prefix="piga-simulation-") as home,
        started(Path(home)) as servers,
    ):
        template = prepared(servers, TEMPLATE, "template1", lambda urls: upgrade(urls.owner_url))
        for urls in copy_of(servers, template):
            with new_tenant(urls) as tenant:
                yield tenant


@click.group()
def main() -> None:
    """Seeded, against a Postgres of its own."""


@main.command()
@click.option("--groups", type=click.IntRange(1), default=20, show_default=True)
@click.option("--members", type=click.IntRange(4, 30), default=25, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
def savings(*, groups: int, members: int, seed: int) -> None:
    """Meetings, savings, loans, fines, arrears, mobile money, cash, kills, share-outs."""
    with a_tenant() as tenant:
        found = simulate(
            tenant,
            groups=groups,
            members=members,
            seed=seed,
            say=lambda text: click.echo(text, err=True),
        )
    click.echo(table(found, groups, members, seed))


@main.command()
@click.option("--shops", type=click.IntRange(1), default=1_000, show_default=True)
@click.option("--products", type=click.IntRange(4, 900), default=200, show_default=True)
@click.option("--workers", type=click.IntRange(1), default=40, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
def trade(*, shops: int, products: int, workers: int, seed: int) -> None:
    """Prices, orders, deliveries, payments, credit, faults and kills: a trader's day."""
    with a_tenant() as tenant:
        day = trading.simulate(tenant, shops=shops, products=products, workers=workers, seed=seed)
    head = f"| {shops:,} shops, {products} products, {workers} workers, seed {seed} | |"
    show(head, day.rows(), day.seconds)


@main.command()
@click.option("--customers", type=click.IntRange(1), default=2_000, show_default=True)
@click.option("--drivers", type=click.IntRange(1), default=300, show_default=True)
@click.option("--rides", type=click.IntRange(1), default=4_000, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
def rides(*, customers: int, drivers: int, rides: int, seed: int) -> None:
    """Bookings, answers, silence, cancellations, no-shows, races and kills: a day of rides."""
    with a_tenant() as tenant:
        day = riding.simulate(tenant, customers=customers, drivers=drivers, rides=rides, seed=seed)
    head = f"| {customers:,} customers, {drivers} drivers, {rides:,} bookings, seed {seed} | |"
    show(head, day.rows(), day.seconds)


@main.command()
@click.option("--stations", type=click.IntRange(5, 500), default=40, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
def fuel(*, stations: int, seed: int) -> None:
    """Shifts, dips, deliveries, and planted losses: a month of fuel stations."""
    with a_tenant() as tenant:
        month = fuelling.simulate(tenant, stations=stations, seed=seed)
    head = f"| {stations} stations, {month.days} days, seed {seed} | |"
    show(head, month.rows(), month.seconds)


def show(head: str, rows: Iterable[tuple[str, object]], took_s: float) -> None:
    """The table, as a page has it, and how long it took."""
    click.echo(f"{head}\n{lines_of(rows)}\n{took_s:.0f} s")


def lines_of(rows: Iterable[tuple[str, object]]) -> str:
    said = (f"| {name} | {value} |" for name, value in rows)
    return "\n".join(("| --- | ---: |", *said))


def table(found: Totals, groups: int, members: int, seed: int) -> str:
    """As a page has it."""
    return f"| {groups} groups of {members}, seed {seed} | |\n{lines_of(found.rows())}"


if __name__ == "__main__":
    main()
