"""A tenant's number behind a Kannel: what somebody writes, the reply on the handset, and what
became of it, by our own id. With the fake, and with a Kannel from Debian."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

import orjson
import pytest

from core.messaging.messages import write_text
from core.people.messages import Welcome
from core.tenants import directory
from core.tenants.directory import Service
from providers.contracts.messages import Account
from providers.kannel.fake import Mode
from providers.kannel.sms import QUERY_IN
from providers.simulator.hooks import Hook
from providers.simulator.loopback import listen
from providers.simulator.process import Fakes
from tests.support.domains import DOMAINS, FLOWS
from tests.support.gateways import Gateways, Time
from tests.support.kannel import PASSWORD, Kannel, require_kannel
from tests.support.servers import DatabaseUrls
from tests.support.tenants import KEYS, PROVIDER
from tests.support.texter import sms_service
from tests.support.ussd import UssdTenant
from tests.support.waiting import until
from tests.support.workers import QUICK
from workers.chat.turn import chat_turn
from workers.jobs import context
from workers.sending.accounts import Installed
from workers.sending.hook_urls import hook_url
from workers.sending.send import send_text

NUMBER = "+250788000001"
SHORT_CODE = "8100"
WITHIN_S = 40  # on a machine that has other work to do


class Handset(Protocol):
    def write(self, text: str) -> None: ...
    def read(self) -> list[str]: ...


@dataclass
class OnFake:
    fakes: Fakes

    def write(self, text: str) -> None:
        self.fakes.kannel.callbacks.text_in(NUMBER, SHORT_CODE, text)

    def read(self) -> list[str]:
        return [text.text for text in self.fakes.kannel.texts.find(lambda t: t.to == NUMBER)]


@dataclass
class OnKannel:
    kannel: Kannel

    def write(self, text: str) -> None:
        self.kannel.phone.write(NUMBER, SHORT_CODE, text)

    def read(self) -> list[str]:
        return [text for _, to, text in self.kannel.phone.got() if to == NUMBER]


@dataclass
class Served:
    """The tenant's number, and our web server, which Kannel reaches at `url`."""

    tenant: UssdTenant
    service: Service
    url: str

    @property
    def get_url(self) -> str:
        return f"{hook_url(KEYS, self.url, self.service, 'sms-in')}?{QUERY_IN}"

    def workers(self, base_url: str, username: str, password: str, *others: Installed) -> None:
        """The workers of this process send through that Kannel, or by the other accounts."""
        account = Account(username, password, base_url)
        context.install(
            context.make(
                self.tenant.database,
                KEYS,
                DOMAINS.messages,
                flows=FLOWS,
                limits=QUICK,
                accounts=[Installed("gateway", "kannel", account), *others],
                hooks_url=self.url,
            )
        )

    def work(self) -> list[str]:
        """What the queues' workers do with what is due; the states of all texts after it."""
        for kind, job in (("chat_turn", chat_turn), ("send_text", send_text)):
            for (id,) in self.tenant.admin.execute(
                "SELECT id FROM outbox WHERE kind = %s AND state <> 'done' ORDER BY id", (kind,)
            ).fetchall():
                job(str(self.tenant.tenant_id), str(id))
        return self.states()

    def waiting(self) -> int:
        return self.tenant.number("SELECT count(*) FROM inbound_message WHERE state = 'waiting'")

    def states(self) -> list[str]:
        rows = self.tenant.admin.execute("SELECT state FROM message ORDER BY id").fetchall()
        return [state for (state,) in rows]


@pytest.fixture
def savings(ussd_database: DatabaseUrls, redis_url: str) -> Iterator[UssdTenant]:
    made = UssdTenant(ussd_database, redis_url)
    with made.watching():
        yield made
    made.close()


@pytest.fixture
def served(savings: UssdTenant) -> Iterator[Served]:
    service = sms_service(savings, SHORT_CODE, "kannel")
    server = listen("127.0.0.1", 0, Gateways(savings, Time()).web)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield Served(savings, service, f"http://127.0.0.1:{server.port}")
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def fakes(served: Served) -> Iterator[Fakes]:
    hook = Hook(
        provider="kannel", kind="sms-in", tenant="x", service=SHORT_CODE, url=served.get_url
    )
    with Fakes("127.0.0.1", 0, lambda: [hook], accounts={"piga": PASSWORD}) as running:
        yield running


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.long)])
def handset(
    request: pytest.FixtureRequest, served: Served, tmp_path: Path
) -> Iterator[Callable[[], Handset]]:
    if request.param == "fake":
        fakes: Fakes = request.getfixturevalue("fakes")
        served.workers(f"{fakes.url}/kannel", "piga", PASSWORD)
        yield lambda: OnFake(fakes)
        return
    require_kannel()
    with Kannel(tmp_path, served.get_url) as kannel:
        served.workers(kannel.url, "piga", PASSWORD)
        yield lambda: OnKannel(kannel)


def reads(phone: Handset, count: int) -> bool:
    return len(phone.read()) == count


def is_delivered(served: Served, count: int) -> bool:
    return served.states() == ["delivered"] * count


def test_a_conversation_and_what_became_of_its_replies(
    served: Served, handset: Callable[[], Handset]
) -> None:
    phone = handset()
    for text, reply in (("menu", "1"), ("1", "Kopera")):
        before = len(phone.read())
        phone.write(text)
        until(served.waiting, WITHIN_S)
        served.work()
        until(partial(reads, phone, before + 1), WITHIN_S)
        assert reply in phone.read()[-1]
        until(partial(is_delivered, served, before + 1), WITHIN_S)
    assert served.tenant.number("SELECT count(*) FROM early_report") == 0


def test_a_lost_answer_is_settled_by_our_own_id(served: Served, fakes: Fakes) -> None:
    """No guess by the number: two texts to it are unknown at once, and each is settled."""
    served.workers(f"{fakes.url}/kannel", "piga", PASSWORD)
    kannel = fakes.kannel
    kannel.callbacks.options = kannel.callbacks.options.changed({"dlr_delay_s": 3.0})
    kannel.script([Mode("drop_after", times=2)])
    for text in ("menu", "1"):
        fakes.kannel.callbacks.text_in(NUMBER, SHORT_CODE, text)
        until(served.waiting)
        served.work()
    # An account that drops a connection is left alone for a moment.
    until(lambda: served.work() == ["unknown", "unknown"])
    until(lambda: served.states() == ["delivered", "delivered"])
    served.work()
    assert len(kannel.texts.find(lambda _: True)) == 2, "and none is sent again"


def test_texts_wait_while_kannel_is_away_and_go_once(served: Served, fakes: Fakes) -> None:
    served.workers("http://127.0.0.1:9", "piga", PASSWORD)
    fakes.kannel.callbacks.text_in(NUMBER, SHORT_CODE, "menu")
    until(served.waiting)
    served.work()
    assert served.states() == ["queued"]
    served.workers(f"{fakes.url}/kannel", "piga", PASSWORD)
    until(lambda: served.work() == ["delivered"])
    assert len(fakes.kannel.texts.find(lambda _: True)) == 1


def test_what_a_kannel_took_over_is_reported_by_it(served: Served, fakes: Fakes) -> None:
    """The tenant's first provider is away: the text goes out by the second, under its sender id,
    and the second one's reports come to the hook of the service."""
    tenant = served.tenant
    service = tenant.service()
    settings = {"second": {"provider": "kannel", "account": "gateway", "code": SHORT_CODE}}
    tenant.admin.execute(
        "UPDATE service SET settings = %s WHERE id = %s",
        (orjson.dumps(settings).decode(), service.id),
    )
    tenant.change(directory.touch)
    away = Account("impuye", "k3y", "http://127.0.0.1:9")
    first = Installed("main", PROVIDER, away)
    served.workers(f"{fakes.url}/kannel", "piga", PASSWORD, first)
    with tenant.tx() as tx:
        write_text(
            tx,
            subscriber_id=tenant.id_of("uwera"),
            service_id=service.id,
            message=Welcome(),
        )
    served.work()
    [text] = fakes.kannel.texts.find(lambda _: True)
    assert text.sender == SHORT_CODE
    until(lambda: served.states() == ["delivered"])
