"""The wire of one account: its connection, and what answers what comes over it."""

import threading
from importlib import import_module
from typing import Final

from app import accounts, domains
from app.errors import OperatorError
from app.settings import Settings
from app.wires.hops import Hops
from app.wires.lines.answers import Answers
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
from providers.lines.connection import Connection, Dialect, Owner
from providers.lines.ussd import LineEvent, UssdLine
from workers.process import stop_on_signals
from workers.sending.accounts import Accounts, Installed

# The word of an account's own that some of them want to be let in.
APPLICATION: Final = "application_id"


def run(settings: Settings, installed: Installed) -> None:
    """Hold the connection of one account until a signal says stop. Raises OperatorError."""
    line: UssdLine = import_module(f"providers.{installed.provider}.adapter").Line()
    where = _address(installed, line)
    account = installed.account
    keys = Keyring(settings.key_bytes)
    database = Database(settings.database_url)
    directory = Directory(database)
    store = Store(settings.redis_url)
    known = Accounts(installation=accounts.load(settings))

    def is_ours(service: Service) -> bool:
        try:
            return known.account(service) == account
        except Refused:
            return False

    def dialect() -> Dialect[LineEvent]:
        return line.dialect(account.username, account.secret, account.option(APPLICATION))

    flows = domains.load().flows
    turns = Turns(database=database, store=store, keys=keys, directory=directory, flows=flows)
    answers = Answers(
        *(installed.name, line),
        turns=turns,
        directory=directory,
        store=store,
        keys=keys,
        is_ours=is_ours,
    )
    preload()
    directory.follow()
    watch = Watch(installed.name, line.name)
    connection = Connection(where, dialect, name=line.name)
    hops: Hops[LineEvent, bytes] = Hops(answers, connection.write)
    try:
        connection.run(
            stop_on_signals(threading.Event()),
            Owner(hops.take, watch.up, watch.down, hops.finish, watch.refused),
        )
    finally:
        hops.finish()
        directory.stop()
        database.close()


def _address(installed: Installed, line: UssdLine) -> address.Address:
    """Raises OperatorError."""
    url = installed.account.base_url
    if url is None:
        raise OperatorError(
            f"accounts.{installed.name}: base_url is missing, such as tcp://host:port."
        )
    try:
        return address.read(url, line.port)
    except BadAccount as fault:
        raise OperatorError(f"accounts.{installed.name}: {fault}.") from None
