"""Rows become jobs, whatever happens to Redis; and what a job in Redis consists of."""

import threading
import zlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from redis import Redis, RedisError

from core.db.database import Database
from core.outbox.outbox import Due
from providers.simulator.process import Fakes
from tests.support.domains import DOMAINS
from tests.support.tenants import KEY
from tests.support.waiting import until
from tests.support.workers import QUICK, MessagingTenant, received
from values.messages import Priority
from workers.jobs.kinds import BULK_QUEUE, lanes_of
from workers.queue import worker
from workers.queue.relay import EPOCH, Relay
from workers.queue.worker import OurJob, OurQueue, connect, queue_named


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    with connect(redis_url) as connection:
        yield connection


@pytest.fixture
def relay(tenant: MessagingTenant, redis: Redis) -> Relay:
    made = Relay(tenant.relay, redis, DOMAINS.jobs, QUICK)
    made.look_after_redis()
    return made


def work_off(tenant: MessagingTenant, queue: str = "send") -> None:
    """A real worker of RQ's in this process, until the queue is empty."""
    worker.work(
        queue,
        database_url=tenant.urls.database_url,
        redis_url=tenant.redis_url,
        key=KEY,
        kinds=DOMAINS.jobs,
        messages=DOMAINS.messages,
        fakes_url=tenant.fakes_url,
        limits=QUICK,
        burst=True,
    )


def test_from_row_to_text(
    tenant: MessagingTenant, fakes: Fakes, relay: Relay, redis: Redis
) -> None:
    messages = [tenant.text() for _ in range(5)]
    assert not relay.pass_on()
    assert tenant.outbox_states() == {"queued": 5}
    work_off(tenant)
    assert {tenant.state(message) for message in messages} == {"accepted"}
    assert len(received(fakes)) == 5
    # Nothing of a job that is done stays in Redis.
    assert list(redis.keys("rq:job:*")) == []


def test_a_job_carries_two_ids_and_nothing_else(
    tenant: MessagingTenant, relay: Relay, redis: Redis
) -> None:
    message = tenant.text(template="welcome", params={"tenant": "Impuye"})
    relay.pass_on()
    outbox_id = str(tenant.outbox_of(message))
    job = OurJob.fetch(outbox_id, redis, "json")
    assert job.func_name in {kind.function for kind in DOMAINS.jobs.values()}
    assert job.args == [str(tenant.tenant_id), outbox_id]
    assert 0 < redis.ttl(job.key) <= QUICK.job_kept_in_redis_s
    fields: Any = redis.hgetall(job.key)
    stored = b"".join(fields.values()) + zlib.decompress(fields[b"data"])
    assert b"Impuye" not in stored
    assert b"788000001" not in stored


def test_every_kind_names_a_function_that_there_is() -> None:
    from rq.utils import import_attribute

    for kind in DOMAINS.jobs.values():
        assert callable(import_attribute(kind.function))


def test_a_queue_is_not_filled_beyond_its_depth(
    tenant: MessagingTenant, redis: Redis, fakes: Fakes
) -> None:
    shallow = Relay(tenant.relay, redis, DOMAINS.jobs, replace(QUICK, queue_depth=3, batch=2))
    for _ in range(8):
        tenant.text()
    for _ in range(6):
        shallow.pass_on()
    assert queue_named("send", redis).count == 3
    assert tenant.outbox_states() == {"waiting": 5, "queued": 3}
    for _ in range(3):
        work_off(tenant)
        while shallow.pass_on():
            pass
    work_off(tenant)
    assert len(received(fakes)) == 8


def test_what_somebody_waits_for_overtakes_what_is_queued(
    tenant: MessagingTenant, redis: Redis, fakes: Fakes
) -> None:
    """By a line of its own: codes go first, then replies, then the rest, and in each who came first
    goes first, however many come after them."""
    limits = replace(QUICK, queue_depth=20, receipts_depth=7, batch=50)
    relay = Relay(tenant.relay, redis, DOMAINS.jobs, limits)

    def passed_on(count: int, priority: Priority) -> list[str]:
        """The ids of the rows that there are room for, of so many."""
        rows = [tenant.outbox_of(tenant.text(priority=priority)) for _ in range(count)]
        while relay.pass_on():
            pass
        queued = {id for lane in lanes_of("send") for id in queue_named(lane, redis).job_ids}
        return [str(row) for row in rows if str(row) in queued]

    receipts = passed_on(30, Priority.RECEIPT)
    assert len(receipts) == 7
    replies = passed_on(3, Priority.PROMPT) + passed_on(2, Priority.PROMPT)
    codes = passed_on(3, Priority.CODE)
    assert len(codes) == 3
    assert len(replies) == 5
    queues = [queue_named(lane, redis) for lane in lanes_of("send")]
    taken = []
    for _ in range(15):
        found = OurQueue.dequeue_any(queues, None, redis)
        assert found is not None
        taken.append(found[0].id)
    assert taken == [*codes, *replies, *receipts]
    assert OurQueue.dequeue_any(queues, None, redis) is None


def test_what_goes_to_many_at_once_stands_in_nobodys_way(
    tenant: MessagingTenant, redis: Redis, fakes: Fakes
) -> None:
    """It has a queue of its own, with so many jobs of so many rows, and is sent from there."""
    limits = replace(QUICK, bulk_batch=4, bulk_jobs=3, receipts_depth=2)
    relay = Relay(tenant.relay, redis, DOMAINS.jobs, limits)
    for number in range(20):
        tenant.text(f"+2507880001{number:02}", priority=Priority.BULK)
    receipts = [tenant.text() for _ in range(2)]
    while relay.pass_on():
        pass
    bulk = queue_named(BULK_QUEUE, redis)
    assert [len(job.args[1].split(",")) for job in bulk.jobs] == [4, 4, 4]
    assert queue_named("send", redis).job_ids == [str(tenant.outbox_of(row)) for row in receipts]
    work_off(tenant, BULK_QUEUE)
    assert len(received(fakes)) == 12
    assert tenant.states() == {"accepted": 12, "queued": 10}


def test_what_goes_to_many_makes_way_for_who_waits(
    tenant: MessagingTenant, redis: Redis, fakes: Fakes
) -> None:
    limits = replace(
        QUICK, bulk_batch=2, prompts_beside_bulk=3, bulk_beside_prompts_every_s=3_600.0
    )
    relay = Relay(tenant.relay, redis, DOMAINS.jobs, limits)
    bulk = queue_named(BULK_QUEUE, redis)
    for number in range(4):
        tenant.text(f"+2507880002{number:02}", priority=Priority.PROMPT)
    relay.pass_on()
    for number in range(20):
        tenant.text(f"+2507880001{number:02}", priority=Priority.BULK)
    for _ in range(3):
        relay.pass_on()
    assert bulk.count == 1, "one job, and the next after a while"
    work_off(tenant)
    for _ in range(3):
        relay.pass_on()
    assert bulk.count == limits.bulk_jobs, "nobody waits any more"


def test_without_redis_rows_stay_as_they_are(tenant: MessagingTenant, redis_url: str) -> None:
    tenant.text()
    nowhere = connect("redis://127.0.0.1:1/0", timeout_s=0.5)
    with pytest.raises(RedisError):
        Relay(tenant.relay, nowhere, DOMAINS.jobs, QUICK).pass_on()
    assert tenant.outbox_states() == {"waiting": 1}


def test_an_emptied_redis_is_noticed_at_once(
    tenant: MessagingTenant, fakes: Fakes, relay: Relay, redis: Redis
) -> None:
    for _ in range(4):
        tenant.text()
    relay.pass_on()
    redis.flushdb()
    relay.pass_on()
    assert queue_named("send", redis).count == 0  # their leases still run
    relay.look_after_redis()
    relay.pass_on()
    assert queue_named("send", redis).count == 4
    work_off(tenant)
    assert len(received(fakes)) == 4


def test_a_restarted_redis_is_another_one(
    tenant: MessagingTenant, relay: Relay, redis: Redis
) -> None:
    tenant.text()
    relay.pass_on()
    redis.delete(queue_named("send", redis).key)  # what it had written a moment before, and lost
    redis.set(EPOCH, "the run before")
    relay.look_after_redis()
    relay.pass_on()
    assert queue_named("send", redis).count == 1


def test_the_same_row_queued_many_times_is_one_text(
    tenant: MessagingTenant, fakes: Fakes, redis: Redis
) -> None:
    message = tenant.text()
    [due] = [Due(tenant.tenant_id, tenant.outbox_of(message), "send_text")]
    for _ in range(5):
        worker.enqueue(redis, [due], DOMAINS.jobs)
    work_off(tenant)
    assert len(received(fakes)) == 1
    assert tenant.row(message)[0] == "done"


def test_relays_side_by_side_queue_each_row_once(tenant: MessagingTenant, redis_url: str) -> None:
    for _ in range(300):
        tenant.text()
    barrier = threading.Barrier(6)
    faults: list[BaseException] = []

    def run() -> None:
        database = Database(tenant.urls.relay_url)
        with connect(redis_url) as redis:
            mine = Relay(database, redis, DOMAINS.jobs, QUICK)
            barrier.wait()
            try:
                while mine.pass_on():
                    pass
            except Exception as fault:
                faults.append(fault)
        database.close()

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    with connect(redis_url) as redis:
        ids = queue_named("send", redis).job_ids
    assert len(ids) == len(set(ids)) == 300


@pytest.mark.parametrize(
    "spoil",
    [
        {"function": "os.system", "args": ["true"]},
        {"function": "workers.sending.send.send_text", "args": ["only one"]},
        {"function": "workers.sending.send.send_text", "args": ["not an id", "nor this"]},
    ],
)
def test_what_is_no_work_of_ours_is_not_run(
    tenant: MessagingTenant, redis: Redis, fakes: Fakes, spoil: dict[str, Any]
) -> None:
    """Whoever can write to Redis cannot choose what runs here; and the worker goes on."""
    send = queue_named("send", redis)
    job = send.enqueue_call(spoil["function"], args=spoil["args"], job_id="odd", failure_ttl=60)
    redis.hset(job.key, "failure_callback_name", "os.abort")
    redis.hset(job.key, "success_callback_name", "os.abort")
    message = tenant.text()
    worker.enqueue(
        redis, [Due(tenant.tenant_id, tenant.outbox_of(message), "send_text")], DOMAINS.jobs
    )
    work_off(tenant)
    assert tenant.state(message) == "accepted"
    assert redis.ttl(job.key) != -1  # kept for a while, or gone


def test_the_relay_process_goes_on_through_outages(
    tenant: MessagingTenant, fakes: Fakes, tmp_path: Any
) -> None:
    """Real processes, from the row to the handset; SIGTERM ends both."""
    log = tmp_path / "log"
    with tenant.running("relay", "send", stderr=log) as processes:
        first = tenant.text()
        until(lambda: tenant.state(first) == "accepted")
        tenant.admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        second = tenant.text()
        until(lambda: tenant.state(second) == "accepted")
    assert [process.returncode for process in processes] == [0, 0]
    assert len(received(fakes)) == 2
    assert "Traceback" not in log.read_text()
