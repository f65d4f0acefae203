"""Sending: the request as smsbox gets it, and what we make of each of its answers."""

import socket
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace

import pytest
from werkzeug.wrappers import Request, Response

from providers.contracts.messages import (
    Account,
    NotSent,
    OutcomeUnknown,
    Refused,
    Scope,
    SendError,
    Sent,
)
from providers.kannel.fake import Mode
from providers.kannel.send import SmsSender, outcome, report_url
from providers.kannel.tests.sending import HOOK, ID, PERSON, RECEIPT, caught, sender
from providers.simulator.process import Fakes
from tests.support.providers import Us, http_answer

RawServer = Callable[[bytes | None], str]
TEXTS = "text/html"


def test_a_text_is_taken_under_our_own_id(fakes: Fakes) -> None:
    sent = sender(f"{fakes.url}/kannel").send(RECEIPT)
    assert sent == Sent(ID, None, "Accepted for delivery")
    [text] = fakes.kannel.texts.find(lambda _: True)
    assert (text.username, text.sender, text.to) == ("impuye", "8100", PERSON)
    assert text.text == RECEIPT.text
    assert text.report_url == f"{HOOK}?id={ID}&type=%d&to=%p&answer=%A"


def test_without_a_hook_no_report_will_come(fakes: Fakes) -> None:
    sent = sender(f"{fakes.url}/kannel").send(replace(RECEIPT, report_url=""))
    assert sent.message_id is None
    [text] = fakes.kannel.texts.find(lambda _: True)
    assert (text.report_url, text.plan) == ("", [])


@pytest.mark.parametrize(
    ("text", "coding"),
    [
        ("Paid RWF 500", "0"),
        ("École: 5 000 F, à demain [€]\nMerci", "0"),
        ("Garçon", "2"),  # GSM-7 has the capital only
        ("`500`", "2"),
        ("ሰላም", "2"),
        ("OK 😀", "2"),
    ],
)
def test_letters_that_gsm7_has_not_go_as_ucs2(us: Us, text: str, coding: str) -> None:
    asked: list[Request] = []
    bodies: list[bytes] = []

    def respond(request: Request) -> Response:
        asked.append(request)
        bodies.append(us.taken[-1].body)
        return Response("0: Accepted for delivery", 202, content_type=TEXTS)

    us.respond = respond
    sender(us.url).send(replace(RECEIPT, text=text))
    [request], [body] = asked, bodies
    assert (request.method, request.path, request.query_string) == ("POST", "/cgi-bin/sendsms", b"")
    assert request.headers["Content-Type"] == "text/plain; charset=UTF-8"
    assert body.decode() == text
    told = {k: v for k, v in request.headers.items() if k.startswith("X-Kannel-")}
    assert told == {
        "X-Kannel-Username": "impuye",
        "X-Kannel-Password": "k3y",
        "X-Kannel-From": "8100",
        "X-Kannel-To": PERSON,
        "X-Kannel-Coding": coding,
        "X-Kannel-Dlr-Mask": "31",
        "X-Kannel-Dlr-Url": f"{HOOK}?id={ID}&type=%d&to=%p&answer=%A",
    }


def test_the_account_may_name_an_smsc(us: Us) -> None:
    us.respond = lambda request: Response("0: Accepted for delivery", 202, content_type=TEXTS)
    account = Account("impuye", "k3y", us.url, options=(("smsc", "mtn-rw"),))
    SmsSender(account).send(RECEIPT)
    assert us.taken[-1].headers["x-kannel-smsc"] == "mtn-rw"


def test_a_percent_sign_of_our_own_address_is_no_escape() -> None:
    assert report_url("https://p.example/a%20b/h", "5-a").startswith("https://p.example/a%%20b/h?")


@pytest.mark.parametrize(
    ("status", "body", "word"),
    [
        (202, "0: Accepted for delivery", "Accepted for delivery"),
        (202, "3: Queued for later delivery", "Queued for later delivery"),
    ],
)
def test_taken(status: int, body: str, word: str) -> None:
    assert outcome(status, body, ID) == Sent(ID, None, word)


@pytest.mark.parametrize(
    ("status", "body", "code", "retryable", "alarm", "scope"),
    [
        (403, "Authorization failed for sendsms", "unauthorized", False, True, Scope.ACCOUNT),
        (403, "Not routable. Do not try again.", "no_route", False, False, Scope.TEXT),
        (403, "Forbidden", "unauthorized", False, True, Scope.ACCOUNT),
        (401, "", "unauthorized", False, True, Scope.ACCOUNT),
        (503, "Temporal failure, try again later.", "gateway_error", True, False, Scope.ACCOUNT),
        (
            *(400, "Number(s) has/have been denied by white- and/or black-lists."),
            *("number_denied", False, False, Scope.TEXT),
        ),
        *(
            (400, f"{words}, rejected", "invalid_number", False, False, Scope.TEXT)
            for words in (
                "Missing receiver number",
                "Missing receiver(s) number(s)",
                "Empty receiver number not allowed",
            )
        ),
        (
            *(400, "Sender missing and no global set, rejected"),
            *("invalid_sender", False, True, Scope.SENDER),
        ),
        (400, "DLR-URL field misformed, rejected", "http_400", False, True, Scope.ACCOUNT),
        (400, "Invalid content-type", "http_400", False, True, Scope.ACCOUNT),
        (404, "Unknown request.", "http_404", False, True, Scope.ACCOUNT),
        (302, "", "http_302", False, True, Scope.ACCOUNT),
        (429, "slow down", "throttled", True, False, Scope.ACCOUNT),
    ],
)
def test_refused(
    status: int, body: str, code: str, retryable: bool, alarm: bool, scope: Scope
) -> None:
    with pytest.raises(Refused) as error:
        outcome(status, body, ID)
    told = error.value
    assert (told.code, told.retryable, told.alarm, told.scope) == (code, retryable, alarm, scope)
    assert told.sentence


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (202, "<html>Login</html>", "unreadable_answer"),
        (202, "", "unreadable_answer"),
        (202, "4: Something of tomorrow", "unreadable_answer"),
        (200, "0: Accepted for delivery", "unreadable_answer"),
        (500, "", "http_500"),
        (502, "<html>Bad Gateway</html>", "http_502"),
        (503, "upstream", "http_503"),
        (408, "", "http_408"),
    ],
)
def test_unknown_but_a_report_may_settle_it(status: int, body: str, code: str) -> None:
    with pytest.raises(OutcomeUnknown) as error:
        outcome(status, body, ID)
    assert (error.value.code, error.value.message_id) == (code, ID)


@pytest.mark.parametrize(
    ("mode", "kind", "code"),
    [
        (Mode("unauthorized"), Refused, "unauthorized"),
        (Mode("unroutable"), Refused, "no_route"),
        (Mode("temporal"), Refused, "gateway_error"),
        (Mode("denied"), Refused, "number_denied"),
        (Mode("http"), OutcomeUnknown, "http_502"),
        (Mode("http", status=302), Refused, "http_302"),
        (Mode("drop_before"), OutcomeUnknown, "connection_dropped"),
        (Mode("drop_after"), OutcomeUnknown, "connection_dropped"),
    ],
)
def test_the_fakes_modes(fakes: Fakes, mode: Mode, kind: type[SendError], code: str) -> None:
    fakes.kannel.script([mode])
    error = caught(f"{fakes.url}/kannel")
    assert (type(error), error.code) == (kind, code)
    taken = 1 if mode.mode == "drop_after" else 0
    assert len(fakes.kannel.texts.find(lambda _: True)) == taken


def test_a_wrong_password_is_refused(fakes: Fakes) -> None:
    with pytest.raises(Refused, match=r"^unauthorized$"):
        SmsSender(Account("impuye", "wrong", f"{fakes.url}/kannel")).send(RECEIPT)


def test_silence_is_unknown_and_has_our_id(fakes: Fakes) -> None:
    fakes.kannel.script([Mode("delay", delay_s=0.5)])
    error = caught(f"{fakes.url}/kannel", read_timeout_s=0.1)
    assert (type(error), error.code, error.message_id) == (OutcomeUnknown, "answer_timeout", ID)


def test_smsbox_without_its_bearerbox_refuses_the_connection() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
    error = caught(f"http://127.0.0.1:{port}")
    assert (type(error), error.code, error.never_left) == (NotSent, "connection_refused", True)


@pytest.mark.parametrize(
    "answer", [None, b"HTTP/1.1 202 Accepted\r\nContent-Length: 24\r\n\r\n0: "]
)
def test_half_an_answer_is_unknown(answer: bytes | None, raw_server: RawServer) -> None:
    error = caught(raw_server(answer))
    assert (type(error), error.message_id) == (OutcomeUnknown, ID)


def test_a_redirect_is_not_followed(raw_server: RawServer) -> None:
    error = caught(raw_server(http_answer(302, TEXTS, "")))
    assert (type(error), error.code) == (Refused, "http_302")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"to": "0788000105"}, "invalid_number"),
        ({"to": "+250788000105 +250788000106"}, "invalid_number"),
        ({"text": " \n"}, "empty_text"),
        ({"text": "a" * 1_601}, "text_too_long"),
        ({"sender": ""}, "invalid_sender"),
        ({"sender": "8100\r\nX-Kannel-To: +1"}, "invalid_sender"),
        ({"sender": "x" * 40}, "invalid_sender"),
    ],
)
def test_refused_before_any_request(changed: dict[str, str], code: str) -> None:
    error = caught("http://127.0.0.1:9", replace(RECEIPT, **changed))
    assert (type(error), error.code, error.never_left) == (Refused, code, True)


@pytest.mark.parametrize(
    "account",
    [
        Account("impuye", "k3y"),
        Account("impuye", "k3y", "http://kannel.example"),
        Account("impuye", "k3y", "http://41.186.0.1:13013"),
        Account("impuye", "k3y", "ftp://127.0.0.1"),
        Account("impuye", "k3y", "http://[::1"),
        Account("", "k3y", "http://127.0.0.1:13013"),
        Account("impuye", "two words", "http://127.0.0.1:13013"),
        Account("impuye", "k3y", "http://127.0.0.1:13013", options=(("smsc", "a b"),)),
        Account("impuye", "k3y\r\nX: 1", "http://127.0.0.1:13013"),
    ],
)
def test_an_account_that_cannot_be_used(account: Account) -> None:
    with pytest.raises(Refused) as error:
        SmsSender(account)
    assert (error.value.code, error.value.alarm) == ("bad_account", True)


@pytest.mark.parametrize(
    "url", ["https://kannel.example", "http://10.8.0.2:13013", "http://[fd00::1]:13013"]
)
def test_plain_http_stays_on_private_networks(url: str) -> None:
    assert SmsSender(Account("impuye", "k3y", url))


def test_no_error_tells_whom_or_what(fakes: Fakes) -> None:
    fakes.kannel.script([Mode("drop_before")])
    for error in (caught(f"{fakes.url}/kannel"), caught("http://127.0.0.1:9")):
        chain = f"{error!r} {error} {error.__cause__!r} {error.__context__!r}"
        for secret in (PERSON[1:], "Paid", "k3y", "s3cr3t"):
            assert secret not in chain
    for secret in (PERSON[1:], "Paid", "s3cr3t"):
        assert secret not in repr(RECEIPT)
