"""A Kannel from Debian, configured as our page says: our sender against its smsbox, its callbacks
against our parsers, and our fake against Kannel's own client of another Kannel's `sendsms`."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
import requests
from werkzeug.wrappers import Request, Response

from providers.contracts.messages import (
    Account,
    DeliveryReport,
    DeliveryStatus,
    Refused,
    Sent,
    Sms,
    SmsInbound,
)
from providers.kannel.fake import Rule
from providers.kannel.send import SmsSender
from providers.kannel.sms import QUERY_IN, parse_report, parse_sms_in
from providers.simulator.process import Fakes
from tests.support.kannel import PASSWORD, Kannel, require_kannel
from tests.support.providers import Us
from tests.support.waiting import until

pytestmark = pytest.mark.long

WITHIN_S = 40  # on a machine that has other work to do
PERSON, GHANAIAN, AMERICAN = "+250788000105", "+233244000105", "+12025550105"
Q, S, D, F = (
    DeliveryStatus.QUEUED,
    DeliveryStatus.SENT,
    DeliveryStatus.DELIVERED,
    DeliveryStatus.FAILED,
)


@dataclass
class Connected:
    """A Kannel that is connected to us, with another one (our fake) behind it."""

    kannel: Kannel
    us: Us
    fakes: Fakes
    sent: int = 0

    def send(self, text: str, to: str = PERSON) -> str:
        """Our id of it, by which the reports come."""
        self.sent += 1
        id = f"019a06fa-467d-7786-b9cb-{self.sent:012d}"
        hook = f"{self.us.url}/hooks/kannel/sms-report/s3cr3t-impuye"
        sms = Sms(to, text, "8100", id, hook)
        sent = SmsSender(Account("piga", PASSWORD, self.kannel.url)).send(sms)
        assert sent.message_id == id
        assert isinstance(sent, Sent)
        return id

    def reports(self, id: str) -> list[DeliveryReport]:
        """In no order: Kannel does not wait for the answer to one before it fetches the next."""
        told = [parse_report(taken.body) for taken in self.us.of("sms-report")]
        return [report for report in told if report.message_id == id]

    def statuses(self, id: str) -> list[DeliveryStatus]:
        return sorted(report.status for report in self.reports(id))

    def has_reports(self, id: str, count: int) -> bool:
        return len(self.reports(id)) == count

    def is_delivered(self, id: str) -> bool:
        return D in self.statuses(id)

    def shown(self, to: str = PERSON) -> list[str]:
        return [text for _, number, text in self.kannel.phone.got() if number == to]

    def texts_in(self) -> list[SmsInbound]:
        return [parse_sms_in(taken.body) for taken in self.us.of("sms-in")]


@pytest.fixture
def connected(us: Us, fakes: Fakes, tmp_path: Path) -> Iterator[Connected]:
    require_kannel()
    upstream = (f"{fakes.url}/kannel/cgi-bin/sendsms", "impuye", "k3y")
    hook = f"{us.url}/hooks/kannel/sms-in/s3cr3t-impuye?{QUERY_IN}"
    folder = tmp_path / "kannel"
    folder.mkdir()
    with Kannel(folder, hook, upstream=upstream) as kannel:
        yield Connected(kannel, us, fakes)


def test_texts_arrive_as_they_are_and_are_reported_under_our_id(connected: Connected) -> None:
    texts = [
        "Paid RWF 500 to Impuye. Ref 7K2M",
        "École à 5 € [1]\nMerci",
        "ሰላም, 500 ብር",
        "Garçon, `5` 😀",
        "a+b & c  d=e 50% %d",
    ]
    ids = [connected.send(text) for text in texts]
    until(lambda: len(connected.shown()) == len(texts), WITHIN_S)
    assert sorted(connected.shown()) == sorted(texts)
    for id in ids:
        until(partial(connected.has_reports, id, 2), WITHIN_S)
        assert connected.statuses(id) == [S, D]
        assert {report.address for report in connected.reports(id)} == {PERSON}
    assert {sender for sender, _, _ in connected.kannel.phone.got()} == {"8100"}


def test_a_long_text_arrives_whole_in_parts(connected: Connected) -> None:
    long, other = "Murakoze cyane. " * 24 + "€", "ሰላም " * 40 + "😀"
    connected.send(long.strip())
    until(lambda: len(connected.shown()) == 3, WITHIN_S)
    assert "".join(connected.shown()) == long.strip()
    connected.send(other)
    until(lambda: len(connected.shown()) == 3 + 3, WITHIN_S)
    raw = "".join(connected.shown()[3:]).encode("utf-16-be", "surrogatepass")
    assert raw.decode("utf-16-be") == other


def test_what_it_refuses(connected: Connected) -> None:
    with pytest.raises(Refused) as unrouted:
        connected.send("Muraho", AMERICAN)
    assert unrouted.value.code == "no_route"
    with pytest.raises(Refused) as unknown:
        SmsSender(Account("piga", "wrong", connected.kannel.url)).send(Sms(PERSON, "x", "8100"))
    assert (unknown.value.code, unknown.value.alarm) == ("unauthorized", True)
    with pytest.raises(Refused) as nameless:
        SmsSender(Account("piga", PASSWORD, connected.kannel.url)).send(Sms(PERSON, "x"))
    assert nameless.value.code == "invalid_sender"
    time.sleep(0.5)
    assert connected.shown() == []


def test_without_an_smsc_it_queues_and_sends_later(connected: Connected) -> None:
    connected.kannel.phone.leave()
    words: list[str] = []

    def queued() -> bool:
        account = Account("piga", PASSWORD, connected.kannel.url)
        words.append(SmsSender(account).send(Sms(PERSON, f"n {len(words)}", "8100")).raw_status)
        return words[-1] == "Queued for later delivery"

    until(queued, WITHIN_S)
    connected.kannel.phone.join()
    until(lambda: f"n {len(words) - 1}" in connected.shown(), WITHIN_S)


@pytest.mark.parametrize("ucs2", [False, True])
def test_what_people_write_comes_in(connected: Connected, ucs2: bool) -> None:
    texts = ["BAL", "a b  c & d=e 100%", "100 € ሰላም" if ucs2 else "café 100 €"]
    for text in texts:
        connected.kannel.phone.write(PERSON, "8100", text, ucs2=ucs2)
    until(lambda: len(connected.texts_in()) == len(texts), WITHIN_S)
    read = connected.texts_in()
    assert sorted(text.text for text in read) == sorted(texts)
    assert {(text.address, text.to, text.network) for text in read} == {(PERSON, "8100", "phones")}
    assert len({text.event_id for text in read}) == len(texts)
    assert all(text.at is not None and abs(text.at.timestamp() - time.time()) < 60 for text in read)


@pytest.mark.parametrize("status", [503, 404])
def test_what_we_do_not_take_comes_again_and_the_phone_reads_nothing(
    connected: Connected, status: int
) -> None:
    """Neither its own apology nor our words; and with the same id, so that a copy is known."""
    left = {"sms-in": 2, "sms-report": 2}

    def respond(request: Request) -> Response | None:
        kind = request.path.split("/")[3]
        left[kind] -= 1
        return Response("not now", status) if left[kind] >= 0 else None

    connected.us.respond = respond
    connected.kannel.phone.write(PERSON, "8100", "BAL")
    until(lambda: len(connected.texts_in()) == 3, WITHIN_S)
    assert len({text.event_id for text in connected.texts_in()}) == 1
    id = connected.send("Balance: RWF 500")
    until(lambda: len(connected.reports(id)) == 4, WITHIN_S)
    assert set(connected.statuses(id)) == {S, D}
    time.sleep(1)
    assert connected.shown() == ["Balance: RWF 500"]


def test_our_fake_serves_a_kannel(connected: Connected) -> None:
    """Kannel's own client sends to the fake, and what the fake reports comes to us by our id."""
    texts = ["Akwaaba é", "ሰላም 😀 x", "line\ntwo & 50%"]
    ids = [connected.send(text, GHANAIAN) for text in texts]
    for id in ids:
        until(partial(connected.is_delivered, id), WITHIN_S)
        assert set(connected.statuses(id)) == {S, D}
    kept = connected.fakes.kannel.texts.find(lambda _: True)
    assert sorted(text.text for text in kept) == sorted(texts)
    assert {(text.username, text.sender, text.to) for text in kept} == {
        ("impuye", "8100", GHANAIAN)
    }


def test_what_our_fake_says_of_a_failure_comes_through_a_kannel(connected: Connected) -> None:
    connected.fakes.kannel.rules[GHANAIAN] = Rule([8, 2], "id:1 stat:UNDELIV err:011")
    id = connected.send("Akwaaba", GHANAIAN)
    until(lambda: F in connected.statuses(id), WITHIN_S)
    assert D not in connected.statuses(id)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_fake_answers_as_the_real_one(connected: Connected, method: str) -> None:
    usual = {"from": "8100", "to": PERSON, "text": "Muraho", "charset": "UTF-8"}
    cases: list[tuple[dict[str, str | None], int]] = [
        ({}, 202),
        ({"text": ""}, 202),
        ({"text": None}, 202),
        ({"password": "wrong"}, 403),
        ({"password": None}, 403),
        ({"username": "nobody"}, 403),
        ({"to": ""}, 400),
        ({"to": None}, 400),
        ({"from": None}, 400),
    ]
    for changed, status in cases:
        answers = []
        for url, username, password in (
            (f"{connected.fakes.url}/kannel", "impuye", "k3y"),
            (connected.kannel.url, "piga", PASSWORD),
        ):
            asked = {**usual, "username": username, "password": password, **changed}
            answers.append(ask(f"{url}/cgi-bin/sendsms", method, asked))
        ours, theirs = answers
        assert ours == theirs, (changed, ours, theirs)
        assert ours[0] == status, changed
    for url in (f"{connected.fakes.url}/kannel", connected.kannel.url):
        form = requests.post(f"{url}/cgi-bin/sendsms", data=usual, timeout=5)
        assert (form.status_code, form.text) == (400, "Invalid content-type")
        gone = requests.get(f"{url}/nothing", timeout=5)
        assert (gone.status_code, gone.text) == (404, "Unknown request.")


def ask(url: str, method: str, asked: dict[str, str | None]) -> tuple[object, ...]:
    """Status, words and the headers that matter."""
    given = {name: value for name, value in asked.items() if value is not None}
    if method == "GET":
        answer = requests.get(url, params=given, timeout=5)
    else:
        text = given.pop("text", "").encode()
        headers = {f"X-Kannel-{name.title()}": value for name, value in given.items()}
        headers["Content-Type"] = "text/plain; charset=UTF-8"
        answer = requests.post(url, data=text, headers=headers, timeout=5)
    kept = ("Content-Type", "Pragma", "Cache-Control")
    return answer.status_code, answer.text, *(answer.headers.get(name) for name in kept)
