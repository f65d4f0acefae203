"""A process that keeps a bind and takes texts, and does nothing else: to be killed.

python -m providers.smpp.tests.bind_process smpp://… FILE KEY=VALUE…
"""

import asyncio
import sys
from pathlib import Path

import smpp34

from providers.contracts.messages import Account
from providers.smpp import options, wire
from providers.smpp.bind import Bind
from providers.smpp.hand_over import HandOver
from providers.smpp.link import Answer


async def keep(url: str, file: str, *own: str) -> None:
    pairs = tuple((key, value) for key, _, value in (each.partition("=") for each in own))
    read = options.read(Account("piga", "pw", url, options=(("name", "main"), *pairs)))

    async def deliver(message: smpp34.DeliverSm) -> Answer:
        return Answer(wire.OK)

    bind = Bind(read, deliver)
    HandOver(bind, Path(file)).start()
    await bind.run(asyncio.Event())


if __name__ == "__main__":
    asyncio.run(keep(*sys.argv[1:]))
