"""What tenants are told: each fact once, signed, and what becomes of it when nobody listens."""

import socket
import time
import uuid
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from werkzeug.wrappers import Response

from core.analytics import turnlog
from core.events import events, subscriptions
from core.events.errors import NoSuchSubscription, WrongSubscription
from core.events.kinds import ALL
from core.inbox import inbox
from core.inbox.content import Content
from core.inbox.inbox import Incoming
from core.messaging.delivery import raise_status
from core.orders import delivering, placing, quotes
from core.orders.delivering import Handed
from core.orders.prices import Purchase
from core.pricing.basket import Wanted
from tests.support.orders import open_warehouse
from tests.support.prices import publish_prices
from tests.support.tenants import KEYS
from tests.support.workers import MessagingTenant
from tests.workers.events.conftest import Teller
from values.ids import uuid7
from workers.events import deliver
from workers.events.posting import post

NUMBER = "+250788000001"


def receive(tenant: MessagingTenant) -> None:
    with tenant.tx() as tx:
        message = Incoming("africastalking", uuid7().hex, NUMBER, Content(text="secret words"))
        assert inbox.receive(tx, KEYS, tenant.service_id, message)


def fail(tenant: MessagingTenant, state: str, reason: str | None = None) -> uuid.UUID:
    message = tenant.text(NUMBER)
    with tenant.tx() as tx:
        assert raise_status(tx, message, state, reason=reason, taken=True)
    return message


def fail_and_roll_back(tenant: MessagingTenant, message: uuid.UUID) -> None:
    with tenant.tx() as tx:
        assert raise_status(tx, message, "failed", reason="x", taken=False)
        assert tx.one("SELECT count(*) FROM event") == (1,)
        raise ZeroDivisionError


def end(tenant: MessagingTenant, outcome: str = "ended") -> None:
    with tenant.tx() as tx:
        turnlog.write(
            tx,
            [
                turnlog.Turn(
                    tenant=tenant.tenant_id,
                    id=uuid7(),
                    service=tenant.service_id,
                    session="ab" * 16,
                    subscriber=tenant.person_at(NUMBER),
                    number=4,
                    place="contribute.paid",
                    outcome=outcome,
                    language="en",
                    took_us=1,
                )
            ],
        )


def pay(tenant: MessagingTenant) -> None:
    tenant.fund(tenant.wallet(), 500)


def order(tenant: MessagingTenant) -> None:
    """An order from its price to its delivery, two units short."""
    publish_prices(tenant)
    shop = tenant.person_at(NUMBER)
    open_warehouse(tenant, oil=50, soap=0)
    with tenant.tx() as tx:
        promised = quotes.promise(tx, Purchase(shop), [Wanted("OIL", 3)], zone=ZoneInfo("UTC"))
        placed = placing.place(tx, promised.id, shop, payment="cash", channel="whatsapp")
        placing.confirm(tx, placed.id)
        delivering.assign(tx, placed.id, deliverer="Jean", actor="staff")
        delivering.pick(tx, placed.id, actor="staff")
        delivering.deliver(tx, placed.id, [Handed(1, 1)], actor="staff")


FACTS: dict[str, Callable[[MessagingTenant], Any]] = {
    "message.received": receive,
    "message.delivered": lambda tenant: fail(tenant, "delivered"),
    "message.failed": lambda tenant: fail(tenant, "failed", "invalid_number"),
    "session.ended": end,
    "payment.posted": pay,
    "order.created": order,
    "inventory.reserved": order,
    "order.confirmed": order,
    "order.assigned_to_driver": order,
    "order.delivered": order,
}


@pytest.mark.parametrize("kind", FACTS)
def test_a_fact_is_told_once_signed_and_without_a_number(
    teller: Teller, tenant: MessagingTenant, kind: str
) -> None:
    teller.subscribe(kind)
    FACTS[kind](tenant)
    teller.work()
    [event] = teller.receiver.events(teller.secret)
    assert (event["type"], event["version"], event["tenant"]) == (kind, 1, tenant.slug)
    assert event["data"].get("number") is None
    assert (event["source"], event["tenant_id"]) == (
        kind.partition(".")[0],
        str(tenant.tenant_id),
    )
    assert event["id"] == teller.receiver.headers[0]["webhook-id"]
    [raw] = teller.receiver.bodies
    for word in (b"250788", b"secret words", b"Jean"):
        assert word not in raw
    assert [state for _, state, _ in teller.states()] == ["delivered"]
    assert kind in ALL


@pytest.mark.parametrize("kind", sorted(set(FACTS) - {"payment.posted"}))
def test_a_number_is_told_to_who_asks_for_it(
    teller: Teller, tenant: MessagingTenant, kind: str
) -> None:
    teller.subscribe(kind, with_numbers=True)
    FACTS[kind](tenant)
    teller.work()
    [event] = teller.receiver.events(teller.secret)
    assert event["data"]["number"] == NUMBER


def test_a_payment_says_its_lines(teller: Teller, tenant: MessagingTenant) -> None:
    teller.subscribe("payment.posted")
    pay(tenant)
    teller.work()
    [event] = teller.receiver.events(teller.secret)
    lines = event["data"]["postings"]
    assert sorted((line["account"], line["amount_minor"]) for line in lines) == [
        ("settlement", -500),
        ("wallet", 500),
    ]
    assert len(event["data"]["reference"]) == 8
    assert event["data"]["kind"] == "transfer"


def test_the_events_of_an_order_belong_together(teller: Teller, tenant: MessagingTenant) -> None:
    teller.subscribe()
    order(tenant)
    teller.work()
    told = teller.receiver.events(teller.secret)
    assert {one["type"] for one in told} == {kind for kind in FACTS if FACTS[kind] is order}
    [of_all] = {one["metadata"]["correlation_id"] for one in told}
    delivered = next(one for one in told if one["type"] == "order.delivered")
    assert delivered["metadata"] == {
        "correlation_id": of_all,
        "user_id": str(tenant.person_at(NUMBER)),
        "channel": "whatsapp",
    }
    assert (delivered["data"]["order_id"], delivered["data"]["delivered_minor"]) == (of_all, 1_180)
    [line] = delivered["data"]["lines"]
    assert (line["quantity"], line["delivered"]) == (3, 1)


def test_who_did_not_subscribe_pays_nothing_and_is_told_nothing(
    teller: Teller, tenant: MessagingTenant
) -> None:
    for fact in FACTS.values():
        fact(tenant)
    assert tenant.count("event") == 0
    id = teller.subscribe("session.ended")
    for fact in FACTS.values():
        fact(tenant)
    end(tenant, "shown")  # a turn that ends nothing
    assert tenant.count("event") == 1
    with tenant.tx() as tx:
        assert subscriptions.unsubscribe(tx, id, actor="test") == 1
    end(tenant)
    teller.work()
    assert teller.receiver.bodies == []
    assert teller.states() == [("session.ended", "dropped", "unsubscribed")]


def test_an_event_is_there_with_its_fact_or_not_at_all(
    teller: Teller, tenant: MessagingTenant
) -> None:
    teller.subscribe("message.failed")
    message = tenant.text(NUMBER)
    with pytest.raises(ZeroDivisionError):
        fail_and_roll_back(tenant, message)
    assert tenant.count("event") == 0
    for state in ("failed", "delivered"):  # the network changes its mind
        with tenant.tx() as tx:
            assert raise_status(tx, message, state, taken=True)
            assert not raise_status(tx, message, state, taken=True)
    assert tenant.count("event") == 1


def test_what_is_not_taken_is_sent_again_under_the_same_id(
    teller: Teller, tenant: MessagingTenant
) -> None:
    teller.subscribe("payment.posted")
    teller.receiver.answer = lambda count: Response("", 500 if count < 3 else 200)
    pay(tenant)
    teller.work()
    assert teller.states() == [("payment.posted", "waiting", "500")]
    teller.work()  # not before its time
    assert len(teller.receiver.bodies) == 1
    teller.later()
    teller.later()
    assert teller.states() == [("payment.posted", "delivered", "200")]
    assert len({headers["webhook-id"] for headers in teller.receiver.headers}) == 1
    assert len(set(teller.receiver.bodies)) == 1
    assert len(teller.receiver.events(teller.secret)) == 3
    assert tenant.number("SELECT failures FROM event_subscription") == 0


def test_a_receiver_that_does_not_answer_is_left_alone_with_all(
    teller: Teller, tenant: MessagingTenant
) -> None:
    teller.subscribe("payment.posted")
    teller.receiver.answer = lambda _: Response("", 503, {"Retry-After": "120"})
    for _ in range(5):
        pay(tenant)
    teller.work()
    assert len(teller.receiver.bodies) == 1
    assert tenant.number("SELECT failures FROM event_subscription") == 1
    left = tenant.one("SELECT extract(epoch FROM paused_until - now()) FROM event_subscription")[0]
    assert 100 < left <= 120
    assert tenant.number("SELECT max(attempts) FROM outbox WHERE kind = 'event'") == 1
    teller.receiver.answer = lambda _: Response("", 200)
    teller.later()
    assert tenant.count("event", "state = 'delivered'") == 5


def test_after_many_tries_it_is_dead_listed_and_replayed(
    teller: Teller, tenant: MessagingTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliver, "TRIES_MAXIMUM", 2)
    teller.subscribe("payment.posted")
    teller.receiver.answer = lambda _: Response("", 404)
    pay(tenant)
    teller.work()
    for _ in range(3):
        teller.later()
    assert teller.states() == [("payment.posted", "dead", "404")]
    assert len(teller.receiver.bodies) == 2
    with tenant.tx() as tx:
        dead = events.dead(tx)
        assert [each.reason for each in events.newest(tx, state="dead")] == ["404"]
        assert events.replay(tx, dead, actor="test") == 1
        assert events.replay(tx, dead, actor="test") == 0
    teller.receiver.answer = lambda _: Response("", 202)
    teller.later()
    assert teller.states() == [("payment.posted", "delivered", "202")]
    with tenant.tx() as tx:
        assert events.replay(tx, dead, actor="test") == 1  # delivered ones, too
    teller.work()
    assert len(teller.receiver.events(teller.secret)) == 4


def test_gone_ends_the_subscription(teller: Teller, tenant: MessagingTenant) -> None:
    id = teller.subscribe("payment.posted")
    teller.receiver.answer = lambda _: Response("", 410)
    pay(tenant)
    pay(tenant)
    teller.work()
    assert len(teller.receiver.bodies) == 1
    assert {state for _, state, _ in teller.states()} == {"dropped"}
    with tenant.tx() as tx:
        [one] = subscriptions.all_of_tenant(tx, KEYS)
        assert (one.id, one.state, one.reason) == (id, "off", "gone")
        assert events.replay(tx, [each.id for each in events.newest(tx)], actor="test") == 0
        with pytest.raises(NoSuchSubscription):
            events.probe(tx, id)
        with pytest.raises(NoSuchSubscription):
            subscriptions.rotate(tx, KEYS, id, actor="test")


def test_a_redirect_is_not_followed(teller: Teller, tenant: MessagingTenant) -> None:
    teller.subscribe("payment.posted")
    teller.receiver.answer = lambda _: Response("", 307, {"Location": teller.receiver.url})
    pay(tenant)
    teller.work()
    assert len(teller.receiver.bodies) == 1
    assert teller.states() == [("payment.posted", "waiting", "307")]


def test_both_secrets_sign_while_both_are_valid(teller: Teller, tenant: MessagingTenant) -> None:
    id = teller.subscribe("payment.posted")
    before = teller.secret
    with tenant.tx() as tx:
        after = subscriptions.rotate(tx, KEYS, id, actor="test", hours=1)
    pay(tenant)
    teller.work()
    assert len(teller.receiver.events(before)) == len(teller.receiver.events(after)) == 1
    tenant.admin.execute("UPDATE event_subscription SET old_secret_until = now()")
    pay(tenant)
    teller.work()
    assert len(teller.receiver.events(after)) == 2
    with pytest.raises(Exception, match="No matching signature"):
        teller.receiver.events(before)


def test_a_test_event_tells_of_nothing(teller: Teller, tenant: MessagingTenant) -> None:
    id = teller.subscribe("payment.posted")
    for _ in range(2):
        with tenant.tx() as tx:
            events.probe(tx, id)
        teller.work()
    first, second = teller.receiver.events(teller.secret)
    assert first["data"] == second["data"] == {"subscription_id": str(id)}


def test_a_fact_that_is_gone_is_dropped(teller: Teller, tenant: MessagingTenant) -> None:
    teller.subscribe("message.received")
    receive(tenant)
    tenant.as_superuser("DELETE FROM inbound_message")
    teller.work()
    assert teller.states() == [("message.received", "dropped", "fact_gone")]


def test_nothing_that_opens_a_receiver_is_kept_in_the_clear(
    teller: Teller, tenant: MessagingTenant
) -> None:
    teller.subscribe("payment.posted")
    kept = str(tenant.one("SELECT t::text FROM event_subscription t")[0])
    assert "k3y" not in kept
    assert teller.secret.removeprefix("whsec_") not in kept
    with psycopg.connect(tenant.urls.verify_url) as auditor, pytest.raises(psycopg.Error):
        auditor.execute("SELECT * FROM event_subscription")


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "ftp://example.com/",
        "https://",
        "https://user@example.com/",
        "https://example.com/#x",
        "https://localhost/",
        "https://127.0.0.1/",
        "https://10.1.2.3/",
        "https://169.254.169.254/latest",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://[fd00::1]/",
        "https://100.64.0.1/",
        "https://0.0.0.0/",
        "https://piga.internal/",
        "https://exa mple.com/",
        "https://example.com:99999/",
    ],
)
def test_no_subscription_leads_into_a_private_network(url: str) -> None:
    with pytest.raises(WrongSubscription):
        subscriptions.check_url(url, is_demo=False)


def test_a_public_place_is_taken() -> None:
    subscriptions.check_url("https://hooks.example.com:8443/piga?key=1", is_demo=False)
    subscriptions.check_url("https://[2606:4700::1111]/", is_demo=False)


def test_a_name_that_leads_into_a_private_network_is_not_called(
    teller: Teller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where only one of its addresses is private."""
    asked: list[str] = []

    def answers(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        return [(2, 1, 6, "", ("93.184.216.34", port)), (2, 1, 6, "", ("10.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", answers)
    assert post("https://hooks.example.com/", {}, b"{}").reason == "private_address"
    assert asked == ["hooks.example.com"]


def test_outside_a_demo_nothing_goes_without_tls(teller: Teller) -> None:
    assert post(teller.receiver.url, {}, b"{}").reason == "private_address"
    assert teller.receiver.bodies == []


def test_a_place_that_is_silent_or_away_is_a_reason(
    teller: Teller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.events.posting.ANSWER_TIMEOUT_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        begun = time.monotonic()
        assert post(f"http://127.0.0.1:{port}/", {}, b"{}", is_demo=True).reason == "answer_timeout"
        assert time.monotonic() - begun < 3
    refused = post(f"http://127.0.0.1:{port}/", {}, b"{}", is_demo=True)
    assert refused.reason == "connection_refused"
    # TLS to somebody who speaks none, or who is not who they should be.
    answered = post(teller.receiver.url.replace("http:", "https:"), {}, b"{}", is_demo=True)
    assert answered.status == 0
    assert post("https://no-such-host.invalid/", {}, b"{}").reason == "no_such_host"
