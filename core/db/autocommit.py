"""Statements that are a transaction of their own, in one round trip."""

import uuid
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from psycopg.abc import Params
from psycopg.abc import QueryNoTemplate as Query

from core.db.connection import (
    SERVER_FAULTS,
    STALE_CONNECTIONS_MAXIMUM,
    Connection,
    Prepared,
    Raw,
    Row,
    Run,
)
from core.db.errors import Unavailable
from core.db.watchdog import discard, watched

if TYPE_CHECKING:
    from core.db.database import Database, Deadline

Answer = TypeVar("Answer")


class Autocommit:
    """A transaction of one statement, or of a few that go together: a single round trip, its COMMIT
    included.

    For what may be asked twice: a stale connection is given up for the next without knowing
    whether it was heard.
    """

    __slots__ = ("_database", "_deadline", "_tenant")

    def __init__(self, database: "Database", tenant_id: uuid.UUID, deadline: "Deadline") -> None:
        self._database = database
        self._tenant = tenant_id
        self._deadline = deadline

    def call(self, statement: Prepared, params: Sequence[bytes | None]) -> Raw:
        """Run a prepared statement, whose $2 … these are. Raises Unavailable."""
        return self._ask(
            lambda connection: connection.call(statement, (self._tenant.bytes, *params))
        )

    def run(self, *runs: Run) -> list[list[Row]]:
        """The rows of prepared statements that are a transaction together. Raises Unavailable."""
        left_ms = max(1, int(self._deadline.require() * 1000))
        tenant = str(self._tenant)
        return self._ask(lambda connection: connection.run(runs, tenant=tenant, left_ms=left_ms))

    def all(self, query: Query, params: Params | None = None) -> list[Row]:
        """The rows of one statement. Raises Unavailable."""
        left_ms = max(1, int(self._deadline.require() * 1000))

        def ask(connection: Connection) -> list[Row]:
            try:
                # Without a BEGIN they are one transaction, which ends with the pipeline.
                with connection.pipeline() as pipeline:
                    connection.queue_settings(pipeline, str(self._tenant), left_ms)
                    cursor = connection.execute(query, params)
                return cursor.fetchall()
            except BaseException:
                if not connection.broken:
                    discard(connection)  # it may take for prepared what was never heard
                raise

        return self._ask(ask)

    def _ask(self, ask: Callable[[Connection], Answer]) -> Answer:
        for _ in range(STALE_CONNECTIONS_MAXIMUM):
            self._deadline.require()
            connection = self._database.borrow(self._deadline)
            watched[connection] = self._deadline.until
            try:
                return ask(connection)
            except SERVER_FAULTS as fault:
                if not connection.broken:
                    raise Unavailable(type(fault).__name__) from fault
            finally:
                watched.pop(connection, None)
                self._database.give_back(connection)
        raise Unavailable("no connection")
