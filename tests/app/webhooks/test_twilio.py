"""Twilio's callbacks from the wire to the books, behind a proxy: signed over the public address."""

import logging
import uuid
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import Client, TestResponse

from app.webhooks import views
from app.webhooks.auth import WebhookAuth
from app.webhooks.body_limit import BodyLimit
from app.webhooks.callbacks import Callbacks
from app.webhooks.fast_path import WebhookFastPath
from app.webhooks.receive import Hooks
from core.tenants.directory import Service
from providers.contracts.messages import Account
from providers.twilio.callbacks import sign
from tests.support.tenants import KEYS
from tests.support.texter import sms_service
from tests.support.ussd import UssdTenant
from workers.sending.accounts import Accounts, Installed
from workers.sending.hook_urls import hook_url

PUBLIC = "https://piga.example.org"
NUMBER, PERSON = "+250788000210", "+250788000301"
TOKEN, SECONDARY = "an-auth-token", "the-one-to-come"
ACCOUNTS = Accounts(
    installation=(
        Installed(
            "main", "twilio", Account("AC" + "0" * 32, TOKEN, signing_secrets=(SECONDARY, TOKEN))
        ),
        Installed("at", "africastalking", Account("impuye", "k3y")),
    ),
    hook_url=lambda service, kind: hook_url(KEYS, PUBLIC, service, kind),
)


class Twilio:
    """Twilio's side of the hooks of a number, and of a code whose second provider it is."""

    def __init__(self, tenant: UssdTenant) -> None:
        self.tenant = tenant
        self.service = sms_service(tenant, NUMBER)
        tenant.admin.execute(
            "UPDATE service SET provider = 'twilio' WHERE id = %s", (self.service.id,)
        )
        tenant.admin.execute(
            "UPDATE service_address SET provider = 'twilio' WHERE code = %s", (NUMBER,)
        )
        callbacks = Callbacks(tenant.database, KEYS, tenant.directory, ACCOUNTS)
        hooks = Hooks(
            tenant.turns,
            WebhookAuth(tenant.directory, KEYS),
            callbacks,
            ACCOUNTS,
            BodyLimit(4, lambda _shortest_s, _longest_s: 0, lambda _since: 0),
            public_url=PUBLIC,
        )
        web = Flask("web", static_folder=None)
        web.register_blueprint(views.blueprint(hooks, takes_chunks=False))
        web.wsgi_app = WebhookFastPath(web.wsgi_app, hooks)  # type: ignore[method-assign]
        self.web = web

    def post(
        self, kind: str, fields: dict[str, str], query: str = "", **other: Any
    ) -> TestResponse:
        """Over plain http to this machine, as a proxy passes it on."""
        secret = KEYS.hook_secret("twilio", kind, other.get("service", self.service).id, 1)
        target = f"/hooks/twilio/{kind}/{secret}" + (f"?{query}" if query else "")
        signed = other.get("signed", PUBLIC) + target
        signature = sign(signed, list(fields.items()), other.get("token", TOKEN))
        headers = {"X-Twilio-Signature": signature, "X-Forwarded-Host": "elsewhere.example.org"}
        return Client(self.web).post(target, data=fields, headers=headers)

    def stored(self) -> int:
        return self.tenant.number("SELECT count(*) FROM inbound_message")


@pytest.fixture
def twilio(tenant: UssdTenant) -> Twilio:
    return Twilio(tenant)


def text(id: str = "SM1", words: str = "Muraho é 👋") -> dict[str, str]:
    usual = {"MessageSid": id, "From": PERSON, "To": NUMBER, "Body": words, "FromCity": ""}
    return usual | {"SmsStatus": "received"}


@pytest.mark.parametrize("token", [TOKEN, SECONDARY])
def test_a_text_is_stored_once_and_answered_with_nothing_to_say(
    twilio: Twilio, token: str
) -> None:
    for _ in range(2):  # it is posted again where our answer was lost
        answer = twilio.post("sms-in", text(), token=token)
        assert (answer.status_code, answer.get_data()) == (200, b"<Response/>")
        assert answer.content_type.startswith("text/xml")
    assert twilio.stored() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"signed": "http://localhost"},
        {"signed": "https://elsewhere.example.org"},
        {"signed": "http://piga.example.org"},
        {"token": "another"},
    ],
    ids=["the address inside", "the forwarded host", "plain http", "another token"],
)
def test_what_is_signed_for_another_address_is_refused(
    twilio: Twilio, caplog: pytest.LogCaptureFixture, wrong: dict[str, str]
) -> None:
    with caplog.at_level(logging.WARNING):
        answer = twilio.post("sms-in", text(), **wrong)
    assert (answer.status_code, answer.get_data()) == (403, b"")
    assert twilio.stored() == 0
    assert "wrong_signature" in caplog.text


def a_text_of_ours(twilio: Twilio, service: Service) -> uuid.UUID:
    """One whose answer was lost: nobody knows what became of it, nor Twilio's id."""
    id = uuid.uuid4()
    twilio.tenant.admin.execute(
        "INSERT INTO message (tenant_id, id, service_id, template, params, language, state,"
        " provider) VALUES (%s, %s, %s, 'receipt', '{}', 'en', 'unknown', 'twilio')",
        (twilio.tenant.tenant_id, id, service.id),
    )
    return id
