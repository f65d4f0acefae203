"""The fake smsbox: it reports as Kannel does, brings texts in with its escapes, and asks again."""

import time
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode

import pytest
import requests
from werkzeug.wrappers import Response

from providers.contracts.messages import DeliveryStatus
from providers.kannel.callbacks import Options
from providers.kannel.escapes import filled, text_escapes
from providers.kannel.fake import Rule
from providers.kannel.sms import parse_report, parse_sms_in
from providers.kannel.tests.sending import ID, PERSON, sender
from providers.kannel.tests.sending import RECEIPT as WITHOUT_HOOK
from providers.simulator.process import Fakes
from tests.support.providers import Us, told
from tests.support.waiting import until

S, D, F = DeliveryStatus.SENT, DeliveryStatus.DELIVERED, DeliveryStatus.FAILED


def send(fakes: Fakes, us: Us) -> None:
    hook = f"{us.url}/hooks/kannel/sms-report/s3cr3t-impuye"
    sender(f"{fakes.url}/kannel").send(replace(WITHOUT_HOOK, report_url=hook))


def statuses(us: Us) -> list[DeliveryStatus]:
    reports = [parse_report(taken.body) for taken in us.of("sms-report")]
    assert all((report.message_id, report.address) == (ID, PERSON) for report in reports)
    return [report.status for report in reports]


def set_up(fakes: Fakes, **options: object) -> None:
    kannel = fakes.kannel.callbacks
    kannel.options = kannel.options.changed(options)


@pytest.mark.parametrize(
    ("options", "rule", "came"),
    [
        ({}, Rule(), [S, D]),
        ({"dlr": "reorder"}, Rule(), [D, S]),
        ({"dlr": "twice"}, Rule(), [S, S, D, D]),
        ({"dlr": "off"}, Rule(), []),
        ({}, Rule([8, 2], "id:1 stat:UNDELIV err:011"), [S, F]),
        ({}, Rule([16], "NACK/0x0000000b/Invalid Destination Address"), [F]),
        ({}, Rule([]), []),
    ],
)
def test_reports_come_to_the_address_of_the_text(
    fakes: Fakes, us: Us, options: dict[str, object], rule: Rule, came: list[DeliveryStatus]
) -> None:
    set_up(fakes, **options)
    fakes.kannel.rules[PERSON] = rule
    send(fakes, us)
    assert fakes.later.settle()
    assert statuses(us) == came


def test_a_report_that_is_not_taken_comes_again(fakes: Fakes, us: Us) -> None:
    refused = iter([503, 404])
    us.respond = lambda request: Response("", next(refused, 200))
    send(fakes, us)
    until(lambda: len(statuses(us)) == 4)
    assert fakes.later.settle()
    assert (fakes.kannel.callbacks.counts.retried, fakes.kannel.callbacks.counts.taken) == (2, 2)
    [text] = fakes.kannel.texts.find(lambda _: True)
    assert text.status == "1"


def test_without_retries_a_report_is_lost(fakes: Fakes, us: Us) -> None:
    """As Kannel comes: `http-request-retry` is 0."""
    set_up(fakes, request_retry=0)
    us.respond = lambda request: Response("", 503)
    send(fakes, us)
    assert fakes.later.settle()
    assert len(statuses(us)) == 2
    assert fakes.kannel.callbacks.counts.given_up == 2


@pytest.mark.parametrize(
    "text", ["BAL", "a+b & c  d=e\né", "100 € ሰላም", "OK 😀", "", "50% %I %", " \nx "]
)
def test_a_text_comes_in_as_it_was_typed(fakes: Fakes, us: Us, text: str) -> None:
    id = fakes.kannel.callbacks.text_in(PERSON, "8100", text)
    assert fakes.later.settle()
    [taken] = us.of("sms-in")
    read = parse_sms_in(taken.body)
    assert (read.event_id, read.address, read.to, read.text) == (id, PERSON, "8100", text)
    assert taken.headers["user-agent"] == "Kannel/1.4.5"
    assert fakes.kannel.callbacks.counts.spoken == 0, "our answer would go to the phone"


def test_copies_have_one_id(fakes: Fakes, us: Us) -> None:
    id = fakes.kannel.callbacks.text_in(PERSON, "8100", "1", copies=3)
    assert fakes.later.settle()
    assert [parse_sms_in(taken.body).event_id for taken in us.of("sms-in")] == [id] * 3


def test_squeezed_ucs2_is_broken_and_byte_by_byte_is_not() -> None:
    """Why `piga hooks` says %b: a blank before €, and every letter that has a byte of one."""
    escapes = text_escapes("5a", PERSON, "8100", "ሰ €")
    for escape, right in (("%a", False), ("%b", True)):
        query = filled(f"id=%I&from=%p&to=%P&coding=%c&charset=%C&text={escape}", escapes)
        assert (parse_sms_in(query.encode()).text == "ሰ €") is right


def test_a_number_that_no_hook_has(fakes: Fakes, us: Us) -> None:
    fakes.kannel.callbacks.text_in(PERSON, "9999", "BAL")
    assert fakes.later.settle()
    assert (us.taken, fakes.kannel.callbacks.counts.no_hook) == ([], 1)


def test_a_long_text_is_cut_where_parts_are_not_allowed(fakes: Fakes) -> None:
    long = replace(WITHOUT_HOOK, text="a" * 400)
    sender(f"{fakes.url}/kannel").send(long)
    set_up(fakes, concatenation=False)
    sender(f"{fakes.url}/kannel").send(long)
    whole, cut = fakes.kannel.texts.find(lambda _: True)
    assert (len(whole.text), len(cut.text)) == (400, 160)


# --- as others speak to it ------------------------------------------------------------------------

ASKED = {
    "username": "impuye",
    "password": "k3y",
    "from": "8100",
    "to": PERSON,
    "text": "Muraho é",
    "charset": "UTF-8",
}


def get(fakes: Fakes, **changed: str) -> tuple[int, str]:
    query = urlencode({k: v for k, v in (ASKED | changed).items() if v != "-"})
    answer = requests.get(f"{fakes.url}/kannel/cgi-bin/sendsms?{query}", timeout=5)
    assert answer.headers["Content-Type"] == "text/html"
    return answer.status_code, answer.text


@pytest.mark.parametrize(
    ("changed", "status", "body"),
    [
        ({}, 202, "0: Accepted for delivery"),
        ({"user": "impuye", "username": "-"}, 202, "0: Accepted for delivery"),
        ({"pass": "k3y", "password": "-"}, 202, "0: Accepted for delivery"),
        ({"text": ""}, 202, "0: Accepted for delivery"),
        ({"text": "-"}, 202, "0: Accepted for delivery"),
        ({"password": "k4y"}, 403, "Authorization failed for sendsms"),
        ({"username": "-"}, 403, "Authorization failed for sendsms"),
        ({"to": "-"}, 400, "Missing receiver number, rejected"),
        ({"from": "-"}, 400, "Sender missing and no global set, rejected"),
    ],
)
def test_a_get_as_other_clients_make_it(
    fakes: Fakes, changed: dict[str, str], status: int, body: str
) -> None:
    assert get(fakes, **changed) == (status, body)
    assert len(fakes.kannel.texts.find(lambda _: True)) == (status == 202)


@pytest.mark.parametrize(
    ("coding", "charset", "raw"),
    [
        ("0", "UTF-8", "ሰላም é".encode()),
        ("2", "UTF-8", "ሰላም é".encode()),
        ("2", "UTF-16BE", "ሰላም é".encode("utf-16-be")),
        ("2", "", "ሰላም é".encode("utf-16-be")),
    ],
)
def test_the_text_of_a_get_is_in_its_charset(
    fakes: Fakes, coding: str, charset: str, raw: bytes
) -> None:
    more = urlencode({**ASKED, "coding": coding, "charset": charset, "text": raw})
    requests.get(f"{fakes.url}/kannel/cgi-bin/sendsms?{more}", timeout=5)
    [text] = fakes.kannel.texts.find(lambda _: True)
    assert text.text == "ሰላም é"


def test_several_receivers_are_several_texts(fakes: Fakes) -> None:
    get(fakes, to=f"{PERSON} +250788000106")
    assert [text.to for text in fakes.kannel.texts.find(lambda _: True)] == [
        *(PERSON, "+250788000106")
    ]


def test_a_form_is_not_taken(fakes: Fakes) -> None:
    answer = requests.post(f"{fakes.url}/kannel/cgi-bin/sendsms", data=ASKED, timeout=5)
    assert (answer.status_code, answer.text) == (400, "Invalid content-type")


def test_another_path_is_unknown(fakes: Fakes) -> None:
    answer = requests.get(f"{fakes.url}/kannel/cgi-bin/sendota", timeout=5)
    assert (answer.status_code, answer.text) == (404, "Unknown request.")


# --- as the phone page drives it ------------------------------------------------------------------


def control(fakes: Fakes, path: str, body: dict[str, object]) -> requests.Response:
    return requests.post(f"{fakes.url}/phone/{path}", json=body, timeout=5)


def test_the_phone_writes_to_the_number_that_is_here(fakes: Fakes, us: Us) -> None:
    for to in ("8100", "7227"):
        assert control(fakes, "text", {"from": PERSON, "to": to, "text": "BAL"}).ok
    assert fakes.later.settle()
    assert [taken.path.split("/")[2] for taken in us.of("sms-in")] == ["kannel", "africastalking"]
    [form] = told(us, "sms-in")[1:]
    assert form["to"] == "7227"


def test_one_inbox_shows_the_texts_of_both(fakes: Fakes, us: Us) -> None:
    send(fakes, us)
    shown = requests.get(f"{fakes.url}/phone/inbox?msisdn={PERSON}", timeout=5).json()
    assert [(text["from"], text["text"]) for text in shown] == [("8100", WITHOUT_HOOK.text)]
    assert control(fakes, "forget", {"accounts": ["impuye"]}).ok
    assert requests.get(f"{fakes.url}/phone/inbox?msisdn={PERSON}", timeout=5).json() == []


def test_faults_are_set_and_reset(fakes: Fakes) -> None:
    wanted = {
        "modes": [{"mode": "queued"}],
        "numbers": {PERSON: {"plan": [2], "answer": "stat:EXPIRED"}},
        "dlr": "twice",
    }
    assert control(fakes, "faults", {"kannel": wanted}).ok
    assert get(fakes) == (202, "3: Queued for later delivery")
    assert fakes.kannel.rules[PERSON] == Rule([2], "stat:EXPIRED")
    assert fakes.kannel.callbacks.options.dlr == "twice"
    assert control(fakes, "faults", {"reset": True}).ok
    assert (fakes.kannel.rules, fakes.kannel.callbacks.options) == ({}, Options())


@pytest.mark.parametrize(
    "wanted",
    [
        {"modes": [{"mode": "explode"}]},
        {"modes": [{"mode": "delay", "delay_s": 9_999}]},
        {"modes": "delay"},
        {"numbers": []},
        {"numbers": {PERSON: {"plans": []}}},
        {"dlr": "never"},
        {"request_retry": 0.5},
        {"concatenation": 1},
        {"nonsense": 1},
    ],
)
def test_what_cannot_be_set(fakes: Fakes, wanted: dict[str, object]) -> None:
    assert control(fakes, "faults", {"kannel": wanted}).status_code == 400
    assert get(fakes) == (202, "0: Accepted for delivery")


def test_reports_go_on_after_a_restart(fakes: Fakes, us: Us) -> None:
    set_up(fakes, dlr="off")
    send(fakes, us)
    set_up(fakes, dlr="on")
    fakes.kannel.callbacks.resume()
    assert fakes.later.settle()
    assert statuses(us) == [S, D]
    fakes.kannel.callbacks.resume()
    assert fakes.later.settle()
    assert len(statuses(us)) == 2, "what has its final report is not reported again"


@pytest.mark.parametrize(
    ("url", "out"),
    [
        ("http://x/?id=a&type=%d&to=%p", "http://x/?id=a&type=8&to=%2B25078"),
        ("http://x/a%%20b?%d", "http://x/a%20b?8"),
        ("http://x/?%z%d", "http://x/?%z8"),
    ],
)
def test_escapes(url: str, out: str) -> None:
    assert filled(url, {"d": "8", "p": "+25078"}) == out


def test_a_query_of_escapes_is_read_back() -> None:
    query = filled("t=%t&T=%T&P=%P&i=%i&C=%C", text_escapes("5a", PERSON, "8100", "é"))
    read = dict(parse_qsl(query))
    assert (read["P"], read["i"], read["C"]) == ("8100", "fake", "UTF-8")
    assert abs(int(read["T"]) - time.time()) < 10
