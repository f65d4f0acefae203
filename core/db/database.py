"""The way into Postgres: a pool, and a transaction that costs no round trip of its own.

BEGIN, the tenant setting and the time-outs travel with the first query; what needs no answer
travels with the COMMIT. Row-level security reads the setting, so a query outside `transaction`
sees nothing.
"""

import contextlib
import logging
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar, cast

import psycopg
from psycopg.abc import Params
from psycopg.abc import QueryNoTemplate as Query

from core.db import watchdog
from core.db.autocommit import Autocommit
from core.db.connection import (
    SERVER_FAULTS,
    STALE_CONNECTIONS_MAXIMUM,
    Connection,
    Prepared,
    Raw,
    Row,
    Run,
    Statement,
    is_run,
)
from core.db.errors import OutcomeUnknown, Unavailable
from core.db.host_clock import report_time
from core.db.watchdog import discard, watched
from values import waiting

Answer = TypeVar("Answer")

IDLE_CONNECTIONS_MAXIMUM = 16
# Of a server that does not answer at all, and libpq's least. A turn that has waited before, and
# finds no idle connection, may outlive its deadline by it: rather than refuse what takes 5 ms.
CONNECT_TIMEOUT_S = 2
LONGEST_TURN_S = 2.0

# Its warnings repeat the server's words, which may quote a row.
logging.getLogger("psycopg").setLevel(logging.ERROR)

_IDLE = psycopg.pq.TransactionStatus.IDLE
_FAILED = psycopg.pq.TransactionStatus.INERROR


class Deadline:
    """What is left of a turn: every time-out of a statement and a lock is taken from it."""

    __slots__ = ("until",)

    def __init__(self, left_s: float = LONGEST_TURN_S) -> None:
        self.until = time.monotonic() + left_s

    @property
    def left_s(self) -> float:
        return self.until - time.monotonic()

    def require(self) -> float:
        """What is left, in seconds; raises Unavailable when nothing is."""
        left_s = self.left_s
        if left_s <= 0:
            raise Unavailable("deadline")
        return left_s


class Tx:
    """One transaction of one tenant: begun by its first query, ended by `Database.transaction`."""

    __slots__ = (
        "_database",
        "_deadline",
        "_deferred",
        "_tenant",
        "_to_discard",
        "_undone",
        "connection",
        "round_trips",
    )

    def __init__(self, database: "Database", tenant: str, deadline: Deadline) -> None:
        self._database = database
        self._tenant = tenant
        self._deadline = deadline
        self._deferred: list[Statement | Run] = []
        self.connection: Connection | None = None
        self.round_trips = 0
        self._undone = False
        # Whether a statement failed that the driver may have taken for prepared: what it believes
        # of such a connection is not to be relied on, and it is not used again.
        self._to_discard = False

    @property
    def tenant_id(self) -> uuid.UUID:
        """Whose transaction it is. Raises ValueError where it is of no single tenant."""
        return uuid.UUID(self._tenant)

    def execute(self, query: Query, params: Params | None = None) -> psycopg.Cursor[Row]:
        """Run one statement and answer its cursor: one round trip, BEGIN included. Raises
        Unavailable."""
        if self.connection is None:
            return self._begin(((query, params),))[0]
        self.round_trips += 1
        try:
            return self.connection.execute(query, params)
        except psycopg.Error as fault:
            self._discard_after(fault)
            raise

    def pipeline(self, *statements: Statement) -> list[psycopg.Cursor[Row]]:
        """Run several statements in one round trip: each is sent before any has answered. Raises
        Unavailable."""
        if self.connection is None:
            return self._begin(statements)
        self.round_trips += 1
        try:
            with self.connection.pipeline():
                return [self.connection.execute(query, params) for query, params in statements]
        except psycopg.Error as fault:
            self._discard_after(fault)
            raise

    def call(self, statement: Prepared, params: Sequence[bytes | None]) -> Raw:
        """Run a prepared statement, whose $2 … these are: one round trip where it is not the
        first. Raises Unavailable."""
        if self.connection is None:
            self._begin(())
        assert self.connection is not None
        self.round_trips += 1
        try:
            return self.connection.call(statement, (None, *params))
        except psycopg.OperationalError as fault:
            raise Unavailable(type(fault).__name__) from fault

    def run(self, *runs: Run) -> list[list[Row]]:
        """The rows of prepared statements, in one round trip, BEGIN included. Raises
        Unavailable."""
        if self.connection is None:
            return self._begin_by(
                lambda connection, left_ms: connection.run(
                    runs, tenant=self._tenant, left_ms=left_ms, begins=True
                )
            )
        self.round_trips += 1
        try:
            return self.connection.run(runs)
        except psycopg.OperationalError as fault:
            raise Unavailable(type(fault).__name__) from fault

    def one(self, query: Query, params: Params | None = None) -> Row | None:
        return self.execute(query, params).fetchone()

    def all(self, query: Query, params: Params | None = None) -> list[Row]:
        return self.execute(query, params).fetchall()

    def defer(self, query: Query, params: Params | None = None) -> None:
        """A statement whose answer nobody needs: sent with the COMMIT, in its round trip."""
        self._deferred.append((query, params))

    def defer_run(self, statement: Prepared, params: Sequence[bytes | None]) -> None:
        """As `defer`, of a prepared statement."""
        self._deferred.append((statement, params))

    def _begin(self, statements: Sequence[Statement]) -> list[psycopg.Cursor[Row]]:
        return self._begin_by(
            lambda connection, left_ms: connection.begin(self._tenant, left_ms, statements)
        )

    def _begin_by(self, begin: Callable[[Connection, int], Answer]) -> Answer:
        # A restarted server leaves stale connections idle; nothing is committed before COMMIT,
        # so going on to the next connection is safe.
        for _ in range(STALE_CONNECTIONS_MAXIMUM):
            left_ms = max(1, int(self._deadline.require() * 1000))
            connection = self._database.borrow(self._deadline)
            watched[connection] = self._deadline.until
            self.round_trips += 1
            try:
                answer = begin(connection, left_ms)
            except SERVER_FAULTS as fault:
                if connection.broken:
                    self._release(connection)
                    continue
                self.connection, self._to_discard = connection, True
                raise Unavailable(type(fault).__name__) from fault
            except BaseException:
                self.connection, self._to_discard = connection, True
                raise
            self.connection = connection
            return answer
        raise Unavailable("no connection")

    def undo(self) -> None:
        """Take back all that was done, so that the reason of a refusal can be read: the next query
        begins again. What follows can be read only; a caller that undoes raises in the end."""
        self.close()
        self._deferred.clear()
        self._to_discard = False  # that connection is gone
        self._undone = True

    def commit(self) -> None:
        """Send what was kept for later and COMMIT, in one round trip.

        Raises OutcomeUnknown when the connection was lost before COMMIT was answered.
        """
        assert not self._undone, "what was undone is not committed"
        if self.connection is None:
            if not self._deferred:
                return
            first, *self._deferred = self._deferred
            if is_run(first):
                self.run(first)
            else:
                self._begin((cast("Statement", first),))
        connection = self.connection
        assert connection is not None
        # Postgres answers the COMMIT of a failed transaction with ROLLBACK, and not with an error.
        assert connection.pgconn.transaction_status != _FAILED, "a refusal was caught and kept"
        self._deadline.require()
        self.round_trips += 1
        try:
            connection.commit_with(self._deferred)
        except psycopg.Error as fault:
            self._to_discard = True
            if connection.broken and isinstance(fault, psycopg.OperationalError):
                raise OutcomeUnknown("commit") from fault
            raise

    def close(self) -> None:
        """Give the connection back, rolled back when it was not committed."""
        connection, self.connection = self.connection, None
        if connection is None:
            return
        with contextlib.suppress(psycopg.Error):
            if self._to_discard:
                discard(connection)
            elif not connection.broken and connection.info.transaction_status != _IDLE:
                connection.roll_back()
        self._release(connection)

    def _discard_after(self, fault: psycopg.Error) -> None:
        self._to_discard = True
        if isinstance(fault, psycopg.OperationalError):
            raise Unavailable(type(fault).__name__) from fault

    def _release(self, connection: Connection) -> None:
        watched.pop(connection, None)
        self._database.give_back(connection)


class Database:
    """Connections to one Postgres, as one role.

    Not a library's pool: after an outage theirs wait out a back-off, while a phone that dials
    again must be answered at once; and a last-in-first-out list is all that is needed.
    """

    def __init__(self, url: str, role: str | None = None) -> None:
        self._url = url
        self._options = f"-c role={role}" if role else None
        self._idle: list[Connection] = []

    @contextlib.contextmanager
    def transaction(
        self, tenant_id: uuid.UUID | str | None, deadline: Deadline | None = None
    ) -> Iterator[Tx]:
        """One transaction: committed at the end of the block, rolled back on an exception.

        `tenant_id` None is for the roles that serve all tenants (relay, verify, migration).
        Raises Unavailable when Postgres cannot be had in time, OutcomeUnknown as `Tx.commit`.
        """
        tx = Tx(self, str(tenant_id or ""), deadline or Deadline())
        try:
            yield tx
            tx.commit()
        except psycopg.OperationalError as fault:
            raise Unavailable(type(fault).__name__) from fault
        finally:
            tx.close()

    def autocommit(self, tenant_id: uuid.UUID, deadline: Deadline | None = None) -> Autocommit:
        """For one statement that nothing else happens with."""
        return Autocommit(self, tenant_id, deadline or Deadline())

    def borrow(self, deadline: Deadline) -> Connection:
        """An idle connection, or a new one. Raises Unavailable when there is no server."""
        if self._idle:
            try:
                return self._idle.pop()
            except IndexError:  # another thread was faster
                pass
        deadline.require()
        watchdog.start()
        try:
            connection = waiting.aside(self._connect)
        except psycopg.OperationalError as fault:
            raise Unavailable("connect") from fault
        connection.unread = connection.cursor()
        watched[connection] = deadline.until
        try:
            report_time(connection)
        except psycopg.OperationalError as fault:
            connection.close()
            raise Unavailable("connect") from fault
        finally:
            watched.pop(connection, None)
        return connection

    def _connect(self) -> Connection:
        return Connection.connect(
            self._url,
            autocommit=True,  # BEGIN is sent by Tx, together with the first query
            connect_timeout=CONNECT_TIMEOUT_S,
            options=self._options,
            application_name="piga",
        )

    def give_back(self, connection: Connection) -> None:
        # A connection that is lost or closed has no status.
        if (
            connection.pgconn.transaction_status == _IDLE
            and len(self._idle) < IDLE_CONNECTIONS_MAXIMUM
        ):
            self._idle.append(connection)
        else:
            with contextlib.suppress(psycopg.Error):
                connection.close()

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()
