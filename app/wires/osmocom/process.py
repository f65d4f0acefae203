"""The wire to an Osmocom core: one account's connection to osmo-hlr, and what it says of itself."""

import threading

from app import accounts, domains
from app.errors import OperatorError
from app.settings import Settings
from app.wires.hops import Hops
from app.wires.osmocom.answers import Answers
from app.wires.watch import Watch
from core.db.database import Database
from core.security.keyring import Keyring
from core.tenants.directory import Directory, Service
from engine.store.sessions import Store
from engine.turn.ussd import Turns
from menus.texts import preload
from providers.contracts.messages import Refused
from providers.lines import address
from providers.lines.address import BadAccount
from providers.osmocom import CTRL_PORT, GSUP_PORT
from providers.osmocom.connection import Connection, Owner
from providers.osmocom.numbers import Numbers
from workers.process import stop_on_signals
from workers.sending.accounts import Accounts, Installed


def run(settings: Settings, installed: Installed) -> None:
    """Hold the connection of one account until a signal says stop. Raises OperatorError."""
    gsup, ctrl = _addresses(installed)
    keys = Keyring(settings.key_bytes)
    database = Database(settings.database_url)
    directory = Directory(database)
    store = Store(settings.redis_url)
    known = Accounts(installation=accounts.load(settings))

    def is_ours(service: Service) -> bool:
        try:
            return known.account(service) == installed.account
        except Refused:
            return False

    numbers = Numbers(ctrl)
    flows = domains.load().flows
    answers = Answers(
        installed.name,
        turns=Turns(database=database, store=store, keys=keys, directory=directory, flows=flows),
        directory=directory,
        store=store,
        keys=keys,
        numbers=numbers,
        is_ours=is_ours,
    )
    preload()
    directory.follow()
    watch = Watch(installed.name, "osmo-hlr")
    connection = Connection(gsup, installed.account.username)
    hops = Hops(answers, connection.send)
    try:
        connection.run(
            stop_on_signals(threading.Event()),
            Owner(hops.take, watch.up, watch.down, hops.finish),
        )
    finally:
        hops.finish()
        numbers.close()
        directory.stop()
        database.close()


def _addresses(installed: Installed) -> tuple[address.Address, address.Address]:
    """Of GSUP and of CTRL. Raises OperatorError."""
    account = installed.account
    try:
        gsup = address.read(account.base_url or "tcp://127.0.0.1", GSUP_PORT)
        asked = account.option("ctrl_url")
        if not asked:
            return gsup, address.Address(gsup.host, CTRL_PORT)
        return gsup, address.read(asked, CTRL_PORT)
    except BadAccount as fault:
        raise OperatorError(f"accounts.{installed.name}: {fault}.") from None
