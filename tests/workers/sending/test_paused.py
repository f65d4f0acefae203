"""What is paused by hand waits, and nothing is lost."""

import uuid
from collections.abc import Iterator

import pytest
from redis import Redis

from core.inbox import inbox
from core.messaging.delivery import SEND_TEXT
from core.outbox import outbox
from core.tenants import pauses
from core.tenants.pauses import INSTALLATION, Paused
from providers.africastalking import NAME as AT
from providers.simulator.process import Fakes
from tests.support.domains import DOMAINS
from tests.support.waiting import until
from tests.support.workers import QUICK, MessagingTenant, received
from tests.workers.sending.test_send import make_due, send
from values.ids import uuid7
from values.messages import Priority
from workers.chat.turn import chat_turn
from workers.jobs.context import Context
from workers.queue.relay import Relay
from workers.queue.worker import connect


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    with connect(redis_url) as connection:
        yield connection


@pytest.fixture(autouse=True)
def nothing_is_paused(tenant: MessagingTenant) -> None:
    tenant.admin.execute("TRUNCATE pause")


def pause(tenant: MessagingTenant, what: Paused, name: str, whose: uuid.UUID) -> None:
    with tenant.database.transaction(whose) as tx:
        pauses.begin(tx, what, name, reason="a drill", actor="test")


def resume(tenant: MessagingTenant, what: Paused, name: str, whose: uuid.UUID) -> bool:
    with tenant.database.transaction(whose) as tx:
        return pauses.end(tx, what, name)


@pytest.fixture
def context(tenant: MessagingTenant) -> Context:
    return tenant.context()


def later(context: Context) -> None:
    """So much later that the pauses are read again, and what was left alone may be asked."""
    now = context.pauses._clock() + 60
    context.pauses._clock = lambda: now
    context.breaker._clock = lambda: now


@pytest.mark.parametrize("everybodys", [False, True])
@pytest.mark.parametrize(("what", "name"), [(Paused.PROVIDER, AT), (Paused.OPERATION, SEND_TEXT)])
def test_texts_wait_as_long_as_it_is_paused(
    *,
    tenant: MessagingTenant,
    fakes: Fakes,
    context: Context,
    what: Paused,
    name: str,
    everybodys: bool,
) -> None:
    whose = INSTALLATION if everybodys else tenant.tenant_id
    pause(tenant, what, name, whose)
    texts = [tenant.text(f"+25078800000{number}") for number in range(3)]
    for _ in range(2):
        for message in texts:
            send(tenant, message)
        make_due(tenant)
    assert received(fakes) == []
    assert {tenant.row(message) for message in texts} == {("waiting", 0)}  # no try is used up
    assert resume(tenant, what, name, whose)
    later(context)
    for message in texts:
        send(tenant, message)
    assert len(received(fakes)) == 3
    assert tenant.outbox_states() == {"done": 3}


def test_another_tenants_pause_is_not_this_ones(
    tenant: MessagingTenant, fakes: Fakes, context: Context
) -> None:
    pause(tenant, Paused.PROVIDER, AT, uuid7())
    message = tenant.text()
    send(tenant, message)
    assert tenant.state(message) == "accepted"


def test_what_comes_after_a_pause_comes_slowly_at_first(
    tenant: MessagingTenant, fakes: Fakes, context: Context
) -> None:
    pause(tenant, Paused.PROVIDER, AT, INSTALLATION)
    message = tenant.text()
    send(tenant, message)
    resume(tenant, Paused.PROVIDER, AT, INSTALLATION)
    later(context)
    make_due(tenant)
    send(tenant, message)
    assert tenant.state(message) == "accepted"
    names = (f"{AT}:impuye texts",)
    assert context.breaker.slow_s(*names) == 0  # the first one
    assert context.breaker.slow_s(*names) > 0


def test_what_is_paused_for_everybody_is_not_even_queued(
    tenant: MessagingTenant, redis: Redis, fakes: Fakes
) -> None:
    relay = Relay(tenant.relay, redis, DOMAINS.jobs, QUICK)
    relay.look_after_redis()
    pause(tenant, Paused.OPERATION, SEND_TEXT, INSTALLATION)
    tenant.text()
    tenant.text(priority=Priority.BULK)
    assert not relay.pass_on()
    assert tenant.outbox_states() == {"waiting": 2}
    resume(tenant, Paused.OPERATION, SEND_TEXT, INSTALLATION)
    until(lambda: relay.pass_on() or tenant.outbox_states() == {"queued": 2}, 5)


def test_conversations_wait_too(tenant: MessagingTenant, context: Context) -> None:
    pause(tenant, Paused.OPERATION, inbox.CHAT_TURN, tenant.tenant_id)
    with tenant.tx() as tx:
        row = outbox.write(tx, kind=inbox.CHAT_TURN, subject_id=uuid7())
    chat_turn(str(tenant.tenant_id), str(row))
    assert tenant.outbox_states() == {"waiting": 1}


def test_an_outage_leaves_what_is_known_in_force(tenant: MessagingTenant, context: Context) -> None:
    pause(tenant, Paused.PROVIDER, AT, INSTALLATION)
    assert context.pauses.wait_s(Paused.PROVIDER, tenant.tenant_id, AT) > 0
    later(context)
    context.pauses._database = type(tenant.database)("postgresql://nobody@127.0.0.1:9/none")
    assert context.pauses.wait_s(Paused.PROVIDER, tenant.tenant_id, AT) > 0
    context.pauses._database.close()
