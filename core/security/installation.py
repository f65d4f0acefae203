"""Whether this database is set up, and with which key: a wrong PIGA_KEY is found at once, not when
the first PIN fails."""

import hmac

import psycopg

from core.db.database import Database
from core.security.errors import SecretMismatch
from core.security.keyring import Keyring


class NotSetUp(Exception):
    """The database has no schema of Piga's yet, or no key belongs to it."""


def require_key(database: Database, keys: Keyring) -> None:
    """Make sure that the database was set up with this key.

    Raises SecretMismatch, NotSetUp (their text is one sentence for the operator), Unavailable.
    """
    try:
        with database.transaction(None) as tx:
            row = tx.one("SELECT key_check FROM installation")
    except psycopg.errors.UndefinedTable:
        row = None
    if row is None:
        raise NotSetUp("This database is not set up: run `piga migrate` first.")
    _compare(bytes(row[0]), keys)


def set_key(owner_url: str, keys: Keyring) -> None:
    """Write the key's check value if there is none, else compare. For the schema's owner only.

    Raises SecretMismatch.
    """
    with psycopg.connect(owner_url) as connection:
        connection.execute(
            "INSERT INTO installation (key_check) VALUES (%s) ON CONFLICT DO NOTHING", (keys.check,)
        )
        row = connection.execute("SELECT key_check FROM installation").fetchone()
        assert row is not None
        _compare(bytes(row[0]), keys)


def _compare(found: bytes, keys: Keyring) -> None:
    if not hmac.compare_digest(found, keys.check):
        raise SecretMismatch(
            "PIGA_KEY is not the key that this database was set up with: no PIN and no phone number"
            " would be recognised. Use the key that was kept with the data."
        )
