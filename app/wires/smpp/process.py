"""The process of one bind."""

import asyncio
import logging
import signal
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Final

from app import accounts as installation
from app import domains
from app.errors import OperatorError
from app.settings import Settings
from app.webhooks.callbacks import Callbacks
from app.wires.smpp.inbound import Inbound
from app.wires.smpp.seen import Seen
from app.wires.smpp.services import OwnServices
from core.db.database import Database
from core.security.keyring import Keyring
from core.tenants.directory import Directory
from engine.store.sessions import Store
from engine.turn.ussd import Turns
from menus.texts import preload
from providers.smpp import options
from providers.smpp.answers import WRONG_CREDENTIALS
from providers.smpp.bind import Bind
from providers.smpp.hand_over import HandOver
from providers.smpp.options import HAND_OVER, BadOptions, Options
from values.alarms import raise_alarm
from workers.sending.accounts import Accounts, Installed

log = logging.getLogger(__name__)

THREADS: Final = 8
ALIVE_EVERY_S: Final = 1.0


def run(settings: Settings, installed: Installed) -> None:
    """Keep the bind of an account until a signal says stop. Raises OperatorError."""
    name = installed.name
    try:
        read = options.read(installed.account)
    except BadOptions as wrong:
        raise OperatorError(f"accounts.{name}: {wrong}.") from None
    preload()
    keys = Keyring(settings.key_bytes)
    database = Database(settings.database_url)
    directory = Directory(database)
    accounts = Accounts(settings.fakes_url, installation.load(settings))
    seen = Seen(settings.redis_url, name)
    turns = Turns(
        database=database,
        store=Store(settings.redis_url),
        keys=keys,
        directory=directory,
        flows=domains.load().flows,
    )
    directory.follow()
    try:
        with ThreadPoolExecutor(THREADS, thread_name_prefix="smpp") as pool:
            inbound = Inbound(
                read,
                turns=turns,
                callbacks=Callbacks(database, keys, directory, accounts),
                services=OwnServices(installed, accounts, database, directory),
                seen=seen,
                keys=keys,
                pool=pool,
            )
            asyncio.run(_keep(installed, read, inbound, seen, pool))
    finally:
        directory.stop()
        seen.close()
        database.close()


async def _keep(
    installed: Installed, read: Options, inbound: Inbound, seen: Seen, pool: ThreadPoolExecutor
) -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)

    def begins() -> None:
        inbound.forget_sessions()
        seen.began()

    bind = Bind(
        read,
        inbound.deliver,
        begins=begins,
        bound=lambda: log.info("%s: bound", read.name),
        refused=partial(_refused, read.name),
    )
    inbound.shows = bind
    try:
        hand_over = HandOver(bind, Path(installed.account.option(HAND_OVER)))
    except OSError as error:
        raise OperatorError(f"Texts for {read.name} cannot be taken: {error}.") from None
    hand_over.start()
    beating = asyncio.create_task(_beat(bind, seen, pool))
    leave = asyncio.Event()
    keeping = asyncio.create_task(bind.run(leave))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({keeping, stopping}, return_when=asyncio.FIRST_COMPLETED)
    await hand_over.stop()
    leave.set()
    await keeping
    beating.cancel()


async def _beat(bind: Bind, seen: Seen, pool: ThreadPoolExecutor) -> None:
    while True:
        if bind.is_bound:
            await asyncio.get_running_loop().run_in_executor(pool, seen.alive)
        await asyncio.sleep(ALIVE_EVERY_S)


def _refused(name: str, status: int) -> None:
    why = f"{name}: the message centre refuses the bind (status 0x{status:08X})"
    if status in WRONG_CREDENTIALS:
        raise_alarm(log, "bind_refused", name, f"{why}; texts wait")
    else:
        log.warning("%s", why)
