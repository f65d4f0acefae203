"""A tenant's number on WhatsApp, from a person's phone and back: the fake's webhooks, the workers,
what the phone shows, and what became of it."""

import json
import uuid

import requests

from core.people import people
from tests.support.tenants import KEYS
from tests.support.waiting import until
from tests.support.whatsapp import PORTFOLIO
from tests.support.whatsapp_chat import UWERA, WITHIN_S, Chat, options, words
from workers.sending.parties import WHATSAPP

HIDDEN = "RW.13491208655302741918"


def test_a_conversation_is_tapped_and_each_reply_is_read(chat: Chat) -> None:
    menu = chat.say(text="menu")
    assert menu["type"] == "interactive"
    first = next(iter(options(menu).values()))
    reply = chat.say(tap=first)
    assert reply["to"] == UWERA[1:]
    until(lambda: chat.states() == ["delivered", "delivered"], WITHIN_S)
    rows = chat.tenant.admin.execute("SELECT message_id FROM message_receipt").fetchall()
    assert len(rows) == 2
    assert chat.tenant.number("SELECT count(*) FROM early_report") == 0


def test_a_report_that_overtakes_the_answer_is_kept(chat: Chat) -> None:
    """The connection is cut after the message was taken: it is unknown, until a status brings our
    own id. Nothing is sent twice."""
    options_ = {"status_delay_s": 2.0, "faults": [{"mode": "drop_after"}]}
    requests.post(f"{chat.fakes.url}/phone/faults", json={"whatsapp": options_}, timeout=10)
    chat.write(text="menu")
    until(lambda: bool(chat.waiting()), WITHIN_S)
    until(lambda: chat.work() == ["unknown"], WITHIN_S)
    until(lambda: chat.states() == ["delivered"], WITHIN_S)
    chat.work()
    assert len(chat.shown()) == 1


def test_who_hides_their_number_is_asked_for_it_and_known_by_it(chat: Chat) -> None:
    """By the button that asks for it; a card from the address book links nobody."""
    hidden = Chat(chat.tenant, chat.fakes, HIDDEN)
    requests.post(
        f"{chat.fakes.url}/phone/whatsapp/person",
        json={"from": UWERA, "hides_number": True},
        timeout=10,
    )
    chat.who = UWERA
    asked = chat.say(text="menu")
    assert asked["interactive"]["type"] == "request_contact_info"
    assert "recipient" in asked
    refused = chat.say(contact="other")
    assert refused["interactive"]["type"] == "request_contact_info"
    menu = chat.say(contact="own")
    assert menu["to"] == UWERA[1:]
    assert "recipient" not in menu
    stranger = hidden.say(text="menu")
    assert stranger["recipient"] == HIDDEN


def test_who_linked_their_id_is_served_by_it(chat: Chat) -> None:
    hidden = Chat(chat.tenant, chat.fakes, HIDDEN)
    person = chat.tenant.id_of("uwera")
    with chat.tenant.tx() as tx:
        people.add_address(tx, KEYS, person, f"{PORTFOLIO}:{HIDDEN}", WHATSAPP, given_by="phone")
    menu = hidden.say(text="menu")
    assert menu["recipient"] == HIDDEN
    assert options(menu)
    assert uuid.UUID(menu["biz_opaque_callback_data"])
    until(lambda: chat.states() == ["delivered"], WITHIN_S)


def test_a_refused_list_goes_out_as_text(chat: Chat) -> None:
    fault = {"mode": "error", "code": 131009}
    requests.post(
        f"{chat.fakes.url}/phone/faults", json={"whatsapp": {"faults": [fault]}}, timeout=10
    )
    assert chat.say(text="menu")["type"] == "text"


def test_what_is_not_understood_is_asked_again(chat: Chat) -> None:
    menu = words(chat.say(text="menu"))
    for what in ({"media": "sticker"}, {"raw": {"type": "hologram"}}, {"text": "🎉🎉"}):
        assert words(chat.say(**what))
    chat.write(reaction="👍", about="wamid.X")
    assert menu
    assert json.dumps(chat.shown())
