"""The pushes of all tenants, from Postgres' NOTIFY. A lost connection is made again, and what was
pushed meanwhile is told by `missed`."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

import psycopg

from core.live.push import CHANNEL, Push, read

log = logging.getLogger(__name__)

AGAIN_AFTER_S: Final = 1.0


async def listen(
    url: str,
    pushed: Callable[[Push], Awaitable[None]],
    missed: Callable[[], Awaitable[None]],
) -> None:
    """Call `pushed` for each push, and `missed` after each connection but the first. Never
    returns. The connection must be one to Postgres itself: a pooler of transactions passes on no
    NOTIFY."""
    is_first = True
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(
                url, autocommit=True, application_name="piga live"
            ) as connection:
                await connection.execute(f"LISTEN {CHANNEL}")
                if not is_first:
                    await missed()
                is_first = False
                async for notify in connection.notifies():
                    try:
                        push = read(notify.payload)
                    except ValueError:
                        continue  # another release's
                    await pushed(push)
        except psycopg.OperationalError:
            log.warning("Postgres is away; listening again soon")
        await asyncio.sleep(AGAIN_AFTER_S)
