"""Many handsets by one request, in a form or in JSON: the bytes on the wire, the same answers."""

import json
from collections.abc import Callable
from urllib.parse import parse_qs

import pytest
import requests
from africastalking.SMS import SMSService
from werkzeug.wrappers import Response

from providers.africastalking.fake import Mode, Rule
from providers.africastalking.send import SmsSender
from providers.contracts.messages import Account, OutcomeUnknown, Refused, SendError, Sent, Sms
from providers.simulator.process import Fakes
from tests.support.providers import Us, http_answer

A, B, C = "+250788000105", "+250788000106", "+250788000107"
NEWS = "Kopera meets on Saturday."
BOTH = pytest.mark.parametrize("bulk_format", ["form", "json"])
RawServer = Callable[[bytes | None], str]


def sender(url: str, bulk_format: str) -> SmsSender:
    return SmsSender(Account("impuye", "k3y", url, options=(("bulk_format", bulk_format),)))


def codes(found: list[Sent | SendError]) -> list[str]:
    return [each.code if isinstance(each, SendError) else "sent" for each in found]


@BOTH
def test_each_has_its_own_id_and_cost(fakes: Fakes, bulk_format: str) -> None:
    found = sender(f"{fakes.url}/at", bulk_format).send_many([A, B, C], NEWS, "IMPUYE")
    kept = fakes.texts.find(lambda _: True)
    assert [(text.to, text.text, text.sender) for text in kept] == [
        (number, NEWS, "IMPUYE") for number in (A, B, C)
    ]
    assert [each.message_id for each in found if isinstance(each, Sent)] == [t.id for t in kept]
    assert fakes.rest.requests == 1


@BOTH
def test_one_that_is_refused_says_nothing_of_the_others(fakes: Fakes, bulk_format: str) -> None:
    fakes.rest.rules = {B: Rule(code=406)}
    found = sender(f"{fakes.url}/at", bulk_format).send_many([A, "0788000105", B, C], NEWS, None)
    assert codes(found) == ["sent", "invalid_number", "blacklisted", "sent"]


@BOTH
@pytest.mark.parametrize(
    ("mode", "kind", "code"),
    [
        (Mode("unauthorized"), Refused, "unauthorized"),
        (Mode("http"), OutcomeUnknown, "http_502"),
        (Mode("http", status=302), Refused, "http_302"),
        (Mode("empty"), Refused, "invalid_sender"),
        (Mode("drop_before"), OutcomeUnknown, "connection_dropped"),
        (Mode("drop_after"), OutcomeUnknown, "connection_dropped"),
        (Mode("xml"), OutcomeUnknown, "unreadable_answer"),
    ],
)
def test_what_is_about_all_is_raised(
    fakes: Fakes, bulk_format: str, mode: Mode, kind: type[SendError], code: str
) -> None:
    fakes.rest.script([mode])
    with pytest.raises(SendError) as error:
        sender(f"{fakes.url}/at", bulk_format).send_many([A, B, C], NEWS, "IMPUYE")
    assert (type(error.value), error.value.code) == (kind, code)


@BOTH
def test_numbers_without_a_plus_are_known_again(raw_server: RawServer, bulk_format: str) -> None:
    entries = [
        {"number": number[1:], "statusCode": 101, "status": "Success", "messageId": number[-1]}
        for number in (C, A)
    ]
    said = {"SMSMessageData": {"Message": "Sent to 2/3", "Recipients": entries}}
    url = raw_server(http_answer(201, "application/json", json.dumps(said)))
    found = sender(url, bulk_format).send_many([A, B, C], NEWS, None)
    assert codes(found) == ["sent", "unreadable_answer", "sent"]


@BOTH
def test_the_request(us: Us, bulk_format: str) -> None:
    us.respond = lambda request: Response("{}", 201, content_type="application/json")
    with pytest.raises(OutcomeUnknown):
        sender(us.url, bulk_format).send_many([A, B, C], NEWS, "IMPUYE")
    [taken] = us.taken
    assert (taken.headers["apikey"], taken.headers["accept"]) == ("k3y", "application/json")
    if bulk_format == "json":
        assert taken.path == "/version1/messaging/bulk"
        assert json.loads(taken.body) == {
            "username": "impuye",
            "message": NEWS,
            "senderId": "IMPUYE",
            "phoneNumbers": [A, B, C],
            "enqueue": 1,
        }
    else:
        assert taken.path == "/version1/messaging"
        form = {name: value for name, [value] in parse_qs(taken.body.decode()).items()}
        assert (form["to"], form["message"], form["from"]) == (f"{A},{B},{C}", NEWS, "IMPUYE")


def test_one_handset_is_always_a_form(us: Us) -> None:
    us.respond = lambda request: Response("{}", 201, content_type="application/json")
    with pytest.raises(OutcomeUnknown):
        sender(us.url, "json").send(Sms(A, NEWS))
    assert us.taken[0].path == "/version1/messaging"


def test_a_format_that_there_is_not() -> None:
    with pytest.raises(Refused, match=r"^bad_account$"):
        sender("http://127.0.0.1:9", "xml")


def test_the_fake_serves_the_sdk(fakes: Fakes) -> None:
    service = SMSService("impuye", "k3y")
    service._baseUrl = f"{fakes.url}/at/version1"
    told = service.send(NEWS, [A, B, C], sender_id="IMPUYE", enqueue=True)
    assert [each["number"] for each in told["SMSMessageData"]["Recipients"]] == [A, B, C]


@pytest.mark.parametrize("body", ["[]", '{"phoneNumbers": "+250788000105"}', "no JSON"])
def test_the_fake_refuses_what_is_no_bulk_request(fakes: Fakes, body: str) -> None:
    refused = requests.post(
        f"{fakes.url}/at/version1/messaging/bulk",
        data=body,
        headers={"apiKey": "k3y", "Content-Type": "application/json"},
        timeout=5,
    )
    assert refused.status_code == 400
