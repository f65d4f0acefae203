"""Sending through the SDK: Outbound → request, answer → status, broken wire → what is proven."""

import socket
import threading
from contextlib import closing
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs

import africastalking
import pytest
import requests
from africastalking.SMS import SMSService

from providers.africastalking import send
from providers.africastalking.send import SmsSender
from providers.africastalking.tests.sending import RECEIPT, E, RawServer, caught, sender
from providers.contracts.messages import Account, OutcomeUnknown, Refused, SendError, Sent, Sms
from providers.simulator.process import Fakes
from tests.support.providers import answer_bytes, http_answer

COST = (Decimal("12.0000"), "RWF")


# --- the request ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sms", "expected"),
    [
        (
            RECEIPT,
            {
                "username": ["impuye"],
                "to": [E],
                "message": ["Paid RWF 500 to Impuye. Ref 7K2M"],
                "bulkSMSMode": ["1"],
                "from": ["IMPUYE"],
            },
        ),
        (
            Sms(E, "Murakoze & mwiriwe +1 é\nfin \ud83d"),
            {
                "username": ["impuye"],
                "to": [E],
                "message": ["Murakoze & mwiriwe +1 é\nfin ?"],
                "bulkSMSMode": ["1"],
            },
        ),
        (
            Sms(E, "1 Save", "22384", link_id="L-9"),
            {
                "username": ["impuye"],
                "to": [E],
                "message": ["1 Save"],
                "bulkSMSMode": ["0"],
                "from": ["22384"],
                "linkId": ["L-9"],
            },
        ),
        (
            Sms(E, "1 Save", None, link_id="L-9", keyword="KOP"),
            {
                "username": ["impuye"],
                "to": [E],
                "message": ["1 Save"],
                "bulkSMSMode": ["0"],
                "linkId": ["L-9"],
                "keyword": ["KOP"],
            },
        ),
    ],
    ids=["with a sender id", "without", "a paid text", "a shared code"],
)
def test_request(sms: Sms, expected: dict[str, list[str]]) -> None:
    received: list[bytes] = []
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def run() -> None:
            connection, _ = server.accept()
            with connection:
                head = b""
                while b"\r\n\r\n" not in head:
                    head += connection.recv(65536)
                head, _, body = head.partition(b"\r\n\r\n")
                length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                while len(body) < length:
                    body += connection.recv(65536)
                received.extend([head, body])
                connection.sendall(answer_bytes("sent"))

        thread = threading.Thread(target=run)
        thread.start()
        sender(f"http://127.0.0.1:{server.getsockname()[1]}/at/").send(sms)
        thread.join()
    head, body = received
    lines = head.decode().lower().split("\r\n")
    assert lines[0] == "post /at/version1/messaging http/1.1"
    assert "apikey: k3y" in lines
    assert "accept: application/json" in lines
    assert "content-type: application/x-www-form-urlencoded" in lines
    assert parse_qs(body.decode()) == expected


@pytest.mark.parametrize(
    ("username", "host"),
    [
        ("impuye", "https://api.africastalking.com/version1"),
        ("sandbox", "https://api.sandbox.africastalking.com/version1"),
    ],
)
def test_without_a_base_url_the_sdk_chooses_the_host(username: str, host: str) -> None:
    assert SmsSender(Account(username, "k3y"))._service()._baseUrl == host


def test_the_sdk_makes_the_call_and_no_global_is_filled(
    fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[dict[str, Any]] = []
    theirs = SMSService.send

    def watched(self: SMSService, *args: Any, **more: Any) -> Any:
        calls.append(more)
        return theirs(self, *args, **more)

    monkeypatch.setattr(SMSService, "send", watched)
    sender(f"{fakes.url}/at").send(RECEIPT)
    assert calls == [{"sender_id": "IMPUYE", "timeout": (3.05, 9.05)}]
    assert africastalking.SMS is None


def test_two_accounts_at_once(fakes: Fakes) -> None:
    fakes.rest.accounts = {"impuye": "k3y", "umoja": "0ther"}
    one = sender(f"{fakes.url}/at")
    other = SmsSender(Account("umoja", "0ther", f"{fakes.url}/at"))
    assert one.send(RECEIPT).message_id != other.send(RECEIPT).message_id
    assert [t.username for t in fakes.texts.find(lambda _: True)] == ["impuye", "umoja"]


def test_a_proxy_of_the_environment_is_not_asked_for_loopback(
    fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert sender(f"{fakes.url}/at").send(RECEIPT).message_id


# --- the answer -------------------------------------------------------------------------------

SENT = {
    "sent": Sent("ATXid_out01", COST, "Success"),  # type: ignore[arg-type]
    "queued": Sent("ATXid_out01", COST, "Success"),  # type: ignore[arg-type]
    "sent-charset": Sent("ATXid_out01", COST, "Success"),  # type: ignore[arg-type]
    "sent-no-id": Sent(None, (Decimal("0"), ""), "Success"),  # type: ignore[arg-type]
    "sent-bare": Sent(None, None, "Success"),
}


@pytest.mark.parametrize("name", SENT)
def test_accepted(name: str, raw_server: RawServer) -> None:
    assert sender(raw_server(answer_bytes(name))).send(RECEIPT) == SENT[name]


# fixture → kind of error, code, retryable, alarm, detail
NOT_ACCEPTED = [
    ("blacklisted", Refused, "blacklisted", False, False, "UserInBlacklist"),
    ("no-balance", Refused, "insufficient_balance", False, True, "InsufficientBalance"),
    ("gateway-error", Refused, "gateway_error", True, False, "GatewayError"),
    ("no-recipients", Refused, "invalid_sender", False, True, "InvalidSenderId"),
    ("unauthorized", Refused, "unauthorized", False, True, ""),
    ("unknown-code", OutcomeUnknown, "unknown_status", False, False, "Parked"),
    ("html-502", OutcomeUnknown, "http_502", False, False, ""),
    ("xml", OutcomeUnknown, "unreadable_answer", False, False, ""),
]


@pytest.mark.parametrize("row", NOT_ACCEPTED, ids=lambda row: row[0])
def test_not_accepted(row: tuple[Any, ...], raw_server: RawServer) -> None:
    name, kind, code, retryable, alarm, detail = row
    error = caught(raw_server(answer_bytes(name)))
    assert (type(error), error.code, error.retryable) == (kind, code, retryable)
    assert (error.alarm, error.detail, error.never_left) == (alarm, detail, False)


def test_an_unknown_code_keeps_the_id_that_a_report_may_fit(raw_server: RawServer) -> None:
    assert caught(raw_server(answer_bytes("unknown-code"))).message_id == "ATXid_out01"


def told(message: str, *recipients: dict[str, Any]) -> dict[str, Any]:
    return {"SMSMessageData": {"Message": message, "Recipients": list(recipients)}}


def code_of(answer: object) -> tuple[str, str, bool, bool]:
    with pytest.raises(SendError) as error:
        send.outcome(answer)
    value = error.value
    return type(value).__name__, value.code, value.retryable, value.alarm


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (401, ("Refused", "risk_hold", False, True)),
        (402, ("Refused", "invalid_sender", False, True)),
        (403, ("Refused", "invalid_number", False, False)),
        (404, ("Refused", "unsupported_number", False, False)),
        (405, ("Refused", "insufficient_balance", False, True)),
        (406, ("Refused", "blacklisted", False, False)),
        (407, ("Refused", "no_route", False, False)),
        (409, ("Refused", "do_not_disturb", False, False)),
        (500, ("Refused", "gateway_error", True, False)),
        (501, ("Refused", "gateway_error", True, False)),
        (502, ("Refused", "gateway_error", True, False)),
        (99, ("OutcomeUnknown", "unknown_status", False, False)),
        (103, ("OutcomeUnknown", "unknown_status", False, False)),
        (408, ("OutcomeUnknown", "unknown_status", False, False)),
        ("x", ("OutcomeUnknown", "unknown_status", False, False)),
    ],
)
def test_recipient_codes(code: object, expected: tuple[str, str, bool, bool]) -> None:
    entry = {"statusCode": code, "status": "Word", "messageId": "None", "cost": "0"}
    assert code_of(told("Sent to 0/1 Total Cost: 0", entry)) == expected


@pytest.mark.parametrize(
    ("status", "message", "expected"),
    [
        ("Could Not Send", "Sent to 0/1 Total Cost: 0", ("Refused", "refused", False, False)),
        ("", "Sent to 0/1", ("Refused", "refused", False, False)),
        ("InvalidPhoneNumber", "Sent to 0/1", ("Refused", "invalid_number", False, False)),
        ("InvalidPhoneNumber", "", ("Refused", "invalid_number", False, False)),
        ("InvalidSenderId", "Sent to 0/1", ("Refused", "invalid_sender", False, True)),
        ("Gateway Error", "Sent to 0/1", ("Refused", "gateway_error", True, False)),
        ("Could Not Send", "Sent to 1/1", ("OutcomeUnknown", "unknown_status", False, False)),
        ("Could Not Send", "", ("OutcomeUnknown", "unknown_status", False, False)),
    ],
)
def test_a_recipient_without_a_code(
    status: str, message: str, expected: tuple[str, str, bool, bool]
) -> None:
    entry = {"number": E, "status": status, "cost": "0", "messageId": "None"}
    assert code_of(told(message, entry)) == expected


def test_a_recipient_with_an_id_may_be_reported_on() -> None:
    entry = {"number": E, "status": "Could Not Send", "messageId": "ATXid_1"}
    assert code_of(told("Sent to 0/1", entry))[:2] == ("OutcomeUnknown", "unknown_status")


@pytest.mark.parametrize("code", [100, 101, 102, "101"])
def test_accepted_codes(code: object) -> None:
    entry = {"statusCode": code, "status": "Success", "messageId": "ATXid_1", "cost": "KES 0.8000"}
    assert send.outcome(told("Sent to 1/1", entry)) == Sent(
        "ATXid_1",
        (Decimal("0.8000"), "KES"),  # type: ignore[arg-type]
        "Success",
    )


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (told("InvalidSenderId"), ("Refused", "invalid_sender", False, True)),
        (told("InvalidPhoneNumber"), ("Refused", "invalid_number", False, False)),
        (told("Insufficient Balance"), ("Refused", "insufficient_balance", False, True)),
        (told("GatewayError"), ("Refused", "gateway_error", True, False)),
        (told("The moon is full, call +250788000105"), ("Refused", "refused", False, False)),
        (told("Sent to 0/1 Total Cost: 0"), ("Refused", "refused", False, False)),
        (told("Sent to 1/1"), ("OutcomeUnknown", "unreadable_answer", False, False)),
        (told("Sent", {}, {}), ("OutcomeUnknown", "unreadable_answer", False, False)),
        ({"SMSMessageData": None}, ("OutcomeUnknown", "unreadable_answer", False, False)),
        ({}, ("OutcomeUnknown", "unreadable_answer", False, False)),
        ([], ("OutcomeUnknown", "unreadable_answer", False, False)),
        ("", ("OutcomeUnknown", "unreadable_answer", False, False)),
        ("[]", ("OutcomeUnknown", "unreadable_answer", False, False)),
        (None, ("OutcomeUnknown", "unreadable_answer", False, False)),
    ],
)
def test_answers_without_one_recipient(answer: object, expected: tuple[Any, ...]) -> None:
    assert code_of(answer) == expected


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (400, (Refused, "http_400", False, True)),
        (401, (Refused, "unauthorized", False, True)),
        (403, (Refused, "unauthorized", False, True)),
        (404, (Refused, "http_404", False, True)),
        (408, (OutcomeUnknown, "http_408", False, False)),
        (429, (Refused, "throttled", True, False)),
        (500, (OutcomeUnknown, "http_500", False, False)),
        (503, (OutcomeUnknown, "http_503", False, False)),
    ],
)
def test_http_statuses(status: int, expected: tuple[Any, ...], raw_server: RawServer) -> None:
    error = caught(raw_server(http_answer(status, "text/plain", "no")))
    assert (type(error), error.code, error.retryable, error.alarm) == expected


def test_a_redirect_is_not_followed_with_the_key(raw_server: RawServer) -> None:
    reached = raw_server(b"")
    error = caught(
        raw_server(
            f"HTTP/1.1 302 Found\r\nLocation: {reached}/\r\nContent-Length: 0\r\n\r\n".encode()
        )
    )
    assert (error.code, error.never_left) == ("http_302", False)
    # Nobody came: the second server still waits for its one connection.
    with pytest.raises(requests.exceptions.ConnectionError):
        requests.post(reached, data="let it end", timeout=2)


@pytest.mark.parametrize(
    "body", ["", "{", '{"SMSMessageData":', "<html>"], ids=["empty", "brace", "cut", "html"]
)
def test_a_broken_body_under_a_json_header(body: str, raw_server: RawServer) -> None:
    error = caught(raw_server(http_answer(201, "application/json", body)))
    assert (type(error), error.code) == (OutcomeUnknown, "unreadable_answer")
