"""Bringing the schema up to date, and tying the database to its key."""

import contextlib
from collections.abc import Callable, Iterator

import psycopg
import sqlalchemy

from app import domains
from app.errors import OperatorError
from app.operations.servers import plainly
from app.settings import Settings
from core.migrations import run
from core.migrations.branches import BranchFault
from core.migrations.run import Report, TableInUse
from core.security.installation import set_key
from core.security.keyring import Keyring


def migrate(
    settings: Settings,
    revision: str = run.ALL,
    say: Callable[[str], None] = print,
) -> Report:
    """Migrate up to `revision` as the schema's owner, and write or compare the key's check value.

    The core's revisions are run and those of every domain; `say` hears what is waited for. Raises
    OperatorError.
    """
    url, branches = settings.require("owner_url"), domains.load().migrations
    keys = Keyring(settings.key_bytes)
    with _plain_faults(), plainly():
        report = run.upgrade(url, revision, branches, say)
        set_key(url, keys)
    return report


def migrate_down(
    settings: Settings,
    revision: str,
    say: Callable[[str], None] = print,
) -> Report:
    """Migrate down to `revision`: what later revisions made is dropped, data included.

    Raises OperatorError.
    """
    url, branches = settings.require("owner_url"), domains.load().migrations
    with _plain_faults(), plainly():
        return run.downgrade(url, revision, branches, say)


def lines(report: Report) -> Iterator[str]:
    """What a run did: a line for each branch that moved, then one for each of its revisions."""
    for branch in {**report.before, **report.after}:
        steps = [step for step in report.steps if step.branch == branch]
        if steps:
            before, after = report.before.get(branch), report.after.get(branch)
            yield f"{branch}: {before or 'nothing'} -> {after or 'nothing'}"
            for step in steps:
                yield f"  {'up  ' if step.up else 'down'} {step.revision}  {step.name}"


@contextlib.contextmanager
def _plain_faults() -> Iterator[None]:
    """Faults of Alembic and Postgres, each in one sentence."""
    from alembic.util import CommandError

    try:
        yield
    except CommandError as error:
        raise OperatorError(f"No such revision, or no way to it: {error}.") from None
    except (BranchFault, TableInUse) as error:
        raise OperatorError(str(error)) from None
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
