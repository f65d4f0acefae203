"""kill -9 of workers and servers while events go out: each is told, and a copy has the same id."""

import random
import time
from collections.abc import Iterator

import psycopg
import pytest
from werkzeug.wrappers import Response

from app.settings import Settings
from core.migrations.run import upgrade
from providers.simulator.process import Fakes
from tests.support.chaos.kills import kill
from tests.support.servers import started, urls_of
from tests.support.waiting import until
from tests.support.workers import MessagingTenant
from tests.workers.events.conftest import Teller
from tests.workers.test_kills import kill_server
from workers.queue.worker import connect

pytestmark = pytest.mark.long

PAYMENTS = 150
ROLES = ("relay", "default")


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A Postgres and a Valkey of this module's own: they are killed here."""
    with started(tmp_path_factory.mktemp("home"), safe=True) as running:
        upgrade(running.owner_url)
        yield running


@pytest.fixture
def tenant(
    servers: Settings, fakes: Fakes, tenants: list[MessagingTenant]
) -> Iterator[MessagingTenant]:
    urls = urls_of(servers)
    with psycopg.connect(urls.admin_url, autocommit=True) as connection:
        connection.execute("TRUNCATE tenant CASCADE")
        connection.execute("TRUNCATE outbox, entry, posting, event")
        connection.execute("TRUNCATE service_address")
    made = MessagingTenant(urls, servers.redis_url, fakes.url)
    tenants.append(made)
    yield made
    made.close()
    with connect(servers.redis_url) as redis:
        redis.flushall()


def test_no_event_is_lost_whatever_is_killed(
    teller: Teller, tenant: MessagingTenant, servers: Settings
) -> None:
    chance = random.Random(11)
    teller.subscribe("payment.posted")

    def answer(count: int) -> Response:
        time.sleep(0.02)
        return Response("", 500 if count % 40 == 0 else 200)

    teller.receiver.answer = answer
    wallet = tenant.wallet()
    processes = {role: tenant.start(role) for role in ROLES}
    try:
        for place in range(PAYMENTS):
            if place == 60:
                kill_server(servers, "valkey", "valkey-server")
            if place == 100:
                kill_server(servers, "postgres", "postgres")
                assert tenant.admin
                tenant.database.close()
            if place % 25 == 24:
                role = chance.choice(ROLES)
                kill(processes[role])
                processes[role] = tenant.start(role)
            tenant.fund(wallet, 100)
        until(lambda: tenant.number("SELECT count(*) FROM event WHERE state = 'waiting'") == 0, 90)
    finally:
        for process in processes.values():
            process.terminate()
            process.wait(15)
    assert {state for _, state, _ in teller.states()} == {"delivered"}
    told = teller.receiver.events(teller.secret)
    by_entry = {event["data"]["entry_id"]: event["id"] for event in told}
    assert len(by_entry) == PAYMENTS
    assert len({event["id"] for event in told}) == PAYMENTS
