"""What crosses the wire is kept for staff: redacted, and only so much of it."""

import json
from decimal import Decimal

import pytest
from redis import Redis

from core.messaging.provider_report import ask_balances
from providers.africastalking.fake import Mode
from providers.contracts.balances import BalanceLeft
from providers.contracts.messages import Account
from providers.exchange import Exchange
from providers.registry import find
from providers.simulator.process import Fakes
from tests.support.workers import MessagingTenant
from values.ids import uuid7
from workers.jobs.context import install
from workers.sending.balance import ask_balance
from workers.sending.send import send_text
from workers.wire_log import KEPT, Balance, Logged, WireLog, health

NUMBER = "+250788000001"


@pytest.fixture
def wire(redis_url: str) -> WireLog:
    return WireLog(Redis.from_url(redis_url))


def sent(tenant: MessagingTenant, wire: WireLog) -> Logged:
    install(tenant.context(wire=wire))
    message = tenant.text(NUMBER, template="welcome", params={"tenant": "Impuye"})
    send_text(str(tenant.tenant_id), str(tenant.outbox_of(message)))
    return wire.last(tenant.tenant_id, "africastalking")[0]


def test_a_text_is_seen_as_it_crossed_the_wire_without_words_and_number(
    tenant: MessagingTenant, fakes: Fakes, wire: WireLog
) -> None:
    found = sent(tenant, wire)
    assert (found.operation, found.outcome, found.method, found.status) == (
        *("send", "ok", "POST", 201),
    )
    assert found.place.endswith("/at/version1/messaging")
    assert "message=<" in found.sent
    answer = json.loads(found.answered)["SMSMessageData"]
    assert answer["Message"].startswith("Sent to 1/1")
    assert answer["Recipients"][0]["status"] == "Success"
    kept = f"{found}"
    for secret in (NUMBER[1:], "788000001", "Welcome", tenant.slug, fakes.texts.find(bool)[0].id):
        assert secret not in kept


@pytest.mark.parametrize(
    ("mode", "outcome", "status"),
    [
        (Mode("unauthorized"), "refused", 401),
        (Mode("http", status=502), "unknown", 502),
        (Mode("drop_before"), "unknown", None),
    ],
)
def test_a_fault_is_seen_as_what_it_was(
    tenant: MessagingTenant,
    fakes: Fakes,
    wire: WireLog,
    mode: Mode,
    outcome: str,
    status: int | None,
) -> None:
    fakes.rest.script([mode])
    found = sent(tenant, wire)
    assert (found.outcome, found.status) == (outcome, status)
    assert bool(found.failure) == (status is None)


def test_only_so_much_is_kept_and_each_tenant_has_its_own(wire: WireLog) -> None:
    one, other = uuid7(), uuid7()
    for number in range(KEPT + 7):
        wire.keep(one, "twilio", "send", "ok", [Exchange("POST", "x", f"<{number}>", number, 200)])
    wire.keep(other, "twilio", "send", "refused", [Exchange("POST", "x", "", 1, 400)])
    kept = wire.last(one, "twilio")
    assert (len(kept), kept[0].sent, kept[-1].sent) == (KEPT, f"<{KEPT + 6}>", "<7>")
    assert [each.outcome for each in wire.last(other, "twilio")] == ["refused"]
    assert wire.last(one, "meta") == []
    assert health(kept).p95_ms == 7 + 189
    assert health(wire.last(other, "twilio")).failed_percent == 100


def test_without_redis_a_text_leaves_all_the_same(tenant: MessagingTenant, fakes: Fakes) -> None:
    install(tenant.context(wire=WireLog(Redis.from_url("redis://127.0.0.1:1"))))
    message = tenant.text(NUMBER)
    send_text(str(tenant.tenant_id), str(tenant.outbox_of(message)))
    assert tenant.state(message) == "accepted"


def asked(tenant: MessagingTenant, wire: WireLog) -> Balance:
    install(tenant.context(wire=wire))
    with tenant.tx() as tx:
        assert ask_balances(tx, "africastalking", actor="test") == 1
    ask_balance(str(tenant.tenant_id), str(tenant.outbox_of(tenant.service_id)))
    [found] = wire.balances(tenant.tenant_id, "africastalking")
    return found


def test_what_an_account_has_left_is_asked_for(tenant: MessagingTenant, wire: WireLog) -> None:
    found = asked(tenant, wire)
    assert (found.account, found.said) == (f"africastalking:{tenant.slug}", "RWF 100000.0000")
    [logged] = wire.last(tenant.tenant_id, "africastalking")
    assert (logged.operation, logged.status) == ("balance", 200)
    # Who asks may not see it in the log, which more people read.
    assert "100000" not in logged.answered
    assert tenant.one("SELECT state FROM outbox WHERE kind = 'ask_balance'") == ("done",)


def test_an_account_that_does_not_say_is_shown_as_why(
    tenant: MessagingTenant, wire: WireLog
) -> None:
    tenant.fakes_url = "http://127.0.0.1:1"
    found = asked(tenant, wire)
    assert (found.said, found.failure) == ("", "connection_refused")


def test_twilio_and_mtn_say_what_is_left(fakes: Fakes) -> None:
    twilio = Account("AC" + "0" * 32, "demo", f"{fakes.url}/twilio")
    asked = find("twilio").balances
    assert asked is not None
    assert asked(twilio).balances() == [BalanceLeft(Decimal("12.3456"), "USD")]
    keyed = (("collection_key", "demo"),)
    momo = Account("umoja", "demo", f"{fakes.url}/momo", options=keyed)
    asked = find("mtn_momo").balances
    assert asked is not None
    [left] = asked(momo).balances()
    assert (left.currency, left.product) == ("EUR", "collection")
