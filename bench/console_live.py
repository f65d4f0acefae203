"""`python -m bench.console_live`: how soon a change in Postgres reaches staff's pages.

1,000 connections of a signed-in member to `piga live`, by another library's client; then 40 alarms,
half a second apart, each in a transaction of its own. A figure is from the transaction's beginning
to the event in a client. P95 is to be under 1,000 ms.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Final

import aiohttp
import click

from app.local.ports import free_port, listens
from app.settings import Settings
from bench.figures import percentile
from bench.rates import PATIENCE_S
from bench.servers import own_servers, running
from bench.world import Builder
from core.alarms import alarms
from core.db.database import Database
from core.staff import members, sessions
from core.staff.roles import Grant

CLIENTS: Final = 1_000
CHANGES: Final = 40
GAP_S: Final = 0.5
AIM_MS: Final = 1_000.0


async def measured(url: str, token: str, change: Callable[[int], None]) -> list[float]:
    """How long each client waited for each change, in ms."""
    took: list[float] = []
    began_s = 0.0

    async def follow(session: aiohttp.ClientSession, here: asyncio.Semaphore) -> None:
        headers = {"Cookie": f"piga-console={token}; __Host-piga-console={token}"}
        async with session.get(url, headers=headers) as stream:
            assert stream.status == 200, stream.status
            here.release()
            async for line in stream.content:
                if line.startswith(b"data: "):
                    took.append((time.monotonic() - began_s) * 1_000)

    timeout, connector = aiohttp.ClientTimeout(total=None), aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(timeout=timeout, connector=connector) as session:
        here = asyncio.Semaphore(0)
        readers = [asyncio.create_task(follow(session, here)) for _ in range(CLIENTS)]
        for _ in readers:
            await asyncio.wait_for(here.acquire(), PATIENCE_S)
        for number in range(CHANGES):
            began_s = time.monotonic()
            await asyncio.to_thread(change, number)
            await asyncio.sleep(GAP_S)
        for reader in readers:
            reader.cancel()
    return took


def run(servers: Settings) -> dict[str, float]:
    """The figures, in ms."""
    builder = Builder(servers)
    world = builder.build("live", tenants=1, subscribers=10, callers=1)
    tenant_id = world.callers[0].business.tenant_id
    database = Database(world.settings.database_url)
    with database.transaction(tenant_id) as tx:
        grants = [Grant("company_admin")]
        link = members.invite(tx, builder.keys, tenant_id, "bench", grants, by="bench")
    with database.transaction(tenant_id) as tx:
        members.use_link(tx, builder.keys, link)
        token = sessions.begin(tx, builder.keys, members.find(tx, "bench"), "password")

    def change(number: int) -> None:
        with database.transaction(tenant_id) as tx:
            alarms.record(tx, kind="bench", subject=str(number), sentence="A change.", count=1)

    port = free_port()
    with running((world.settings, ("app.cli", "live", "--port", str(port)))):
        until_s = time.monotonic() + PATIENCE_S
        while not listens(f"http://127.0.0.1:{port}"):
            if time.monotonic() > until_s:
                raise SystemExit("piga live did not begin to listen")
            time.sleep(0.1)
        url = f"http://127.0.0.1:{port}/console/live"
        took = asyncio.run(measured(url, token, change))
    database.close()
    if len(took) != CLIENTS * CHANGES:
        raise SystemExit(f"{len(took)} of {CLIENTS * CHANGES} were told")
    return {"P50": percentile(took, 0.5), "P95": percentile(took, 0.95), "the last": max(took)}


@click.command()
def main() -> None:
    """Measure how soon staff's pages are told, on servers of the bench's own."""
    with own_servers() as servers:
        found = run(servers)
    click.echo(f"{CLIENTS:,} who look on, {CHANGES} changes; told within, in ms:")
    click.echo(", ".join(f"{name} {value:.0f}" for name, value in found.items()))
    click.echo(f"aim {AIM_MS:.0f} ms: {'reached' if found['P95'] < AIM_MS else 'missed'}")


if __name__ == "__main__":
    main(prog_name="python -m bench.console_live")
