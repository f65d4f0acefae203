"""What is read of the rows, the queues and the last look at the books, when somebody asks."""

import logging
import threading
import time
from collections.abc import Iterable, Sequence
from typing import Final

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from redis import Redis, RedisError

from app.metrics import verified
from app.settings import Settings
from core.db.database import Database
from core.db.errors import Unavailable
from core.metrics import figures
from core.metrics.figures import Figure
from core.outbox.figures import FIGURES as OUTBOX
from workers.process import Outage
from workers.queue import figures as queues
from workers.queue.worker import connect

log = logging.getLogger(__name__)

REDIS_TIMEOUT_S: Final = 2.0
# Asked more often than this, it is what it was.
KEPT_S: Final = 5.0


class Facts(Collector):
    """Of a whole installation, so that every process that answers with it says the same.

    `piga_facts_up` is 1 for each part that could be read: what cannot be read is left out.
    """

    def __init__(self, verify: Database | None, redis: Redis, domains: Sequence[Figure]) -> None:
        self._verify = verify
        self._redis = redis
        self._figures = (*OUTBOX, *domains)
        self._lock = threading.Lock()
        self._kept: list[GaugeMetricFamily] = []
        self._kept_until_s = 0.0
        self._outages = {"postgres": Outage(log, "Postgres"), "redis": Outage(log, "Redis")}

    def collect(self) -> Iterable[GaugeMetricFamily]:
        with self._lock:
            if time.monotonic() >= self._kept_until_s:
                self._kept = self._read()
                self._kept_until_s = time.monotonic() + KEPT_S
            return list(self._kept)

    def _read(self) -> list[GaugeMetricFamily]:
        up = GaugeMetricFamily("piga_facts_up", "Whether it could be read.", labels=("part",))
        found = [up]
        for part, read in (("postgres", self._rows), ("redis", self._of_redis)):
            try:
                families = read()
                self._outages[part].end()
            except (Unavailable, RedisError) as fault:
                self._outages[part].begin(fault)
                families = []
            up.add_metric((part,), 1.0 if families else 0.0)
            found += families
        return found

    def _rows(self) -> list[GaugeMetricFamily]:
        if self._verify is None:
            return []
        return figures.read(self._verify, self._figures, figures.slugs_of(self._verify))

    def _of_redis(self) -> list[GaugeMetricFamily]:
        return [*queues.read(self._redis), *verified.read(self._redis)]


def of_installation(settings: Settings) -> Facts:
    """The figures of all domains; those of the rows where PIGA_VERIFY_URL is set."""
    from app import domains

    verify = Database(settings.verify_url) if settings.verify_url else None
    redis = connect(settings.redis_url, timeout_s=REDIS_TIMEOUT_S)
    return Facts(verify, redis, domains.load().figures)
