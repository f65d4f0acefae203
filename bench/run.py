"""One run: everything made, measured, compared with the ledger, and taken away again."""

import os
import platform
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median

import psycopg
import redis

from bench import (
    aims,
    beside,
    books,
    growth,
    hashing,
    hops,
    inside,
    paired,
    paying,
    pgbench,
    pins,
    report,
    sending,
)
from bench.figures import ratio
from bench.hops import Hops
from bench.plan import Plan
from bench.servers import own_servers, webs
from bench.talks import Crowd
from bench.world import PIN, Builder, World, cheap_hash

FSYNC_BYTES = 8192
FSYNCS = 50

Say = Callable[[str], None]
Rates = dict[tuple[str, str], list[float]]


class MoneyIsWrong(Exception):
    """The ledger does not agree with what the phones were shown."""


def run(plan: Plan, say: Say, note: Say) -> None:
    """Measure everything; `say` gets the results, `note` what is being done."""
    started_s = time.monotonic()
    note("starting a Postgres and a Valkey of its own")
    with own_servers() as servers:
        say(_machine(servers.home))
        builder = Builder(servers)
        note(f"making {plan.subscribers:,} subscribers, and {plan.tenants:,} tenants")
        worlds = make_worlds(builder, plan)
        measure(builder, worlds, plan, say, note)
    note(f"done in {time.monotonic() - started_s:.0f} s")


def run_messages(plan: Plan, say: Say, note: Say) -> None:
    """Measure messages alone: what people write, and what goes to many."""
    started_s = time.monotonic()
    note("starting a Postgres and a Valkey of its own")
    with own_servers() as servers:
        say(_machine(servers.home))
        builder = Builder(servers)
        people = max(plan.conversations, plan.bulk_texts)
        world = builder.build("messages", tenants=1, subscribers=people, callers=people)
        note("writing and answering messages")
        _show(say, report.messages(plan, sending.measure(builder, world, plan)))
    note(f"done in {time.monotonic() - started_s:.0f} s")


def run_payments(plan: Plan, say: Say, note: Say) -> None:
    """Measure payments by mobile money alone: from the provider's word to the receipt."""
    started_s = time.monotonic()
    note("starting a Postgres and a Valkey of its own")
    with own_servers() as servers:
        say(_machine(servers.home))
        builder = Builder(servers)
        people = 2 * plan.conversations
        world = builder.build("payments", tenants=1, subscribers=people, callers=people)
        note("asking people for money, and texting their receipts")
        _show(say, report.payments(plan, paying.measure(builder, world, plan)))
    note(f"done in {time.monotonic() - started_s:.0f} s")


def run_beside(plan: Plan, say: Say, note: Say) -> beside.Found:
    """Measure hops beside others under wrk, and nothing else."""
    note("starting a Postgres and a Valkey of its own")
    with own_servers() as servers:
        say(_machine(servers.home))
        builder = Builder(servers)
        note(f"making {plan.subscribers:,} subscribers")
        world = builder.build(
            "beside", tenants=1, subscribers=plan.subscribers, callers=plan.callers
        )
        return _beside(builder, world, plan, say, note)


def run_aims(plan: Plan, before: Path | None, say: Say, note: Say) -> dict[str, float]:
    """Measure what speed is held to, all in one run; answers what was seen, by `aims.Aim.key`."""
    started_s = time.monotonic()
    note("starting a Postgres and a Valkey of its own")
    with own_servers() as servers:
        say(_machine(servers.home))
        builder = Builder(servers)
        note(f"making {plan.subscribers:,} subscribers, and {plan.tenants:,} tenants")
        worlds = make_worlds(builder, plan)
        seen = _seen(builder, worlds, plan, say, note)
    if before is not None:
        note("this build and the one before, in turns")
        seen |= paired.measure(before, plan.rounds + 2, plan.money_talks)
    _show(say, aims.report(seen))
    note(f"done in {time.monotonic() - started_s:.0f} s")
    return seen


def _seen(
    builder: Builder, worlds: list[World], plan: Plan, say: Say, note: Say
) -> dict[str, float]:
    few, many, _ = worlds
    found = beside.ratios(_beside(builder, many, plan, say, note))
    seen = {key: found[what] for key, what in beside.KEYS.items() if what in found}
    note("looking inside")
    costs = inside.measure(few, builder.bare)
    _show(say, report.costs(costs))
    paying = [dict(zip(inside.COUNTED, one.counts, strict=True)) for one in costs[-4:]]
    seen["round_trips"] = sum(one["SQL round trips"] for one in paying)
    seen["statements"] = sum(one["SQL statements"] for one in paying)
    note("keeping books")
    rates = _books(builder, many, plan, say)
    seen["posting"] = ratio(rates["psycopg", books.AMONG], rates["psycopg", books.TPCB])
    crowds = [Crowd(world.callers) for world in worlds]
    note("dialling, one phone at a time; and while PINs are hashed")
    with webs(*((world.settings, ("app.cli", "web")) for world in worlds)) as pigas:
        grown = growth.measure(worlds, crowds, pigas, plan)
        at = (crowds[1], Crowd(many.hashed), pigas[1], plan.rounds, plan.hashed_talks)
        seen["hashing"], given_up = hashing.measure(*at)
    if given_up:
        say(f'{given_up} of those who paid were told "not now".')
    _show(say, report.growth(grown))
    first, people, spread_out = grown
    seen["turns"] = first.late_us / first.early_us
    seen["people"] = people.whole_us / first.whole_us
    seen["tenants"] = spread_out.whole_us / first.whole_us
    return seen


def _beside(builder: Builder, world: World, plan: Plan, say: Say, note: Say) -> beside.Found:
    note("dialling beside others")
    found = beside.measure(builder, world, plan.beside_rounds, plan.beside_s)
    with redis.Redis.from_url(world.settings.redis_url) as store:
        store.flushdb()  # whoever dials next is to go on with nothing
    _show(say, beside.report(found))
    return found


def run_books(plan: Plan, say: Say, note: Say) -> None:
    """Measure posting beside TPC-B alone."""
    started_s = time.monotonic()
    note("starting a Postgres and a Valkey of its own")
    with own_servers() as servers:
        say(_machine(servers.home))
        builder = Builder(servers)
        world = builder.build(
            "books", tenants=1, subscribers=plan.subscribers, callers=min(100, plan.callers)
        )
        note("keeping books")
        _books(builder, world, plan, say)
    note(f"done in {time.monotonic() - started_s:.0f} s")


def make_worlds(builder: Builder, plan: Plan) -> list[World]:
    """Few subscribers, many, and many tenants: a database each. What others are compared with is
    the first."""
    few = min(1_000, plan.callers)
    return [
        builder.build("few_subscribers", tenants=1, subscribers=few, callers=few),
        builder.build(
            "many_subscribers",
            tenants=1,
            subscribers=plan.subscribers,
            callers=plan.callers,
            hashed=min(200, plan.callers),
        ),
        builder.build(
            "many_tenants",
            tenants=plan.tenants,
            subscribers=4 * plan.tenants,
            callers=4 * plan.tenants,
        ),
    ]


def measure(builder: Builder, worlds: list[World], plan: Plan, say: Say, note: Say) -> None:
    """Measure all there is in these worlds; all but the growth in the one with most people."""
    many = max(worlds, key=lambda world: world.subscribers)
    at = worlds.index(many)
    _beside(builder, many, plan, say, note)
    note("hashing PINs")
    pin_hashing = pins.measure(builder.keys, cheap_hash(builder.keys, PIN), plan.hashes)
    served = [(world.settings, ("app.cli", "web")) for world in worlds]
    crowds, hashed, dialled = [Crowd(world.callers) for world in worlds], Crowd(many.hashed), Hops()
    bare_server = (builder.bare, ("bench.bare",))
    note("dialling, many phones at once")
    for _ in range(plan.starts):
        with webs(bare_server, served[at]) as (bare, piga):
            hops.measure(dialled, crowds[at], hashed, bare, piga, plan)
    note("dialling, one phone at a time")
    with webs(*served) as pigas:
        grown = growth.measure(worlds, crowds, pigas, plan)
    _show(say, report.hops(plan, dialled, pin_hashing))
    note("writing and answering messages")
    _show(say, report.messages(plan, sending.measure(builder, many, plan)))
    note("looking inside")
    _show(say, report.costs(inside.measure(many, builder.bare)))
    agree(
        builder,
        many,
        paid=dialled.paid + grown[at].paid + inside.CONVERSATIONS,
        given_up=dialled.given_up + grown[at].given_up,
    )
    note("keeping books")
    posting = _posting(_books(builder, many, plan, say))
    _show(say, report.growth(grown))
    _show(say, report.in_short(dialled, posting))


def _show(say: Say, lines: Iterable[str]) -> None:
    say("\n" + "\n".join(lines) + "\n")


def _books(builder: Builder, world: World, plan: Plan, say: Say) -> Rates:
    """Rates by client and job, one each round."""
    found = books.make(builder, world, plan.tpcb_scale)
    program = pgbench.find(found, world.settings.home)
    rates: Rates = {}
    took_s: dict[str, list[float]] = {}
    jobs = list(books.JOBS)
    clients = books.Clients(plan.clients, found)
    try:
        for job in jobs:  # warm: what is prepared, and each server process's view of the memory
            clients.run(job, plan.book_s)
        for number in range(plan.book_rounds):
            for job in jobs if number % 2 == 0 else reversed(jobs):
                rate, each_s = clients.run(job, plan.book_s)
                rates.setdefault(("psycopg", job), []).append(rate)
                took_s.setdefault(job, []).extend(each_s)
                if program is not None and job in (books.TPCB, books.POSTING):
                    rate = program.run(job, plan.clients, plan.book_s)
                    rates.setdefault(("pgbench", job), []).append(rate)
    finally:
        clients.close()
    _show(say, report.books(plan, rates, took_s))
    return rates


def _posting(rates: Rates) -> dict[str, float]:
    """Posting over TPC-B, by client."""
    return {
        client: ratio(rates[client, books.POSTING], rates[client, books.TPCB])
        for client in dict.fromkeys(client for client, _ in rates)
    }


def agree(builder: Builder, world: World, *, paid: int, given_up: int = 0) -> None:
    """Every "Saved" on a screen is one entry; more there may be only of conversations that were
    given up, whose outcome goes by SMS. Raises MoneyIsWrong."""
    with psycopg.connect(builder.admin_url(world.name)) as admin:
        entries, total = admin.execute(
            "SELECT count(DISTINCT e.id), sum(p.amount_minor) FROM entry e"
            " JOIN posting p ON p.tenant_id = e.tenant_id AND p.entry_id = e.id"
            " WHERE e.kind = 'contribution'"
        ).fetchone() or (0, 0)
    if not paid <= entries <= paid + given_up or total:
        raise MoneyIsWrong(f"{paid} screens said Paid, {entries} entries were made, sum {total}")


def _machine(folder: Path) -> str:
    """What the figures belong to; they mean little elsewhere."""
    block = bytes(FSYNC_BYTES)
    took_s = []
    with open(folder / "fsync", "wb", buffering=0) as file:
        for _ in range(FSYNCS):
            started_s = time.perf_counter()
            file.write(block)
            os.fsync(file.fileno())
            took_s.append(time.perf_counter() - started_s)
    return (
        f"{os.cpu_count()} processors, {platform.system()}, Python {platform.python_version()};"
        f" {FSYNC_BYTES // 1024} kB are on the disk in {median(took_s) * 1e6:.0f} µs"
    )
