"""A tenant's numbers at Twilio behind a proxy: our web server, the workers, and the fake."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests
from flask import Flask

from app.web import files
from app.webhooks import views
from app.webhooks.auth import WebhookAuth
from app.webhooks.body_limit import BodyLimit
from app.webhooks.callbacks import Callbacks
from app.webhooks.fast_path import WebhookFastPath
from app.webhooks.receive import Hooks
from core.tenants.directory import Service
from providers.contracts.messages import Account
from providers.simulator.hooks import Hook
from providers.simulator.loopback import listen
from providers.simulator.process import Fakes
from providers.twilio.handset import AUTH_TOKEN
from tests.support.domains import DOMAINS, FLOWS
from tests.support.tenants import KEYS
from tests.support.texter import sms_service
from tests.support.ussd import UssdTenant
from tests.support.workers import QUICK
from workers.chat.turn import chat_turn
from workers.jobs import context
from workers.sending.accounts import Accounts, Installed
from workers.sending.hook_urls import hook_url
from workers.sending.send import send_text

TWILIO = "twilio"
PUBLIC = "https://piga.example.org"  # what a proxy answers to, and what Twilio signs
NUMBER, CHAT = "+250788000210", "+250788000220"
SECONDARY = "the-token-to-come"


def account(base_url: str | None = None, **own: Any) -> Account:
    """The installation's account, while its auth token is changed."""
    return Account("piga", AUTH_TOKEN, base_url, signing_secrets=(SECONDARY, AUTH_TOKEN), **own)


@dataclass
class AtTwilio:
    """The tenant's number for texts and its number on WhatsApp. `url` is our web server, inside."""

    tenant: UssdTenant
    texts: Service
    chats: Service
    url: str
    web: Flask
    fakes: Fakes

    def workers(self, *others: Installed, base_url: str = "", **own: Any) -> None:
        """The workers of this process send by the account, or by the other ones."""
        mine = Installed("main", TWILIO, account(base_url or f"{self.fakes.url}/twilio", **own))
        made = context.make(
            self.tenant.database,
            KEYS,
            DOMAINS.messages,
            flows=FLOWS,
            limits=QUICK,
            accounts=[mine, *others],
            hooks_url=self.url,
        )
        context.install(made)

    def work(self) -> list[str]:
        """What the queues' workers do with what is due; the states of all messages after it."""
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

    def phone(self, path: str, **wanted: Any) -> Any:
        answer = requests.post(f"{self.fakes.url}/phone/{path}", json=wanted, timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def chat(self, person: str) -> list[dict[str, Any]]:
        """What somebody's WhatsApp has of ours."""
        wanted = {"from": person, "to": CHAT}
        found = requests.get(f"{self.fakes.url}/phone/twilio", params=wanted, timeout=10).json()
        return [one["message"] for one in found if one["by"] == "us"]


@contextmanager
def at_twilio(tenant: UssdTenant, *others: Installed) -> Iterator[AtTwilio]:
    """All of it running. `others` are further accounts of the installation."""
    texts = sms_service(tenant, NUMBER, TWILIO)
    chats = sms_service(tenant, CHAT, TWILIO, channel="whatsapp")
    accounts = Accounts(installation=(Installed("main", TWILIO, account()), *others))
    hooks = Hooks(
        tenant.turns,
        WebhookAuth(tenant.directory, KEYS),
        Callbacks(tenant.database, KEYS, tenant.directory, accounts),
        accounts,
        BodyLimit(4, lambda _shortest_s, _longest_s: 0, lambda _since: 0),
        public_url=PUBLIC,
    )
    web = Flask("web", static_folder=None)
    web.register_blueprint(views.blueprint(hooks, takes_chunks=False))
    web.register_blueprint(files.blueprint(tenant.database, KEYS))
    web.wsgi_app = WebhookFastPath(web.wsgi_app, hooks)  # type: ignore[method-assign]
    server = listen("127.0.0.1", 0, web)
    url = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    listed = [
        Hook(
            provider=TWILIO,
            kind=kind,
            tenant="piga",
            service=service.code,
            url=hook_url(KEYS, url, service, kind),
        )
        for kind, service in (("sms-in", texts), ("whatsapp-in", chats))
    ]
    with Fakes("127.0.0.1", 0, lambda: listed) as fakes:
        callbacks = fakes.twilio.callbacks
        callbacks.options = callbacks.options.changed(
            {"signed_as": PUBLIC, "status_delay_s": 0.05, "status_gap_s": 0.02}
        )
        yield AtTwilio(tenant, texts, chats, url, web, fakes)
    server.shutdown()
    server.server_close()
    thread.join()
