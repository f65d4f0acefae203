"""The relay: what the outbox holds becomes jobs, and what the turns left in Redis becomes rows.

It polls: LISTEN does not pass a transaction pooler. Several may run side by side. It keeps nothing
of its own: Postgres says what is due, and a job that Redis lost is queued again, at once where
Redis is seen to have restarted or to have been emptied, and else when its lease has run out.
"""

import logging
import math
import threading
import time

from redis import Redis, RedisError

from core.db.database import Database, Deadline
from core.db.errors import OutcomeUnknown, Unavailable
from core.metrics.series import RELAYED
from core.outbox import outbox
from core.outbox.outbox import Room
from core.tenants.pauses import Paused
from values.messages import Priority
from workers.jobs.kinds import BULK_QUEUE, JobKinds, is_prompt
from workers.limits import LIMITS, Limits
from workers.pauses import Pauses
from workers.process import Outage, stop_on_signals
from workers.queue.drain import drain
from workers.queue.turn_counts import TurnCounts
from workers.queue.worker import connect, enqueue, lengths

log = logging.getLogger(__name__)

DEADLINE_S = 5.0
REDIS_TIMEOUT_S = 2.0
# Holds the run id of the Redis that the queues are in: another one, or none, has lost some.
EPOCH = "piga:relay:epoch"


class Relay:
    """One relay; `pass_on` and `look_after_redis` may raise RedisError, Unavailable and
    OutcomeUnknown, and are simply done again."""

    def __init__(
        self,
        database: Database,
        connection: Redis,
        kinds: JobKinds,
        limits: Limits = LIMITS,
    ) -> None:
        self._database = database
        self._redis = connection
        self._kinds = kinds
        self._limits = limits
        self._pauses = Pauses(database)
        self._counts = TurnCounts(database)
        lanes = {kind.queue_of(priority) for kind in kinds.values() for priority in Priority}
        self._lengths = dict.fromkeys(lanes, 0) | {BULK_QUEUE: 0}
        self._bulk_at = -math.inf  # when the last of what goes to many was queued

    def pass_on(self) -> bool:
        """Queue what is due; True when there may be more. Idle, this is one indexed query.

        The jobs are in Redis before the COMMIT: without Redis the rows stay as they are. A job
        that is faster than the COMMIT waits for the row's lock.
        """
        limits = self._limits
        if any(self._lengths.values()):
            self._lengths = lengths(self._redis, self._lengths)
        rooms = [room for priority in Priority if (room := self._room(priority)).kinds]
        bulk = [room] if (room := self._bulk_room()).kinds else []
        if not rooms and not bulk:
            return False
        with self._database.transaction(None, Deadline(DEADLINE_S)) as tx:
            line = outbox.in_line(tx, [*rooms, *bulk])
            due = outbox.take_from(tx, line, rooms, lease_s=limits.queued_lease_s)
            if due:
                self._lengths |= enqueue(self._redis, due, self._kinds, limits)
        RELAYED.inc(len(due))
        is_more = any(len(due) >= room.limit for room in rooms)
        if bulk and any(priority == Priority.BULK for priority, _tenant in line):
            is_more |= self._pass_on_bulk(bulk[0], line)
        return is_more

    def _pass_on_bulk(self, room: Room, line: outbox.Line) -> bool:
        """What goes to many, in a transaction of its own: nobody else's job waits for its COMMIT.
        True when there may be more."""
        limits = self._limits
        with self._database.transaction(None, Deadline(DEADLINE_S)) as tx:
            due = outbox.take_from(tx, line, [room], lease_s=limits.queued_lease_s)
            if due:
                self._lengths |= enqueue(self._redis, due, self._kinds, limits)
        if due:
            self._bulk_at = time.monotonic()
        RELAYED.inc(len(due))
        return len(due) >= room.limit

    def _room(self, priority: Priority) -> Room:
        """Which kinds' queues have room for rows of a priority, and for how many at once."""
        limits = self._limits
        depth = min(
            limits.queue_depth,
            {Priority.RECEIPT: limits.receipts_depth, Priority.BULK: limits.bulk_depth}.get(
                priority, limits.queue_depth
            ),
        )
        room = {name: depth - length for name, length in self._lengths.items()}
        kinds = tuple(
            name
            for name, kind in self._kinds.items()
            if room[kind.queue_of(priority)] > 0
            and not kind.in_bulk(priority)
            and not self._is_paused(name)
        )
        limit = min([limits.batch, *(room[self._kinds[name].queue_of(priority)] for name in kinds)])
        return Room(priority, kinds, limit)

    def _bulk_room(self) -> Room:
        """The same for what is done many at once: it stands on a queue of its own, and leaves the
        processors to who waits for an answer."""
        limits = self._limits
        jobs = min(limits.bulk_jobs - self._lengths[BULK_QUEUE], limits.bulk_jobs_at_once)
        limit = jobs * limits.bulk_batch
        waiting = sum(length for lane, length in self._lengths.items() if is_prompt(lane))
        if waiting > limits.prompts_beside_bulk:
            since_s = time.monotonic() - self._bulk_at
            limit = min(limit, limits.bulk_batch)
            limit = limit if since_s >= limits.bulk_beside_prompts_every_s else 0
        kinds = tuple(
            name
            for name, kind in self._kinds.items()
            if kind.in_bulk(Priority.BULK) and not self._is_paused(name)
        )
        return Room(Priority.BULK, kinds if limit > 0 else (), limit, apart=True)

    def _is_paused(self, kind: str) -> bool:
        """Whether jobs of a kind are paused for every tenant: their rows are not even queued."""
        return self._pauses.wait_s(Paused.OPERATION, None, kind) > 0

    def look_after_redis(self) -> bool:
        """Notice a Redis that lost its memory, and drain the turns; True when there may be more."""
        pipeline = self._redis.pipeline(transaction=False)
        pipeline.info("server")
        pipeline.get(EPOCH)
        server, epoch = pipeline.execute()
        run_id = str(server.get("run_id", "?")).encode()
        if epoch != run_id:
            with self._database.transaction(None, Deadline(DEADLINE_S)) as tx:
                count = outbox.queue_was_lost(tx)
            self._redis.set(EPOCH, run_id)
            if count:
                log.warning("Redis may have lost jobs: %d rows are queued again", count)
        taken = drain(self._database, self._redis, self._limits, count=self._counts.add)
        return taken >= self._limits.drain_batch


def run(
    *,
    database_url: str,
    redis_url: str,
    kinds: JobKinds,
    limits: Limits = LIMITS,
    stop: threading.Event | None = None,
) -> None:
    """Relay until a signal says stop. `database_url` is piga_relay's."""
    stop = stop_on_signals(stop or threading.Event())
    database = Database(database_url)
    postgres, redis = Outage(log, "Postgres"), Outage(log, "Redis")
    with connect(redis_url, timeout_s=REDIS_TIMEOUT_S) as connection:
        relay = Relay(database, connection, kinds, limits)
        look_at = 0.0
        while not stop.is_set():
            more = False
            try:
                if redis.is_on:
                    connection.ping()  # rather than lock rows that cannot be queued
                more = relay.pass_on()
                if time.monotonic() >= look_at:
                    more |= relay.look_after_redis()
                    look_at = time.monotonic() + limits.drain_every_s
                redis.end()
                postgres.end()
            except RedisError as error:
                redis.begin(error)
            except (Unavailable, OutcomeUnknown) as error:
                postgres.begin(error)
            is_away = redis.is_on or postgres.is_on
            if not more or is_away:
                stop.wait(limits.poll_slower_s if is_away else limits.poll_every_s)
    database.close()
