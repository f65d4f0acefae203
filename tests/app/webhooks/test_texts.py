"""Texts that devices forward, over HTTP: who may post, what is stored, what a fault is told."""

import hashlib
import hmac
import http.client
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from standardwebhooks.webhooks import Webhook
from werkzeug.test import Client, TestResponse

from app.webhooks import forwarded, texts
from app.webhooks.body_limit import BodyLimit
from core.payments import devices
from tests.support.servers import DatabaseUrls
from tests.support.tenants import KEYS, Tenant, new_tenant
from tests.support.texts import Till
from tests.support.web import KEYS as WEB_KEYS
from tests.support.web import SLUG, Web
from values.ids import uuid7


@pytest.fixture(scope="module")
def tenant(module_database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(module_database) as made:
        yield made


class Phone:
    """A device that posts, and the application that it posts to."""

    def __init__(self, tenant: Tenant, name: str) -> None:
        self.till = Till(tenant, name=name)
        self.secret = self.till.added.secret
        self.address = self.till.added.address
        self.tenant = tenant
        web = Flask("test")
        bodies = BodyLimit(2, lambda *_: 0, lambda *_: 0)
        web.register_blueprint(texts.blueprint(tenant.database, KEYS, bodies))
        self.client = Client(web)

    def batch(self, *amounts: int) -> bytes:
        return json.dumps(
            {
                "texts": [
                    {"sender": one.sender, "text": one.text, "received_at": str(one.received_at)}
                    for one in map(self.till.received, amounts)
                ]
            }
        ).encode()

    def post(
        self,
        body: bytes,
        *,
        at_s: float | None = None,
        secret: str = "",
        device: str = "",
        path: str = "/ingest/sms",
    ) -> TestResponse:
        """Signed by the Standard Webhooks library, as others wrote it."""
        at = datetime.fromtimestamp(time.time() if at_s is None else at_s, UTC)
        signature = Webhook(secret or self.secret).sign("msg_1", at, body.decode())
        headers = {
            "webhook-id": "msg_1",
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": signature,
        }
        query = {"device": device or self.address}
        return self.client.post(path, data=body, headers=headers, query_string=query)

    def stored(self) -> int:
        return self.tenant.count("payment_text", "device_id = %s", self.till.added.id)


@pytest.fixture
def phone(tenant: Tenant) -> Phone:
    return Phone(tenant, uuid7().hex)


def states(answer: TestResponse) -> list[str]:
    assert answer.status_code == 200, answer.get_data()
    return [one["state"] for one in json.loads(answer.get_data())["results"]]


def test_a_batch_is_stored_once_and_has_its_job(phone: Phone) -> None:
    body = phone.batch(500, 600)
    assert states(phone.post(body)) == ["stored", "stored"]
    assert states(phone.post(body, path="/ingest-sms")) == ["known", "known"]  # posted again
    assert phone.stored() == 2
    assert phone.tenant.count("outbox", "kind = 'payment_text'") == 1


def test_the_apps_own_event_is_read(phone: Phone) -> None:
    """As SMS Gateway for Android signs and shapes it."""
    text = phone.till.received(700)
    event: dict[str, Any] = {
        "deviceId": "ffffffffceb0b1db0000018e937c815b",
        "event": "sms:received",
        "id": "Ey6ECgOkVVFjz3CL48B8C",
        "payload": {
            "messageId": "abc123",
            "message": text.text,
            "sender": text.sender,
            "simNumber": 1,
            "receivedAt": "2026-11-30T09:14:55.000+02:00",
        },
        "webhookId": "LreFUt-Z3sSq0JufY9uWB",
    }

    def post(event: dict[str, Any]) -> TestResponse:
        body, stamp = json.dumps(event).encode(), str(int(time.time()))
        mac = hmac.new(phone.secret.encode(), body + stamp.encode(), hashlib.sha256).hexdigest()
        headers = {"X-Timestamp": stamp, "X-Signature": mac}
        query = {"device": phone.address}
        return phone.client.post("/ingest/sms", data=body, headers=headers, query_string=query)

    assert states(post(event)) == ["stored"]
    assert states(post({**event, "event": "system:ping", "payload": {}})) == []
    assert phone.stored() == 1


@pytest.mark.parametrize("how", ["body", "secret", "device", "unsigned", "blocked", "id"])
def test_what_the_device_did_not_sign_is_refused(phone: Phone, how: str) -> None:
    body = phone.batch(500)
    if how == "body":  # one byte is another
        at = datetime.now(UTC)
        headers = {
            "webhook-id": "msg_1",
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": Webhook(phone.secret).sign("msg_1", at, body.decode()),
        }
        query = {"device": phone.address}
        flipped = body[:-2] + b" }"
        answer = phone.client.post("/ingest/sms", data=flipped, headers=headers, query_string=query)
    elif how == "unsigned":
        answer = phone.client.post("/ingest/sms", data=body, query_string={"device": phone.address})
    elif how == "secret":
        answer = phone.post(body, secret="whsec_" + "A" * 43 + "=")
    elif how == "device":
        answer = phone.post(body, device="A" * 43)
    elif how == "id":
        answer = phone.post(body, device="not an address")
    else:
        with phone.tenant.tx() as tx:
            devices.block(tx, phone.till.name, actor="operator test", reason="stolen")
        answer = phone.post(body)
    assert answer.status_code == 401
    assert json.loads(answer.get_data()) == {"error": "No such device, or another has signed this."}
    assert phone.stored() == 0


@pytest.mark.parametrize("off_s", [-400, 400])
def test_an_old_request_cannot_be_posted_again(phone: Phone, off_s: int) -> None:
    answer = phone.post(phone.batch(500), at_s=time.time() + off_s)
    assert answer.status_code == 400
    assert "clock" in json.loads(answer.get_data())["error"]
    assert phone.stored() == 0


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"{", "no JSON"),
        (b"[]", "no JSON object"),
        (b'{"texts": {}}', "no list"),
        (json.dumps({"texts": [{}] * 101}).encode(), "More than 100"),
    ],
)
def test_a_body_of_no_shape_is_told(phone: Phone, body: bytes, told: str) -> None:
    answer = phone.post(body)
    assert answer.status_code == 400
    assert told in json.loads(answer.get_data())["error"]


def test_one_bad_text_does_not_stop_the_others(phone: Phone) -> None:
    good = json.loads(phone.batch(500))["texts"][0]
    parts = [
        good | {"sender": ""},
        good | {"text": 5},
        good | {"text": "x" * 5_000},
        good | {"text": "a\0b"},
        good | {"received_at": "2026-11-30 09:14"},  # no zone
        good | {"received_at": "9999-12-31T23:59:59-23:59"},
        "text",
        good,
    ]
    answer = phone.post(json.dumps({"texts": parts}).encode())
    assert states(answer) == ["refused"] * 7 + ["stored"]
    assert phone.stored() == 1


def test_too_much_is_refused(phone: Phone) -> None:
    body = json.dumps({"texts": [], "pad": "x" * texts.BODY_BYTES_MAXIMUM}).encode()
    assert phone.post(body).status_code == 413
    assert phone.client.get("/ingest/sms").status_code == 405


def test_every_shape_is_whole() -> None:
    assert [shape.name for shape in forwarded.shapes()] == ["piga", "sms-gateway-android"]


def test_the_server_itself_takes_them(web: Web) -> None:
    """`piga web` as it runs, with a client of others' that signs."""
    tenant_id = next(one.tenant.id for one in web.services.values() if one.tenant.slug == SLUG)
    tenant = Tenant(web.urls, tenant_id, SLUG)
    with tenant.tx() as tx:
        of = devices.Wallet("MTN", "mtn-rw", "RWF")
        added = devices.add(tx, WEB_KEYS, tenant_id, uuid7().hex, of, actor="operator test")
    at = datetime.now(UTC)
    words = "You have received 500 RWF from Divine UWASE (*********321). Your new balance:900 RWF."
    said = {"sender": "M-Money", "text": words, "received_at": at.isoformat()}
    body = json.dumps({"texts": [said]})
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(added.secret).sign("msg_1", at, body),
    }
    connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=20)
    for state in ("stored", "known"):
        connection.request("POST", f"/ingest-sms?device={added.address}", body, headers)
        answer = connection.getresponse()
        assert json.loads(answer.read()) == {"results": [{"state": state}]}
    connection.close()
    assert tenant.count("payment_text", "device_id = %s", added.id) == 1
    tenant.close()
    assert added.secret not in web.said()
    assert "Divine" not in web.said()
