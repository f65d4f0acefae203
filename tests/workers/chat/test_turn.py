"""From the callback to the reply on the handset: the job of a worker, and the fake over HTTP."""

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.inbox import inbox
from providers.simulator.process import Fakes
from tests.support.domains import DOMAINS, FLOWS
from tests.support.servers import DatabaseUrls
from tests.support.tenants import KEYS
from tests.support.texter import SHORT_CODE, Texter
from tests.support.ussd import UssdTenant
from tests.support.workers import QUICK
from workers.chat.turn import chat_turn
from workers.jobs import context
from workers.sending.send import send_text

NUMBER = "+250788000001"


@pytest.fixture
def savings(ussd_database: DatabaseUrls, redis_url: str) -> Iterator[UssdTenant]:
    made = UssdTenant(ussd_database, redis_url)
    with made.watching():
        yield made
    made.close()


@pytest.fixture
def fakes() -> Iterator[Fakes]:
    with Fakes("127.0.0.1", 0, list) as running:
        yield running


@pytest.fixture
def texter(savings: UssdTenant, fakes: Fakes) -> Texter:
    made = context.make(
        savings.database, KEYS, DOMAINS.messages, flows=FLOWS, limits=QUICK, fakes_url=fakes.url
    )
    context.install(made)
    return Texter(savings, NUMBER)


def rows(tenant: UssdTenant, kind: str) -> list[uuid.UUID]:
    found = tenant.admin.execute(
        "SELECT id FROM outbox WHERE kind = %s AND state <> 'done' ORDER BY id", (kind,)
    ).fetchall()
    return [id for (id,) in found]


def work(tenant: UssdTenant) -> None:
    """What the queue's workers do with what is due."""
    for kind, job in ((inbox.CHAT_TURN, chat_turn), ("send_text", send_text)):
        for id in rows(tenant, kind):
            job(str(tenant.tenant_id), str(id))


def test_a_text_is_answered_from_the_number_that_it_was_sent_to(
    savings: UssdTenant, fakes: Fakes, texter: Texter
) -> None:
    texter.post("menu")
    work(savings)
    [reply] = fakes.texts.find(lambda _: True)
    assert (reply.to, reply.sender) == (NUMBER, SHORT_CODE)
    assert reply.text.startswith("Ibimina\n1 Save\n2 Balances")
    assert rows(savings, inbox.CHAT_TURN) == []


def test_many_texts_and_many_workers_keep_the_order(
    savings: UssdTenant, fakes: Fakes, texter: Texter
) -> None:
    for text in ("menu", "1", "1", "500"):
        texter.post(text)
    ids = rows(savings, inbox.CHAT_TURN)
    assert len(ids) == 4
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda id: chat_turn(str(savings.tenant_id), str(id)), ids))
    savings.admin.execute("UPDATE outbox SET available_at = now() WHERE state = 'waiting'")
    work(savings)
    replies = texter.replies()
    assert len(replies) == 4
    assert "Total: 510 RWF" in replies[-1]
    assert [text.text for text in fakes.texts.find(lambda _: True)] == replies
    assert rows(savings, inbox.CHAT_TURN) == []


def test_a_worker_that_died_leaves_it_to_the_next(savings: UssdTenant, texter: Texter) -> None:
    texter.post("menu")
    [id] = rows(savings, inbox.CHAT_TURN)
    # It died with both leases in its hand.
    savings.admin.execute(
        "UPDATE outbox SET state = 'working', lease_until = now() - interval '1 s' WHERE id = %s",
        (id,),
    )
    savings.admin.execute("UPDATE conversation SET lease_until = now() + interval '1 hour'")
    chat_turn(str(savings.tenant_id), str(id))
    assert texter.replies() == []  # its conversation is held
    savings.admin.execute("UPDATE conversation SET lease_until = now() - interval '1 s'")
    savings.admin.execute("UPDATE outbox SET available_at = now()")
    chat_turn(str(savings.tenant_id), str(id))
    assert len(texter.replies()) == 1


def test_a_copy_does_not_make_somebody_write_again(savings: UssdTenant, texter: Texter) -> None:
    """When a person last wrote decides how they may be answered: a copy of a message says nothing
    of it."""

    def last_at() -> object:
        with savings.tx() as tx:
            found = inbox.last_contact(tx, texter.service.id, KEYS.lookup("msisdn", NUMBER))
        return found.at if found else None

    assert last_at() is None
    texter.post("menu", id="first")
    first_at = last_at()
    assert first_at is not None
    texter.post("menu", id="first")
    assert last_at() == first_at
    texter.post("1", id="second")
    assert last_at() > first_at  # type: ignore[operator]
