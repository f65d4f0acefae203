"""A tenant's numbers at Twilio, from a person's phone and back: what somebody writes, the reply,
and what became of it, all of it signed over an address that a proxy answers to."""

import logging
import uuid
from collections.abc import Iterator
from functools import partial
from typing import Any

import orjson
import pytest
from werkzeug.test import Client, TestResponse

from core.messaging.messages import write_text
from core.people.messages import Welcome
from core.tenants import directory
from providers.contracts.messages import Account
from providers.twilio.callbacks import sign
from providers.twilio.fake import Fault
from providers.twilio.handset import AUTH_TOKEN
from tests.support.rates import USD_NGN, have_polled, keep
from tests.support.servers import DatabaseUrls
from tests.support.tenants import KEYS, PROVIDER
from tests.support.twilio import CHAT, NUMBER, PUBLIC, SECONDARY, TWILIO, AtTwilio, at_twilio
from tests.support.ussd import UssdTenant
from tests.support.waiting import until
from values import clock
from workers.sending.accounts import Installed
from workers.sending.file_urls import GOOD_FOR_S

PERSON = "+250788000001"
HIDDEN = "RW.13491208655302741918"
WITHIN_S = 40  # on a machine that has other work to do
FIRST = Installed("first", PROVIDER, Account("impuye", "k3y", "http://127.0.0.1:9"))


@pytest.fixture
def savings(ussd_database: DatabaseUrls, redis_url: str) -> Iterator[UssdTenant]:
    made = UssdTenant(ussd_database, redis_url)
    with made.watching():
        yield made
    made.close()


@pytest.fixture
def served(savings: UssdTenant) -> Iterator[AtTwilio]:
    with at_twilio(savings, FIRST) as running:
        yield running


def write(served: AtTwilio, text: str) -> None:
    served.phone("text", **{"from": PERSON, "to": NUMBER, "text": text})
    until(served.waiting, WITHIN_S)


def inbox(served: AtTwilio) -> list[str]:
    return [text.text for text in served.fakes.twilio.texts.find(lambda t: t.to == PERSON)]


def test_a_conversation_by_text_and_what_became_of_its_replies(served: AtTwilio) -> None:
    served.workers()
    for count, (text, reply) in enumerate((("menu", "1"), ("1", "Kopera")), start=1):
        write(served, text)
        served.work()
        until(partial(has_come, served, count), WITHIN_S)
        assert reply in inbox(served)[-1]
        until(partial(is_delivered, served, count), WITHIN_S)
    assert served.fakes.twilio.callbacks.counts.spoken == 0
    assert served.tenant.number("SELECT count(*) FROM early_report") == 0


def has_come(served: AtTwilio, count: int) -> bool:
    return len(inbox(served)) == count


def is_delivered(served: AtTwilio, count: int) -> bool:
    return served.states() == ["delivered"] * count


def test_a_lost_answer_is_settled_by_our_own_id(served: AtTwilio) -> None:
    """No guess by the number: two texts to it are unknown at once, and each is settled."""
    served.workers()
    fake = served.fakes.twilio
    fake.callbacks.options = fake.callbacks.options.changed({"status_delay_s": 3.0})
    fake.messages.script([Fault("drop_after", times=2)])
    for text in ("menu", "1"):
        write(served, text)
        served.work()
    # An account that drops a connection is left alone for a moment.
    until(lambda: served.work() == ["unknown", "unknown"])
    until(lambda: served.states() == ["delivered", "delivered"])
    served.work()
    assert len(fake.texts.find(lambda _: True)) == 2, "and none is sent again"


@pytest.mark.parametrize("statuses", ["reorder", "twice"])
def test_a_state_never_goes_back(served: AtTwilio, statuses: str) -> None:
    served.workers()
    options = served.fakes.twilio.callbacks.options
    served.fakes.twilio.callbacks.options = options.changed({"statuses": statuses})
    write(served, "menu")
    served.work()
    until(lambda: served.states() == ["delivered"])
    assert served.fakes.later.settle()
    assert served.states() == ["delivered"]


def test_what_twilio_took_over_is_reported_by_it(served: AtTwilio) -> None:
    """The tenant's first provider is away: the text goes out by Twilio, whose reports come to the
    hook of the service, signed by the account there and not by the first one's."""
    tenant = served.tenant
    service = tenant.service()
    settings = {
        "account": "first",
        "second": {"provider": TWILIO, "account": "main", "code": NUMBER},
    }
    tenant.admin.execute(
        "UPDATE service SET settings = %s WHERE id = %s",
        (orjson.dumps(settings).decode(), service.id),
    )
    tenant.change(directory.touch)
    served.workers(FIRST)
    with tenant.tx() as tx:
        write_text(
            tx, subscriber_id=tenant.id_of("uwera"), service_id=service.id, message=Welcome()
        )
    served.work()
    [text] = served.fakes.twilio.texts.find(lambda _: True)
    assert text.sender == NUMBER
    until(lambda: served.states() == ["delivered"])


# --- WhatsApp -------------------------------------------------------------------------------------


def say(served: AtTwilio, who: str = PERSON, **what: Any) -> dict[str, Any]:
    """Write or tap something, and read the reply."""
    before = len(served.chat(who))
    served.phone("twilio", **{"from": who, "to": CHAT, **what})
    until(served.waiting, WITHIN_S)
    until(lambda: bool(served.work()) and len(served.chat(who)) > before, WITHIN_S)
    return served.chat(who)[-1]


@pytest.mark.parametrize("who", [PERSON, HIDDEN], ids=["by number", "by id"])
def test_a_conversation_on_whatsapp_in_words(served: AtTwilio, who: str) -> None:
    """Without content templates the options are in the text, laid out with their numbers."""
    served.workers()
    menu = say(served, who, text="menu")
    assert "1" in menu["Body"]
    assert menu["To"] == f"whatsapp:{who}"
    assert "ContentSid" not in menu
    assert say(served, who, text="1")["Body"] != menu["Body"]
    until(lambda: served.states() == ["delivered", "delivered"], WITHIN_S)


def test_what_is_tapped_is_known_by_its_id(served: AtTwilio) -> None:
    """With content templates for every count of options."""
    contents = []
    for kind, most in (("buttons", 3), ("list", 10)):
        for options in range(1, most + 1):
            sid = f"HX{kind.encode().hex()[:2]}{options:030x}"
            served.phone("twilio/content", sid=sid, kind=kind, options=options)
            contents.append((f"content_{kind}_{options}", sid))
    served.workers(options=tuple(contents))
    menu = say(served, text="menu")
    assert "Body" not in menu
    filled = list(orjson.loads(menu["ContentVariables"]).values())
    taps = served.fakes.twilio.messages.contents[menu["ContentSid"]].taps(
        orjson.loads(menu["ContentVariables"])
    )
    assert len(taps) > 1
    assert all(id in filled for id, _ in taps)
    assert say(served, tap=taps[0][0]) != menu


def test_a_closed_window_is_heard_of_later(served: AtTwilio) -> None:
    """The request is answered 201 all the same; the report says why it failed."""
    served.workers()
    served.phone("twilio", **{"from": PERSON, "to": CHAT, "text": "menu"})
    until(served.waiting, WITHIN_S)
    served.fakes.twilio.messages.written_at.clear()
    served.work()
    until(lambda: served.states() == ["failed"], WITHIN_S)
    reason = served.tenant.one("SELECT reason FROM message")[0]
    assert reason == "window_closed"


@pytest.fixture
def drawn(served: AtTwilio) -> dict[str, Any]:
    """Somebody asked for a week of a rate: the message that has its chart."""
    have_polled(served.tenant)
    for rate in ("1600", "1612.35"):
        keep(served.tenant, USD_NGN, rate)
    served.workers()
    dealer = served.tenant.people["kayitesi"].phones[0]
    for typed in ("menu", "4", "5", "USD"):
        say(served, dealer, text=typed)
    return say(served, dealer, text="NGN")


def test_a_picture_is_fetched_from_us_while_its_address_is_good(
    served: AtTwilio, drawn: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    (url,) = drawn["MediaUrl"]
    assert drawn["Body"].startswith("1 USD = ")
    until(lambda: set(served.states()) == {"delivered"}, WITHIN_S)
    content, mime_type = served.fakes.twilio.messages.files.fetched[url]
    assert (content[:4], mime_type) == (b"\x89PNG", "image/png")
    client, path = Client(served.web), url.removeprefix(served.url)
    answer = client.get(path)
    assert (answer.data, answer.headers["Cache-Control"]) == (content, "no-store")
    assert client.post(path).status_code == 405
    other = KEYS.file_token(uuid.uuid4(), uuid.uuid4(), 2**31)
    for wrong in (path[:-1], f"{path[:40]}x{path[41:]}", f"/files/{other}", "/files/%C3%A9"):
        assert client.get(wrong).status_code == 404
    later_s = clock.epoch_s() + GOOD_FOR_S + 1
    monkeypatch.setattr(clock, "epoch_s", lambda: later_s)
    assert client.get(path).status_code == 404


def test_a_picture_that_cannot_be_fetched_costs_the_message(served: AtTwilio) -> None:
    """As Twilio has it: so a proxy must let it in."""
    served.workers()
    gone = f"{served.url}/files/{KEYS.file_token(uuid.uuid4(), uuid.uuid4(), 2**31)}"
    assert served.fakes.twilio.messages.files.fetch(gone, gone) == "63019"


# --- who posts ------------------------------------------------------------------------------------


def post(served: AtTwilio, *, id: str = "SM1", **wrong: str) -> TestResponse:
    """A text, over plain http to this machine, as a proxy passes it on."""
    secret = KEYS.hook_secret(TWILIO, "sms-in", served.texts.id, served.texts.hook_generation)
    path = f"/hooks/twilio/sms-in/{secret}"
    fields = {"MessageSid": id, "From": PERSON, "To": NUMBER, "Body": "Muraho é 👋", "FromCity": ""}
    url = wrong.get("signed", PUBLIC) + path
    signature = sign(url, list(fields.items()), wrong.get("token", AUTH_TOKEN))
    headers = {"X-Twilio-Signature": signature, "X-Forwarded-Host": "elsewhere.example.org"}
    return Client(served.web).post(path, data=fields, headers=headers)


def stored(served: AtTwilio) -> int:
    return served.tenant.number("SELECT count(*) FROM inbound_message")


@pytest.mark.parametrize("token", [AUTH_TOKEN, SECONDARY])
def test_a_text_is_stored_once_and_answered_with_nothing_to_say(
    served: AtTwilio, token: str
) -> None:
    for _ in range(2):  # it is posted again where our answer was lost
        answer = post(served, token=token)
        assert (answer.status_code, answer.get_data()) == (200, b"<Response/>")
        assert (answer.content_type or "").startswith("text/xml")
    assert stored(served) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"signed": "http://localhost"},
        {"signed": "https://elsewhere.example.org"},
        {"signed": PUBLIC.replace("https", "http")},
        {"token": "another"},
    ],
    ids=["the address inside", "the forwarded host", "plain http", "another token"],
)
def test_what_is_signed_for_another_address_is_refused(
    served: AtTwilio, caplog: pytest.LogCaptureFixture, wrong: dict[str, str]
) -> None:
    with caplog.at_level(logging.WARNING):
        answer = post(served, **wrong)
    assert (answer.status_code, answer.get_data()) == (403, b"")
    assert stored(served) == 0
    assert "wrong_signature" in caplog.text
