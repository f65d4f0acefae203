"""What answers a hop of osmo-hlr: the turn's screen, or an honest word. No osmo-hlr is needed."""

import contextlib
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from app.wires import hops as wire_hops
from app.wires.hops import Hops
from app.wires.osmocom.answers import Answers
from core.tenants import changes, directory
from providers.osmocom import facility, ipa, strings
from providers.osmocom.gsup import Kind, Message, State
from providers.osmocom.numbers import Numbers
from providers.osmocom.tests.server import Server
from tests.support.tenants import KEYS
from tests.support.ussd import UssdTenant
from tests.support.ussd_fixtures import Proxies

from .conftest import ACCOUNT, IMSI_OF

NOT_NOW = "This cannot be done now. Nothing was taken."
ENDED = "This session has ended. Please dial again."
DIAL_ID = 5
TO_PIN = ("1", "1", "500", "1")
PIN = "2748"


class Ctrl:
    """The numbers of an HLR: says what its CTRL interface says."""

    def __init__(self) -> None:
        self.numbers: dict[str, str] = {}
        self.asked = 0
        self.clients: list[Numbers] = []
        self.server = Server()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def client(self) -> Numbers:
        self.clients.append(Numbers(self.server.address, timeout_s=0.5))
        return self.clients[-1]

    def close(self) -> None:
        for client in self.clients:
            client.close()
        self.server.__exit__()
        self._thread.join(5)

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            self.server.accept()
            while True:
                _, count, node = self.server.hear()[1][1:].decode().split()
                self.asked += 1
                number = self.numbers.get(node.split("-")[-1].partition(".")[0])
                told = f"GET_REPLY {count} {node} {number}" if number else f"ERROR {count} No."
                self.server.say(ipa.OSMO, b"\0" + told.encode())


@pytest.fixture
def ctrl(osmocom: UssdTenant) -> Iterator[Ctrl]:
    made = Ctrl()
    for who, imsi in IMSI_OF.items():
        made.numbers[imsi] = osmocom.people[who].phones[0].lstrip("+")
    yield made
    made.close()


def process(tenant: UssdTenant, ctrl: Ctrl, *, ours: bool = True) -> Answers:
    """What a process that has just been started knows."""
    return Answers(
        ACCOUNT,
        turns=tenant.turns,
        directory=tenant.directory,
        store=tenant.store,
        keys=KEYS,
        numbers=ctrl.client(),
        is_ours=lambda _: ours,
    )


@pytest.fixture
def answers(osmocom: UssdTenant, ctrl: Ctrl) -> Answers:
    return process(osmocom, ctrl)


class Phone:
    """A phone, whose hops are given to a process."""

    def __init__(self, answers: Answers, who: str = "uwera", session_id: int = 7) -> None:
        self.answers = answers
        self.imsi = IMSI_OF.get(who, who)
        self.session_id = session_id
        self.question_id = 0
        self.ends = True
        self.sent: list[tuple[Message, Message | None]] = []

    def dial(self, code: str = "*384*10#") -> str:
        string = strings.encode(code)[1]
        told = b"\x04\x01\x0f\x04" + bytes([len(string)]) + string
        body = bytes([2, 1, DIAL_ID, 2, 1, 0x3B, 0x30, len(told)]) + told
        return self.send(self.message(State.BEGIN, b"\xa1" + bytes([len(body)]) + body))

    def type(self, *answers: str) -> str:
        shown = ""
        for answer in answers:
            shown = self.send(self.message(State.CONTINUE, self.result(answer)))
        return shown

    def result(self, text: str) -> bytes:
        string = strings.encode(text)[1]
        told = b"\x04\x01\x0f\x04" + bytes([len(string)]) + string
        inner = bytes([2, 1, 0x3C, 0x30, len(told)]) + told
        body = bytes([2, 1, self.question_id, 0x30, len(inner)]) + inner
        return b"\xa2" + bytes([len(body)]) + body

    def message(self, state: State, component: bytes) -> Message:
        return Message(Kind.REQUEST, self.imsi, self.session_id, state, component)

    def send(self, message: Message) -> str:
        """The screen. An end answers what was dialled, and a question has an id."""
        told = self.answers.answer(message)
        self.sent.append((message, told))
        assert told is not None
        assert (told.imsi, told.session_id) == (self.imsi, self.session_id)
        component = facility.decode(told.facility)
        self.ends = told.state == State.END
        if self.ends:
            assert (told.kind, component.tag) == (Kind.RESULT, facility.RESULT)
            assert component.invoke_id == DIAL_ID
        else:
            assert (told.kind, component.tag) == (Kind.REQUEST, facility.INVOKE)
            self.question_id = component.invoke_id
        return strings.decode(component.scheme, component.string)


def test_a_payment(osmocom: UssdTenant, answers: Answers, ctrl: Ctrl) -> None:
    phone = Phone(answers)
    assert phone.dial().startswith("Ibimina\n1 Save")
    phone.type(*TO_PIN)
    assert phone.type(PIN).startswith("Saved 500 RWF")
    assert phone.ends
    assert osmocom.entries() == 1
    assert ctrl.asked == 1, "the number is looked up once a session"


def test_a_copy_of_an_answer_gets_the_same_octets(
    osmocom: UssdTenant, answers: Answers, ctrl: Ctrl
) -> None:
    phone = Phone(answers)
    phone.dial()
    phone.type(*TO_PIN, PIN)
    for message, told in phone.sent[1:]:
        assert answers.answer(message) == told
    pay, paid = phone.sent[-1]
    assert paid is not None
    again = process(osmocom, ctrl).answer(pay)
    assert again == paid, "also in another process, and with the id of the phone's dial"
    assert osmocom.entries() == 1


def test_copies_at_once_pay_once(osmocom: UssdTenant, answers: Answers) -> None:
    phone = Phone(answers)
    phone.dial()
    phone.type(*TO_PIN)
    message = phone.message(State.CONTINUE, phone.result(PIN))
    with ThreadPoolExecutor(5) as threads:
        found = list(threads.map(lambda _: answers.answer(message), range(5)))
    assert len({told.facility for told in found if told}) == 1
    assert osmocom.entries() == 1


def test_a_session_goes_on_in_another_process(
    osmocom: UssdTenant, answers: Answers, ctrl: Ctrl
) -> None:
    phone = Phone(answers)
    phone.dial()
    phone.type(*TO_PIN)
    phone.answers = process(osmocom, ctrl)
    assert phone.type(PIN).startswith("Saved 500 RWF")
    assert osmocom.entries() == 1


def test_a_dial_is_never_a_copy(osmocom: UssdTenant, answers: Answers) -> None:
    """osmo-hlr refuses the second of two that begin under one id: what arrives is a new one."""
    phone = Phone(answers)
    menu = phone.dial()
    phone.type("1", "1", "500")
    assert "500 RWF" in phone.dial(), "it goes on where it was"
    assert phone.type("00") == menu


def test_two_phones_with_one_session_id(osmocom: UssdTenant, answers: Answers) -> None:
    one, two = Phone(answers), Phone(answers, "habimana")
    one.dial()
    two.dial()
    one.type(*TO_PIN)
    two.type("1", "1", "700", "1")
    assert "Saved 500 RWF" in one.type(PIN)
    assert "Saved 700 RWF" in two.type("5091")
    assert osmocom.entries() == 2


def test_a_session_that_nobody_knows_is_asked_to_dial_again(answers: Answers) -> None:
    phone = Phone(answers)
    phone.question_id = 3
    assert phone.type("1") == ENDED
    assert not phone.ends, "an end would need an id that nobody knows"


def test_the_code_of_nobody_and_of_another_account(
    osmocom: UssdTenant, answers: Answers, ctrl: Ctrl
) -> None:
    assert Phone(answers).dial("*384*99#") == "This code is not in service."
    assert Phone(answers).dial("*384*100#") == "This code is not in service."
    other = process(osmocom, ctrl, ours=False)
    assert Phone(other).dial() == "This code is not in service."
    begun = Phone(answers)
    begun.dial()
    begun.answers = other
    assert begun.type("1") == ENDED


@pytest.mark.parametrize("number", ["", "1001", "0"])
def test_numbers_that_are_none(ctrl: Ctrl, answers: Answers, number: str) -> None:
    ctrl.numbers["901700000000050"] = number
    phone = Phone(answers, "901700000000050")
    assert phone.dial() == NOT_NOW
    assert phone.ends


def test_a_number_in_the_countrys_own_way(
    osmocom: UssdTenant, ctrl: Ctrl, answers: Answers
) -> None:
    ctrl.numbers["901700000000051"] = "0" + osmocom.people["uwera"].phones[0].removeprefix("+250")
    assert Phone(answers, "901700000000051").dial().startswith("Ibimina\n1 Save")


@pytest.mark.long
def test_ctrl_is_away(ctrl: Ctrl, answers: Answers, caplog: pytest.LogCaptureFixture) -> None:
    ctrl.close()
    for _ in range(2):
        assert Phone(answers).dial() == NOT_NOW
    said = [record.getMessage() for record in caplog.records]
    assert len([line for line in said if "is away" in line]) == 1
    assert not any(IMSI_OF["uwera"] in line for line in said)


def test_a_paused_tenant(osmocom: UssdTenant, answers: Answers) -> None:
    osmocom.change(changes.pause, paused=True, notice={"en": "Closed until Monday."})
    phone = Phone(answers)
    assert phone.dial() == "Closed until Monday."
    assert phone.ends


def test_messages_that_are_no_hops(answers: Answers, caplog: pytest.LogCaptureFixture) -> None:
    phone = Phone(answers)
    phone.dial()
    error = bytes.fromhex("a306020101020148")
    assert answers.answer(phone.message(State.CONTINUE, error)) is None
    assert answers.answer(phone.message(State.END, b"")) is None
    refused = replace(phone.message(State.END, b""), kind=Kind.ERROR, cause=96)
    assert answers.answer(refused) is None
    assert "hlr_error_96" in caplog.text
    told = answers.answer(phone.message(State.BEGIN, b"\xa1\x03\x02\x01\x05"))
    assert told is not None
    assert facility.decode(told.facility).tag == facility.ERROR


def test_a_screen_that_is_cut_raises_an_alarm(
    osmocom: UssdTenant, answers: Answers, caplog: pytest.LogCaptureFixture
) -> None:
    osmocom.change(changes.pause, paused=True, notice={"en": "Closed. " * 19})
    osmocom.admin.execute("UPDATE service SET settings = '{\"budget_septets\": 160}'")
    osmocom.change(directory.touch)
    phone = Phone(answers)
    assert phone.dial() == ("Closed. " * 19)[:128]
    assert "ALARM A screen of *384*10# was cut" in caplog.text


def test_redis_is_away(
    tenant_behind_proxies: UssdTenant, osmocom: UssdTenant, ctrl: Ctrl, proxies: Proxies
) -> None:
    tenant_behind_proxies.directory.refresh()
    phone = Phone(process(tenant_behind_proxies, ctrl))
    phone.dial()
    phone.type("1")
    proxies.redis.shut()
    working = "We are still working on it. Dial again in a minute to see what was done."
    assert phone.type("1") == working
    assert Phone(phone.answers, session_id=8).dial() == NOT_NOW
    phone.answers = process(tenant_behind_proxies, ctrl)
    assert phone.type("1") == working


def test_postgres_is_away(
    tenant_behind_proxies: UssdTenant, osmocom: UssdTenant, ctrl: Ctrl, proxies: Proxies
) -> None:
    tenant_behind_proxies.directory.refresh()
    phone = Phone(process(tenant_behind_proxies, ctrl))
    menu = phone.dial()
    proxies.postgres.shut()
    assert phone.type("3", "00") == menu, "menus go on"
    started = process(tenant_behind_proxies, ctrl)
    tenant_behind_proxies.directory._by_id.clear()
    tenant_behind_proxies.directory._by_code.clear()
    phone.answers = started
    assert phone.type("1") == NOT_NOW
    assert phone.ends
    assert Phone(started, session_id=8).dial() == NOT_NOW


@pytest.mark.parametrize("pages", [1, 2])
def test_a_question_that_takes_two_pages_is_answered_on_either(
    osmocom: UssdTenant, answers: Answers, pages: int
) -> None:
    """Under the reason why it is asked again, with the offer to be called, in French."""
    osmocom.speak("fr")
    phone = Phone(answers)
    phone.dial()
    phone.type("8", "1", PIN)
    shown = phone.type("1234", "1234", "1234")
    assert "98 Suite" in shown
    if pages == 2:
        assert "Choisissez un PIN" in shown + phone.type("98")
    assert "Retapez" in phone.type("8316"), shown
    assert phone.type("8316").startswith("Votre PIN est changé.")


class Slow:
    """Answers when it is let to; the last word of too many."""

    def __init__(self) -> None:
        self.go = threading.Event()

    def answer(self, message: Message) -> Message | None:
        assert self.go.wait(10)
        return message

    def too_many(self, message: Message) -> Message | None:
        return replace(message, cause=1)


def test_hops_that_are_too_many_are_told_so_and_none_is_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(wire_hops, "HOPS_WAITING_MAXIMUM", 10)
    slow, sent = Slow(), list[Message]()
    hops = Hops(slow, sent.append)
    for at in range(12):
        hops.take(Message(Kind.REQUEST, "901700000000001", at, State.BEGIN))
    assert [(one.session_id, one.cause) for one in sent] == [(10, 1), (11, 1)]
    slow.go.set()
    hops.finish()
    assert sorted(one.session_id for one in sent) == list(range(12))


def test_too_many(answers: Answers) -> None:
    phone = Phone(answers)
    phone.dial()
    told = answers.too_many(phone.message(State.CONTINUE, phone.result("1")))
    assert told is not None
    component = facility.decode(told.facility)
    assert (told.state, component.invoke_id) == (State.END, DIAL_ID)
    assert "Too many are calling now" in strings.decode(component.scheme, component.string)
    assert answers.too_many(phone.message(State.END, b"")) is None
