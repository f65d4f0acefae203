"""RQ as it is set up here: what hangs is ended, and a stop is heard at every moment."""

import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from redis import Redis

from core.outbox.outbox import Due
from providers.simulator.process import Fakes
from tests.support.domains import DOMAINS
from tests.support.tenants import KEY
from tests.support.waiting import until
from tests.support.workers import QUICK, MessagingTenant
from workers.queue.worker import OurJob, connect, enqueue, queue_named, work

IMPATIENT = replace(QUICK, job_timeout_s=1, job_hangs_after_s=3)


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    with connect(redis_url) as connection:
        yield connection


def put(redis: Redis, function: str) -> None:
    send = queue_named("send", redis)
    send.enqueue_call(function, args=["a", "b"], timeout=IMPATIENT.job_timeout_s, failure_ttl=60)


@pytest.mark.long
def test_a_job_past_its_time_is_ended_and_the_worker_goes_on(
    tenant: MessagingTenant, redis: Redis, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    with tenant.running("send", limits=IMPATIENT, stderr=log) as [worker]:
        put(redis, "tests.workers.queue.hangs.can_be_ended")
        message = tenant.text()
        enqueue(
            redis, [Due(tenant.tenant_id, tenant.outbox_of(message), "send_text")], DOMAINS.jobs
        )
        until(lambda: tenant.state(message) == "accepted")
        assert worker.poll() is None
    assert "ALARM job" in log.read_text()
    assert "JobTimeoutException" in log.read_text()


@pytest.mark.long
def test_a_job_that_no_signal_ends_is_ended_with_its_process(
    tenant: MessagingTenant, redis: Redis, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    worker = tenant.start("send", limits=IMPATIENT, stderr=log)
    put(redis, "tests.workers.queue.hangs.swallows_everything")
    assert worker.wait(20) != 0
    assert "Timeout" in log.read_text()  # and where it hung


def test_what_redis_keeps_of_a_failure_is_its_type_and_not_for_long(
    tenant: MessagingTenant, redis: Redis
) -> None:
    put(redis, "tests.workers.queue.hangs.can_be_ended")
    failed = queue_named("send", redis).failed_job_registry
    with tenant.running("send", limits=IMPATIENT):
        until(lambda: failed.get_job_ids())
    [id] = failed.get_job_ids()
    job = OurJob.fetch(id, redis, "json")
    result = job.latest_result()
    assert result is not None
    assert result.exc_string == "rq.timeouts.JobTimeoutException"
    assert 0 < redis.ttl(job.key) <= 60


def is_idle(redis: Redis) -> bool:
    workers = redis.smembers("rq:workers:default")
    return bool(workers) and all(redis.hget(key, "state") == b"idle" for key in workers)


@pytest.mark.long
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_idle_worker_stops_at_once(tenant: MessagingTenant, redis: Redis, number: int) -> None:
    worker = tenant.start("default")
    until(lambda: is_idle(redis))
    time.sleep(0.3)  # it says so just before it waits
    worker.send_signal(number)
    began = time.monotonic()
    assert worker.wait(10) == 0
    assert time.monotonic() - began < 3


@pytest.mark.long
def test_a_worker_waits_for_redis_and_says_so_once(
    tenant: MessagingTenant, fakes: Fakes, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    real, tenant.redis_url = tenant.redis_url, "redis://127.0.0.1:1/0"
    with tenant.running("send", "relay", stderr=log) as processes:
        until(lambda: log.read_text().count("Redis is away") >= 2)
        time.sleep(3)  # and it would be said again by now
        assert [process.poll() for process in processes] == [None, None]
    tenant.redis_url = real
    said = log.read_text()
    assert said.count("workers.queue.worker Redis is away") == 1
    assert said.count("workers.queue.relay Redis is away") == 1
    assert "Traceback" not in said


def test_an_unknown_queue_is_refused() -> None:
    with pytest.raises(ValueError, match="send, bulk, chat, default"):
        work("sendd", database_url="", redis_url="", key=KEY, kinds={}, messages={})
