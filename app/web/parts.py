"""What a web process is made of, once for all ways in."""

from typing import NamedTuple

from app import accounts, domains
from app.settings import Settings
from app.webhooks.auth import WebhookAuth
from app.webhooks.body_limit import Bodies
from app.webhooks.callbacks import Callbacks
from app.webhooks.receive import Hooks
from core.db.database import Database
from core.security.keyring import Keyring
from core.tenants.directory import Directory
from engine.store.sessions import Store
from engine.turn.ussd import Turns
from workers.sending.accounts import Accounts


class Parts(NamedTuple):
    """What all ways in share."""

    settings: Settings
    keys: Keyring
    database: Database
    directory: Directory
    accounts: Accounts


def parts_of(settings: Settings) -> Parts:
    """Connects to nothing until it is asked something."""
    database = Database(settings.database_url)
    return Parts(
        settings,
        Keyring(settings.key_bytes),
        database,
        Directory(database),
        Accounts(settings.fakes_url, accounts.load(settings)),
    )


def hooks_of(parts: Parts, database: Database, store: Store, bodies: Bodies) -> Hooks:
    """Who answers callbacks, by this way to Postgres and to Redis."""
    known, settings = domains.load(), parts.settings
    turns = Turns(
        database=database,
        store=store,
        keys=parts.keys,
        directory=parts.directory,
        flows=known.flows,
    )
    return Hooks(
        turns,
        WebhookAuth(parts.directory, parts.keys),
        Callbacks(
            *(database, parts.keys, parts.directory, parts.accounts), purposes=known.purposes
        ),
        parts.accounts,
        bodies,
        public_url=settings.public_url or settings.url,
    )
