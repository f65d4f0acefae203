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
)
from providers.meta.errors import MEANINGS
from providers.meta.fake import Fault
from providers.meta.send import ChatSender, outcome
from providers.meta.tests.conftest import NUMBER_ID
from providers.simulator.process import Fakes

ALINE = Party(phone="+250788000301")
ANGE = Party(user_id="RW.7Hq2", portfolio="piga")
PDF = OutboundMedia("document", "application/pdf", "bill.pdf", content=b"%PDF-1.4")
TWO = (Option("q:1", "Yes"), Option("q:2", "No"))


def message(text: str = "Muraho", to: Party = ALINE, **more: Any) -> ChatMessage:
    return ChatMessage(to=to, text=text, sender=NUMBER_ID, **more)


def rows(count: int) -> tuple[Option, ...]:
    return tuple(Option(f"q:{number}", f"Row {number}", "RWF 500") for number in range(count))


def taken(fakes: Fakes) -> dict[str, Any]:
    """The newest request that the fake has taken."""
    found: dict[str, Any] = json.loads(fakes.whatsapp.sent.find(lambda _: True)[-1].text)
    return found


SHAPES: dict[str, tuple[ChatMessage, dict[str, Any]]] = {
    "text": (message(), {"type": "text", "to": "250788000301"}),
    "to an id": (message(to=ANGE), {"type": "text", "recipient": "RW.7Hq2"}),
    "an answer": (message(answers_id="wamid.X"), {"context": {"message_id": "wamid.X"}}),
    "a reference": (message(reference="m-1"), {"biz_opaque_callback_data": "m-1"}),
    "buttons": (message(options=TWO, header="Savings", footer="00 menu"), {"type": "interactive"}),
    "list": (message(options=rows(10), button="Open"), {"type": "interactive"}),
    "location": (message(asks_location=True), {"type": "interactive"}),
    "contact": (message(asks_contact=True, to=ANGE), {"type": "interactive"}),
    "document": (message(media=PDF), {"type": "document"}),
    "image by link": (
        message(media=OutboundMedia("image", "image/png", "", url="https://example.org/a.png")),
        {"type": "image"},
    ),
    "document with buttons": (message(media=PDF, options=TWO), {"type": "interactive"}),
    "template": (
        message(template=Template("receipt", "en", ("500", "7K2M"))),
        {"type": "template"},
    ),
    "code": (message(template=Template("code", "rw", ("4821",), is_code=True)), {}),
    "a text as long as one may be": (message("x" * 4_096), {"type": "text"}),
}


@pytest.mark.parametrize(("sent", "has"), SHAPES.values(), ids=SHAPES)
def test_the_network_takes_every_shape(
    fakes: Fakes, sender: ChatSender, sent: ChatMessage, has: dict[str, Any]
) -> None:
    """By its own limits, which are written down apart from ours."""
    answer = sender.send_chat(sent)
    assert answer.message_id is not None
    assert answer.message_id.startswith("wamid.")
    request = taken(fakes)
    assert {name: request[name] for name in has} == has
    assert ("to" in request) != ("recipient" in request)


def test_a_file_is_uploaded_and_named(fakes: Fakes, sender: ChatSender) -> None:
    sender.send_chat(message("Your bill", media=PDF))
    document = taken(fakes)["document"]
    assert document["id"].isdigit()
    assert (document["filename"], document["caption"]) == ("bill.pdf", "Your bill")


REFUSED: dict[str, tuple[ChatMessage, str]] = {
    "no number of ours": (ChatMessage(ALINE, "x", "+250788000200"), "invalid_sender"),
    "nobody": (message(to=Party()), "invalid_number"),
    "not a number": (message(to=Party(phone="0788000301")), "invalid_number"),
    "a name for an id": (message(to=Party(user_id="aline")), "invalid_number"),
    "empty": (message(" "), "empty_text"),
    "too long": (message("x" * 4_097), "text_too_long"),
    "too long in emoji": (message("👍" * 2_049), "text_too_long"),
    "too long beside buttons": (message("x" * 1_025, options=TWO), "text_too_long"),
    "four buttons": (message(options=rows(4)), "too_many_options"),
    "buttons with notes": (message(options=rows(2)), "too_many_options"),
    "a button of 21": (message(options=(Option("1", "x" * 21),)), "title_too_long"),
    "buttons alike": (message(options=(Option("1", "A"), Option("2", "A"))), "same_options"),
    "ids alike": (message(options=(Option("1", "A"), Option("1", "B"))), "same_options"),
    "eleven rows": (message(options=rows(11), button="Open"), "too_many_options"),
    "a row of 25": (message(options=(Option("1", "x" * 25),), button="O"), "title_too_long"),
    "a note of 73": (message(options=(Option("1", "A", "x" * 73),), button="O"), "title_too_long"),
    "an opener of 21": (message(options=rows(1), button="x" * 21), "title_too_long"),
    "a line above of 61": (message(options=TWO, header="x" * 61), "header_too_long"),
    "a line below of 61": (message(options=TWO, footer="x" * 61), "footer_too_long"),
    "a line above nothing to tap": (message(header="x"), "bad_request"),
    "a list with a file": (message(options=rows(1), button="O", media=PDF), "bad_request"),
    "two questions": (message(asks_location=True, asks_contact=True), "bad_request"),
    "a reference of 513": (message(reference="x" * 513), "bad_request"),
    "a value with lines": (message(template=Template("a", "en", ("1\n2",))), "template_mismatch"),
    "a value of nothing": (message(template=Template("a", "en", ("",))), "template_mismatch"),
    "no name of a template": (message(template=Template("A b", "en")), "bad_request"),
    "a code without a number": (
        message(to=ANGE, template=Template("code", "en", ("4821",), is_code=True)),
        "needs_number",
    ),
    "an image of another type": (
        message(media=OutboundMedia("image", "image/gif", "", content=b"GIF")),
        "unsupported_media",
    ),
    "an image of more than 5 MB": (
        message(media=OutboundMedia("image", "image/png", "", content=bytes(5 * 2**20 + 1))),
        "media_too_large",
    ),
    "a file over http": (
        message(media=OutboundMedia("image", "image/png", "", url="http://example.org/a")),
        "bad_request",
    ),
    "a long caption": (message("x" * 1_025, media=PDF), "text_too_long"),
}


@pytest.mark.parametrize(("sent", "code"), REFUSED.values(), ids=REFUSED)
def test_what_the_wire_cannot_carry_never_leaves(
    fakes: Fakes, sender: ChatSender, sent: ChatMessage, code: str
) -> None:
    with pytest.raises(Refused) as error:
        sender.send_chat(sent)
    assert (error.value.code, error.value.never_left) == (code, True)
    assert error.value.scope in (Scope.TEXT, Scope.SENDER)
    assert error.value.sentence
    assert fakes.whatsapp.graph.requests == 0


# --- what became of it --------------------------------------------------------------------------


def caught(fakes: Fakes, sender: ChatSender, *faults: Fault) -> SendError:
    fakes.whatsapp.graph.script(list(faults))
    with pytest.raises(SendError) as error:
        sender.send_chat(message())
    return error.value


@pytest.mark.parametrize(
    ("number", "kind", "code", "scope", "retryable", "alarm"),
    [
        (190, Refused, "unauthorized", Scope.ACCOUNT, False, True),
        (200, Refused, "unauthorized", Scope.ACCOUNT, False, True),
        (80007, Refused, "throttled", Scope.ACCOUNT, True, False),
        (130429, Refused, "throttled", Scope.SENDER, True, False),
        (131056, Refused, "pair_throttled", Scope.TEXT, True, False),
        (131048, Refused, "quality_limited", Scope.SENDER, True, True),
        (368, Refused, "account_blocked", Scope.ACCOUNT, False, True),
        (131042, Refused, "insufficient_balance", Scope.ACCOUNT, False, True),
        (133010, Refused, "invalid_sender", Scope.SENDER, False, True),
        (131047, Refused, "window_closed", Scope.TEXT, False, False),
        (131026, Refused, "unreachable", Scope.TEXT, False, False),
        (131050, Refused, "blacklisted", Scope.TEXT, False, False),
        (131062, Refused, "needs_number", Scope.TEXT, False, False),
        (131009, Refused, "bad_request", Scope.TEXT, False, False),
        (131051, Refused, "unsupported_message", Scope.TEXT, False, False),
        (132015, Refused, "template_paused", Scope.TEXT, False, False),
        (132016, Refused, "template_disabled", Scope.TEXT, False, False),
        (131016, Refused, "gateway_error", Scope.TEXT, True, False),
        (1, OutcomeUnknown, "unknown_status", Scope.TEXT, False, False),
        (139999, Refused, "error_139999", Scope.TEXT, False, False),
    ],
)
def test_what_an_error_is_about(
    fakes: Fakes,
    sender: ChatSender,
    number: int,
    kind: type[SendError],
    code: str,
    scope: Scope,
    *,
    retryable: bool,
    alarm: bool,
) -> None:
    error = caught(fakes, sender, Fault("error", code=number))
    assert (type(error), error.code, error.scope) == (kind, code, scope)
    assert (error.retryable, error.alarm) == (retryable, alarm)


def test_every_error_has_a_sentence() -> None:
    for meaning in MEANINGS.values():
        if not meaning.is_unknown:
            assert Refused(meaning.code).sentence != Refused("?").sentence, meaning.code


@pytest.mark.parametrize(
    ("fault", "kind", "code"),
    [
        (Fault("page", status=502), OutcomeUnknown, "http_502"),
        (Fault("page", status=502, takes=True), OutcomeUnknown, "http_502"),
        (Fault("page", status=429), Refused, "throttled"),
        (Fault("page", status=302), Refused, "http_302"),
        (Fault("drop_before"), OutcomeUnknown, "connection_dropped"),
        (Fault("drop_after"), OutcomeUnknown, "connection_dropped"),
        (Fault("delay", delay_s=3.0), OutcomeUnknown, "answer_timeout"),
    ],
)
def test_what_an_answer_proves(
    fakes: Fakes, sender: ChatSender, fault: Fault, kind: type[SendError], code: str
) -> None:
    error = caught(fakes, sender, fault)
    assert (type(error), error.code) == (kind, code)


def test_who_is_not_there_was_sent_nothing(fakes: Fakes) -> None:
    fakes.close()
    with pytest.raises(NotSent):
        ChatSender(Account("piga", "t", f"{fakes.url}/meta")).send_chat(message())


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault("drop_before", on="media"), "media_failed"),
        (Fault("page", on="media"), "media_failed"),
        (Fault("error", on="media", code=190), "unauthorized"),
    ],
)
def test_a_failed_upload_has_sent_nothing(
    fakes: Fakes, sender: ChatSender, fault: Fault, code: str
) -> None:
    fakes.whatsapp.graph.script([fault])
    with pytest.raises(SendError) as error:
        sender.send_chat(message(media=PDF))
    assert (error.value.code, error.value.never_left) == (code, True)
    assert not fakes.whatsapp.sent.find(lambda _: True)


@pytest.mark.parametrize(
    "answer", [b"", b"[]", b"{}", b'{"messages":[]}', b'{"messages":[{"id":7}]}', b"<html>"]
)
def test_a_200_that_says_nothing_is_unknown(answer: bytes) -> None:
    found = outcome(200, answer)
    assert isinstance(found, OutcomeUnknown)


def test_a_message_held_back_for_quality_is_taken() -> None:
    body = b'{"messages":[{"id":"wamid.1","message_status":"held_for_quality_assessment"}]}'
    assert outcome(200, body) == Sent("wamid.1", None, "held_for_quality_assessment")


@pytest.mark.parametrize(
    "account",
    [
        Account("piga", ""),
        Account("piga", "a token"),
        Account("piga", "t", "http://graph.example.org"),
        Account("piga", "t", options=(("api_version", "latest"),)),
    ],
)
def test_an_account_that_cannot_be_used(account: Account) -> None:
    with pytest.raises(Refused) as error:
        ChatSender(account)
    assert (error.value.code, error.value.never_left, error.value.alarm) == (
        "bad_account",
        True,
        True,
    )


def test_nothing_of_a_person_is_in_an_error_or_a_repr(fakes: Fakes, sender: ChatSender) -> None:
    sent = message("my secret words", header="above")
    assert "secret" not in repr(sent)
    assert "250788000301" not in repr(sent)
    error = caught(fakes, sender, Fault("drop_before"))
    assert error.__cause__ is None
    assert error.__context__ is None
