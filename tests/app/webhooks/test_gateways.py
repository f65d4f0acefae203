"""One conversation over unlike wires: the same screens, the same guarantees."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from werkzeug.test import Client

from engine.conversation import step
from engine.turn import ussd
from tests.support.gateways import (
    WIRES,
    AirtelFlares,
    Caller,
    Gateways,
    Hubtel,
    Infobip,
    Nalo,
    Shown,
    TrueAfrican,
    TruRoute,
)
from tests.support.phone import phone_of

TO_THE_PIN = ("1", "1", "500", "1")
PIN = "2748"
LAST_INPUT = tuple(wire for wire in WIRES if wire.provider != "safaricom")


def by_name(wire: type[Caller]) -> str:
    return wire.provider


@pytest.mark.parametrize("wire", WIRES, ids=by_name)
def test_a_payment_shows_what_africas_talking_shows(gateways: Gateways, wire: type[Caller]) -> None:
    reference = phone_of(gateways.tenant, "uwera")
    wanted = [reference.dial().text, *(reference.type(one).text for one in TO_THE_PIN)]
    phone = wire(gateways, "uwera")
    given = [phone.dial(), *(phone.type(one) for one in TO_THE_PIN)]
    assert given == wanted
    assert not phone.shown.ends
    phone.type(PIN)
    assert phone.shown.text.startswith("Saved 500 RWF")
    assert phone.shown.ends
    assert gateways.tenant.entries() == 1
    assert len(gateways.tenant.texts("uwera")) == 1


@pytest.mark.parametrize("wire", WIRES, ids=by_name)
def test_every_hop_many_times_at_once(gateways: Gateways, wire: type[Caller]) -> None:
    phone = wire(gateways, "uwera")
    phone.hop = 1
    shown: set[Shown] = phone.copies(8)
    for answer in (*TO_THE_PIN, PIN):
        gateways.time.pass_by(5)
        phone.hop += 1
        phone.answers.append(answer)
        assert len(shown) == 1
        shown = phone.copies(8)
    [last] = shown
    assert last.text.startswith("Saved 500 RWF")
    assert gateways.tenant.entries() == 1


@pytest.mark.parametrize("wire", WIRES, ids=by_name)
def test_digits_behind_the_code(gateways: Gateways, wire: type[Caller]) -> None:
    dialled = "*384*10*1*1*500#"
    reference = phone_of(gateways.tenant, "uwera").dial(dialled).text
    assert "500 RWF" in reference
    assert wire(gateways, "uwera").dial(dialled) == reference


@pytest.mark.parametrize("wire", WIRES, ids=by_name)
def test_a_drop_is_gone_on_with_under_another_session(
    gateways: Gateways, wire: type[Caller]
) -> None:
    first = wire(gateways, "uwera")
    first.dial()
    first.type("1", "1")
    gateways.time.pass_by(60)
    second = wire(gateways, "uwera", "s-2")
    assert second.dial().startswith("Continuing where you stopped.")
    second.type("500", "1", PIN)
    assert second.shown.text.startswith("Saved 500 RWF")


@pytest.mark.parametrize("wire", [Nalo, TruRoute, TrueAfrican], ids=by_name)
def test_a_session_id_that_comes_again_opens_anew(gateways: Gateways, wire: type[Caller]) -> None:
    """After an end, and after a mere drop; and the session before answers for nothing."""
    phone = wire(gateways, "uwera")
    menu = phone.dial()
    phone.type(*TO_THE_PIN, PIN)
    assert phone.shown.ends
    gateways.time.pass_by(30)
    again = wire(gateways, "uwera")
    again.hop = 100  # its hops have other ids
    again.dialled, again.answers = "*384*10#", []
    assert again.post().endswith(menu)
    again.type("1", "1")
    gateways.time.pass_by(30)
    third = wire(gateways, "uwera")
    third.hop = 200
    assert third.post().startswith("Continuing where you stopped.")
    third.type("700", "1", PIN)
    assert third.shown.text.startswith("Saved 700 RWF")
    assert gateways.tenant.entries() == 2


@pytest.mark.parametrize("wire", [Hubtel, TruRoute], ids=by_name)
def test_a_session_id_that_another_phone_has_tells_nothing(
    gateways: Gateways, wire: type[Caller]
) -> None:
    ended = "This session has ended. Please dial again."
    one, other = wire(gateways, "uwera"), wire(gateways, "habimana")
    menu = one.dial()
    one.type("1", "1", "500")
    assert "500 RWF" in one.shown.text
    other.hop, other.answers = 4, ["500"]
    assert other.send(other.request()).text == ended  # it is uwera's
    assert other.dial() == menu  # from here on it is habimana's
    gateways.time.pass_by(5)
    one.hop, one.answers = 5, ["1"]
    assert one.send(one.request()).text == ended
    other.type("1")
    assert not other.shown.ends
    assert gateways.tenant.entries() == 0


def test_a_recorded_session_pays_nothing_where_ids_are_unique(gateways: Gateways) -> None:
    """Redis has forgotten it, and all of its hops are posted again."""
    phone = Hubtel(gateways, "uwera")
    phone.dial()
    phone.type(*TO_THE_PIN, PIN)
    gateways.tenant.redis.flushdb()
    for request, _ in phone.sent:
        gateways.time.pass_by(30)
        phone.send(request)
    assert gateways.tenant.entries() == 1


def test_late_copies_by_the_id_of_the_hop(gateways: Gateways) -> None:
    phone = Hubtel(gateways, "uwera")
    phone.dial()
    phone.type(*TO_THE_PIN, PIN)
    gateways.time.pass_by(100)
    for request, shown in reversed(phone.sent[1:]):
        assert phone.send(request) == shown
    assert gateways.tenant.entries() == 1


def test_a_late_copy_of_the_dial_leaves_the_session_where_it_is(gateways: Gateways) -> None:
    phone = Hubtel(gateways, "uwera")
    phone.dial()
    phone.type("1", "1")
    request, shown = phone.sent[0]
    gateways.time.pass_by(20)
    assert phone.send(request) == shown
    assert "500 RWF" in phone.type("500")


@pytest.mark.parametrize("wire", [Nalo, TruRoute, AirtelFlares], ids=by_name)
def test_the_same_answer_soon_is_a_copy_and_later_an_answer(
    gateways: Gateways, wire: type[Caller]
) -> None:
    phone = wire(gateways, "uwera")
    phone.dial()
    gateways.time.pass_by(5)
    phone.answers.append("1")
    groups = phone.send(phone.request())
    assert phone.send(phone.request()) == groups
    gateways.time.pass_by(5)
    assert phone.send(phone.request()).text.startswith("How much")


def test_a_late_copy_of_the_pin_pays_nothing_and_says_what_was_done(gateways: Gateways) -> None:
    """The answer was lost, and the gateway asks again after its time-out."""
    phone = Nalo(gateways, "uwera")
    phone.dial()
    phone.type(*TO_THE_PIN, PIN)
    gateways.time.pass_by(15)
    request, shown = phone.sent[-1]
    assert phone.send(request) == shown
    assert gateways.tenant.entries() == 1


def test_what_a_lost_session_was_told_is_no_answer(gateways: Gateways) -> None:
    phone = Hubtel(gateways, "uwera")
    menu = phone.dial()
    phone.type(*TO_THE_PIN)
    gateways.tenant.redis.flushdb()
    phone.hop += 1
    phone.answers.append(PIN)
    assert phone.post() == menu
    assert gateways.tenant.entries() == 0
    phone.type(*TO_THE_PIN, PIN)
    assert phone.shown.text.startswith("Saved 500 RWF")


def test_without_a_word_of_a_first_hop_an_end_or_a_silence_is_one(gateways: Gateways) -> None:
    phone = AirtelFlares(gateways, "uwera")
    menu = phone.dial()
    phone.type(*TO_THE_PIN, PIN)
    assert phone.shown.ends
    gateways.time.pass_by(10)
    assert phone.dial().endswith(menu)
    phone.type("1")
    gateways.time.pass_by(200)
    assert phone.dial().startswith("Continuing where you stopped.")


@pytest.mark.parametrize("wire", LAST_INPUT, ids=by_name)
def test_what_was_typed_while_another_answer_is_worked_is_no_answer(
    gateways: Gateways, wire: type[Caller]
) -> None:
    """It was typed at a screen that is gone: it gets the screen that is there now."""
    begun, go_on = Event(), Event()

    def slow_step(*args: Any) -> Any:
        begun.set()
        assert go_on.wait(1)
        return step(*args)

    phone = wire(gateways, "uwera")
    phone.dial()
    gateways.time.pass_by(5)
    requests = []
    for answer in ("1", "2"):
        phone.hop, phone.answers = phone.hop + 1, [answer]
        requests.append(phone.request())
    with pytest.MonkeyPatch.context() as patched, ThreadPoolExecutor(2) as threads:
        patched.setattr(ussd, "step", slow_step)
        first = threads.submit(phone.send, requests[0])
        assert begun.wait(1)
        second = threads.submit(phone.send, requests[1])
        time.sleep(0.1)
        go_on.set()
        assert first.result().text == second.result().text
    assert first.result().text.startswith("Save in which group?")
    assert phone.type("1").startswith("How much")


REFUSED: dict[str, tuple[str, bytes | str, int]] = {
    "another method": ("hubtel", "Type=Initiation", 405),
    "a query by POST": ("safaricom", b"ORIG=250788000001", 405),
}


@pytest.mark.parametrize("what", REFUSED)
def test_another_method_is_not_allowed(gateways: Gateways, what: str) -> None:
    provider, request, status = REFUSED[what]
    assert gateways.ask(provider, request)[0] == status


@pytest.mark.parametrize("wire", [Hubtel, Nalo, TruRoute, TrueAfrican], ids=by_name)
def test_what_cannot_be_read_is_an_end_in_the_words_of_the_wire(
    gateways: Gateways, wire: type[Caller]
) -> None:
    for body in (b"{", b"<", b"\xff\xfe", b"[]", b"<!DOCTYPE a><a/>"):
        answer = gateways.ask(wire.provider, body)
        assert answer[0] == 200
        assert b"Nothing was taken." in answer[1]


def test_a_notice_of_an_end_is_acknowledged(gateways: Gateways) -> None:
    phone = Hubtel(gateways, "uwera")
    phone.dial()
    phone.type("1")
    told = bytes(phone.request()).replace(b'"Response"', b'"Timeout"')
    assert gateways.ask("hubtel", told)[:2] == (200, b"")


def test_the_budget_is_the_gateways_unless_the_service_says_another(gateways: Gateways) -> None:
    settings = gateways.tenant.admin.execute(
        "SELECT provider, settings ->> 'budget_septets' FROM service ORDER BY provider, code"
    ).fetchall()
    assert ("hubtel", "160") in settings
    assert ("africastalking", None) in settings


def test_what_stands_behind_an_address_is_read_where_the_gateway_writes_it(
    gateways: Gateways,
) -> None:
    phone = Infobip(gateways, "uwera")
    assert phone.dial().startswith("Ibimina\n1 Save")
    path = gateways.path("infobip")
    client = Client(gateways.web)
    ended = client.put(f"{path}/session/s-1/end", json={"reason": "timeout", "exitCode": 607})
    assert (ended.status_code, ended.json) == (
        200,
        {"responseExitCode": 200, "responseMessage": ""},
    )
    unread = client.post(f"{path}/session/s-1", json={})  # its caller reads an end
    assert json.loads(unread.get_data())["shouldClose"]
    assert client.put(f"{gateways.path('hubtel')}/session/s-1/end", json={}).status_code == 404
    assert client.post(f"{path[:-2]}AA/session/1/start", json={}).status_code == 403
    assert client.get(f"{path}/session/s-1/status").status_code == 405
