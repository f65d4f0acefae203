"""kill -9 of every process and server while a broadcast goes out: nobody twice, nobody left out."""

import random
import time
from collections.abc import Iterator

import pytest

from app.settings import Settings
from core.broadcasts import broadcasts
from providers.africastalking.fake import Mode
from providers.simulator.process import Fakes
from tests.support.chaos.own_servers import (
    kill_server,
    own_servers,
    own_tenant,
    running_roles,
)
from tests.support.tenants import KEYS
from tests.support.waiting import until
from tests.support.workers import MessagingTenant
from tests.workers.broadcasts.conftest import ANN, Sender

pytestmark = pytest.mark.long

PEOPLE = 480


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


def test_a_broadcast_goes_on_where_it_was_whatever_is_killed(
    sender: Sender, tenant: MessagingTenant, fakes: Fakes, servers: Settings
) -> None:
    chance = random.Random(7)
    fakes.rest.script([Mode("delay", times=None, delay_s=0.02)])
    numbers = [f"+25078850{n:04d}" for n in range(PEOPLE)]
    with tenant.tx() as tx:
        from core.people import people

        for number in numbers:
            people.register(
                *(tx, KEYS),
                address=number,
                name="Uwera Claudine",
                language="en",
                roles=("member",),
                currency="RWF",
                pin_hash=None,
            )
    made = sender.send(words={"en": "Hello {name}."})
    with running_roles(tenant, "relay", "default", "send", "bulk") as roles:
        for place in range(10):
            time.sleep(chance.uniform(0.3, 1.0))
            if place == 3:
                kill_server(servers, "valkey", "valkey-server")
            elif place == 6:
                kill_server(servers, "postgres", "postgres")
            else:
                roles.kill_one(chance)
            if place == 4:
                with tenant.tx() as tx:
                    broadcasts.pause(tx, made.id, by=ANN)
            if place == 5:
                with tenant.tx() as tx:
                    broadcasts.resume(tx, made.id, by=ANN)
        until(lambda: sender.state(made) == "done", 90)
    times = dict.fromkeys(numbers, 0)
    for text in fakes.texts.find(lambda _: True):
        times[text.to] += 1
    assert max(times.values()) == 1
    outcomes = {each.number: each.outcome for each in sender.outcomes(made)}
    assert set(outcomes.values()) <= {"sent", "unknown"}
    missing = {number for number, count in times.items() if not count}
    assert missing <= {number for number, outcome in outcomes.items() if outcome == "unknown"}
    # A worker that is killed leaves what it was just sending, and no more.
    assert list(outcomes.values()).count("unknown") <= 12
