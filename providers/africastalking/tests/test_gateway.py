"""The fake gateway against a real HTTP server: what goes over the wire, and what it lets pass."""

import time
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest
from werkzeug.wrappers import Request, Response

from providers.africastalking.gateway import Gateway, GatewayOptions
from providers.africastalking.ussd import parse_ussd, parse_ussd_end
from providers.simulator.loopback import Answer
from providers.simulator.network import SessionOver
from providers.simulator.timers import Later
from tests.support.providers import Us, told

A = "+250788000101"


def test_a_session(us: Us, gateway: Gateway) -> None:
    shown = gateway.dial(A, "*384*10#")
    assert (shown.screen, shown.state, shown.error) == ("You typed []", "open", None)
    assert (shown.hop, shown.replies) == (1, (b"CON You typed []",))
    for answer in ("1", "1", "Isimbi Clarisse", "a*b&c%d=é"):
        shown = gateway.answer(shown.session, answer)
    assert shown.screen == "You typed [1*1*Isimbi Clarisse*a*b&c%d=é]"
    us.screen = lambda text: ("Bye", True)
    shown = gateway.answer(shown.session, "0")
    assert (shown.screen, shown.state, shown.hop) == ("Bye", "ended", 6)
    hops = told(us)
    assert [hop["text"] for hop in hops][:3] == ["", "1", "1*1"]
    assert {frozenset(hop) for hop in hops} == {
        frozenset(("sessionId", "phoneNumber", "networkCode", "serviceCode", "text"))
    }
    assert {hop["sessionId"] for hop in hops} == {shown.session}
    assert shown.session.startswith("ATUid_")
    assert len(shown.session) == 38
    assert {(hop["phoneNumber"], hop["serviceCode"], hop["networkCode"]) for hop in hops} == {
        (A, "*384*10#", "99999")
    }
    with pytest.raises(SessionOver):
        gateway.answer(shown.session, "1")


def test_the_wire_is_a_form_in_any_order_with_everything_escaped(us: Us) -> None:
    gateway = Gateway(us.hooks, seed=5)
    for _ in range(40):
        gateway.dial(A, "*384*10*1#")
    orders = Counter(
        tuple(pair.split(b"=")[0] for pair in taken.body.split(b"&")) for taken in us.of("ussd")
    )
    assert len(orders) > 20
    first = us.of("ussd")[0]
    assert first.headers["content-type"] == "application/x-www-form-urlencoded"
    assert b"serviceCode=%2A384%2A10%23" in first.body
    assert b"phoneNumber=%2B250788000101" in first.body


@pytest.mark.parametrize(
    ("options", "phone"),
    [
        ({"escape_plus": False}, b"phoneNumber=+250788000101"),
        ({"plus": False}, b"phoneNumber=250788000101"),
        ({"plus": False, "escape_plus": False}, b"phoneNumber=250788000101"),
    ],
)
def test_other_ways_to_write_a_number(us: Us, options: dict[str, Any], phone: bytes) -> None:
    Gateway(us.hooks, options=GatewayOptions(**options)).dial(A, "*384*10#")
    body = us.of("ussd")[0].body
    assert phone in body.split(b"&")
    assert parse_ussd(body).address == A


def test_without_a_network_and_with_unknown_fields(us: Us) -> None:
    options = GatewayOptions(network="", extra={"handset": "feature phone"}, shuffle=False)
    Gateway(us.hooks, options=options).dial(A, "*384*10#")
    hop = told(us)[0]
    assert "networkCode" not in hop
    assert hop["handset"] == "feature phone"
    Gateway(us.hooks).dial(A, "*384*10#", network="63510")
    assert told(us)[1]["networkCode"] == "63510"


@pytest.mark.parametrize(
    ("suffix", "service_code", "texts"),
    [
        ("text", "*384*10#", ["1*2*500", "1*2*500*1"]),
        ("service_code", "*384*10*1*2*500#", ["", "1"]),
    ],
)
def test_direct_dial_both_ways(us: Us, suffix: str, service_code: str, texts: list[str]) -> None:
    gateway = Gateway(us.hooks, options=GatewayOptions().changed({"suffix": suffix}))
    gateway.answer(gateway.dial(A, "*384*10*1*2*500#").session, "1")
    assert [hop["text"] for hop in told(us)] == texts
    assert {hop["serviceCode"] for hop in told(us)} == {service_code}


@pytest.mark.parametrize(
    ("dialled", "error"),
    [
        ("*384*99#", "no service answers this code"),
        ("hello", "this is not a USSD code"),
        ("*384*10", "this is not a USSD code"),
        ("", "this is not a USSD code"),
        ("*" + "1" * 200 + "#", "this is not a USSD code"),
    ],
)
def test_nobody_answers(us: Us, gateway: Gateway, dialled: str, error: str) -> None:
    shown = gateway.dial(A, dialled)
    assert (shown.session, shown.state, shown.error, shown.hop) == ("", "failed", error, 0)
    assert us.taken == []


@pytest.mark.parametrize("sender", ["", "abc", "0788000101", "+25078", "+٢٥٠٧٨٨٠٠٠١٠١"])
def test_not_a_phone(gateway: Gateway, sender: str) -> None:
    with pytest.raises(ValueError, match=r"^from: not a phone number$"):
        gateway.dial(sender, "*384*10#")


# --- what the gateway lets pass ---------------------------------------------------------------


def answered(body: bytes | str, status: int = 200, content_type: str = "text/plain") -> Any:
    return lambda request: (
        Response(body, status, content_type=content_type) if "/ussd/" in request.path else None
    )


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        (b"CON Hello", 400, "answered with HTTP 400"),
        (b"CON Hello", 500, "answered with HTTP 500"),
        (b"CON Hello", 201, "answered with HTTP 201"),
        (b"", 200, "the answer does not begin with CON or END"),
        (b"\xef\xbb\xbfCON Hello", 200, "the answer does not begin with CON or END"),
        (b"\nCON Hello", 200, "the answer does not begin with CON or END"),
        (b" CON Hello", 200, "the answer does not begin with CON or END"),
        (b'"CON Hello\\n1. Pay"', 200, "the answer does not begin with CON or END"),
        (b"con Hello", 200, "the answer does not begin with CON or END"),
        (b"CONHello", 200, "the answer does not begin with CON or END"),
        (b"CON ", 200, "the answer has no text"),
        (b"END \n ", 200, "the answer has no text"),
        (b"CON J\xe9r\xf4me", 200, "the answer is not UTF-8"),
        (b"CON " + b"x" * 183, 200, "the answer is too long for this network"),
        ("CON " + "ɛ" * 81, 200, "the answer is too long for this network"),
    ],
)
def test_a_bad_answer_fails_the_session(
    us: Us, gateway: Gateway, body: bytes, status: int, error: str
) -> None:
    us.respond = answered(body, status)
    shown = gateway.dial(A, "*384*10#")
    assert (shown.state, shown.error, shown.screen) == ("failed", error, "")
    with pytest.raises(SessionOver):
        gateway.answer(shown.session, "1")
    assert len(us.of("ussd")) == 1
    event = told(us, "ussd-end")[0]
    assert (event["status"], event["errorMessage"]) == ("Failed", error)
    raw = body.encode() if isinstance(body, str) else body
    assert event["lastAppResponse"] == raw.decode("utf-8", "replace")


@pytest.mark.parametrize(
    ("network", "septets", "state"),
    [
        ("63902", 160, "open"),
        ("63902", 161, "failed"),
        ("63903", 182, "open"),
        ("63510", 182, "open"),
        ("63510", 183, "failed"),
        ("", 182, "open"),
    ],
)
def test_size_by_network(us: Us, network: str, septets: int, state: str) -> None:
    us.screen = lambda text: ("x" * septets, False)
    assert Gateway(us.hooks).dial(A, "*384*10#", network=network).state == state


def test_size_can_be_set(us: Us) -> None:
    us.screen = lambda text: ("x" * 101, False)
    options = GatewayOptions(septets={"63510": 100})
    assert Gateway(us.hooks, options=options).dial(A, "*384*10#", network="63510").state == "failed"
    assert Gateway(us.hooks, options=options).dial(A, "*384*10#", network="63514").state == "open"


def test_a_slow_answer_fails_the_session(us: Us) -> None:
    us.respond = lambda request: time.sleep(0.3) if "/ussd/" in request.path else None
    gateway = Gateway(us.hooks, options=GatewayOptions(answer_within_s=0.1))
    shown = gateway.dial(A, "*384*10#")
    assert (shown.state, shown.error) == ("failed", "no answer in time")
    assert told(us, "ussd-end")[0]["status"] == "Failed"


def test_an_answer_that_drips_in_too_late_fails_too(us: Us) -> None:
    def late(url: str, body: bytes, headers: Mapping[str, str], timeout_s: float) -> Answer:
        time.sleep(0.05)
        return Answer(200, {}, b"CON Hello")

    gateway = Gateway(us.hooks, options=GatewayOptions(answer_within_s=0.01), post=late)
    assert gateway.dial(A, "*384*10#").error == "no answer in time"


def test_nobody_at_home(us: Us) -> None:
    hooks = us.hooks()
    hooks[0]["url"] = "http://127.0.0.1:9/hooks"
    shown = Gateway(lambda: hooks).dial(A, "*384*10#")
    assert (shown.state, shown.error) == ("failed", "connection refused")


def test_only_loopback_is_called(us: Us) -> None:
    hooks = us.hooks()
    hooks[0]["url"] = "http://192.0.2.1/hooks"
    shown = Gateway(lambda: hooks).dial(A, "*384*10#")
    assert (shown.state, shown.error) == ("failed", "not a loopback address")


# --- labels and end events --------------------------------------------------------------------


def test_hop_labels_come_back_and_are_joined(us: Us, gateway: Gateway) -> None:
    labels = iter(["menu", "x" * 100, "a|b", "amount"])

    def respond(request: Request) -> Response | None:
        if "/ussd/" not in request.path:
            return None
        ends = parse_ussd(request.get_data()).text.endswith("4")
        return Response(
            b"END Bye" if ends else b"CON Go on",
            content_type="text/plain",
            headers={"AT-USSD-Hop-Metadata": next(labels, "paid")},
        )

    us.respond = respond
    shown = gateway.dial(A, "*384*10#")
    for answer in "1234":
        shown = gateway.answer(shown.session, answer)
    echoed = [taken.headers.get("at-ussd-hop-metadata") for taken in us.of("ussd")]
    assert echoed == [None, "menu", "menu", "menu", "amount"]
    assert told(us, "ussd-end")[0]["hopsMetadata"] == "menu|amount|paid"


def test_the_end_event(us: Us, gateway: Gateway) -> None:
    session = gateway.dial(A, "*384*10*1#", network="63510").session
    us.screen = lambda text: ("Paid RWF 500.", True)
    gateway.answer(session, "4821")
    event = told(us, "ussd-end")[0]
    assert event["input"] == "1*4821"
    ended = parse_ussd_end(us.of("ussd-end")[0].body)
    assert (ended.session_id, ended.status, ended.hops) == (session, "success", 2)
    assert (ended.reply_prefix, ended.reply_chars) == ("END", 17)
    assert ended.cost is not None
    assert ended.cost.currency == "RWF"
    assert ended.at is not None
    assert "4821" not in repr(ended)


@pytest.mark.parametrize(("events", "count"), [("off", 0), ("on", 1), ("twice", 2)])
def test_end_events_can_be_missing_or_doubled(us: Us, events: str, count: int) -> None:
    gateway = Gateway(us.hooks, options=GatewayOptions().changed({"end_events": events}))
    gateway.hang_up(gateway.dial(A, "*384*10#").session)
    assert len(us.of("ussd-end")) == count


def test_end_events_can_be_late(us: Us) -> None:
    later = Later()
    options = GatewayOptions(end_events="late", end_late_s=0.05)
    gateway = Gateway(us.hooks, options=options, later=later)
    gateway.hang_up(gateway.dial(A, "*384*10#").session)
    assert us.of("ussd-end") == []
    assert later.settle()
    assert len(us.of("ussd-end")) == 1
    later.close()


def test_a_service_without_an_end_hook_gets_none(us: Us, gateway: Gateway) -> None:
    gateway.hang_up(gateway.dial(A, "*384*101#").session)
    assert us.of("ussd-end") == []


# --- the gateway's own paging -----------------------------------------------------------------


def test_paging_is_off_unless_wanted(us: Us) -> None:
    long = "\n".join(f"{n}. Savings group number {n}" for n in range(1, 13))
    us.screen = lambda text: (long if not text else f"You typed [{text}]", False)
    assert Gateway(us.hooks).dial(A, "*384*10#").error == "the answer is too long for this network"
    gateway = Gateway(us.hooks, options=GatewayOptions(paginate=True))
    shown = gateway.dial(A, "*384*10#", network="63902")
    session = shown.session
    assert shown.screen.endswith("\n98:More")
    second = gateway.answer(session, "98")
    assert second.screen.endswith("\n00:Back")
    assert gateway.answer(session, "00").screen == shown.screen
    assert gateway.answer(session, "00").screen == shown.screen
    assert second.hop == 1
    assert gateway.answer(session, "3").screen == "You typed [3]"
    assert gateway.answer(session, "98").screen == "You typed [3*98]"


# --- settings ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wanted",
    [
        {"colour": "red"},
        {"suffix": "nowhere"},
        {"end_events": True},
        {"shuffle": 1},
        {"lose_before": 1.1},
        {"lose_before": -0.1},
        {"lose_after": True},
        {"lose_after": "0.1"},
        {"answer_within_s": 601},
        {"septets": {"63510": "160"}},
        {"septets_otherwise": 100.5},
        {"extra": {"a": 1}},
        {"network": 63510},
        {"network": "6" * 17},
    ],
    ids=str,
)
def test_impossible_settings(wanted: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"no such setting|not a possible value"):
        GatewayOptions().changed(wanted)


def test_settings_are_kept_apart() -> None:
    changed = GatewayOptions().changed({"lose_before": 0, "septets": {"63510": 120}})
    assert changed.septets == {"63510": 120}
    assert GatewayOptions().septets != changed.septets
