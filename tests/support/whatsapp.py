"""A number of a tenant's on WhatsApp, and what Meta posts about it."""

import json
import uuid
from typing import Any

from flask import Flask
from werkzeug.test import Client, TestResponse

from app.webhooks import views
from app.webhooks.auth import WebhookAuth
from app.webhooks.body_limit import BodyLimit
from app.webhooks.callbacks import Callbacks
from app.webhooks.fast_path import WebhookFastPath
from app.webhooks.receive import Hooks
from core.tenants.directory import Directory, Service
from providers.contracts.messages import Account
from providers.meta.signature import HEADER, sign
from providers.meta.webhook import parse_webhook
from tests.support.tenants import KEYS
from tests.support.ussd import UssdTenant
from workers.sending.accounts import Accounts, Installed

META = "meta"
NUMBER, NUMBER_ID = "+250788000200", "250788000200"
APP_SECRET, VERIFY_TOKEN, PORTFOLIO = "an-app-secret", "v-1", "piga"
ACCOUNTS = Accounts(
    installation=(
        Installed(
            "main",
            META,
            Account(
                "piga",
                "a-token",
                signing_secrets=(APP_SECRET,),
                options=(("portfolio", PORTFOLIO), ("verify_token", VERIFY_TOKEN)),
            ),
        ),
    )
)


def whatsapp_service(tenant: UssdTenant, code: str = NUMBER) -> Service:
    """A number of the tenant's, with the tree of its USSD code; its id there is its digits."""
    found = tenant.directory.find(META, "whatsapp", code)
    if found is not None:
        return found[0]
    id, number_id = uuid.uuid4(), code.lstrip("+")
    settings = json.dumps({"number_id": number_id})
    tenant.admin.execute(
        "INSERT INTO service (tenant_id, id, provider, channel, code, settings, tree)"
        " SELECT tenant_id, %s, %s, 'whatsapp', %s, %s, tree FROM service WHERE code = '*384*10#'",
        (id, META, code, settings),
    )
    for address in (code, number_id):
        tenant.admin.execute(
            "INSERT INTO service_address VALUES (%s, 'whatsapp', %s, %s, %s)",
            (META, address, tenant.tenant_id, id),
        )
    service = tenant.directory.by_id(id)
    assert service is not None
    return service


def body_of(
    *, field: str = "messages", to: str = NUMBER_ID, at: int = 1_796_000_000, **value: Any
) -> bytes:
    """A webhook with one change."""
    if field in ("messages", "user_preferences"):
        value["metadata"] = {"display_phone_number": "+250 788", "phone_number_id": to}
    entry = {"id": "9001", "time": at, "changes": [{"field": field, "value": value}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


class MetaPosts:
    """Meta, posting to the hook of the tenant's number: what follows the signature's check."""

    def __init__(self, tenant: UssdTenant) -> None:
        self.tenant = tenant
        self.service = whatsapp_service(tenant)
        self.callbacks = Callbacks(tenant.database, KEYS, Directory(tenant.database), ACCOUNTS)

    def post(self, **change: Any) -> None:
        found = parse_webhook(body_of(**change))
        assert not found.faults
        for event in found.events:
            self.callbacks.store(event, self.service)

    def text(self, id: str, words: str = "menu", **sender: str) -> None:
        """A text; `sender` is from, from_user_id or both."""
        message = {"id": id, "timestamp": "1796000000", "type": "text", "text": {"body": words}}
        self.post(messages=[sender | message])

    def conversation_of(self, id: str) -> tuple[str, str]:
        """The channel and the address of the conversation that a message belongs to."""
        conversation, channel, sealed = self.tenant.one(
            "SELECT c.id, c.address_channel, c.address_sealed FROM inbound_message m"
            " JOIN conversation c ON c.id = m.conversation_id WHERE m.provider_message_id = %s",
            id,
        )
        return channel, KEYS.open(sealed, conversation.bytes)


class MetaHook:
    """The web server's part that takes the webhooks of the tenant's number, whole."""

    def __init__(self, tenant: UssdTenant, accounts: Accounts = ACCOUNTS) -> None:
        self.tenant = tenant
        self.service = whatsapp_service(tenant)
        callbacks = Callbacks(tenant.database, KEYS, tenant.directory, accounts)
        hooks = Hooks(
            tenant.turns,
            WebhookAuth(tenant.directory, KEYS),
            callbacks,
            accounts,
            BodyLimit(4, lambda _shortest_s, _longest_s: 0, lambda _since: 0),
        )
        web = Flask("web", static_folder=None)
        web.register_blueprint(views.blueprint(hooks, takes_chunks=False))
        web.wsgi_app = WebhookFastPath(web.wsgi_app, hooks)  # type: ignore[method-assign]
        self.web = web
        secret = KEYS.hook_secret("meta", "whatsapp", self.service.id, 1)
        self.path = f"/hooks/meta/whatsapp/{secret}"

    def post(self, body: bytes, header: str | None = None) -> TestResponse:
        signature = sign(body, APP_SECRET) if header is None else header
        headers = {HEADER: signature} if signature else {}
        return Client(self.web).post(
            self.path, data=body, headers=headers, content_type="application/json"
        )

    def stored(self) -> int:
        return self.tenant.number("SELECT count(*) FROM inbound_message")
