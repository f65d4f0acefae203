"""The fake as Meta is: how it tells what became of messages, and what people do on their phones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import requests

from providers.contracts.chat import (
    ChatInbound,
    ChatMessage,
    Option,
    Party,
    Template,
    TemplateState,
)
from providers.contracts.messages import Account, DeliveryReport, Refused
from providers.meta.fake import PAIR_BURST, GraphFake
from providers.meta.handset import SENT_FILE
from providers.meta.send import ChatSender
from providers.meta.tests.conftest import CODE, NUMBER_ID, Receiver
from providers.simulator.hooks import Hook
from providers.simulator.process import Fakes, forget

PHONE = "+250788000301"


def post(fakes: Fakes, path: str, **body: Any) -> Any:
    """What the phone's page asks."""
    answer = requests.post(f"{fakes.url}/phone/{path}", json=body, timeout=5)
    assert answer.status_code == 200, answer.text
    return answer.json()


def write(fakes: Fakes, sender: str = PHONE, **what: Any) -> str:
    id: str = post(fakes, "whatsapp", **{"from": sender, "to": CODE}, **what)["id"]
    return id


def chat(fakes: Fakes, sender: str = PHONE) -> list[dict[str, Any]]:
    wanted = {"from": sender, "to": CODE}
    found: list[dict[str, Any]] = requests.get(
        f"{fakes.url}/phone/whatsapp", wanted, timeout=5
    ).json()
    return found


def send(sender: ChatSender, text: str = "Muraho", **more: Any) -> str:
    to = more.pop("to", Party(phone=PHONE))
    id = sender.send_chat(ChatMessage(to=to, text=text, sender=NUMBER_ID, **more)).message_id
    assert id is not None
    return id


def reports(receiver: Receiver, id: str) -> list[str]:
    return [
        event.raw_status
        for event in receiver.events
        if isinstance(event, DeliveryReport) and event.message_id == id
    ]


def inbound(receiver: Receiver) -> list[ChatInbound]:
    return [event for event in receiver.events if isinstance(event, ChatInbound)]


def settings(fakes: Fakes, **wanted: Any) -> None:
    post(fakes, "faults", whatsapp=wanted)


# --- what becomes of messages --------------------------------------------------------------------


def test_a_message_is_sent_delivered_and_read_with_its_bill(
    fakes: Fakes, sender: ChatSender, receiver: Receiver
) -> None:
    write(fakes, text="hi")
    id = send(sender, reference="m-1")
    receiver.wait_for(lambda: len(reports(receiver, id)) == 3)
    assert reports(receiver, id) == ["sent", "delivered", "read"]
    first = next(one for one in receiver.events if isinstance(one, DeliveryReport))
    assert (first.reference, first.address, first.sender) == ("m-1", PHONE, NUMBER_ID)
    assert first.pricing is not None
    assert first.pricing.category == "service"
    assert [(one["by"], one["status"]) for one in chat(fakes)] == [
        ("them", "delivered"),
        ("us", "read"),
    ]


def test_a_person_without_a_number_is_sent_to_and_told_of_by_their_id(
    fakes: Fakes, sender: ChatSender, receiver: Receiver
) -> None:
    write(fakes, "RW.7Hq2", text="hi")
    receiver.wait_for(lambda: inbound(receiver))
    party = inbound(receiver)[0].sender
    assert (party.phone, party.user_id) == ("", "RW.7Hq2")
    id = send(sender, to=party)
    receiver.wait_for(lambda: len(reports(receiver, id)) == 3)
    assert all(one.address is None for one in receiver.events if isinstance(one, DeliveryReport))
    assert [one["by"] for one in chat(fakes, "RW.7Hq2")] == ["them", "us"]


def test_outside_the_window_a_message_is_taken_and_fails_later(
    fakes: Fakes, sender: ChatSender, receiver: Receiver
) -> None:
    id = send(sender)
    receiver.wait_for(lambda: reports(receiver, id))
    assert reports(receiver, id) == ["failed"]
    [failed] = [one for one in receiver.events if isinstance(one, DeliveryReport)]
    assert failed.failure == "window_closed"
    assert not chat(fakes)


def test_the_same_person_gets_so_many_and_then_waits(fakes: Fakes, sender: ChatSender) -> None:
    settings(fakes, statuses="off", window="ignored")
    for _ in range(PAIR_BURST):
        send(sender)
    with pytest.raises(Refused) as error:
        send(sender)
    assert error.value.code == "pair_throttled"
    send(sender, to=Party(phone="+250788000302"))


def test_a_pair_recovers(fakes: Fakes) -> None:
    now_s = [0.0]
    graph = GraphFake(
        fakes.whatsapp.sent,
        fakes.whatsapp.callbacks,
        fakes.whatsapp.people,
        clock=lambda: now_s[0],
    )
    taken = [graph._pairs.take("1", "a") for _ in range(PAIR_BURST + 1)]
    assert taken == [True] * PAIR_BURST + [False]
    now_s[0] = 6.0 * PAIR_BURST
    assert graph._pairs.take("1", "a")


@pytest.mark.parametrize(
    ("statuses", "told"),
    [
        ("twice", ["delivered", "delivered", "read", "read", "sent", "sent"]),
        ("reorder", ["delivered", "read", "sent"]),
    ],
)
def test_statuses_come_twice_and_in_any_order(
    fakes: Fakes, sender: ChatSender, receiver: Receiver, statuses: str, told: list[str]
) -> None:
    settings(fakes, statuses=statuses, window="ignored")
    id = send(sender)
    receiver.wait_for(lambda: len(reports(receiver, id)) == len(told))
    assert sorted(reports(receiver, id)) == told
    assert statuses != "reorder" or reports(receiver, id)[0] == "read"


def test_what_is_not_taken_comes_again(
    fakes: Fakes, sender: ChatSender, receiver: Receiver
) -> None:
    receiver.statuses = [500, 204]
    write(fakes, text="hi")
    receiver.wait_for(lambda: inbound(receiver))
    assert fakes.whatsapp.callbacks.counts.retried == 2
    assert len(inbound(receiver)) == 1


def test_updates_come_in_one_body(fakes: Fakes, receiver: Receiver) -> None:
    settings(fakes, batch_s=0.3)
    for number in range(5):
        write(fakes, text=str(number))
    receiver.wait_for(lambda: len(inbound(receiver)) == 5)
    assert len(receiver.bodies) < 5
    assert [event.text for event in inbound(receiver)] == ["0", "1", "2", "3", "4"]


def test_what_was_sent_twice_is_found(fakes: Fakes, sender: ChatSender, receiver: Receiver) -> None:
    """A message of ours has our own id in it: the same again is the same message."""
    settings(fakes, window="ignored")
    ids = [send(sender, reference="m-1") for _ in range(2)]
    send(sender, reference="m-2")
    [twice] = requests.get(f"{fakes.url}/phone/duplicates", timeout=5).json()
    assert twice["ids"] == ids
    receiver.wait_for(lambda: len(receiver.events) == 9)
    log = requests.get(f"{fakes.url}/phone/log", timeout=5).json()["whatsapp"]
    assert (log["requests"], log["accepted"], log["duplicates"]) == (3, 3, 1)


def test_copies_have_one_id(fakes: Fakes, receiver: Receiver) -> None:
    id = write(fakes, text="hi", copies=3)
    receiver.wait_for(lambda: len(inbound(receiver)) == 3)
    assert {event.event_id for event in inbound(receiver)} == {id}


def test_statuses_go_on_after_a_restart(receiver: Receiver, tmp_path: Path) -> None:
    hook = Hook(provider="meta", kind="whatsapp", tenant="piga", service=CODE, url=receiver.url)
    with Fakes("127.0.0.1", 0, lambda: [hook], tmp_path) as first:
        settings(first, status_delay_s=600.0, window="ignored")
        id = send(ChatSender(Account("piga", "a-token", f"{first.url}/meta")))
    assert not reports(receiver, id)
    with Fakes("127.0.0.1", 0, lambda: [hook], tmp_path):
        receiver.wait_for(lambda: reports(receiver, id) == ["sent", "delivered", "read"])
    forget(tmp_path, ["another"])
    assert (tmp_path / SENT_FILE).read_text()
    forget(tmp_path, ["piga"])
    assert not (tmp_path / SENT_FILE).read_text()


# --- templates ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "places", "code"),
    [
        ("PAUSED", 1, "template_paused"),
        ("DISABLED", 1, "template_disabled"),
        ("APPROVED", 2, "template_mismatch"),
        ("APPROVED", 1, ""),
    ],
)
def test_a_template_has_a_state_and_places(
    fakes: Fakes, sender: ChatSender, receiver: Receiver, event: str, places: int, code: str
) -> None:
    wanted = {"to": CODE, "name": "receipt", "language": "en", "event": event, "places": places}
    post(fakes, "whatsapp/template", **wanted)
    receiver.wait_for(lambda: receiver.events)
    [state] = receiver.events
    assert isinstance(state, TemplateState)
    assert state.state == event.lower()
    if not code:
        send(sender, template=Template("receipt", "en", ("500",)))
        return
    with pytest.raises(Refused) as error:
        send(sender, template=Template("receipt", "en", ("500",)))
    assert error.value.code == code


# --- what people do -------------------------------------------------------------------------------


def test_a_tap_brings_the_id_of_the_newest_message_that_has_it(
    fakes: Fakes, sender: ChatSender, receiver: Receiver
) -> None:
    settings(fakes, statuses="off", window="ignored")
    send(sender, options=(Option("q:1", "Yes"),))
    rows = (Option("q:1", "Savings", "RWF 500"), Option("q:2", "Loans"))
    id = send(sender, options=rows, button="Open")
    write(fakes, tap="q:1")
    receiver.wait_for(lambda: inbound(receiver))
    [tap] = inbound(receiver)
    assert (tap.kind, tap.choice, tap.text, tap.answers_id) == ("choice", "q:1", "Savings", id)


@pytest.mark.parametrize(
    ("what", "kind"),
    [
        ({"location": {"latitude": -1.95, "longitude": 30.06}}, "location"),
        ({"contact": "own"}, "contact"),
        ({"contact": "other"}, "contact"),
        ({"media": "image", "caption": "receipt"}, "media"),
        ({"reaction": "👍", "about": "wamid.X"}, "reaction"),
        ({"raw": {"type": "hologram"}}, "unsupported"),
    ],
)
def test_what_people_share(
    fakes: Fakes, receiver: Receiver, what: dict[str, Any], kind: str
) -> None:
    write(fakes, **what)
    receiver.wait_for(lambda: inbound(receiver))
    [shared] = inbound(receiver)
    assert shared.kind == kind
    if kind == "contact":
        assert shared.contacts[0].is_own is (what["contact"] == "own")


def test_who_hides_their_number_and_who_moves(fakes: Fakes, receiver: Receiver) -> None:
    named = post(fakes, "whatsapp/person", **{"from": PHONE, "hides_number": True, "name": "Ange"})
    write(fakes, text="hi")
    receiver.wait_for(lambda: inbound(receiver))
    assert inbound(receiver)[0].sender.phone == ""
    assert inbound(receiver)[0].sender.user_id == named["user_id"]
    moved = {"from": PHONE, "to": CODE, "number": "+250788000399"}
    post(fakes, "whatsapp/move", **moved)
    receiver.wait_for(lambda: len(receiver.events) == 2)
    assert type(receiver.events[1]).__name__ == "PartyChanged"


def test_a_wish_is_told(fakes: Fakes, receiver: Receiver) -> None:
    post(fakes, "whatsapp/wish", **{"from": PHONE, "to": CODE})
    receiver.wait_for(lambda: receiver.events)
    assert type(receiver.events[0]).__name__ == "ChatPreference"


def test_the_handshake(fakes: Fakes) -> None:
    for token, verified in (("v-1", True), ("v-2", False)):
        wanted = {"to": CODE, "verify_token": token}
        assert post(fakes, "whatsapp/subscribe", **wanted) == {"verified": verified}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("whatsapp", {"from": "somebody", "to": CODE, "text": "x"}),
        ("whatsapp", {"from": PHONE, "to": CODE}),
        ("whatsapp", {"from": PHONE, "to": CODE, "tap": "nothing"}),
        ("whatsapp", {"from": PHONE, "to": CODE, "media": "hologram"}),
        ("whatsapp/person", {"from": PHONE, "age": 3}),
        ("faults", {"whatsapp": {"statuses": "sideways"}}),
        ("faults", {"whatsapp": {"faults": [{"mode": "explode"}]}}),
    ],
)
def test_what_the_phone_cannot_do(fakes: Fakes, path: str, body: dict[str, Any]) -> None:
    answer = requests.post(f"{fakes.url}/phone/{path}", json=body, timeout=5)
    assert answer.status_code == 400
    assert json.loads(answer.text)["error"]
