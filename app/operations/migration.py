"""Bringing the schema up to date, and tying the database to its key."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import sqlalchemy

from app.errors import OperatorError
from app.operations.servers import plainly
from app.settings import Settings
from core.migrations import run
from core.security.installation import set_key
from core.security.keyring import Keyring

HEAD = "head"


@dataclass(frozen=True)
class Moved:
    """The schema's revisions before and after a migration; "" for none."""

    before: str
    after: str

    def __str__(self) -> str:
        if self.before == self.after:
            return f"The schema is at {self.after or 'nothing'}; there was nothing to do."
        if not self.after:
            return f"The schema of {self.before} is dropped."
        return f"The schema is at {self.after}; it was at {self.before or 'nothing'}."


def migrate(settings: Settings, revision: str = HEAD) -> Moved:
    """Migrate up to `revision` as the schema's owner, and write or compare the key's check value.

    Raises OperatorError.
    """
    url = settings.require("owner_url")
    keys = Keyring(settings.key_bytes)
    with _plain_faults(), plainly():
        before = _revisions(url)
        run.upgrade(url, revision)
        set_key(url, keys)
        return Moved(before, _revisions(url))


def migrate_down(settings: Settings, revision: str) -> Moved:
    """Migrate down to `revision`: what later revisions made is dropped, data included.

    Raises OperatorError.
    """
    url = settings.require("owner_url")
    with _plain_faults(), plainly():
        before = _revisions(url)
        run.downgrade(url, revision)
        return Moved(before, _revisions(url))


def _revisions(url: str) -> str:
    with psycopg.connect(url) as connection:
        if connection.execute("SELECT to_regclass('alembic_version')").fetchone() == (None,):
            return ""
        rows = connection.execute("SELECT version_num FROM alembic_version ORDER BY 1").fetchall()
    return ", ".join(str(revision) for (revision,) in rows)


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
