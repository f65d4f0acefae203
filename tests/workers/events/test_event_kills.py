"""kill -9 of workers and servers while events go out: each is told, and a copy has the same id."""

import random
import time
from collections.abc import Iterator

import pytest
from werkzeug.wrappers import Response

from app.settings import Settings
from providers.simulator.process import Fakes
from tests.support.chaos.own_servers import (
    kill_server,
    own_servers,
    own_tenant,
    running_roles,
)
from tests.support.waiting import until
from tests.support.workers import MessagingTenant
from tests.workers.events.conftest import Teller

pytestmark = pytest.mark.long

PAYMENTS = 150


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with own_servers(tmp_path_factory.mktemp("home")) as running:
        yield running


@pytest.fixture
def tenant(
    servers: Settings, fakes: Fakes, tenants: list[MessagingTenant]
) -> Iterator[MessagingTenant]:
    with own_tenant(servers, fakes.url, tenants) as made:
        yield made


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
    with running_roles(tenant, "relay", "default") as roles:
        for place in range(PAYMENTS):
            if place == 60:
                kill_server(servers, "valkey", "valkey-server")
            if place == 100:
                kill_server(servers, "postgres", "postgres")
                assert tenant.admin
                tenant.database.close()
            if place % 25 == 24:
                roles.kill_one(chance)
            tenant.fund(wallet, 100)
        until(lambda: tenant.number("SELECT count(*) FROM event WHERE state = 'waiting'") == 0, 90)
    assert {state for _, state, _ in teller.states()} == {"delivered"}
    told = teller.receiver.events(teller.secret)
    by_entry = {event["data"]["entry_id"]: event["id"] for event in told}
    assert len(by_entry) == PAYMENTS
    assert len({event["id"] for event in told}) == PAYMENTS
