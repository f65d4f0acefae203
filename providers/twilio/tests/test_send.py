"""What is sent, over HTTP to the fake: its shape, its limits, and what became of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from providers.contracts.chat import ChatMessage, Option, OutboundMedia, Party, Template
from providers.contracts.messages import (
    Account,
    NotSent,
    OutcomeUnknown,
    Refused,
    Scope,
    SendError,
    Sent,
    Sms,
)
from providers.simulator.process import Fakes
from providers.twilio.chats import ChatSender
from providers.twilio.client import refused, sent
from providers.twilio.errors import MEANINGS
from providers.twilio.fake import Fault
from providers.twilio.send import SmsSender
from providers.twilio.tests.conftest import CHAT, ID, NUMBER, PERSON, Receiver, account

SERVICE = "MG" + "1" * 32
BUTTONS, LIST, RECEIPT = ("HX" + digit * 32 for digit in "234")
CONTENTS = (
    ("content_buttons_2", BUTTONS),
    ("content_list_10", LIST),
    ("content_receipt", RECEIPT),
    ("content_receipt_rw", "HX" + "5" * 32),
    ("content_code", "HX" + "6" * 32),
)
ALINE = Party(phone=PERSON)
ANGE = Party(user_id="RW.7Hq2", portfolio="piga")
TWO = (Option("q:1", "Yes"), Option("q:2", "No"))
PDF = OutboundMedia("document", "application/pdf", "bill.pdf", url="https://example.org/bill.pdf")


def sms(text: str = "Paid RWF 500. Ref 7K2M", **more: Any) -> Sms:
    return Sms(**{"to": PERSON, "text": text, "sender": NUMBER, "reference": ID} | more)


def message(text: str = "Muraho", to: Party = ALINE, **more: Any) -> ChatMessage:
    return ChatMessage(to=to, text=text, sender=CHAT, **more)


def rows(count: int) -> tuple[Option, ...]:
    return tuple(Option(f"q:{number}", f"Row {number}", "RWF 500") for number in range(count))


@pytest.fixture
def contents(fakes: Fakes) -> ChatSender:
    return ChatSender(account(fakes, options=CONTENTS))


def taken(fakes: Fakes) -> dict[str, Any]:
    """The newest message into a chat that the fake has taken."""
    found: dict[str, Any] = json.loads(fakes.twilio.chats.find(lambda _: True)[-1].text)
    return found


def variables(fakes: Fakes) -> list[str]:
    """What fills the places of the newest message, by their numbers."""
    found = json.loads(taken(fakes)["ContentVariables"])
    assert list(found) == [str(place) for place in range(1, len(found) + 1)]
    return list(found.values())


# --- texts ----------------------------------------------------------------------------------------


def test_a_text_is_taken_with_where_to_report(
    fakes: Fakes, texter: SmsSender, receiver: Receiver
) -> None:
    hook = receiver.hook("sms-report")
    answer = texter.send(sms(report_url=hook))
    [text] = fakes.twilio.texts.find(lambda _: True)
    assert answer == Sent(text.id, None, "queued")
    assert (text.username, text.sender, text.to) == ("piga", NUMBER, PERSON)
    assert text.text == sms().text
    assert text.report_url == f"{hook}?piga={ID}#rc=5&rp=all"


def test_without_an_address_no_report_will_come(fakes: Fakes, texter: SmsSender) -> None:
    texter.send(sms())
    [text] = fakes.twilio.texts.find(lambda _: True)
    assert text.report_url == ""


def test_of_a_pool_twilio_chooses_or_the_sender_is_named(fakes: Fakes) -> None:
    texter = SmsSender(account(fakes, options=(("messaging_service", SERVICE),)))
    assert texter.send(sms(sender=None)).raw_status == "accepted"
    texter.send(sms(sender="MOTO"))
    chosen, named = fakes.twilio.texts.find(lambda _: True)
    assert chosen.sender.startswith("+")
    assert named.sender == "MOTO"


def test_an_api_key_asks_for_the_account(fakes: Fakes) -> None:
    SmsSender(account(fakes, options=(("api_key", "SK" + "7" * 32),))).send(sms())
    [text] = fakes.twilio.texts.find(lambda _: True)
    assert text.username == "piga"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"to": "0788000301"}, "invalid_number"),
        ({"to": "whatsapp:+250788000301"}, "invalid_number"),
        ({"text": " "}, "empty_text"),
        ({"text": "x" * 1_601}, "text_too_long"),
        ({"sender": None}, "invalid_sender"),
        ({"sender": "whatsapp:+250788000220"}, "invalid_sender"),
        ({"sender": "A name of more than eleven"}, "invalid_sender"),
    ],
)
def test_a_text_that_the_wire_cannot_carry_never_leaves(
    fakes: Fakes, texter: SmsSender, wrong: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refused) as error:
        texter.send(sms(**wrong))
    assert (error.value.code, error.value.never_left) == (code, True)
    assert fakes.twilio.messages.requests == 0


# --- chats ----------------------------------------------------------------------------------------

SHAPES: dict[str, tuple[ChatMessage, dict[str, Any]]] = {
    "text": (message(), {"To": f"whatsapp:{PERSON}", "From": f"whatsapp:{CHAT}", "Body": "Muraho"}),
    "to an id": (message(to=ANGE), {"To": "whatsapp:RW.7Hq2"}),
    "options as they were laid out": (
        message(options=TWO, plain="Muraho\n1. Yes\n2. No\n0. Back"),
        {"Body": "Muraho\n1. Yes\n2. No\n0. Back"},
    ),
    "options in words": (
        message(options=TWO, header="Savings", footer="00 menu"),
        {"Body": "Savings\n\nMuraho\n1. Yes\n2. No\n\n00 menu"},
    ),
    "a list in words": (
        message(options=rows(2), button="Open"),
        {"Body": "Muraho\n1. Row 0 - RWF 500\n2. Row 1 - RWF 500"},
    ),
    "a place is asked for in words": (message(asks_location=True), {"Body": "Muraho"}),
    "and so is a contact": (message(asks_contact=True), {"Body": "Muraho"}),
    "a document by its address": (
        message("Your bill", media=PDF),
        {"Body": "Your bill", "MediaUrl": [PDF.url]},
    ),
    "a document alone": (message(" ", media=PDF), {"MediaUrl": [PDF.url]}),
    "a text as long as one may be": (message("x" * 1_600), {"Body": "x" * 1_600}),
}


@pytest.mark.parametrize(("wanted", "has"), SHAPES.values(), ids=SHAPES)
def test_twilio_takes_every_shape(
    fakes: Fakes, chatter: ChatSender, wanted: ChatMessage, has: dict[str, Any]
) -> None:
    """By its own limits, which are written down apart from ours."""
    answer = chatter.send_chat(wanted)
    assert answer.message_id is not None
    assert answer.message_id[:2] in ("SM", "MM")
    request = taken(fakes)
    assert {name: request[name] for name in has} == has


def test_buttons_are_a_content_template_of_the_account(fakes: Fakes, contents: ChatSender) -> None:
    contents.send_chat(message(options=TWO, header="Savings", plain="in words"))
    request = taken(fakes)
    assert request["ContentSid"] == BUTTONS
    assert "Body" not in request
    assert variables(fakes) == ["Savings\n\nMuraho", "Yes", "q:1", "No", "q:2"]


def test_an_apostrophe_goes_escaped(fakes: Fakes, contents: ChatSender) -> None:
    contents.send_chat(message("Aline's savings", options=TWO))
    assert "'" not in taken(fakes)["ContentVariables"]
    assert variables(fakes)[0] == "Aline's savings"


def test_a_list_is_one_too(fakes: Fakes, contents: ChatSender) -> None:
    options = (*rows(9), Option("q:9", "Back"))
    contents.send_chat(message(options=options, button="Open"))
    assert taken(fakes)["ContentSid"] == LIST
    filled = variables(fakes)
    assert filled[:5] == ["Muraho", "Open", "Row 0", "q:0", "RWF 500"]
    assert filled[-3:] == ["Back", "q:9", " "]


@pytest.mark.parametrize(
    "wanted",
    [message(options=rows(3)), message("x" * 1_025, options=TWO), message(options=TWO, button="O")],
    ids=["none of three", "too long a text", "a list of two"],
)
def test_where_no_content_template_fits_it_goes_in_words(
    fakes: Fakes, contents: ChatSender, wanted: ChatMessage
) -> None:
    contents.send_chat(wanted)
    assert "ContentSid" not in taken(fakes)


@pytest.mark.parametrize(
    ("template", "sid"),
    [
        (Template("receipt", "en", ("500", "7K2M")), RECEIPT),
        (Template("receipt", "rw", ("500", "7K2M")), "HX" + "5" * 32),
        (Template("HX" + "8" * 32, "en"), "HX" + "8" * 32),
        (Template("code", "fr", ("482113",), is_code=True), "HX" + "6" * 32),
    ],
)
def test_a_template_is_found_by_its_name(
    fakes: Fakes, contents: ChatSender, template: Template, sid: str
) -> None:
    contents.send_chat(message(template=template))
    assert taken(fakes)["ContentSid"] == sid
    if template.values:
        assert variables(fakes) == list(template.values)


REFUSED: dict[str, tuple[ChatMessage, str]] = {
    "no number of ours": (ChatMessage(ALINE, "x", "250788000220"), "invalid_sender"),
    "nobody": (message(to=Party()), "invalid_number"),
    "not a number": (message(to=Party(phone="0788000301")), "invalid_number"),
    "a name for an id": (message(to=Party(user_id="aline")), "invalid_number"),
    "empty": (message(" "), "empty_text"),
    "too long": (message("x" * 1_601), "text_too_long"),
    "too long in emoji": (message("👍" * 801), "text_too_long"),
    "four buttons": (message(options=rows(4)), "too_many_options"),
    "eleven rows": (message(options=rows(11), button="Open"), "too_many_options"),
    "a button of 21": (message(options=(Option("1", "x" * 21),)), "title_too_long"),
    "a row of 25": (message(options=(Option("1", "x" * 25),), button="O"), "title_too_long"),
    "an opener of 21": (message(options=rows(1), button="x" * 21), "title_too_long"),
    "a note of 73": (message(options=(Option("1", "A", "x" * 73),), button="O"), "title_too_long"),
    "ids alike": (message(options=(Option("1", "A"), Option("1", "B"))), "same_options"),
    "a file with options": (message(media=PDF, options=TWO), "bad_request"),
    "a file of bytes": (
        message(media=OutboundMedia("image", "image/png", "", content=b"PNG")),
        "unsupported_media",
    ),
    "a template that nobody knows": (message(template=Template("bill", "en")), "template_unknown"),
    "a value with lines": (
        message(template=Template("receipt", "en", ("1\n2",))),
        "template_mismatch",
    ),
    "a value of nothing": (message(template=Template("receipt", "en", ("",))), "template_mismatch"),
    "a template with options": (
        message(template=Template("receipt", "en"), options=TWO),
        "bad_request",
    ),
    "a code without a number": (
        message(to=ANGE, template=Template("code", "en", ("4821",), is_code=True)),
        "needs_number",
    ),
}


@pytest.mark.parametrize(("wanted", "code"), REFUSED.values(), ids=REFUSED)
def test_what_the_wire_cannot_carry_never_leaves(
    fakes: Fakes, contents: ChatSender, wanted: ChatMessage, code: str
) -> None:
    with pytest.raises(Refused) as error:
        contents.send_chat(wanted)
    assert (error.value.code, error.value.never_left) == (code, True)
    assert error.value.scope in (Scope.TEXT, Scope.SENDER)
    assert error.value.sentence
    assert fakes.twilio.messages.requests == 0


# --- what became of it ----------------------------------------------------------------------------


def caught(fakes: Fakes, texter: SmsSender, *faults: Fault, **more: Any) -> SendError:
    fakes.twilio.messages.script(list(faults))
    with pytest.raises(SendError) as error:
        texter.send(sms(**more))
    return error.value


@pytest.mark.parametrize(
    ("number", "status", "code", "scope", "retryable", "alarm"),
    [
        (20003, 401, "unauthorized", Scope.ACCOUNT, False, True),
        (20404, 404, "unauthorized", Scope.ACCOUNT, False, True),
        (20005, 403, "account_blocked", Scope.ACCOUNT, False, True),
        (20429, 429, "throttled", Scope.ACCOUNT, True, False),
        (21611, 429, "throttled", Scope.SENDER, True, False),
        (21606, 400, "invalid_sender", Scope.SENDER, False, True),
        (63007, 400, "invalid_sender", Scope.SENDER, False, True),
        (21703, 400, "invalid_sender", Scope.SENDER, False, True),
        (21211, 400, "invalid_number", Scope.TEXT, False, False),
        (21614, 400, "unsupported_number", Scope.TEXT, False, False),
        (21408, 400, "country_blocked", Scope.TEXT, False, False),
        (21610, 400, "blacklisted", Scope.TEXT, False, False),
        (21617, 400, "text_too_long", Scope.TEXT, False, False),
        (21656, 400, "template_mismatch", Scope.TEXT, False, False),
        (63016, 400, "window_closed", Scope.TEXT, False, False),
        (63018, 429, "throttled", Scope.SENDER, True, False),
        (63038, 429, "throttled", Scope.ACCOUNT, True, True),
        (29999, 400, "error_29999", Scope.TEXT, False, False),
    ],
)
@pytest.mark.parametrize("mode", ["error", "problem"])
def test_what_an_error_is_about(
    fakes: Fakes,
    texter: SmsSender,
    mode: str,
    number: int,
    status: int,
    code: str,
    scope: Scope,
    *,
    retryable: bool,
    alarm: bool,
) -> None:
    """In either of the two forms in which the API words one: the package raises another class for
    each, neither of which is the other."""
    error = caught(fakes, texter, Fault(mode, code=number, status=status))
    assert (type(error), error.code, error.scope) == (Refused, code, scope)
    assert (error.retryable, error.alarm) == (retryable, alarm)


@pytest.mark.parametrize(
    ("fault", "kind", "code"),
    [
        (Fault("error", code=20500, status=500), OutcomeUnknown, "http_500"),
        (Fault("error", code=20429, status=503), OutcomeUnknown, "http_503"),
        (Fault("page", status=502), OutcomeUnknown, "http_502"),
        (Fault("page", status=502, takes=True), OutcomeUnknown, "http_502"),
        (Fault("page", status=200, takes=True), OutcomeUnknown, "unreadable_answer"),
        (Fault("page", status=408), OutcomeUnknown, "http_408"),
        (Fault("page", status=429), Refused, "throttled"),
        (Fault("page", status=403), Refused, "unauthorized"),
        (Fault("page", status=302), Refused, "http_302"),
        (Fault("empty", takes=True), OutcomeUnknown, "unreadable_answer"),
        (Fault("drop_before"), OutcomeUnknown, "connection_dropped"),
        (Fault("drop_after"), OutcomeUnknown, "connection_dropped"),
        (Fault("delay", delay_s=3.0), OutcomeUnknown, "answer_timeout"),
    ],
)
def test_what_an_answer_proves(
    fakes: Fakes, texter: SmsSender, fault: Fault, kind: type[SendError], code: str
) -> None:
    error = caught(fakes, texter, fault)
    assert (type(error), error.code) == (kind, code)


def test_a_lost_answer_is_settled_by_the_report_with_our_own_id(
    fakes: Fakes, texter: SmsSender, receiver: Receiver
) -> None:
    error = caught(fakes, texter, Fault("drop_after"), report_url=receiver.hook("sms-report"))
    assert isinstance(error, OutcomeUnknown)
    receiver.wait_for(lambda: "delivered" in receiver.reports())
    assert {getattr(event, "reference", None) for event in receiver.events} == {ID}


def test_who_is_not_there_was_sent_nothing(fakes: Fakes) -> None:
    fakes.close()
    with pytest.raises(NotSent):
        SmsSender(account(fakes)).send(sms())


@pytest.mark.parametrize("sid", [None, "", 7, "SM1", "SM" + "0" * 33, "CA" + "0" * 32])
def test_an_answer_without_an_id_of_a_message_is_unknown(sid: object) -> None:
    assert isinstance(sent(sid, "queued"), OutcomeUnknown)


def test_a_code_may_be_written_as_text() -> None:
    assert refused(400, "21610").code == "blacklisted"
    assert refused(None, None).code == "unreadable_answer"


def test_every_error_has_a_sentence() -> None:
    for meaning in MEANINGS.values():
        assert Refused(meaning.code).sentence != Refused("?").sentence, meaning.code


@pytest.mark.parametrize(
    "unusable",
    [
        Account("moto", "token"),
        Account("AC" + "0" * 32, ""),
        Account("AC" + "0" * 32, "a token"),
        Account("AC" + "0" * 32, "token", "http://api.example.org"),
        Account("AC" + "0" * 32, "token", options=(("api_key", "AC1"),)),
        Account("AC" + "0" * 32, "token", options=(("messaging_service", "main"),)),
        Account("AC" + "0" * 32, "token", options=(("content_receipt", "receipt"),)),
    ],
)
def test_an_account_that_cannot_be_used(unusable: Account) -> None:
    with pytest.raises(Refused) as error:
        ChatSender(unusable)
    assert (error.value.code, error.value.never_left, error.value.alarm) == (
        *("bad_account", True, True),
    )


def test_an_address_that_twilio_cannot_reach_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would refuse the text for it."""
    asked: list[dict[str, Any]] = []
    texter = SmsSender(Account("AC" + "0" * 32, "token"))
    connection = texter._messages._client.http_client

    def request(*_: Any, data: dict[str, Any], **__: Any) -> Any:
        asked.append(data)
        raise RuntimeError

    monkeypatch.setattr(connection, "request", request)
    for hook in ("http://127.0.0.1:8000/hooks/x", "https://piga.example.org/hooks/x"):
        with pytest.raises(RuntimeError):
            texter.send(sms(report_url=hook))
    assert "StatusCallback" not in asked[0]
    assert asked[1]["StatusCallback"].startswith("https://piga.example.org/hooks/x?piga=")


def test_nothing_of_a_person_is_in_an_error_or_a_repr(fakes: Fakes, texter: SmsSender) -> None:
    error = caught(fakes, texter, Fault("error", code=21211), text="PIN 4821")
    told = f"{error!r} {error.__cause__!r} {error.__context__!r} {error.detail} {sms('PIN 4821')!r}"
    for secret in (PERSON[1:], "4821", "token"):
        assert secret not in told
