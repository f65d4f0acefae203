"""What takes callbacks, for tests that have no web server."""

from app.webhooks.callbacks import Callbacks
from core.db.database import Database
from core.tenants.directory import Directory
from tests.support.tenants import KEYS
from workers.sending.accounts import Accounts


def callbacks_of(database: Database) -> Callbacks:
    return Callbacks(database, KEYS, Directory(database), Accounts())
