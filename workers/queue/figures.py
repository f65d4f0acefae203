"""How long the queues are, who works on them, and what the turns left to be written down."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from prometheus_client.core import GaugeMetricFamily
from redis import Redis
from rq.worker_registration import WORKERS_BY_QUEUE_KEY

from values import clock
from workers.jobs.kinds import QUEUES, lanes_of
from workers.queue.drain import STREAMS
from workers.queue.worker import OurJob, queue_named


def read(connection: Redis) -> Iterable[GaugeMetricFamily]:
    """What Redis holds now. Raises RedisError."""
    jobs = GaugeMetricFamily("piga_queue_jobs", "Jobs that stand in a queue.", labels=("queue",))
    oldest = GaugeMetricFamily(
        "piga_queue_oldest_seconds",
        "How long the oldest job of a queue has stood there.",
        labels=("queue",),
    )
    workers = GaugeMetricFamily("piga_workers", "Workers of a queue.", labels=("queue",))
    for name in QUEUES:
        keys = [queue_named(lane, connection).key for lane in lanes_of(name)]
        pipeline = connection.pipeline(transaction=False)
        for key in keys:
            pipeline.llen(key)
        for key in keys:
            pipeline.lindex(key, 0)
        pipeline.scard(WORKERS_BY_QUEUE_KEY % name)
        *found, count = pipeline.execute()
        jobs.add_metric((name,), sum(found[: len(keys)]))
        oldest.add_metric((name,), _oldest_s(connection, [id for id in found[len(keys) :] if id]))
        workers.add_metric((name,), count)
    lines = GaugeMetricFamily("piga_turn_log_lines", "Turns that are to be written down.")
    pipeline = connection.pipeline(transaction=False)
    for stream in STREAMS:
        pipeline.xlen(stream)
    lines.add_metric((), sum(pipeline.execute()))
    return (jobs, oldest, workers, lines)


def _oldest_s(connection: Redis, ids: list[bytes]) -> float:
    """How long ago the first of these jobs, the heads of lines, was made."""
    pipeline = connection.pipeline(transaction=False)
    for id in ids:
        pipeline.hget(OurJob.key_for(id.decode()), "created_at")
    made: list[Any] = [each for each in pipeline.execute() if each] if ids else []
    if not made:
        return 0.0
    first_s = min(datetime.fromisoformat(each.decode()).timestamp() for each in made)
    return max(0.0, clock.epoch_s() - first_s)
