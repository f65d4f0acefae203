"""A tenant's number on WhatsApp, from a person's phone and back: the fake's webhooks, the workers,
what the phone shows, and what became of it."""

import json
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from core.people import people
from providers.contracts.messages import Account
from providers.meta.handset import APP_SECRET
from providers.simulator.hooks import Hook
from providers.simulator.loopback import listen
from providers.simulator.process import Fakes
from tests.support.domains import DOMAINS, FLOWS
from tests.support.servers import DatabaseUrls
from tests.support.tenants import KEYS
from tests.support.ussd import UssdTenant
from tests.support.waiting import until
from tests.support.whatsapp import NUMBER, PORTFOLIO, MetaHook
from tests.support.workers import QUICK
from workers.chat.turn import chat_turn
from workers.jobs import context
from workers.sending.accounts import Accounts, Installed
from workers.sending.parties import WHATSAPP
from workers.sending.send import send_text

UWERA = "+250788000001"
HIDDEN = "RW.13491208655302741918"
WITHIN_S = 40  # on a machine that has other work to do


@dataclass
class Chat:
    """Somebody's chat with the tenant's number. `work` does what the workers do."""

    tenant: UssdTenant
    fakes: Fakes
    who: str = UWERA

    def write(self, **what: Any) -> None:
        wanted = {"from": self.who, "to": NUMBER, **what}
        answer = requests.post(f"{self.fakes.url}/phone/whatsapp", json=wanted, timeout=10)
        assert answer.status_code == 200, answer.text

    def shown(self) -> list[dict[str, Any]]:
        """What we sent, as the phone has it."""
        wanted = {"from": self.who, "to": NUMBER}
        found = requests.get(f"{self.fakes.url}/phone/whatsapp", wanted, timeout=10).json()
        return [one for one in found if one["by"] == "us"]

    def say(self, **what: Any) -> dict[str, Any]:
        """Write or tap something, and read the reply."""
        before = len(self.shown())
        self.write(**what)
        until(lambda: bool(self.waiting()), WITHIN_S)
        until(lambda: self.work() and len(self.shown()) > before, WITHIN_S)
        message: dict[str, Any] = self.shown()[-1]["message"]
        return message

    def work(self) -> list[str]:
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
def chat(savings: UssdTenant) -> Iterator[Chat]:
    hooks: list[Hook] = []
    with Fakes("127.0.0.1", 0, lambda: [*hooks], hooks_kept_s=0.0) as fakes:
        account = Account(
            "piga",
            "a-token",
            f"{fakes.url}/meta",
            signing_secrets=(APP_SECRET,),
            options=(("portfolio", PORTFOLIO),),
        )
        installed = Installed("main", "meta", account)
        ours = MetaHook(savings, Accounts(installation=(installed,)))
        server = listen("127.0.0.1", 0, ours.web)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{server.port}{ours.path}"
        hooks.append(Hook(provider="meta", kind=WHATSAPP, tenant="x", service=NUMBER, url=url))
        made = context.make(
            savings.database,
            KEYS,
            DOMAINS.messages,
            flows=FLOWS,
            limits=QUICK,
            accounts=[installed],
        )
        context.install(made)
        yield Chat(savings, fakes)
        server.shutdown()
        server.server_close()
        thread.join()


def words(message: dict[str, Any]) -> str:
    kind = message["type"]
    found: str = message[kind]["body"] if kind == "text" else message[kind]["body"]["text"]
    return found


def options(message: dict[str, Any]) -> dict[str, str]:
    """What can be tapped, by its title: its id."""
    action = message["interactive"]["action"]
    replies = [one["reply"] for one in action.get("buttons") or ()]
    replies += [row for section in action.get("sections") or () for row in section["rows"]]
    return {one["title"]: one["id"] for one in replies}


def test_a_conversation_is_tapped_and_each_reply_is_read(chat: Chat) -> None:
    menu = chat.say(text="menu")
    assert menu["type"] == "interactive"
    first = next(iter(options(menu).values()))
    reply = chat.say(tap=first)
    assert reply["to"] == UWERA[1:]
    until(lambda: chat.states() == ["delivered", "delivered"], WITHIN_S)
    rows = chat.tenant.admin.execute("SELECT message_id FROM message_receipt").fetchall()
    assert len(rows) == 2
    assert chat.tenant.number("SELECT count(*) FROM early_report") == 0


def test_a_report_that_overtakes_the_answer_is_kept(chat: Chat) -> None:
    """The connection is cut after the message was taken: it is unknown, until a status brings our
    own id. Nothing is sent twice."""
    options_ = {"status_delay_s": 2.0, "faults": [{"mode": "drop_after"}]}
    requests.post(f"{chat.fakes.url}/phone/faults", json={"whatsapp": options_}, timeout=10)
    chat.write(text="menu")
    until(lambda: bool(chat.waiting()), WITHIN_S)
    until(lambda: chat.work() == ["unknown"], WITHIN_S)
    until(lambda: chat.states() == ["delivered"], WITHIN_S)
    chat.work()
    assert len(chat.shown()) == 1


def test_who_hides_their_number_is_asked_for_it_and_known_by_it(chat: Chat) -> None:
    """By the button that asks for it; a card from the address book links nobody."""
    hidden = Chat(chat.tenant, chat.fakes, HIDDEN)
    requests.post(
        f"{chat.fakes.url}/phone/whatsapp/person",
        json={"from": UWERA, "hides_number": True},
        timeout=10,
    )
    chat.who = UWERA
    asked = chat.say(text="menu")
    assert asked["interactive"]["type"] == "request_contact_info"
    assert "recipient" in asked
    refused = chat.say(contact="other")
    assert refused["interactive"]["type"] == "request_contact_info"
    menu = chat.say(contact="own")
    assert menu["to"] == UWERA[1:]
    assert "recipient" not in menu
    stranger = hidden.say(text="menu")
    assert stranger["recipient"] == HIDDEN


def test_who_linked_their_id_is_served_by_it(chat: Chat) -> None:
    hidden = Chat(chat.tenant, chat.fakes, HIDDEN)
    person = chat.tenant.id_of("uwera")
    with chat.tenant.tx() as tx:
        people.add_address(tx, KEYS, person, f"{PORTFOLIO}:{HIDDEN}", WHATSAPP, given_by="phone")
    menu = hidden.say(text="menu")
    assert menu["recipient"] == HIDDEN
    assert options(menu)
    assert uuid.UUID(menu["biz_opaque_callback_data"])
    until(lambda: chat.states() == ["delivered"], WITHIN_S)


def test_a_refused_list_goes_out_as_text(chat: Chat) -> None:
    fault = {"mode": "error", "code": 131009}
    requests.post(
        f"{chat.fakes.url}/phone/faults", json={"whatsapp": {"faults": [fault]}}, timeout=10
    )
    assert chat.say(text="menu")["type"] == "text"


def test_what_is_not_understood_is_asked_again(chat: Chat) -> None:
    menu = words(chat.say(text="menu"))
    for what in ({"media": "sticker"}, {"raw": {"type": "hologram"}}, {"text": "🎉🎉"}):
        assert words(chat.say(**what))
    chat.write(reaction="👍", about="wamid.X")
    assert menu
    assert json.dumps(chat.shown())
