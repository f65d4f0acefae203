"""Run the migrations of all branches, up or down, as the owner of the schema.

A step that needs a table which somebody reads for long gives up after half a second and tries
again, so that nobody waits behind it. That is expected, and no ERROR in Postgres's log where the
owner may set what is logged: who runs a migration reads of it, and of any real fault, right here.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext, MigrationInfo
from alembic.script import Script
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool

from core.migrations import branches as _branches
from core.migrations.branches import Versions, branch_of

# One migration at a time: two deploys may start together.
LOCK_KEY = 0x70696761
# How long a statement of a step waits for a table. What comes to that table after it waits
# behind it for as long, so this is well below a turn's two seconds.
LOCK_TIMEOUT_MS = 500
PAUSE_MINIMUM_S = 0.5
PAUSE_MAXIMUM_S = 5.0
# Then the long reader has to be looked at by a person.
TRYING_S = 300.0

ALL = "heads"

_QUIET = (
    "SELECT set_config('log_min_messages', 'fatal', false)"
    " WHERE has_parameter_privilege('log_min_messages', 'SET')"
)


@dataclass(frozen=True, slots=True)
class Step:
    """One revision that was applied, or taken back when `up` is false."""

    branch: str
    revision: str
    name: str
    up: bool


@dataclass(slots=True)
class Report:
    """What a run did: each branch's revision before and after it, and the steps in their order."""

    before: Versions = field(default_factory=dict)
    after: Versions = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)


class TableInUse(Exception):
    """A step did not get a table for `TRYING_S`; the steps before it are done. Says who has it."""


def nothing(said: str) -> None:
    """Say nothing."""


def upgrade(
    owner_url: str,
    revision: str = ALL,
    branches: Sequence[Path] = (),
    say: Callable[[str], None] = nothing,
) -> Report:
    """Migrate up: every branch to its end, or as far as `revision` and what it depends on.

    `owner_url` is a libpq URL of the role that owns the schema; `branches` are the folders that
    domains bring, beside the core's; `say` hears a sentence when something is waited for. Raises
    BranchFault, TableInUse, alembic's CommandError for an unknown revision, psycopg.Error.
    """
    return _run(owner_url, branches, say, lambda config: command.upgrade(config, revision))


def downgrade(
    owner_url: str,
    revision: str,
    branches: Sequence[Path] = (),
    say: Callable[[str], None] = nothing,
) -> Report:
    """Migrate down to `revision`; "base" drops all that Piga and its domains made, and
    "<branch>@base" what one domain made. Raises as `upgrade`."""
    return _run(owner_url, branches, say, lambda config: command.downgrade(config, revision))


def _run(
    owner_url: str,
    branches: Sequence[Path],
    say: Callable[[str], None],
    step: Callable[[Config], None],
) -> Report:
    config = _branches.config(branches)
    report = Report()
    with _connected(owner_url) as connection, _one_at_a_time(connection, say):
        report.before = _reached(config, connection)
        connection.exec_driver_sql(f"SET lock_timeout = {LOCK_TIMEOUT_MS}")
        connection.exec_driver_sql(_QUIET)
        connection.commit()
        config.attributes["connection"] = connection
        config.attributes["on_version_apply"] = _note_in(report.steps)
        _until_it_gets_its_tables(connection, say, lambda: step(config))
        report.after = _reached(config, connection)
    return report


@contextmanager
def _connected(owner_url: str) -> Iterator[Connection]:
    # libpq reads the URL, as everywhere else: SQLAlchemy knows fewer forms of it.
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(owner_url), poolclass=NullPool
    )
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


@contextmanager
def _one_at_a_time(connection: Connection, say: Callable[[str], None]) -> Iterator[None]:
    # The lock is the connection's, and ends with it.
    tried = connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({LOCK_KEY})")
    if not tried.scalar_one():
        say("Another migration is under way: waiting for it.")
        connection.exec_driver_sql(f"SELECT pg_advisory_lock({LOCK_KEY})")
    connection.commit()
    yield


def _reached(config: Config, connection: Connection) -> Versions:
    heads = MigrationContext.configure(connection).get_current_heads()
    connection.commit()
    return _branches.reached(config, heads)


def _note_in(steps: list[Step]) -> Callable[..., None]:
    def note(*, step: MigrationInfo, **_: Any) -> None:
        script = step.up_revision
        assert isinstance(script, Script)
        steps.append(Step(branch_of(script), script.revision, script.doc, step.is_upgrade))

    return note


def _until_it_gets_its_tables(
    connection: Connection, say: Callable[[str], None], run: Callable[[], None]
) -> None:
    """Run the steps; each is a transaction, so that a next try goes on after the last that was
    committed. Raises TableInUse."""
    pause_s, until = PAUSE_MINIMUM_S, time.monotonic() + TRYING_S
    while True:
        try:
            return run()
        except (psycopg.Error, sqlalchemy.exc.DBAPIError) as fault:
            cause = fault.orig if isinstance(fault, sqlalchemy.exc.DBAPIError) else fault
            if not isinstance(cause, psycopg.errors.LockNotAvailable):
                raise
            connection.rollback()
            users = _users(connection)
            if time.monotonic() > until:
                raise TableInUse(f"A table is in use for too long{users}.") from None
            say(f"A table is in use{users}: trying again in {pause_s:g} s.")
        time.sleep(pause_s)
        pause_s = min(pause_s * 2, PAUSE_MAXIMUM_S)


def _users(connection: Connection) -> str:
    """Who has locks on tables of ours, those with the most first: " by process 4711 (piga_verify)",
    or nothing when they are gone by now."""
    rows = connection.exec_driver_sql(
        "SELECT l.pid, a.usename, count(*) FROM pg_locks l"
        " JOIN pg_class c ON c.oid = l.relation AND c.relnamespace = 'public'::regnamespace"
        " JOIN pg_stat_activity a ON a.pid = l.pid"
        " WHERE l.granted AND l.pid <> pg_backend_pid()"
        " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        " GROUP BY 1, 2 ORDER BY 3 DESC, 1 LIMIT 3"
    ).all()
    connection.rollback()
    return f" by {', '.join(f'process {pid} ({name})' for pid, name, _ in rows)}" if rows else ""
