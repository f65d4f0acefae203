"""A connection that can also call a prepared statement without the driver's cursor, in half of what
`execute` costs, for the few statements that are called so often that it counts; and that needs no
new cursor for statements whose answer nobody reads."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import cast

import psycopg
from psycopg.abc import Params
from psycopg.abc import QueryNoTemplate as Query
from psycopg.pq import ConnStatus, DiagnosticField, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult
from psycopg.rows import TupleRow

_NO_SUCH_STATEMENT = b"26000"
# A restarted server leaves as many idle connections behind, at most, that are tried in turn.
STALE_CONNECTIONS_MAXIMUM = 32
# What a transaction that begins meets: a server that is lost or too slow, or, behind a pooler, one
# that has not prepared our statements.
SERVER_FAULTS = (psycopg.OperationalError, psycopg.errors.InvalidSqlStatementName)

Row = TupleRow
# A statement with its parameters.
Statement = tuple[Query, Params | None]
# A value as it came over the wire, in Postgres' text form; None is NULL.
Raw = bytes | None

# How a parameter is given.
TEXT, BINARY = 0, 1


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement of one row with one value, whose parameters are $1, $2 …; `formats` says how
    each of them is given.

    $1 is the tenant where the statement is a whole transaction and has to set the tenant itself,
    and otherwise NULL; in binary form.
    """

    name: bytes
    query: bytes
    formats: tuple[int, ...]


# What every transaction begins with: the tenant, and how long a statement and a lock may take.
_SETTINGS = Prepared(
    b"piga_settings",
    b"SELECT set_config('piga.tenant', $1, true), set_config('statement_timeout', $2, true),"
    b" set_config('lock_timeout', $3, true)",
    (TEXT, TEXT, TEXT),
)


class Connection(psycopg.Connection[Row]):
    """A connection that knows what has been prepared on it."""

    prepared: frozenset[bytes] = frozenset()
    # For statements whose answer nobody reads: a cursor costs as much as such a statement, so one
    # serves them all.
    unread: psycopg.Cursor[Row]

    def call(self, statement: Prepared, params: Sequence[bytes | None]) -> Raw:
        """Run a prepared statement and answer its value. Raises psycopg.Error."""
        if statement.name not in self.prepared:
            self._prepare(statement)
        result = self._run(statement, params)
        if _sqlstate(result) == _NO_SUCH_STATEMENT:
            # A pooler between us has put us through to another server. Inside a transaction it
            # can't be mended; the next one is set again.
            self.prepared -= {statement.name}
            if self.pgconn.transaction_status != TransactionStatus.IDLE:
                raise psycopg.OperationalError("a prepared statement was forgotten")
            self._prepare(statement)
            result = self._run(statement, params)
        self._require(result, ExecStatus.TUPLES_OK)
        return result.get_value(0, 0)

    def queue_settings(self, pipeline: psycopg.Pipeline, tenant: str, left_ms: int) -> None:
        """Let a pipeline go on with the settings of a transaction."""
        send, statement = self.pgconn.send_query_prepared, _SETTINGS
        if statement.name not in self.prepared:
            _queue(pipeline, partial(self.pgconn.send_prepare, statement.name, statement.query))
            self.prepared |= {statement.name}
        left = b"%d" % left_ms
        values = (tenant.encode(), left, left)
        _queue(pipeline, partial(send, statement.name, values, statement.formats))

    def begin(
        self, tenant: str, left_ms: int, statements: Sequence[Statement]
    ) -> list[psycopg.Cursor[Row]]:
        """BEGIN, the settings and the first statements, in one round trip. Raises psycopg.Error."""
        with self.pipeline() as pipeline:
            self._queue_command(pipeline, b"BEGIN")
            self.queue_settings(pipeline, tenant, left_ms)
            return [self.execute(query, params) for query, params in statements]

    def commit_with(self, last: Sequence[Statement]) -> None:
        """The last statements, whose answers nobody reads, and COMMIT, in one round trip. Raises
        psycopg.Error."""
        if not last:
            self._require(self.pgconn.exec_(b"COMMIT"), ExecStatus.COMMAND_OK)
            return
        try:
            with self.pipeline() as pipeline:
                for query, params in last:
                    self.unread.execute(query, params)
                self._queue_command(pipeline, b"COMMIT")
        except psycopg.errors.PipelineAborted as aborted:
            # The driver raises what became of the COMMIT; why is in the error before it.
            if isinstance(aborted.__context__, psycopg.Error):
                raise aborted.__context__ from None
            raise

    def roll_back(self) -> None:
        """End the transaction, behind the driver's back: when it sees a ROLLBACK it deallocates
        every prepared statement, its own and ours. Afterwards the connection is idle, or lost."""
        self.pgconn.exec_(b"ROLLBACK")

    def _queue_command(self, pipeline: psycopg.Pipeline, command: bytes) -> None:
        _queue(pipeline, partial(self.pgconn.send_query_params, command, None))

    def _run(self, statement: Prepared, params: Sequence[bytes | None]) -> PGresult:
        # NULL is None here too, though it is not typed so.
        values = cast("Sequence[bytes]", params)
        return self.pgconn.exec_prepared(statement.name, values, statement.formats)

    def _prepare(self, statement: Prepared) -> None:
        self._require(self.pgconn.prepare(statement.name, statement.query), ExecStatus.COMMAND_OK)
        self.prepared |= {statement.name}

    def _require(self, result: PGresult, status: ExecStatus) -> None:
        if self.pgconn.status == ConnStatus.BAD:
            raise psycopg.OperationalError("the connection is lost")
        if result.status != status:
            raise psycopg.errors.error_from_result(result)


def _queue(pipeline: psycopg.Pipeline, command: Callable[[], None]) -> None:
    # The pipeline sends it with the next statement, in order, and raises its error.
    pipeline.command_queue.append(command)
    pipeline.result_queue.append(None)


def _sqlstate(result: PGresult) -> bytes | None:
    if result.status == ExecStatus.TUPLES_OK:
        return None
    return result.error_field(DiagnosticField.SQLSTATE)
