"""Rates pushed by `piga live`, to a WebSocket client of another library; and a slow reader."""

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from typing import Any

import aiohttp
import orjson
import pytest

from app.live.hub import WAITING_MAXIMUM, Hub
from app.live.rates import LiveRates
from app.local.ports import free_port
from app.settings import CHECKOUT, Settings
from core.db.database import Database
from core.db.errors import Unavailable
from core.rates.pairs import Rate
from core.rates.quotes import Pair
from providers.simulator.process import Fakes
from tests.support.rates import USD_NGN, have_polled, keep, poller
from tests.support.tenants import KEY
from tests.support.workers import MessagingTenant
from tests.workers.conftest import database, fakes, tenant, tenants
from values import clock
from values.ids import uuid7

__all__ = ["database", "fakes", "tenant", "tenants"]


def played(play: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """In a thread of its own: a browser that another test drove leaves a loop running in this."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(play())).result()


def test_who_reads_too_slowly_is_dropped_and_nobody_waits() -> None:
    async def play() -> None:
        hub, topic = Hub(), (uuid7(), "rates")
        dropped: list[str] = []
        slow = hub.join(topic, lambda: dropped.append("slow"))
        quick = hub.join(topic, lambda: dropped.append("quick"))
        for number in range(WAITING_MAXIMUM + 2):
            hub.send(topic, str(number))
            assert await quick.get() == str(number)
        assert slow.is_dropped
        assert dropped == ["slow"]
        hub.leave(topic, slow)
        assert hub.count == 1

    played(play)


def test_all_who_come_at_once_are_greeted_by_one_reading() -> None:
    class Slow(LiveRates):
        readings = 0

        def _all(self) -> list[Rate]:
            self.readings += 1
            time.sleep(0.05)
            return []

    async def play() -> None:
        rates = Slow(Database(""), uuid7())
        first = asyncio.create_task(rates.greeting())
        await asyncio.sleep(0.02)
        assert {await first, *await asyncio.gather(*(rates.greeting() for _ in range(500)))} == {
            '{"type":"all_rates","rates":[]}'
        }
        # Who comes while it is being read may have missed a change: they wait for the next.
        assert rates.readings == 2

    played(play)


def test_what_changes_at_once_is_told_at_once() -> None:
    """44 changes for a thousand who look on are a few messages to each, and no pair is left out."""

    class Reading(LiveRates):
        is_away = False

        def _some(self, wanted: list[Pair]) -> list[Rate]:
            if self.is_away:
                raise Unavailable("restarting")
            now, two = clock.now(), Decimal(2)
            return [
                Rate(pair, uuid7(), Decimal(1), two, two, "p", None, now, now) for pair in wanted
            ]

    def change(rates: LiveRates, *destinations: str) -> None:
        for destination in destinations:
            rates.note({"type": "rate_update", "pair": ["USD", destination]})

    async def play() -> None:
        rates = Reading(Database(""), uuid7())
        assert not rates.has_news
        change(rates, "NGN")
        (told,) = map(orjson.loads, await rates.news())
        assert (told["type"], told["rate"]["destination"]["currency"]) == ("rate_update", "NGN")
        change(rates, "KES", "GHS", "KES")
        rates.is_away = True
        with pytest.raises(Unavailable):
            await rates.news()
        change(rates, "RWF")
        rates.is_away = False
        (told,) = map(orjson.loads, await rates.news())
        assert told["type"] == "all_rates_update"
        codes = [one["destination"]["currency"] for one in told["rates"]]
        assert codes == ["KES", "GHS", "RWF"]
        # The last change of a run and its end: the change is a rate_update all the same.
        change(rates, "NGN")
        rates.note({"type": "all_rates_update"})
        rates.note({"type": "of another release"})
        changed, ended = map(orjson.loads, await rates.news())
        assert (changed["type"], changed["rate"]["destination"]["currency"]) == (
            "rate_update",
            "NGN",
        )
        assert ended == {"type": "all_rates_update", "rates": []}
        assert not rates.has_news
        assert await rates.news() == []

    played(play)


@pytest.mark.parametrize("code", ["", "US", "USDX", "\0SD", "ÀÉÎ"])
def test_what_is_no_currency_is_said_and_looked_up_nowhere(code: str) -> None:
    said = orjson.dumps(
        {"type": "get_rate", "source_currency": code, "destination_currency": "NGN"}
    )

    async def play() -> None:
        answer = await LiveRates(Database(""), uuid7()).answer(said.decode())
        assert orjson.loads(answer)["message"].endswith("must be codes such as USD.")

    played(play)


@pytest.fixture
def port(tenant: MessagingTenant, servers: Settings) -> Iterator[int]:
    tenant.admin.execute("TRUNCATE rate")
    have_polled(tenant)
    settings = replace(
        servers, database_url=tenant.urls.database_url, rates_tenant=tenant.slug, key=KEY.hex()
    )
    found = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "app.cli", "live", "--port", str(found)],
        cwd=CHECKOUT,
        env={**os.environ, **settings.variables()},
    )
    yield found
    process.terminate()
    process.wait(timeout=20)


@pytest.mark.long
def test_a_change_is_told_within_a_second(port: int, tenant: MessagingTenant, fakes: Fakes) -> None:
    keep(tenant, USD_NGN, "1600")

    async def play() -> None:
        async with aiohttp.ClientSession() as session:
            socket = await connected(session, port)
            greeting = await socket.receive_json(timeout=5)
            assert greeting["type"] == "all_rates"
            assert [one["rate"] for one in greeting["rates"]] == [1600]
            stream = await session.get(f"http://127.0.0.1:{port}/sse/rates/")
            assert (await stream.content.readline()).startswith(b'data: {"type":"all_rates"')
            await stream.content.readline()
            began = time.monotonic()
            await asyncio.to_thread(keep, tenant, USD_NGN, "1610")
            told = await socket.receive_json(timeout=5)
            assert (told["type"], told["rate"]["rate"]) == ("rate_update", 1610)
            assert time.monotonic() - began < 1
            assert b'"rate_update"' in await stream.content.readline()
            await socket.send_json({"type": "get_all_rates"})
            assert (await socket.receive_json(timeout=5))["type"] == "all_rates"
            asked = {"type": "get_rate", "source_currency": "USD", "destination_currency": "NGN"}
            await socket.send_json(asked)
            assert (await socket.receive_json(timeout=5))["rate"]["rate"] == 1610
            await socket.send_json(asked | {"destination_currency": "JPY"})
            assert (await socket.receive_json(timeout=5))["type"] == "error"
            await socket.send_str("no JSON")
            assert (await socket.receive_json(timeout=5))["type"] == "error"
            await asyncio.to_thread(poller(tenant, fakes).run, interval_s=0)
            # A poller that does not wait: its changes come one by one, or several in one message.
            changed: list[str] = []
            while (told := await socket.receive_json(timeout=5)).get("rates") != []:
                rates = [told["rate"]] if told["type"] == "rate_update" else told["rates"]
                changed += (
                    f"{one['source']['currency']}-{one['destination']['currency']}" for one in rates
                )
            assert told["type"] == "all_rates_update"
            assert sorted(changed) == ["GBP-NGN", "USD-KES"]  # the third is held: it jumps
            stream.close()
            await socket.close()

    played(play)


@pytest.mark.long
def test_a_socket_that_nobody_reads_is_closed_and_the_others_are_told(
    port: int, tenant: MessagingTenant
) -> None:
    """It asks and never reads: what waits for it fills the wire, and then its share of memory."""
    keep(tenant, USD_NGN, "1600")

    async def play() -> None:
        small = [(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)]

        def made(address: Any) -> socket.socket:
            one = socket.socket(*address[:3])
            for option in small:
                one.setsockopt(*option)
            return one

        deaf = aiohttp.TCPConnector(socket_factory=made)
        async with (
            aiohttp.ClientSession() as session,
            aiohttp.ClientSession(connector=deaf) as other,
        ):
            ear = await connected(session, port)
            await ear.receive_json(timeout=5)
            wall = await connected(other, port)
            asked = orjson.dumps({"type": "get_all_rates"}).decode()
            async with asyncio.timeout(60):
                with contextlib.suppress(ConnectionError):
                    while True:
                        await wall.send_str(asked)
            await asyncio.to_thread(keep, tenant, USD_NGN, "1610")
            told = await ear.receive_json(timeout=5)
            assert (told["type"], told["rate"]["rate"]) == ("rate_update", 1610)
            await ear.close()

    played(play)


@pytest.mark.long
def test_a_stale_rate_is_said_to_be_so_and_asked_for_once(
    port: int, tenant: MessagingTenant
) -> None:
    keep(tenant, USD_NGN, "1600")
    tenant.admin.execute(
        "UPDATE rate_pair SET fetched_at = now() - interval '11 minutes' WHERE rate_id IS NOT NULL"
    )

    async def play() -> None:
        async with aiohttp.ClientSession() as session:
            ears = [await connected(session, port) for _ in range(20)]
            for ear in ears:
                (found,) = (await ear.receive_json(timeout=5))["rates"]
                assert found["stale"] is True
                await ear.close()

    played(play)
    assert tenant.one("SELECT count(*) FROM outbox WHERE kind = 'refresh_rate'") == (1,)


async def connected(session: aiohttp.ClientSession, port: int) -> aiohttp.ClientWebSocketResponse:
    until = time.monotonic() + 30
    while True:
        try:
            return await session.ws_connect(f"http://127.0.0.1:{port}/ws/rates/")
        except aiohttp.ClientConnectionError:
            assert time.monotonic() < until, "piga live did not begin to listen"
            await asyncio.sleep(0.2)
