"""`python -m bench.rates`: how fast rates are read, pushed and looked through for alerts.

- REST from the cache, beside a bare Flask hop with one Redis round trip, in turns on one server;
- REST with every rate stale and the provider hanging;
- 1,000 clients of another library's WebSocket, told of 44 changes: half a second apart, as a poller
  makes them, and all at once;
- 100,000 alerts of one pair looked through.

`--json` prints one object: times in ms, and the shape of the machine.
"""

import asyncio
import contextlib
import http.client
import json
import os
import platform
import resource
import statistics
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any, Final

import aiohttp
import click
import psycopg
import redis

from app.local.ports import free_port, listens
from app.operations.tenant_folder import read_folder, rules
from app.settings import CHECKOUT, Settings
from bench import bare
from bench.servers import children_of, cpu_s, own_servers, running, webs
from bench.world import Builder
from core.db.database import Database
from core.manifest.apply import apply
from core.rates import pairs
from core.rates.quotes import Pair, Poll
from providers.flutterwave_rates.fake import Mode
from providers.simulator.process import Fakes
from values import clock
from workers.rates.sources import GAP_S

FOLDER: Final = CHECKOUT / "fixtures" / "tenants" / "rates"
PAIR: Final = Pair("USD", "NGN")
PATH: Final = "/api/rates/?source_currency=USD&destination_currency=NGN"
CALLERS: Final = 8
TURNS: Final = 5
TURN_S: Final = 3.0
CLIENTS: Final = 1_000
ALERTS: Final = 100_000
PATIENCE_S: Final = 60.0
HOP: Final = "sessionId=b1&serviceCode=*384*10%23&phoneNumber=%2B250788000102&text=1*1*500"

Ask = Callable[[http.client.HTTPConnection], None]


def ask_rate(connection: http.client.HTTPConnection) -> None:
    connection.request("GET", PATH)
    answer = connection.getresponse()
    answer.read()
    assert answer.status == http.client.OK, answer.status


def ask_bare(connection: http.client.HTTPConnection) -> None:
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", bare.PATH, HOP, kind)
    answer = connection.getresponse()
    answer.read()
    assert answer.status == http.client.OK, answer.status


def asked(port: int, ask: Ask, *, for_s: float, callers: int = CALLERS) -> list[float]:
    """How long each request took, in seconds, of callers who ask one after the other."""
    took: list[float] = []
    until = time.monotonic() + for_s

    def call() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
        with contextlib.closing(connection):
            while (began := time.monotonic()) < until:
                ask(connection)
                took.append(time.monotonic() - began)

    threads = [threading.Thread(target=call) for _ in range(callers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return took


def percentile_ms(took_s: Sequence[float], share: float) -> float:
    ordered = sorted(took_s)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1_000, 2)


class Market:
    """The demo's rates business in a database of its own: 44 pairs, each with a rate."""

    def __init__(self, builder: Builder) -> None:
        self.settings = replace(builder.bare, rates_tenant="rates")
        self.database = Database(self.settings.database_url)
        manifest = read_folder(FOLDER, demo=True)
        apply(self.database, builder.keys, manifest, rules(demo=True))
        self.tenant_id = manifest.id
        self.admin = psycopg.connect(builder.admin_url(_name(self.settings)), autocommit=True)
        with self.database.transaction(self.tenant_id) as tx:
            self.pairs = pairs.listed(tx)
        self.change_all(1)

    def change_all(self, number: int, gap_s: float = 0.0) -> dict[str, float]:
        """A new rate for each pair, each in a transaction of its own; when each began."""
        began = {}
        for pair in self.pairs:
            time.sleep(gap_s)
            began[str(pair)] = time.monotonic()
            self.change(pair, 1_000 + number)
        return began

    def change(self, pair: Pair, rate: int) -> None:
        poll = Poll(pair, Decimal(1), Decimal(rate), clock.now(), "flutterwave_rates")
        with self.database.transaction(self.tenant_id) as tx:
            assert pairs.keep(tx, poll).verdict.value == "accepted"

    def make_stale(self) -> None:
        """No rate has been fetched for an hour, and none is in memory."""
        self.admin.execute("UPDATE rate_pair SET fetched_at = now() - interval '1 hour'")
        with contextlib.closing(redis.Redis.from_url(self.settings.redis_url)) as memory:
            memory.flushdb()

    def close(self) -> None:
        self.admin.close()
        self.database.close()


def _name(settings: Settings) -> str:
    return settings.database_url.partition("@/")[2].partition("?")[0]


def beside_a_bare_hop(market: Market) -> dict[str, Any]:
    """In turns, so that a machine that grows slow is slow for both. What each costs of a processor
    says it on a machine that has other work to do."""
    ratios: list[float] = []
    counts, seconds = [0, 0], [0.0, 0.0]
    with webs((market.settings, ("app.cli", "web")), (market.settings, ("bench.bare",))) as started:
        sides = [
            (number, web.port, children_of(web.process.pid), ask)
            for number, (web, ask) in enumerate(zip(started, (ask_rate, ask_bare), strict=True))
        ]
        for _, port, _, ask in sides:
            asked(port, ask, for_s=1.0)  # warm
        for _ in range(TURNS):
            answered = []
            for number, port, pids, ask in sides:
                before_s = cpu_s(pids)
                answered.append(len(asked(port, ask, for_s=TURN_S)))
                seconds[number] += cpu_s(pids) - before_s
                counts[number] += answered[-1]
            ratios.append(answered[0] / answered[1])
    read_ms, hop_ms = (1_000 * used / count for used, count in zip(seconds, counts, strict=True))
    return {
        "ratio": round(statistics.median(ratios), 3),
        "ratios": [round(ratio, 3) for ratio in ratios],
        "rate_reads_per_s": round(counts[0] / (TURNS * TURN_S)),
        "bare_hops_per_s": round(counts[1] / (TURNS * TURN_S)),
        "read_cpu_ms": round(read_ms, 3),
        "hop_cpu_ms": round(hop_ms, 3),
        "cpu_ratio": round(hop_ms / read_ms, 3),
    }


def with_the_provider_hanging(market: Market) -> dict[str, Any]:
    """Each rate is stale, and who is asked for a new one does not answer for half a minute."""
    with Fakes("127.0.0.1", 0, list) as fakes:
        fakes.flutterwave.script(Mode("hang", times=None, delay_s=30))
        settings = replace(market.settings, fakes_url=fakes.url)
        market.make_stale()
        others = (settings, ("app.cli", "relay")), (settings, ("app.cli", "worker", "default"))
        with webs((settings, ("app.cli", "web"))) as started, running(*others):
            asked(started[0].port, ask_rate, for_s=1.0, callers=1)
            until = time.monotonic() + PATIENCE_S
            while not fakes.flutterwave.requests:
                assert time.monotonic() < until, "no worker asked the provider"
                time.sleep(0.1)
            took = asked(started[0].port, ask_rate, for_s=TURN_S, callers=2)
            asked_of_it = len(fakes.flutterwave.requests)
    return {
        "reads": len(took),
        "p50_ms": percentile_ms(took, 0.5),
        "p99_ms": percentile_ms(took, 0.99),
        "requests_that_hung": asked_of_it,
    }


def told_by_websocket(market: Market) -> dict[str, Any]:
    port = free_port()
    command = ("app.cli", "live", "--port", str(port))
    with running((market.settings, command)) as (live,):
        until = time.monotonic() + PATIENCE_S
        while not listens(f"http://127.0.0.1:{port}"):
            assert time.monotonic() < until, "piga live did not begin to listen"
            time.sleep(0.1)
        pids = children_of(live.process.pid)
        return {
            "as_polled": asyncio.run(_told(market, port, pids, 2, GAP_S)),
            "all_at_once": asyncio.run(_told(market, port, pids, 3, 0.0)),
        }


@cache
def pairs_of(words: str) -> tuple[str, ...]:
    """The pairs that a message tells of. All clients are in one process and are told the same: to
    take it apart a thousand times would be most of what is measured."""
    said = json.loads(words)
    codes = ("source", "destination")
    return tuple(
        "-".join(rate[side]["currency"] for side in codes)
        for rate in said.get("rates") or [said["rate"]]
    )


async def _told(
    market: Market, port: int, pids: list[int], number: int, gap_s: float
) -> dict[str, Any]:
    received: dict[str, list[float]] = {str(pair): [] for pair in market.pairs}
    greeted = 0

    async def look_on(session: aiohttp.ClientSession) -> None:
        nonlocal greeted
        async with session.ws_connect(f"http://127.0.0.1:{port}/ws/rates/") as socket:
            await socket.receive(timeout=PATIENCE_S)
            greeted += 1
            awaited = set(received)
            while awaited:
                words = (await socket.receive(timeout=PATIENCE_S)).data
                at = time.monotonic()
                for pair in pairs_of(words):
                    received[pair].append(at)
                    awaited.discard(pair)

    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:
        clients = [asyncio.create_task(look_on(session)) for _ in range(CLIENTS)]
        until = time.monotonic() + PATIENCE_S
        while greeted < CLIENTS:
            assert time.monotonic() < until, f"{greeted} clients were greeted"
            await asyncio.sleep(0.1)
        server_s, clients_s = cpu_s(pids), time.process_time()
        began = await asyncio.to_thread(market.change_all, number, gap_s)
        await asyncio.gather(*clients)
        server_s, clients_s = cpu_s(pids) - server_s, time.process_time() - clients_s
    took = [at - began[pair] for pair, times in received.items() for at in times]
    return {
        "clients": CLIENTS,
        "changes": len(market.pairs),
        "told": len(took),
        "server_cpu_s": round(server_s, 2),
        "clients_cpu_s": round(clients_s, 2),
        "p50_ms": percentile_ms(took, 0.5),
        "p95_ms": percentile_ms(took, 0.95),
        "slowest_ms": percentile_ms(took, 1.0),
    }


def through_alerts(market: Market) -> dict[str, Any]:
    """A change that passes a few of them, from its BEGIN to its COMMIT."""
    subscriber_id = uuid.uuid4()
    market.admin.execute("SET session_replication_role = replica")
    market.admin.execute(
        "INSERT INTO rate_alert (tenant_id, id, subscriber_id, service_id, source, destination,"
        " direction, level, every_time) SELECT %s, gen_random_uuid(), %s, %s, 'USD', 'NGN',"
        " 'above', 1005 + n / 100.0, false FROM generate_series(1, %s) n",
        (market.tenant_id, subscriber_id, uuid.uuid4(), ALERTS),
    )
    market.admin.execute("ANALYZE rate_alert")
    took = []
    for rate in (1_010, 1_011, 1_012):
        began = time.monotonic()
        market.change(PAIR, rate)
        took.append(time.monotonic() - began)
    row = market.admin.execute("SELECT count(*) FROM rate_alert WHERE state = 'fired'").fetchone()
    assert row is not None
    return {"alerts": ALERTS, "fired": row[0], "slowest_ms": percentile_ms(took, 1.0)}


MEASURES: Final = (
    beside_a_bare_hop,
    with_the_provider_hanging,
    told_by_websocket,
    through_alerts,
)


@contextlib.contextmanager
def a_market() -> Iterator[Market]:
    with own_servers() as servers:
        with contextlib.redirect_stdout(sys.stderr):  # what migrations say
            market = Market(Builder(servers))
        with contextlib.closing(market):
            yield market


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One object.")
@click.option("--only", type=click.Choice([one.__name__ for one in MEASURES]), help="One of them.")
def main(as_json: bool, only: str | None) -> None:
    """Measure rates on servers of the bench's own."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8 * CLIENTS), hard))
    found: dict[str, Any] = {
        "machine": {
            "cpus": os.cpu_count(),
            "load_before": os.getloadavg()[0],
            "python": platform.python_version(),
        }
    }
    with a_market() as market:
        for measure in MEASURES:
            if only not in (None, measure.__name__):
                continue
            found[measure.__name__] = measure(market)
            if not as_json:
                click.echo(f"{measure.__name__}: {found[measure.__name__]}")
    if as_json:
        click.echo(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
