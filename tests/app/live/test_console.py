"""Staff's pages are told what has changed: those of a tenant, signed in, and nobody else."""

import asyncio
import contextlib
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import aiohttp
import pytest

from app.live.application import Live
from app.live.console import LiveConsole
from app.live.hub import Hub
from app.local.ports import free_port
from app.settings import CHECKOUT, Settings
from core.alarms import alarms
from core.db.database import Database
from core.live.push import CONSOLE
from core.staff import members, sessions
from core.staff.roles import Grant
from tests.app.live.test_live import played
from tests.support.servers import DatabaseUrls
from tests.support.tenants import KEY, KEYS, Tenant, new_tenant
from values.ids import uuid7


@pytest.fixture(scope="module")
def tenant(module_database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(module_database, "umoja") as made:
        yield made


@pytest.fixture(scope="module")
def settings(tenant: Tenant, servers: Settings) -> Settings:
    return replace(servers, database_url=tenant.urls.database_url, key=KEY.hex(), demo=False)


@pytest.fixture(scope="module")
def token(tenant: Tenant) -> str:
    with tenant.tx() as tx:
        grants = [Grant("operator")]
        link = members.invite(tx, KEYS, tenant.tenant_id, "clerk", grants, by="test")
    with tenant.tx() as tx:
        members.use_link(tx, KEYS, link)
        return sessions.begin(tx, KEYS, members.find(tx, "clerk"), "password")


def ring(tenant: Tenant, subject: str = "x") -> None:
    with tenant.tx() as tx:
        alarms.record(tx, kind="test", subject=subject, sentence="It rings.", count=1)


async def asked(live: Live, *headers: tuple[bytes, bytes]) -> tuple[int, dict[bytes, bytes]]:
    """The beginning of an answer to who leaves at once."""
    said: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        said.append(message)

    scope = {"type": "http", "path": "/console/live", "method": "GET", "headers": list(headers)}
    async with asyncio.timeout(20):
        await live(scope, receive, send)
    return said[0]["status"], dict(said[0]["headers"])


def cookie(token: str, name: str = "__Host-piga-console") -> tuple[bytes, bytes]:
    return (b"cookie", f"{name}={token}".encode())


def test_only_a_session_that_goes_on_is_told_anything(
    settings: Settings, token: str, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.live.application.STILL_THERE_EVERY_S", 0.01)
    with tenant.tx() as tx:
        over = sessions.begin(tx, KEYS, members.find(tx, "clerk"), "password")
        sessions.end(tx, KEYS, over)
    elsewhere = f"{uuid.uuid4()}{token[36:]}"

    async def play() -> None:
        live = Live(settings)
        with contextlib.closing(live):
            await tried(live)

    async def tried(live: Live) -> None:
        status, headers = await asked(live, cookie(token))
        assert status == 200
        assert headers[b"content-type"].startswith(b"text/event-stream")
        assert headers[b"cache-control"] == b"no-store"
        for wrong in ("", "x", token[:-1], over, elsewhere, "\x00", "a" * 20_000):
            assert (await asked(live, cookie(wrong)))[0] == 403, wrong[:20]
        # In earnest a cookie is one of this very host, which its name says.
        assert (await asked(live, cookie(token, "piga-console")))[0] == 403
        assert (await asked(live))[0] == 403

    played(play)


def test_a_demos_web_server_reads_it_from_its_own_port_and_no_other_site(
    settings: Settings, tenant: Tenant
) -> None:
    console = LiveConsole(replace(settings, demo=True), tenant.database, Hub())
    host = (b"host", b"localhost:8001")
    assert console.origin(dict([host, (b"origin", b"http://localhost:8000")])) is not None
    for origin in (b"http://evil.example", b"http://localhost.evil.example", b"null", b""):
        assert console.origin(dict([host, (b"origin", origin)])) is None
    there = [(b"host", b"evil.example"), (b"origin", b"http://evil.example")]
    assert console.origin(dict(there)) is None
    console = LiveConsole(settings, tenant.database, Hub())
    assert console.origin(dict([host, (b"origin", b"http://localhost:8000")])) is None


def test_changes_of_a_moment_are_told_once_to_that_tenant(settings: Settings) -> None:
    async def play() -> None:
        hub, ours, theirs = Hub(), uuid7(), uuid7()
        console = LiveConsole(settings, Database(""), hub)
        reader = hub.join((ours, CONSOLE), lambda: None)
        other = hub.join((theirs, CONSOLE), lambda: None)
        for word in ("work", "work", "messages", "work", {"no": "word"}, "a" * 99, "no\n\nword"):
            console.note(ours, word)
        assert [await reader.get(), await reader.get()] == ["work", "messages"]
        console.note(uuid7(), "work")  # nobody looks on
        console.missed()
        assert await reader.get() == "*"
        assert await other.get() == "*"
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(other.get(), 0.3)

    played(play)


@pytest.mark.long
def test_a_change_reaches_a_page_within_a_second(
    settings: Settings, tenant: Tenant, token: str
) -> None:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "app.cli", "live", "--port", str(port)],
        cwd=CHECKOUT,
        env={**os.environ, **settings.variables()},
    )

    async def play() -> None:
        headers = {"Cookie": f"__Host-piga-console={token}"}
        async with aiohttp.ClientSession(headers=headers) as session:
            stream = await connected(session, f"http://127.0.0.1:{port}/console/live")
            assert await stream.content.readline() == b": here\n"
            await stream.content.readline()
            for number in range(3):
                began = time.monotonic()
                await asyncio.to_thread(ring, tenant, str(number))
                async with asyncio.timeout(5):
                    assert await stream.content.readline() == b"data: work\n"
                    await stream.content.readline()
                assert time.monotonic() - began < 1
            stream.close()

    try:
        played(play)
    finally:
        process.terminate()
        process.wait(timeout=20)


async def connected(session: aiohttp.ClientSession, url: str) -> aiohttp.ClientResponse:
    until = time.monotonic() + 30
    while True:
        try:
            return await session.get(url)
        except aiohttp.ClientConnectionError:
            assert time.monotonic() < until, "piga live did not begin to listen"
            await asyncio.sleep(0.2)
