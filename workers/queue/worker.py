"""RQ, as it is used here: a worker a queue, no fork, nothing but ids in a job.

- A queue is a line for codes, one for what else somebody waits for, and one for the rest: a worker
  takes from the first that has something, and in each who came first is first. A queue with a front
  would serve the last one first, and whoever came before them, when it is busy, not at all.
- No fork: five times as many jobs a second. A job past its time is ended by a signal, and one that
  no signal reaches by ending this process; the supervisor starts it again, and the outbox's lease
  brings the job back.
- What RQ keeps of a job is short-lived and of no consequence: whether something is done is said by
  Postgres alone. So results are not kept, RQ's own retries are not used, and a job is gone from
  Redis as soon as a worker has it: two round trips for a job in place of fifteen.
"""

import contextlib
import faulthandler
import logging
import sys
import threading
import time
import traceback
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import FrameType
from typing import Any, ClassVar

from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue, SimpleWorker
from rq.exceptions import StopRequested
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.timeouts import JobTimeoutException
from rq.utils import as_text, now
from rq.worker import WorkerStatus

from core.db.database import Database
from core.lists.listing import Listing
from core.metrics.series import JOBS
from core.money.operations import SettledLater
from core.money.purposes import Purpose
from core.outbox.outbox import Due
from core.security.keyring import Keyring
from engine.registry import Registry
from values.alarms import raise_alarm
from values.messages import Message
from workers.jobs import context
from workers.jobs.kinds import QUEUES, JobKinds, lanes_of, queue_of_lane
from workers.limits import LIMITS, Limits
from workers.process import Outage, stop_on_signals, where
from workers.sending.accounts import Installed
from workers.sending.budgets import Budgets
from workers.sending.rates import Rates
from workers.wire_log import WireLog

log = logging.getLogger(__name__)

WORKER_TTL_S = 30  # also how long a dequeue blocks, less 15 s
HEARTBEAT_EVERY_S = 5.0
SUSPENDED_LOOKED_AT_EVERY_S = 1.0
RESTART_AFTER_S = 0.5
RECONNECT_LONGEST_S = 2.0
COUNTING_TIMEOUT_S = 2.0  # of messages against their rates
# What a job may carry. RQ would also run callbacks and call webhooks that stand in Redis.
_FIELDS = frozenset(
    b"created_at data description enqueued_at ended_at failure_ttl last_heartbeat origin"
    b" result_ttl started_at status timeout ttl worker_name".split()
)


class ForeignJob(Exception):
    """A job in the queue names a function that no domain's kinds of job name."""


class OurJob(Job):
    """Runs one of `functions` with two ids and nothing else, whatever stands in Redis."""

    functions: ClassVar[frozenset[str]] = frozenset()

    def restore(self, raw_data: Mapping[bytes, bytes]) -> Any:
        return super().restore({k: v for k, v in raw_data.items() if k in _FIELDS})

    @property
    def func(self) -> Any:
        if (
            self.func_name not in self.functions
            or self.instance
            or self.kwargs
            or len(self.args) != 2
        ):
            raise ForeignJob
        return super().func


class OurQueue(Queue):
    job_class = OurJob

    @classmethod
    def dequeue_any(  # noqa: PLR0917 - as RQ has it
        cls,
        queues: Iterable[Queue],
        timeout: int | None,
        connection: Redis,
        job_class: type[Job] | None = None,
        serializer: Any = None,
        death_penalty_class: Any = None,
    ) -> tuple[Job, Queue] | None:
        """The next job, which Redis then knows no more: killed, it comes back by its row's lease.
        Raises DequeueTimeout."""
        by_key = {queue.key: queue for queue in queues}
        while (popped := cls.lpop(tuple(by_key), timeout, connection)) is not None:
            queue = by_key[as_text(popped[0])]
            job = OurJob(as_text(popped[1]), connection=connection, serializer=JSONSerializer)
            pipeline = connection.pipeline()
            pipeline.hgetall(job.key)
            pipeline.delete(job.key)
            answers: list[Any] = pipeline.execute()
            found = answers[0]
            if found:  # else it was too old, or is another worker's
                job.restore(found)
                return job, queue
        return None


def connect(redis_url: str, *, timeout_s: float | None = None) -> Redis:
    """A client that says at once when Redis is away. A connection that went stale in the pool, as
    after a restart, is replaced without a word."""
    return Redis.from_url(
        redis_url,
        socket_timeout=timeout_s,
        socket_connect_timeout=2.0,
        retry=Retry(NoBackoff(), 1),
        health_check_interval=15,
    )


def queue_named(name: str, connection: Redis) -> Queue:
    return OurQueue(name, connection=connection, serializer=JSONSerializer)


def enqueue(
    connection: Redis, due: Sequence[Due], kinds: JobKinds, limits: Limits = LIMITS
) -> dict[str, int]:
    """Put rows on their queues in one round trip; answers each queue's length.

    A job's id is the row's, or its first row's: queued twice, it is found done, or gone, the second
    time.
    """
    pipeline = connection.pipeline(transaction=False)
    queues: dict[str, Queue] = {}
    for rows in _jobs(due, kinds, limits):
        kind, first = kinds[rows[0].kind], rows[0]
        name = kind.queue_of(first.priority)
        queue = queues.setdefault(name, queue_named(name, connection))
        data = OurQueue.prepare_data(
            kind.bulk_function if kind.in_bulk(first.priority) else kind.function,
            args=(str(first.tenant_id), ",".join(str(row.id) for row in rows)),
            timeout=limits.job_timeout_s,
            result_ttl=0,
            ttl=limits.job_kept_in_redis_s,
            failure_ttl=limits.failure_kept_s,
            description=kind.name,
            job_id=str(first.id),
        )
        queue.enqueue_many([data], pipeline=pipeline)
    for queue in queues.values():
        pipeline.llen(queue.key)
    answers = pipeline.execute()
    return dict(zip(queues, answers[len(answers) - len(queues) :], strict=True))


def _jobs(due: Sequence[Due], kinds: JobKinds, limits: Limits) -> Iterator[list[Due]]:
    """The rows of each job, in the order in which the jobs are queued."""
    together: dict[tuple[uuid.UUID, str], list[Due]] = {}
    for row in due:
        if not kinds[row.kind].in_bulk(row.priority):
            yield [row]
            continue
        rows = together.setdefault((row.tenant_id, row.kind), [])
        rows.append(row)
        if len(rows) == limits.bulk_batch:
            yield together.pop((row.tenant_id, row.kind))
    yield from together.values()


def lengths(connection: Redis, names: Iterable[str]) -> dict[str, int]:
    """How many jobs stand in each queue."""
    names = tuple(names)
    pipeline = connection.pipeline(transaction=False)
    for name in names:
        pipeline.llen(queue_named(name, connection).key)
    return dict(zip(names, pipeline.execute(), strict=True))


class QueueWorker(SimpleWorker):
    """RQ's worker, with four changes: what hangs is ended, a signal to stop never interrupts a job,
    an outage of Redis is one line in the log, and nothing is noted in Redis around each job."""

    job_class = OurJob
    queue_class = OurQueue
    max_connection_wait_time = RECONNECT_LONGEST_S
    log_result_lifespan = False

    def __init__(
        self,
        queue: str,
        connection: Redis,
        *,
        stop: threading.Event,
        outage: Outage,
        limits: Limits,
    ) -> None:
        super().__init__(
            [queue_named(lane, connection) for lane in lanes_of(queue)],
            connection=connection,
            serializer=JSONSerializer,
            worker_ttl=WORKER_TTL_S,
            default_result_ttl=0,
            log_job_description=False,
        )
        self._stop = stop
        self._outage = outage
        self._limits = limits
        self._said_state = ""
        self._beats_at = self._looks_at = 0.0

    def execute_job(self, job: Job, queue: Queue) -> None:
        self._state = WorkerStatus.BUSY  # for `request_stop`: Redis is not told
        try:
            self.perform_job(job, queue)
        finally:
            self._state = WorkerStatus.IDLE

    def perform_job(self, job: Job, queue: Queue) -> bool:
        # In C, without the interpreter's lock: it also ends what holds that lock for ever.
        faulthandler.dump_traceback_later(self._limits.job_hangs_after_s, exit=True)
        started_s, outcome = time.perf_counter(), "failed"
        try:
            job.started_at = now()
            with self.death_penalty_class(job.timeout, JobTimeoutException, job_id=job.id):
                job.func(*job.args)
            outcome = "done"
        except Exception:
            self._keep_failure(job, queue)
            return False
        finally:
            faulthandler.cancel_dump_traceback_later()
            took_s = time.perf_counter() - started_s
            JOBS.labels(queue_of_lane(queue.name), job.description or "", outcome).observe(took_s)
        return True

    def _keep_failure(self, job: Job, queue: Queue) -> None:
        """Of what failed Redis keeps a while that it did."""
        job.ended_at = now()
        kind, error, trace = sys.exc_info()
        self.handle_exception(job, kind, error, trace)
        with contextlib.suppress(RedisError):
            job.save()
            said = "".join(traceback.format_exception_only(kind, error))
            self.handle_job_failure(job, queue, exc_string=said)

    def handle_exception(self, job: Job, *exc_info: Any) -> None:
        if isinstance(exc_info[1], RedisError):
            self._outage.begin(exc_info[1])  # while noting that the job was done: its row knows
        else:
            place = where(exc_info[1])
            raise_alarm(
                log, "job_failed", place, f"job {job.id} failed: {place}", fault=exc_info[1]
            )

    def handle_job_failure(
        self, job: Job, queue: Queue, started_job_registry: Any = None, exc_string: str = ""
    ) -> None:
        # Redis gets to know the type of what was raised: the rest may quote a person's data.
        kind = exc_string.strip().rpartition("\n")[2].partition(":")[0]
        super().handle_job_failure(job, queue, started_job_registry, kind)

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        if pipeline is not None:
            super().heartbeat(timeout, pipeline)
        elif self._outage.is_on or time.monotonic() >= self._beats_at:
            super().heartbeat(timeout)
            self._beats_at = time.monotonic() + HEARTBEAT_EVERY_S
            self._outage.end()

    def set_state(self, state: str, pipeline: Any = None) -> None:
        self._state = state
        if state != self._said_state:
            super().set_state(state, pipeline)
            self._said_state = state

    def check_for_suspension(self, burst: bool) -> None:
        if time.monotonic() >= self._looks_at:
            super().check_for_suspension(burst)
            self._looks_at = time.monotonic() + SUSPENDED_LOOKED_AT_EVERY_S

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        self._stop.set()
        if self.get_state() == WorkerStatus.BUSY:
            self._stop_requested = True  # after this job
        else:
            raise StopRequested


def work(
    queue: str,
    *,
    database_url: str,
    redis_url: str,
    key: bytes,
    kinds: JobKinds,
    messages: Mapping[str, type[Message]],
    flows: Registry = context.NO_FLOWS,
    purposes: Mapping[str, Purpose] = context.NO_PURPOSES,
    operations: Mapping[str, SettledLater] = context.NO_OPERATIONS,
    listings: Mapping[str, Listing] = context.NO_LISTINGS,
    fakes_url: str = "",
    accounts: Sequence[Installed] = (),
    hooks_url: str = "",
    limits: Limits = LIMITS,
    burst: bool = False,
) -> None:
    """Work off a queue until a signal says stop; with `burst`, until it is empty.

    `database_url` is piga_app's; `messages`, `flows`, `operations`, `purposes` and `listings` are
    those of all domains, by name. `accounts` are the installation's credentials by provider;
    `fakes_url` sends every text to the fakes instead.
    """
    if queue not in QUEUES:
        raise ValueError(f"no such queue; there are: {', '.join(QUEUES)}")
    OurJob.functions = frozenset[str]().union(*(kind.functions for kind in kinds.values()))
    counting = connect(redis_url, timeout_s=COUNTING_TIMEOUT_S)
    database = Database(database_url)
    ours = context.make(
        database,
        Keyring(key),
        messages,
        flows=flows,
        purposes=purposes,
        operations=operations,
        listings=listings,
        fakes_url=fakes_url,
        accounts=accounts,
        rates=Rates(counting),
        budgets=Budgets(database, counting),
        wire=WireLog(counting),
        hooks_url=hooks_url,
        limits=limits,
    )
    context.install(ours)
    ours.directory.follow()
    outage = Outage(log, "Redis")
    _quieten(outage)
    stop = stop_on_signals(threading.Event())
    try:
        while not stop.is_set():
            try:
                with connect(redis_url) as connection:
                    worker = QueueWorker(queue, connection, stop=stop, outage=outage, limits=limits)
                    worker.work(burst=burst, logging_level="WARNING")
            except RedisError as error:
                outage.begin(error)
            except StopRequested:
                break
            if burst:
                break
            stop_on_signals(stop)  # RQ's worker leaves its own behind
            stop.wait(RESTART_AFTER_S)
    finally:
        counting.close()
        ours.close()


def _quieten(outage: Outage) -> None:
    """RQ reports an outage of Redis line by line, and faults with their whole traceback."""

    def one_line(record: logging.LogRecord) -> bool:
        if "could not connect to Redis" in str(record.msg):
            outage.begin(RedisError())
            return False
        record.exc_info = None
        return True

    for name in ("rq.worker", "rq.job"):
        logging.getLogger(name).addFilter(one_line)
