"""A connection that can also run prepared statements without the driver's cursor, in half of what
`execute` costs, for the few statements that are run so often that it counts; and that needs no new
cursor for statements whose answer nobody reads."""

import contextlib
import select
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias, TypeGuard, TypeVar, cast

import psycopg
from psycopg import adapt
from psycopg.abc import Params, PQGen, Transformer
from psycopg.abc import QueryNoTemplate as Query
from psycopg.pq import ConnStatus, DiagnosticField, ExecStatus, Format, TransactionStatus
from psycopg.pq.abc import PGresult
from psycopg.rows import TupleRow
from psycopg.waiting import Ready, Wait

from values import waiting
from values.waiting import Loop

_NO_SUCH_STATEMENT = b"26000"
# Of a statement that has done what it was asked.
_ANSWERS = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)
FLUSHED_EVERY_MS = 10  # what does not fit into the socket at once, which no statement of ours is
# A restarted server leaves as many idle connections behind, at most, that are tried in turn.
STALE_CONNECTIONS_MAXIMUM = 32
# What a transaction that begins meets: a server that is lost or too slow, or, behind a pooler, one
# that has not prepared our statements.
SERVER_FAULTS = (psycopg.OperationalError, psycopg.errors.InvalidSqlStatementName)

Answer = TypeVar("Answer")
Row = TupleRow
# A statement with its parameters.
Statement = tuple[Query, Params | None]
# A value as it came over the wire, in Postgres' text form; None is NULL.
Raw = bytes | None

# How a parameter is given.
TEXT, BINARY = 0, 1


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement whose parameters are $1, $2 …; `formats` says how each of them is given.

    One that is called, and not run, answers one row with one value. Its $1 is the tenant where the
    statement is a whole transaction and has to set the tenant itself, and otherwise NULL; in binary
    form.
    """

    name: bytes
    query: bytes
    formats: tuple[int, ...]


# A prepared statement with its parameters, in the forms that it says.
Run: TypeAlias = tuple[Prepared, Sequence[bytes | None]]


def is_run(one: Statement | Run) -> TypeGuard[Run]:
    return type(one[0]) is Prepared


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
    _reader: Transformer | None = None
    _ready: "select.poll | None" = None
    # For statements whose answer nobody reads: a cursor costs as much as such a statement, so one
    # serves them all.
    unread: psycopg.Cursor[Row]

    def wait(self, gen: PQGen[Answer], *args: Any, **kwargs: Any) -> Answer:
        """As the driver's, which calls it whenever it waits for the server."""
        loop = _loop()
        if loop is None:
            return super().wait(gen, *args, **kwargs)
        return _wait_by(loop, gen, self.pgconn.socket)

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

    def run(
        self,
        runs: Sequence[Run],
        *,
        tenant: str | None = None,
        left_ms: int = 0,
        begins: bool = False,
        ends: bool = False,
    ) -> list[list[Row]]:
        """Run prepared statements in one round trip; answers the rows of each. With `tenant` the
        settings of a transaction come first: one that `begins`, and otherwise one of these alone,
        committed with the last. `ends`: COMMIT goes with them. Raises psycopg.Error."""
        settings: list[Run] = []
        if tenant is not None:
            left = b"%d" % left_ms
            settings = [(_SETTINGS, (tenant.encode(), left, left))]
        all_runs = [*settings, *runs]
        results = self._answers_of(all_runs, begins=begins, ends=ends)
        if any(_sqlstate(result) == _NO_SUCH_STATEMENT for result in results):
            # As in `call`.
            self.prepared = frozenset()
            if self.pgconn.transaction_status == TransactionStatus.IDLE:
                results = self._answers_of(all_runs, begins=begins, ends=ends)
        for result in results:
            if result.status not in _ANSWERS:
                raise psycopg.errors.error_from_result(result)
        if ends:
            return []
        return [self._rows_of(result) for result in results[-len(runs) :]]

    def _answers_of(self, runs: Sequence[Run], *, begins: bool, ends: bool) -> list[PGresult]:
        """What became of statements that were sent in one pipeline, until the first that failed.
        Raises psycopg.OperationalError where the connection is lost."""
        for statement, _ in runs:
            if statement.name not in self.prepared:
                self._prepare(statement)
        pgconn = self.pgconn
        pgconn.enter_pipeline_mode()
        try:
            if begins:
                pgconn.send_query_params(b"BEGIN", None)
            for statement, params in runs:
                values = cast("Sequence[bytes]", params)
                pgconn.send_query_prepared(statement.name, values, statement.formats, Format.BINARY)
            if ends:
                pgconn.send_query_params(b"COMMIT", None)
            pgconn.pipeline_sync()
            return self._collect()
        finally:
            # It refuses where the connection is lost, which `_collect` has said.
            with contextlib.suppress(psycopg.Error):
                pgconn.exit_pipeline_mode()

    def _collect(self) -> list[PGresult]:
        pgconn, results = self.pgconn, list[PGresult]()
        self._flush()
        failed = False
        while True:
            self._until_answered()
            result = pgconn.get_result()
            if result is None:
                if pgconn.status == ConnStatus.BAD:
                    raise psycopg.OperationalError("the connection is lost")
            elif result.status == ExecStatus.PIPELINE_SYNC:
                return results
            elif pgconn.status == ConnStatus.BAD:
                raise psycopg.OperationalError("the connection is lost")
            elif not failed:
                results.append(result)
                failed = result.status not in _ANSWERS

    def _answer(self, send: Callable[[], None]) -> PGresult:
        """What a single command comes to. Raises psycopg.OperationalError where the connection is
        lost."""
        send()
        self._flush()
        answer = None
        while True:
            self._until_answered()
            result = self.pgconn.get_result()
            if result is None:
                break
            answer = result
        if answer is None:
            raise psycopg.OperationalError("the connection is lost")
        return answer

    def _flush(self) -> None:
        while self.pgconn.flush():
            if not self._readable(FLUSHED_EVERY_MS):
                continue
            self.pgconn.consume_input()

    def _until_answered(self) -> None:
        """Wait until the next result is here: libpq would keep the interpreter's lock, or a whole
        loop, while it waits."""
        pgconn = self.pgconn
        while pgconn.is_busy():
            self._readable(None)
            pgconn.consume_input()

    def _readable(self, within_ms: int | None) -> bool:
        """Wait until something has come, so long at most."""
        loop = _loop()
        if loop is not None and within_ms is None:
            return loop.until_ready(self.pgconn.socket, reading=True, writing=False)
        if loop is not None:
            loop.sleep(FLUSHED_EVERY_MS / 1_000)
            within_ms = 0
        ready = self._ready
        if ready is None:
            ready = self._ready = select.poll()
            ready.register(self.pgconn.socket, select.POLLIN)
        return bool(ready.poll(within_ms))

    def _rows_of(self, result: PGresult) -> list[Row]:
        reader = self._reader
        if reader is None:
            reader = self._reader = adapt.Transformer(self)
        reader.set_pgresult(result)
        return reader.load_rows(0, result.ntuples, tuple)

    def begin(
        self, tenant: str, left_ms: int, statements: Sequence[Statement]
    ) -> list[psycopg.Cursor[Row]]:
        """BEGIN, the settings and the first statements, in one round trip. Raises psycopg.Error."""
        with self.pipeline() as pipeline:
            self._queue_command(pipeline, b"BEGIN")
            self.queue_settings(pipeline, tenant, left_ms)
            return [self.execute(query, params) for query, params in statements]

    def commit_with(self, last: Sequence[Statement | Run]) -> None:
        """The last statements, whose answers nobody reads, and COMMIT, in one round trip. Raises
        psycopg.Error."""
        if not last:
            commit = partial(self.pgconn.send_query, b"COMMIT")
            self._require(self._answer(commit), ExecStatus.COMMAND_OK)
            return
        runs = [one for one in last if is_run(one)]
        if len(runs) == len(last):
            self.run(runs, ends=True)
            return
        for statement, _ in runs:
            if statement.name not in self.prepared:
                self._prepare(statement)
        try:
            with self.pipeline() as pipeline:
                for one in last:
                    if is_run(one):
                        self._queue_run(pipeline, one)
                    else:
                        self.unread.execute(*one)
                self._queue_command(pipeline, b"COMMIT")
        except psycopg.errors.PipelineAborted as aborted:
            # The driver raises what became of the COMMIT; why is in the error before it.
            if isinstance(aborted.__context__, psycopg.Error):
                raise aborted.__context__ from None
            raise

    def roll_back(self) -> None:
        """End the transaction, behind the driver's back: when it sees a ROLLBACK it deallocates
        every prepared statement, its own and ours. Afterwards the connection is idle, or lost."""
        self._answer(partial(self.pgconn.send_query, b"ROLLBACK"))

    def _queue_command(self, pipeline: psycopg.Pipeline, command: bytes) -> None:
        _queue(pipeline, partial(self.pgconn.send_query_params, command, None))

    def _queue_run(self, pipeline: psycopg.Pipeline, run: Run) -> None:
        statement, params = run
        values = cast("Sequence[bytes]", params)
        send = self.pgconn.send_query_prepared
        _queue(pipeline, partial(send, statement.name, values, statement.formats))

    def _run(self, statement: Prepared, params: Sequence[bytes | None]) -> PGresult:
        # NULL is None here too, though it is not typed so.
        values = cast("Sequence[bytes]", params)
        send = self.pgconn.send_query_prepared
        return self._answer(partial(send, statement.name, values, statement.formats))

    def _prepare(self, statement: Prepared) -> None:
        send = partial(self.pgconn.send_prepare, statement.name, statement.query)
        self._require(self._answer(send), ExecStatus.COMMAND_OK)
        self.prepared |= {statement.name}

    def _require(self, result: PGresult, status: ExecStatus) -> None:
        if self.pgconn.status == ConnStatus.BAD:
            raise psycopg.OperationalError("the connection is lost")
        if result.status != status:
            raise psycopg.errors.error_from_result(result)


def _loop() -> Loop | None:
    return waiting.loop_here() if waiting.loops else None


def _wait_by(loop: Loop, gen: PQGen[Answer], descriptor: int) -> Answer:
    """Go through what the driver does, by the loop that serves the caller."""
    try:
        wants = next(gen)
        while True:
            reading, writing = bool(wants & Wait.R), bool(wants & Wait.W)
            readable = loop.until_ready(descriptor, reading=reading, writing=writing)
            wants = gen.send(Ready.R if readable else Ready.W)
    except StopIteration as end:
        answer: Answer = end.value
        return answer


def _queue(pipeline: psycopg.Pipeline, command: Callable[[], None]) -> None:
    # The pipeline sends it with the next statement, in order, and raises its error.
    pipeline.command_queue.append(command)
    pipeline.result_queue.append(None)


def _sqlstate(result: PGresult) -> bytes | None:
    if result.status == ExecStatus.TUPLES_OK:
        return None
    return result.error_field(DiagnosticField.SQLSTATE)
