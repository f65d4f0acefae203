"""A tenant's number on WhatsApp with the workers behind it, and a person's phone: over the fake's
webhooks and its API."""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import requests

from engine.registry import Registry
from providers.contracts.messages import Account
from providers.meta.handset import APP_SECRET
from providers.simulator.hooks import Hook
from providers.simulator.loopback import listen
from providers.simulator.process import Fakes
from tests.support.domains import DOMAINS, FLOWS
from tests.support.tenants import KEYS
from tests.support.ussd import UssdTenant
from tests.support.waiting import until
from tests.support.whatsapp import NUMBER, PORTFOLIO, MetaHook
from tests.support.workers import QUICK
from workers.chat.files import fetch_file
from workers.chat.turn import chat_turn
from workers.jobs import context
from workers.sending.accounts import Accounts, Installed
from workers.sending.parties import WHATSAPP
from workers.sending.send import send_text

UWERA = "+250788000001"
WITHIN_S = 40  # on a machine that has other work to do
JOBS = (("chat_turn", chat_turn), ("fetch_file", fetch_file), ("send_text", send_text))


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
        for kind, job in JOBS:
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


@contextlib.contextmanager
def chatting(savings: UssdTenant, flows: Registry = FLOWS) -> Iterator[Chat]:
    """Uwera's phone, and all that her messages go through."""
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
            flows=flows,
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
