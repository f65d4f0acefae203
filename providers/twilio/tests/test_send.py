"""What is sent, over HTTP to the fake: its shape, its limits, and what became of it."""

from __future__ import annotations

from typing import Any

import pytest

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
from providers.twilio.tests.conftest import ID, NUMBER, PERSON, Receiver, account

SERVICE = "MG" + "1" * 32


def sms(text: str = "Paid RWF 500. Ref 7K2M", **more: Any) -> Sms:
    return Sms(**{"to": PERSON, "text": text, "sender": NUMBER, "reference": ID} | more)


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
