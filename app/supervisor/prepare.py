"""What must be done before the processes start: migrations, the key, and a demo's tenants.

A process of its own, so that the supervisor stays small.
"""

import sys

from app.errors import OperatorError
from app.settings import Settings
from core.db import Database
from core.errors import SecretMismatch
from core.installation import NotSetUp, require_key, set_key
from core.migrations.run import upgrade
from core.secrets import Keyring


def prepare(settings: Settings) -> None:
    """Raises OperatorError, SecretMismatch or NotSetUp, each with a sentence for the operator."""
    keys = Keyring(settings.key_bytes)
    if settings.owner_url:
        upgrade(settings.owner_url)
        set_key(settings.owner_url, keys)
    else:
        print("PIGA_OWNER_URL is not set: migrations are left to `piga migrate`.")
        require_key(Database(settings.database_url), keys)
    if settings.demo:
        from app import demo

        demo.load(settings)


if __name__ == "__main__":
    try:
        prepare(Settings.load())
    except (OperatorError, SecretMismatch, NotSetUp) as error:
        sys.exit(f"Error: {error}")
