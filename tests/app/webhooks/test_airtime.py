"""Airtime over the webhooks: a question is answered, with no unless we know the order."""

import logging
from decimal import Decimal

import pytest
from werkzeug.test import Client

from app.webhooks.callbacks import Callbacks
from core.tenants.directory import Directory, Service
from providers.contracts.airtime import AirtimeAsked
from providers.registry import find
from tests.support.gateways import Gateways
from tests.support.tenants import KEYS, PROVIDER
from tests.support.ussd import CODE
from workers.sending.accounts import Accounts

QUESTION = (
    b'{"transactionId":"ATTid_5d1c7e","phoneNumber":"+250788000105","currencyCode":"RWF",'
    b'"amount":500.0}'
)
REPORT = b'{"requestId":"ATQid_7a11","status":"Success","phoneNumber":"+250788000105"}'
NO = b'{"status":"Failed"}'


def post(gateways: Gateways, kind: str, body: bytes, secret: str = "") -> tuple[int, bytes, str]:
    service = gateways.tenant.service(CODE)
    right = KEYS.hook_secret(PROVIDER, kind, service.id, service.hook_generation)
    answer = Client(gateways.web).post(
        f"/hooks/{PROVIDER}/{kind}/{secret or right}", data=body, content_type="application/json"
    )
    return answer.status_code, answer.get_data(), answer.content_type or ""


@pytest.mark.parametrize("body", [QUESTION, b" ", b"{}", b"[]", b'{"amount":"much"}', b"\xff"])
def test_of_what_we_do_not_know_no_airtime_is_given(gateways: Gateways, body: bytes) -> None:
    assert post(gateways, "airtime-validation", body) == (200, NO, "application/json")


def test_who_does_not_know_the_secret_gets_no_word(gateways: Gateways) -> None:
    status, said, _ = post(gateways, "airtime-validation", QUESTION, secret="x" * 44)
    assert (status, said) == (403, b"")


def test_what_became_of_an_order_is_acknowledged(
    gateways: Gateways, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    assert post(gateways, "airtime-status", REPORT)[:2] == (200, b"")
    assert "request=ATQid_7a11 status=delivered" in caplog.text
    assert post(gateways, "airtime-status", b"{}")[:2] == (200, b"")
    assert "250788000105" not in caplog.text


def test_whoever_sells_airtime_says_which_orders_are_theirs(gateways: Gateways) -> None:
    tenant = gateways.tenant
    seen: list[tuple[str, Decimal]] = []

    def knows(asked: AirtimeAsked, hook: Service) -> bool:
        seen.append((hook.code, asked.amount))
        return asked.amount == 500

    callbacks = Callbacks(
        tenant.database, KEYS, Directory(tenant.database), Accounts(), knows=[knows]
    )
    kind = find(PROVIDER).kind("airtime-validation")
    hook = tenant.service(CODE)
    for body, ours in ((QUESTION, True), (QUESTION.replace(b"500.0", b"501"), False)):
        asked = kind.parse(body, "application/json")
        assert isinstance(asked, AirtimeAsked)
        assert callbacks.is_ours(asked, hook) is ours
    assert seen == [(CODE, Decimal(500)), (CODE, Decimal(501))]


def test_airtime_that_nobody_ordered_is_an_alarm(
    gateways: Gateways, caplog: pytest.LogCaptureFixture
) -> None:
    post(gateways, "airtime-validation", QUESTION)
    assert "ALARM" in caplog.text
    assert "RWF 500.0" in caplog.text
    assert "250788000105" not in caplog.text
