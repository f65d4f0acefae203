"""One text to many handsets: what the answer says of each, and of all."""

import pytest

from providers.africastalking.fake import Mode, Rule
from providers.africastalking.send import outcomes
from providers.africastalking.tests.sending import sender
from providers.contracts.messages import (
    BulkSender,
    NotSent,
    OutcomeUnknown,
    Refused,
    Scope,
    SendError,
    Sent,
)
from providers.simulator.process import Fakes

PEOPLE = [f"+25078800000{number}" for number in range(5)]


def said(entry: dict[str, object], *more: dict[str, object]) -> object:
    return {"SMSMessageData": {"Message": "Sent to 1/2", "Recipients": [entry, *more]}}


def taken(number: str) -> dict[str, object]:
    return {"statusCode": 101, "number": number, "status": "Success", "messageId": f"id{number}"}


def test_each_gets_it_once_in_one_request(fakes: Fakes) -> None:
    one = sender(fakes.url + "/at")
    assert isinstance(one, BulkSender)
    found = one.send_many(PEOPLE, "Meeting at nine", "IMPUYE")
    assert fakes.rest.requests == 1
    texts = list(fakes.texts.find(lambda _: True))
    assert [(text.to, text.text, text.sender) for text in texts] == [
        (to, "Meeting at nine", "IMPUYE") for to in PEOPLE
    ]
    assert [each.message_id for each in found] == [text.id for text in texts]


def test_one_that_is_refused_is_nobody_elses_refusal(fakes: Fakes) -> None:
    fakes.rest.rules[PEOPLE[1]] = Rule(code=406)
    found = sender(fakes.url + "/at").send_many([*PEOPLE[:3], "0788"], "Hello", None)
    assert [type(each) for each in found] == [Sent, Refused, Sent, Refused]
    assert isinstance(found[1], Refused)
    assert (found[1].code, found[1].scope) == ("blacklisted", Scope.TEXT)
    assert isinstance(found[3], Refused)
    assert (found[3].code, found[3].never_left) == ("invalid_number", True)
    assert len(list(fakes.texts.find(lambda _: True))) == 2


@pytest.mark.parametrize(
    ("mode", "error"),
    [
        (Mode("unauthorized"), Refused),
        (Mode("empty", body="InvalidSenderId"), Refused),
        (Mode("drop_after"), OutcomeUnknown),
        (Mode("http", status=502, takes=True), OutcomeUnknown),
        (Mode("xml"), OutcomeUnknown),
    ],
    ids=lambda value: value.mode if isinstance(value, Mode) else "",
)
def test_what_is_true_of_all_is_raised(fakes: Fakes, mode: Mode, error: type[SendError]) -> None:
    fakes.rest.script([mode])
    with pytest.raises(error):
        sender(fakes.url + "/at").send_many(PEOPLE, "Hello", None)


def test_nobody_listens() -> None:
    with pytest.raises(NotSent):
        sender("http://127.0.0.1:9/at").send_many(PEOPLE, "Hello", None)


def test_of_whom_nothing_is_said_nothing_is_known() -> None:
    answer = said(taken(PEOPLE[2]), taken(PEOPLE[0]), taken(PEOPLE[1]), taken(PEOPLE[1]))
    found = outcomes(answer, PEOPLE[:4])
    assert [type(found[to]) for to in PEOPLE[:4]] == [*(Sent, OutcomeUnknown, Sent, OutcomeUnknown)]
    for to in (PEOPLE[1], PEOPLE[3]):
        unknown = found[to]
        assert isinstance(unknown, OutcomeUnknown)
        assert unknown.scope is Scope.TEXT


@pytest.mark.parametrize("answer", ["", "<html>", {}, {"SMSMessageData": []}, [], None])
def test_an_answer_that_nobody_can_read(answer: object) -> None:
    with pytest.raises(OutcomeUnknown):
        outcomes(answer, PEOPLE)
