"""kill -9 of each process, with real ones: nothing is lost, and no handset gets a text twice."""

import random
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from app.settings import Settings
from providers.africastalking.fake import Mode
from providers.simulator.process import Fakes
from tests.support.chaos.kills import kill
from tests.support.chaos.own_servers import (
    kill_server,
    own_servers,
    own_tenant,
    running_roles,
)
from tests.support.waiting import until
from tests.support.workers import QUICK, MessagingTenant, received
from workers.queue.worker import connect

pytestmark = pytest.mark.long


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


def texts(tenant: MessagingTenant, count: int) -> list[uuid.UUID]:
    return [tenant.text(f"+25078800{n % 40:04d}") for n in range(count)]


def settled(tenant: MessagingTenant) -> bool:
    return set(tenant.outbox_states()) == {"done"}


def test_a_worker_killed_before_the_request_left_loses_nothing(
    tenant: MessagingTenant, fakes: Fakes
) -> None:
    message = tenant.text()
    with tenant.running("relay"):
        with psycopg.connect(tenant.urls.admin_url) as blocker:
            # It claims the row, and then has to wait before it can mark the text.
            blocker.execute("SELECT FROM message WHERE id = %s FOR UPDATE", (message,))
            worker = tenant.start("send")
            until(lambda: tenant.row(message) == ("working", 1))
            time.sleep(0.2)
            kill(worker)
            blocker.rollback()
        assert tenant.state(message) == "queued"
        assert received(fakes) == []
        with tenant.running("send"):
            until(lambda: tenant.state(message) == "accepted")
    assert tenant.row(message) == ("done", 2)
    assert len(received(fakes)) == 1


def test_a_worker_killed_after_it_leaves_it_unknown_until_a_report_fits(
    tenant: MessagingTenant, fakes: Fakes
) -> None:
    fakes.rest.script([Mode("delay", delay_s=1.0)])
    message = tenant.text()
    with tenant.running("relay"):
        worker = tenant.start("send")
        until(lambda: fakes.rest.requests == 1)
        assert tenant.state(message) == "sending"
        kill(worker)
        with tenant.running("send"):
            until(lambda: tenant.state(message) == "unknown")
            until(lambda: len(received(fakes)) == 1)
            time.sleep(QUICK.job_lease_s + 1)
            assert len(received(fakes)) == 1
            assert tenant.state(message) == "unknown"
            with tenant.database.transaction(tenant.tenant_id) as tx:
                from core.messaging.unknown_texts import unknown_texts

                assert [listed.message_id for listed in unknown_texts(tx)] == [message]
            # The handset has it, and at last the network says so.
            fakes.callbacks.options = fakes.callbacks.options.changed({"dlr": "on"})
            [text] = fakes.texts.find(lambda _: True)
            fakes.callbacks.schedule_reports(text)
            until(lambda: tenant.state(message) == "delivered")
    assert fakes.texts.twice() == []


@pytest.mark.parametrize("seed", [1, 2])
def test_workers_and_relay_killed_at_any_moment(
    tenant: MessagingTenant, fakes: Fakes, seed: int
) -> None:
    """Each text is on its handset once, or listed as unknown."""
    chance = random.Random(seed)
    fakes.rest.script([Mode("delay", times=None, delay_s=0.03)])
    count = 60
    messages = texts(tenant, count)
    with running_roles(tenant, "relay", "send") as roles:
        for _ in range(6):
            time.sleep(chance.uniform(0.3, 1.2))
            roles.kill_one(chance, "relay", "send", "send")
        until(lambda: settled(tenant), 60)
    states = tenant.states()
    assert set(states) <= {"accepted", "unknown"}
    assert sum(states.values()) == count == len(messages)
    assert fakes.texts.twice() == []
    assert states.get("accepted", 0) <= len(received(fakes)) <= count
    assert states.get("unknown", 0) <= 6  # at most one for each worker that was killed


def test_valkey_killed_and_emptied_loses_no_text(
    tenant: MessagingTenant, fakes: Fakes, servers: Settings, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    fakes.rest.script([Mode("delay", times=None, delay_s=0.01)])
    written: list[uuid.UUID] = []
    with tenant.running("relay", "send", stderr=log):
        for round_ in range(3):
            written += texts(tenant, 25)
            time.sleep(0.3)
            if round_ == 1:
                with connect(servers.redis_url) as redis:
                    redis.flushall()
            else:
                kill_server(servers, "valkey", "valkey-server")
            written += texts(tenant, 5)
        until(lambda: tenant.states() == {"accepted": len(written)}, 60)
    assert len(received(fakes)) == len(written)
    assert fakes.texts.twice() == []
    said = log.read_text()
    assert "Traceback" not in said
    assert said.count("workers.queue.relay Redis is away") <= 2


def test_postgres_killed_loses_no_text(
    tenant: MessagingTenant, fakes: Fakes, servers: Settings, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    fakes.rest.script([Mode("delay", times=None, delay_s=0.02)])
    messages = texts(tenant, 60)
    with tenant.running("relay", "send", stderr=log):
        for _ in range(2):
            time.sleep(0.6)
            kill_server(servers, "postgres", "postgres")
            tenant.one("SELECT 1")
        until(lambda: settled(tenant), 60)
    states = tenant.states()
    assert sum(states.values()) == len(messages)
    assert set(states) <= {"accepted", "unknown"}
    assert fakes.texts.twice() == []
    # The outcome of a request under way was brought to Postgres when it was back.
    assert states == {"accepted": len(messages)}
    assert len(received(fakes)) == len(messages)
    assert "Traceback" not in log.read_text()


def test_the_fake_killed_and_back_only_delays(tenant: MessagingTenant, fakes: Fakes) -> None:
    """Nobody listens for a while: nothing left, so everything is sent afterwards, once."""
    real, tenant.fakes_url = tenant.fakes_url, "http://127.0.0.1:9"
    messages = texts(tenant, 10)
    with tenant.running("relay", "send"):
        until(lambda: tenant.one("SELECT max(attempts) FROM outbox")[0] >= 2)
    assert tenant.states() == {"queued": 10}
    tenant.fakes_url = real
    with tenant.running("relay", "send"):
        until(lambda: tenant.states() == {"accepted": len(messages)})
    assert len(received(fakes)) == 10


def test_a_stop_lets_the_text_under_way_come_to_its_end(
    tenant: MessagingTenant, fakes: Fakes
) -> None:
    fakes.rest.script([Mode("delay", delay_s=1.0)])
    message = tenant.text()
    with tenant.running("relay", "send") as (_, worker):
        until(lambda: fakes.rest.requests == 1)
        worker.terminate()
        assert worker.wait(10) == 0
        assert tenant.state(message) == "accepted"
