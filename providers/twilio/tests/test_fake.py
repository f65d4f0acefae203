"""The fake, as a client and a hook see it: what is told when, how often, and under which name.

The client here is Twilio's own package, as it comes.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from providers.contracts.chat import ChatInbound, ChatMessage, Option, Party
from providers.contracts.messages import Sms, SmsInbound, SmsOptOut
from providers.simulator.process import Fakes
from providers.twilio.chats import ChatSender
from providers.twilio.fake import Fault, Rule
from providers.twilio.send import SmsSender
from providers.twilio.tests.conftest import CHAT, ID, NUMBER, PERSON, PUBLIC, Receiver, account

CONTENT = {"buttons": "HX" + "2" * 32, "list": "HX" + "3" * 32, "text": "HX" + "4" * 32}
IN_ORDER = ["queued", "sent", "delivered"]


def post(fakes: Fakes, path: str, **body: Any) -> Any:
    answer = requests.post(f"{fakes.url}/phone/{path}", json=body, timeout=5)
    assert answer.status_code == 200, answer.text
    return answer.json()


def write(fakes: Fakes, **what: Any) -> str:
    id: str = post(fakes, "twilio", **{"from": PERSON, "to": CHAT} | what)["id"]
    return id


def settings(fakes: Fakes, **wanted: Any) -> None:
    post(fakes, "faults", twilio=wanted)


def inbound(receiver: Receiver) -> list[ChatInbound]:
    return [event for event in receiver.events if isinstance(event, ChatInbound)]


def text(receiver: Receiver, **more: Any) -> Sms:
    hook = receiver.hook("sms-report")
    return Sms(
        **{"to": PERSON, "text": "Hi", "sender": NUMBER, "reference": ID} | more, report_url=hook
    )


@pytest.fixture
def client(fakes: Fakes) -> Client:
    made = Client("piga", "token", http_client=TwilioHttpClient(timeout=5))
    made.api.base_url = f"{fakes.url}/twilio"
    return made


# --- the package as the client --------------------------------------------------------------------


def test_the_package_creates_fetches_and_lists(
    fakes: Fakes, client: Client, receiver: Receiver
) -> None:
    hook = receiver.hook("sms-report") + f"?piga={ID}"
    made = client.messages.create(to=PERSON, from_=NUMBER, body="Muraho 👋", status_callback=hook)
    assert (made.sid[:2], made.status, made.direction) == ("SM", "queued", "outbound-api")
    assert (made.body, made.num_segments, made.price) == ("Muraho 👋", "1", None)
    assert made.date_created.tzinfo is not None
    receiver.wait_for(lambda: receiver.reports() == IN_ORDER)
    receiver.wait_for(lambda: client.messages(made.sid).fetch().status == "delivered")
    assert [one.sid for one in client.messages.list(to=PERSON, limit=20)] == [made.sid]
    assert client.messages.list(to="+250788000999", limit=20) == []


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"to": "0788", "from_": NUMBER, "body": "x"}, 21211),
        ({"to": PERSON, "body": "x"}, 21603),
        ({"to": PERSON, "from_": "+250788000999", "body": "x"}, 21606),
        ({"to": PERSON, "from_": f"whatsapp:{CHAT}", "body": "x"}, 21910),
        ({"to": f"whatsapp:{PERSON}", "from_": "whatsapp:+250788000999", "body": "x"}, 63007),
        ({"to": PERSON, "from_": NUMBER}, 21619),
        ({"to": PERSON, "from_": NUMBER, "body": "x" * 1_601}, 21617),
        ({"to": PERSON, "from_": NUMBER, "content_sid": "receipt"}, 21655),
        (
            {
                "to": PERSON,
                "from_": NUMBER,
                "content_sid": "HX" + "0" * 32,
                "content_variables": "{",
            },
            21656,
        ),
        ({"to": PERSON, "from_": NUMBER, "body": "x", "status_callback": "nowhere"}, 21609),
        ({"to": PERSON, "messaging_service_sid": "main", "body": "x"}, 21705),
    ],
)
def test_what_twilio_refuses(client: Client, wanted: dict[str, Any], code: int) -> None:
    with pytest.raises(TwilioRestException) as error:
        client.messages.create(**wanted)
    assert (error.value.code, error.value.status) == (code, 400)


def test_no_such_message_and_no_such_account(fakes: Fakes, client: Client) -> None:
    with pytest.raises(TwilioRestException) as error:
        client.messages("SM" + "0" * 32).fetch()
    assert (error.value.code, error.value.status) == (20404, 404)
    fakes.twilio.messages.accounts = {"piga": "another"}
    with pytest.raises(TwilioRestException) as error:
        client.messages.create(to=PERSON, from_=NUMBER, body="x")
    assert (error.value.code, error.value.status) == (20003, 401)


# --- what is told ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statuses", "told"),
    [
        ("on", IN_ORDER),
        ("reorder", IN_ORDER[::-1]),
        ("twice", [each for status in IN_ORDER for each in (status, status)]),
    ],
)
def test_statuses_come_in_any_order(
    fakes: Fakes, texter: SmsSender, receiver: Receiver, statuses: str, told: list[str]
) -> None:
    settings(fakes, statuses=statuses)
    texter.send(text(receiver))
    receiver.wait_for(lambda: len(receiver.reports()) == len(told))
    assert receiver.reports() == told
    assert not receiver.refused


def test_a_number_that_is_off(fakes: Fakes, texter: SmsSender, receiver: Receiver) -> None:
    settings(fakes, numbers={PERSON: {"plan": ["queued", "undelivered"], "failure": "30003"}})
    texter.send(text(receiver))
    receiver.wait_for(lambda: "undelivered" in receiver.reports())
    assert getattr(receiver.events[-1], "failure", "") == "unreachable"
    inbox = requests.get(f"{fakes.url}/phone/inbox", params={"msisdn": PERSON}, timeout=5)
    assert inbox.json() == []


def test_of_a_pool_it_is_accepted_first(fakes: Fakes, receiver: Receiver) -> None:
    pool = SmsSender(account(fakes, options=(("messaging_service", "MG" + "1" * 32),)))
    pool.send(text(receiver, sender=None))
    receiver.wait_for(lambda: receiver.reports() == ["accepted", *IN_ORDER])


@pytest.mark.parametrize(
    ("said", "statuses", "tries"),
    [
        ("", [503], 1),  # an answer that is an error ends it
        ("#rc=1&rp=5xx", [503, 503], 2),
        ("#rc=5&rp=all", [503, 500, 429, 404], 5),
        ("#rc=5&rp=5xx", [503, 404], 2),
        ("#rc=9&rp=all", [503] * 9, 6),
    ],
)
def test_it_tries_again_as_the_address_says_with_the_same_token(
    fakes: Fakes, client: Client, receiver: Receiver, said: str, statuses: list[int], tries: int
) -> None:
    settings(fakes, numbers={PERSON: {"plan": ["sent"]}})
    receiver.statuses = list(statuses)
    hook = f"{receiver.hook('sms-report')}?piga={ID}{said}"
    client.messages.create(to=PERSON, from_=NUMBER, body="x", status_callback=hook)
    receiver.wait_for(lambda: len(receiver.came) == tries)
    assert fakes.later.settle()
    assert len(receiver.came) == tries
    tokens = {came.headers["i-twilio-idempotency-token"] for came in receiver.came}
    assert len(tokens) == 1
    assert "#" not in receiver.came[0].query.decode()
    is_taken = len(statuses) < tries
    assert (len(receiver.reports()) == 1) == is_taken


def test_what_was_not_told_is_told_after_a_restart(receiver: Receiver, tmp_path: Any) -> None:
    with Fakes("127.0.0.1", 0, list, tmp_path) as first:
        made = first.twilio.callbacks
        made.options = made.options.changed({"status_delay_s": 60.0})
        SmsSender(account(first)).send(text(receiver, sender="MOTO"))
    with Fakes("127.0.0.1", 0, list, tmp_path) as second:
        made = second.twilio.callbacks
        assert second.later.settle(within_s=0)
        [kept] = second.twilio.texts.find(lambda _: True)
        assert kept.plan == IN_ORDER
        receiver.wait_for(lambda: len(receiver.came) == 3)


def test_a_report_to_the_public_address_comes_in_by_the_proxy(
    texter: SmsSender, receiver: Receiver
) -> None:
    texter.send(Sms(PERSON, "Hi", NUMBER, ID, f"{PUBLIC}/hooks/twilio/sms-report/s3cr3t"))
    receiver.wait_for(lambda: receiver.reports() == IN_ORDER)
    assert not receiver.refused


def test_outside_the_window_it_is_taken_and_fails_later(
    fakes: Fakes, chatter: ChatSender, receiver: Receiver
) -> None:
    hook = receiver.hook("whatsapp-report")
    reply = ChatMessage(Party(phone=PERSON), "Hi", CHAT, reference=ID, report_url=hook)
    assert chatter.send_chat(reply).message_id
    receiver.wait_for(lambda: receiver.reports() == ["queued", "failed"])
    assert getattr(receiver.events[-1], "failure", "") == "window_closed"
    write(fakes, text="menu")
    chatter.send_chat(reply)
    receiver.wait_for(lambda: receiver.reports()[2:] == [*IN_ORDER, "read"])


# --- what people do -------------------------------------------------------------------------------


def test_a_text_and_its_copies(fakes: Fakes, receiver: Receiver) -> None:
    id = post(fakes, "text", **{"from": PERSON, "to": NUMBER, "text": "Muraho neza é 👋"})["id"]
    receiver.wait_for(lambda: receiver.events)
    [came] = receiver.events
    assert isinstance(came, SmsInbound)
    assert (came.event_id, came.text, came.address) == (id, "Muraho neza é 👋", PERSON)
    assert not receiver.refused
    fakes.twilio.text_in(PERSON, NUMBER, "1", copies=3)
    receiver.wait_for(lambda: len(receiver.events) == 4)
    assert len({getattr(event, "event_id", "") for event in receiver.events}) == 2


def test_a_stop_that_twilio_sees_to(fakes: Fakes, texter: SmsSender, receiver: Receiver) -> None:
    post(fakes, "optout", **{"from": PERSON, "sender": NUMBER})
    receiver.wait_for(lambda: receiver.events)
    assert receiver.events == [SmsOptOut("twilio", NUMBER, PERSON)]
    with pytest.raises(Exception, match="blacklisted"):
        texter.send(text(receiver))
    post(fakes, "text", **{"from": PERSON, "to": NUMBER, "text": "START"})
    texter.send(text(receiver))


@pytest.mark.parametrize("kind", ["buttons", "list"])
def test_a_tap_brings_the_id_of_the_newest_message_that_has_it(
    fakes: Fakes, receiver: Receiver, kind: str
) -> None:
    is_list = kind == "list"
    post(fakes, "twilio/content", sid=CONTENT[kind], kind=kind, options=2)
    settings(fakes, statuses="off", window="ignored")
    sender = ChatSender(account(fakes, options=((f"content_{kind}_2", CONTENT[kind]),)))
    options = (Option("q:1", "Savings"), Option("q:2", "Loans"))
    asked = ChatMessage(
        Party(phone=PERSON), "Muraho", CHAT, options=options, button="Open" if is_list else ""
    )
    sender.send_chat(asked)
    id = sender.send_chat(asked).message_id
    write(fakes, tap="q:2")
    receiver.wait_for(lambda: inbound(receiver))
    [tap] = inbound(receiver)
    assert (tap.kind, tap.choice, tap.text, tap.answers_id) == ("choice", "q:2", "Loans", id)


@pytest.mark.parametrize(
    ("what", "kind"),
    [
        ({"location": {"latitude": -1.95, "longitude": 30.06, "name": "Nyabugogo"}}, "location"),
        ({"media": "contacts"}, "contact"),
        ({"media": "image", "caption": "receipt"}, "media"),
        ({"raw": {"MessageType": "reaction", "Body": "👍"}}, "reaction"),
        ({"raw": {"MessageType": "hologram"}}, "unsupported"),
    ],
)
def test_what_people_share(
    fakes: Fakes, receiver: Receiver, what: dict[str, Any], kind: str
) -> None:
    write(fakes, **what)
    receiver.wait_for(lambda: inbound(receiver))
    [shared] = inbound(receiver)
    assert shared.kind == kind
    assert shared.sender.phone == PERSON
    assert shared.sender.user_id.startswith("RW.")
    if shared.media is not None:
        file = shared.media.reference.replace("https://api.twilio.com", f"{fakes.url}/twilio")
        assert requests.get(file, timeout=5).status_code == 401
        # A client that keeps the key on the same host is refused where the address is signed.
        assert requests.get(file, auth=("piga", "token"), timeout=5).status_code == 400


def test_who_hides_their_number_is_answered_by_their_id(
    fakes: Fakes, chatter: ChatSender, receiver: Receiver
) -> None:
    write(fakes, **{"from": "RW.7Hq2", "text": "hi"})
    receiver.wait_for(lambda: inbound(receiver))
    sender = inbound(receiver)[0].sender
    assert (sender.phone, sender.user_id) == ("", "RW.7Hq2")
    chatter.send_chat(ChatMessage(sender, "Muraho", CHAT))
    where = {"from": "RW.7Hq2", "to": CHAT}
    chat = requests.get(f"{fakes.url}/phone/twilio", params=where, timeout=5).json()
    assert [(one["by"], one["message"]["Body"]) for one in chat] == [
        ("them", "hi"),
        ("us", "Muraho"),
    ]
    post(fakes, "forget", accounts=["piga"])
    assert requests.get(f"{fakes.url}/phone/twilio", params=where, timeout=5).json() == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("twilio", {"from": "somebody", "to": CHAT, "text": "x"}),
        ("twilio", {"from": PERSON, "to": "here", "text": "x"}),
        ("twilio", {"from": PERSON, "to": CHAT}),
        ("twilio", {"from": PERSON, "to": CHAT, "tap": "nothing"}),
        ("twilio", {"from": PERSON, "to": CHAT, "media": "hologram"}),
        ("twilio", {"from": PERSON, "to": CHAT, "text": "x", "copies": 65}),
        ("twilio/content", {"sid": "HX1", "kind": "hologram"}),
        ("faults", {"twilio": {"statuses": "sideways"}}),
        ("faults", {"twilio": {"faults": [{"mode": "explode"}]}}),
        ("faults", {"twilio": {"numbers": {PERSON: {"plan": "sent"}}}}),
        ("faults", {"twilio": {"telepathy": 1}}),
    ],
)
def test_what_the_phone_cannot_do(fakes: Fakes, path: str, body: dict[str, Any]) -> None:
    answer = requests.post(f"{fakes.url}/phone/{path}", json=body, timeout=5)
    assert answer.status_code == 400
    assert json.loads(answer.text)["error"]


def test_a_reset_clears_what_was_set(fakes: Fakes, texter: SmsSender, receiver: Receiver) -> None:
    fakes.twilio.messages.script([Fault("error", code=20003, status=401, times=None)])
    fakes.twilio.messages.rules[PERSON] = Rule(["failed"], "30005")
    post(fakes, "faults", reset=True)
    assert texter.send(text(receiver)).message_id
    assert not fakes.twilio.messages.rules
