"""A rate as it is read: from memory, from Postgres, fetched again once; and where it is kept."""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing
from decimal import Decimal

import psycopg
import pytest
from redis import Redis

from core.db.database import Tx
from core.rates import reading
from core.rates.pairs import Rate
from providers.flutterwave_rates.fake import Mode
from providers.simulator.process import Fakes
from tests.support.rates import USD_KES, USD_NGN, have_polled, keep, served
from tests.support.servers import DatabaseUrls
from tests.support.workers import MessagingTenant
from workers.jobs.context import install
from workers.rates.jobs import refresh_rate
from workers.rates.memory import RedisMemory

INTERVAL_S = 600
REFRESHES = "SELECT count(*) FROM outbox WHERE kind = 'refresh_rate'"


@pytest.fixture
def rates(tenant: MessagingTenant) -> MessagingTenant:
    tenant.admin.execute("TRUNCATE rate")
    have_polled(tenant)
    keep(tenant, USD_NGN, "1600")
    return tenant


@pytest.fixture
def memory(redis_url: str) -> Iterator[RedisMemory]:
    with closing(RedisMemory(redis_url, 2 * INTERVAL_S)) as made:
        yield made


def read(tenant: MessagingTenant, memory: RedisMemory | None = None) -> Rate:
    def transaction() -> AbstractContextManager[Tx]:
        return tenant.database.transaction(tenant.tenant_id)

    found = reading.current(transaction, [USD_NGN], tenant_id=tenant.tenant_id, memory=memory)
    return found[USD_NGN]


def grow_old(tenant: MessagingTenant) -> None:
    tenant.admin.execute(
        "UPDATE rate_pair SET fetched_at = now() - interval '11 minutes' WHERE rate_id IS NOT NULL"
    )


def test_it_is_in_memory_for_two_intervals(
    rates: MessagingTenant, memory: RedisMemory, redis_url: str
) -> None:
    assert read(rates, memory).rate == 1600
    with closing(Redis.from_url(redis_url)) as redis:
        (key,) = redis.keys(f"rate:*{rates.tenant_id}*")
        assert 2 * INTERVAL_S - 60 < redis.ttl(key) <= 2 * INTERVAL_S
    rates.admin.execute("DELETE FROM rate_pair WHERE source = 'USD' AND destination = 'NGN'")
    assert read(rates, memory).rate == 1600, "Postgres is not asked"


def test_while_memory_is_away_postgres_answers(rates: MessagingTenant) -> None:
    with closing(RedisMemory("redis://127.0.0.1:1/0", 2 * INTERVAL_S)) as away:
        assert read(rates, away).rate == 1600
        grow_old(rates)
        assert read(rates, away).rate == 1600
        assert read(rates, away).rate == 1600
    assert rates.one(REFRESHES) == (1,)


@pytest.mark.parametrize("has_memory", [True, False])
def test_of_many_who_find_it_old_at_once_one_has_it_fetched(
    has_memory: bool, rates: MessagingTenant, memory: RedisMemory
) -> None:
    grow_old(rates)
    began, found = threading.Barrier(8), []

    def look() -> None:
        began.wait()
        found.append(read(rates, memory if has_memory else None).rate)

    many = [threading.Thread(target=look) for _ in range(8)]
    for one in many:
        one.start()
    for one in many:
        one.join()
    assert found == [Decimal(1600)] * 8
    assert rates.one(REFRESHES) == (1,)


def test_what_is_old_is_fetched_by_a_job_and_a_source_that_is_away_changes_nothing(
    rates: MessagingTenant, fakes: Fakes
) -> None:
    install(rates.context())
    grow_old(rates)
    fakes.flutterwave.script(Mode("http", status=500))
    fakes.flutterwave.market.own["USD", "NGN"] = Decimal("1562.5")
    for away in (True, False):
        rates.admin.execute("UPDATE rate_pair SET refresh_at = NULL")
        before = read(rates)
        (job,) = rates.one("SELECT id FROM outbox WHERE kind = 'refresh_rate' AND state <> 'done'")
        refresh_rate(str(rates.tenant_id), str(job))
        rates.admin.execute("DELETE FROM outbox WHERE id = %s", (job,))
        after = read(rates)
        assert (after.fetched_at > before.fetched_at) is not away
    assert served(rates, USD_NGN) == Decimal("1562.5")
    assert len(fakes.flutterwave.requests) == 2, "somebody waits: it is asked once"


def test_each_change_lies_in_the_partition_of_its_month(
    rates: MessagingTenant, database: DatabaseUrls
) -> None:
    with psycopg.connect(database.relay_url, autocommit=True) as relay:
        relay.execute("SELECT make_partitions(1)")
    keep(rates, USD_KES, "129.5")
    found = rates.admin.execute(
        "SELECT tableoid::regclass::text, to_char(fetched_at AT TIME ZONE 'UTC', '\"rate_\"YYYYMM')"
        " FROM rate"
    ).fetchall()
    assert len(found) == 2
    assert all(lies_in == month for lies_in, month in found)
