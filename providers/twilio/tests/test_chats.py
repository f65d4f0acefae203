"""What is sent into chats, over HTTP to the fake: its shape and its limits."""

from __future__ import annotations

import json
from typing import Any

import pytest

from providers.contracts.chat import ChatMessage, Option, OutboundMedia, Party, Template
from providers.contracts.messages import Refused, Scope
from providers.simulator.process import Fakes
from providers.twilio.chats import ChatSender
from providers.twilio.tests.conftest import CHAT, PERSON, account

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
