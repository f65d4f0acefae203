"""Bringing the schema up to date, and tying the database to its key."""

import contextlib
from collections.abc import Iterator

import psycopg
import sqlalchemy

from app.errors import OperatorError
from app.operations.servers import plainly
from app.settings import Settings
from core.migrations import run
from core.security.installation import set_key
from core.security.keyring import Keyring

HEAD = "head"


def migrate(settings: Settings, revision: str = HEAD) -> None:
    """Migrate up to `revision` as the schema's owner, and write or compare the key's check value.

    Raises OperatorError.
    """
    url = settings.require("owner_url")
    keys = Keyring(settings.key_bytes)
    with _plain_faults(), plainly():
        run.upgrade(url, revision)
        set_key(url, keys)


def migrate_down(settings: Settings, revision: str) -> None:
    """Migrate down to `revision`: what later revisions made is dropped, data included.

    Raises OperatorError.
    """
    with _plain_faults(), plainly():
        run.downgrade(settings.require("owner_url"), revision)


@contextlib.contextmanager
def _plain_faults() -> Iterator[None]:
    """Faults of Alembic and Postgres, each in one sentence."""
    from alembic.util import CommandError

    try:
        yield
    except CommandError as error:
        raise OperatorError(f"No such revision, or no way to it: {error}.") from None
    except (psycopg.Error, sqlalchemy.exc.DBAPIError) as error:
        orig = getattr(error, "orig", None) or error
        raise OperatorError(_sentence(orig)) from None


def _sentence(error: BaseException) -> str:
    # The first line says what; the others may repeat the statement, or the URL.
    said = (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
    match error:
        case psycopg.errors.InsufficientPrivilege():
            return (
                "The role of PIGA_OWNER_URL may not do that: it must own the database's tables and"
                f" be allowed to make roles ({said})."
            )
        case psycopg.OperationalError():
            return f"Postgres cannot be reached: {said}."
        case psycopg.ProgrammingError() if error.sqlstate is None:
            return "PIGA_OWNER_URL cannot be read: it looks like postgresql://user@host/database."
        case _:
            return f"Postgres refused the migration: {said}."
