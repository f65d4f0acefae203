"""A worker's text and the process that holds the bind: whatever is killed, it is known whether the
text may have left, and it never leaves twice."""

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from providers.contracts.messages import (
    Account,
    NotSent,
    OutcomeUnknown,
    Refused,
    Scope,
    Sent,
    Sms,
)
from providers.smpp import hand_over, send
from providers.smpp.fake import Centre
from providers.smpp.send import SmppSender

CHECKOUT = Path(__file__).parents[3]
NUMBER = "+250788123456"


@pytest.fixture
def centre() -> Iterator[Centre]:
    with Centre(accounts={"piga": "pw"}) as running:
        yield running


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "main.json"


Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def start(centre: Centre, file: Path) -> Iterator[Start]:
    """Starts a process, which is bound by then."""
    running: list[subprocess.Popen[bytes]] = []

    def begin(*own: str) -> subprocess.Popen[bytes]:
        binds = centre.binds
        command = [sys.executable, "-m", "providers.smpp.tests.bind_process"]
        process = subprocess.Popen([*command, centre.url, str(file), *own], cwd=CHECKOUT)
        running.append(process)
        assert centre.wait(lambda: centre.binds > binds)
        time.sleep(0.05)  # it reads that it is bound
        return process

    yield begin
    for process in running:
        process.kill()
        process.wait()
    path = hand_over.socket_path(file)
    if path is not None:
        path.unlink(missing_ok=True)
        path.parent.rmdir()


@pytest.fixture
def sender(file: Path) -> SmppSender:
    return SmppSender(Account("piga", "pw", options=(("hand_over", str(file)),)))


@pytest.fixture
def later() -> Iterator[Callable[[SmppSender, str], "Future[Sent]"]]:
    with ThreadPoolExecutor(4) as pool:
        yield lambda sender, text: pool.submit(sender.send, Sms(NUMBER, text, "8100"))


Later = Callable[[SmppSender, str], "Future[Sent]"]


def test_a_text_goes_out_through_the_process(
    centre: Centre, start: Start, sender: SmppSender
) -> None:
    start()
    sent = sender.send(Sms(NUMBER, "Murakoze 😀", "IMPUYE"))
    assert sent.message_id == f"main/{centre.accepted[0].id}"
    assert centre.handset.texts(NUMBER) == ["Murakoze 😀"]
    assert centre.handset.senders(NUMBER) == ["IMPUYE"]
    assert centre.accepted[0].message.source_addr_ton == 5


def test_where_no_process_has_ever_run_nothing_leaves(sender: SmppSender) -> None:
    with pytest.raises(NotSent, match="bind_away"):
        sender.send(Sms(NUMBER, "x"))


def test_where_the_process_is_gone_nothing_leaves(start: Start, sender: SmppSender) -> None:
    process = start()
    process.kill()
    process.wait()
    with pytest.raises(NotSent, match="bind_away"):
        sender.send(Sms(NUMBER, "x"))


def test_a_new_process_takes_the_folder_of_the_one_that_was_killed(
    centre: Centre, start: Start, sender: SmppSender, file: Path
) -> None:
    process = start()
    before = json.loads(file.read_text())
    process.kill()
    process.wait()
    start()
    assert json.loads(file.read_text()) == before
    assert sender.send(Sms(NUMBER, "x"))


def test_killed_with_a_text_on_its_way_the_text_is_unknown(
    centre: Centre, start: Start, sender: SmppSender, later: Later
) -> None:
    process = start()
    centre.misbehave(answer_delay_s=1.0)
    outcome = later(sender, "x")
    assert centre.wait(lambda: centre.submits == 1)
    process.kill()
    with pytest.raises(OutcomeUnknown, match="connection_dropped"):
        outcome.result(10)


def test_killed_with_a_text_that_waits_for_its_turn_the_text_has_not_left(
    centre: Centre, start: Start, sender: SmppSender, later: Later
) -> None:
    process = start("window=1", "messages_a_second=0")
    centre.misbehave(answer_delay_s=1.0)
    first = later(sender, "first")
    assert centre.wait(lambda: centre.submits == 1)
    second = later(sender, "second")
    time.sleep(0.2)
    process.kill()
    with pytest.raises(NotSent, match="bind_away"):
        second.result(10)
    with pytest.raises(OutcomeUnknown):
        first.result(10)


def test_killed_while_a_busy_centre_is_waited_for_the_text_has_not_left(
    centre: Centre, start: Start, sender: SmppSender, later: Later
) -> None:
    process = start()
    centre.misbehave(throttle=frozenset(range(1, 100)))
    outcome = later(sender, "x")
    assert centre.wait(lambda: centre.submits >= 1)
    time.sleep(0.1)  # it is held back for half a second
    process.kill()
    with pytest.raises(NotSent, match="bind_away"):
        outcome.result(10)
    assert centre.accepted == []


def test_a_process_that_hangs_never_sends_what_was_given_up(
    centre: Centre,
    start: Start,
    sender: SmppSender,
    later: Later,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(send, "ANSWER_WITHIN_S", 0.5)
    process = start()
    process.send_signal(signal.SIGSTOP)
    outcome = later(sender, "x")
    with pytest.raises(NotSent, match="queue_full"):
        outcome.result(10)
    process.send_signal(signal.SIGCONT)
    time.sleep(0.5)
    assert (centre.submits, centre.accepted) == (0, [])
    monkeypatch.undo()
    assert sender.send(Sms(NUMBER, "y"))


def test_a_process_that_hangs_after_it_left_leaves_it_unknown(
    centre: Centre,
    start: Start,
    sender: SmppSender,
    later: Later,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(send, "ANSWER_WITHIN_S", 0.5)
    start()
    centre.misbehave(answer_delay_s=2.0)
    with pytest.raises(OutcomeUnknown, match="answer_timeout"):
        later(sender, "x").result(10)
    assert centre.wait(lambda: len(centre.accepted) == 1)


def test_a_worker_that_is_gone_before_its_turn_sends_nothing(
    centre: Centre, start: Start, sender: SmppSender, later: Later, file: Path
) -> None:
    start("window=1", "messages_a_second=0")
    centre.misbehave(answer_delay_s=0.5)
    first = later(sender, "first")
    assert centre.wait(lambda: centre.submits == 1)
    script = (
        "import socket, sys, time; from pathlib import Path\n"
        "from providers.smpp import hand_over; from providers.contracts.messages import Sms\n"
        "path = hand_over.socket_path(Path(sys.argv[1]))\n"
        "s = socket.socket(socket.AF_UNIX); s.connect(str(path))\n"
        "s.sendall(hand_over.encode(Sms(sys.argv[2], 'second'))); print('told', flush=True)\n"
        "time.sleep(60)"
    )
    worker = subprocess.Popen(
        [sys.executable, "-c", script, str(file), NUMBER], cwd=CHECKOUT, stdout=subprocess.PIPE
    )
    assert worker.stdout is not None
    assert worker.stdout.readline() == b"told\n"
    worker.kill()
    worker.communicate()
    assert first.result(10)
    time.sleep(0.3)
    assert centre.handset.texts(NUMBER) == ["first"]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (0x0A, ("invalid_sender", Scope.SENDER, True, False)),
        (0x0B, ("invalid_number", Scope.TEXT, False, False)),
        (0x08, ("gateway_error", Scope.ACCOUNT, False, True)),
    ],
)
def test_a_refusal_comes_back_as_it_was(
    centre: Centre,
    start: Start,
    sender: SmppSender,
    status: int,
    expected: tuple[str, Scope, bool, bool],
) -> None:
    start()
    centre.misbehave(refuse=((1, status),))
    with pytest.raises(Refused) as refused:
        sender.send(Sms(NUMBER, "x"))
    told = refused.value
    assert (told.code, told.scope, told.alarm, told.retryable) == expected
    assert told.detail == f"status 0x{status:02X}"


@pytest.mark.parametrize(
    ("sms", "code"),
    [
        (Sms("0788123456", "x"), "invalid_number"),
        (Sms(NUMBER, " \n"), "empty_text"),
        (Sms(NUMBER, "x" * 1_601), "text_too_long"),
        (Sms(NUMBER, "x", "a name that is too long"), "invalid_sender"),
        (Sms(NUMBER, "x", "nul\0"), "invalid_sender"),
    ],
)
def test_what_cannot_be_sent_is_refused_before_anything_is_asked(
    sender: SmppSender, sms: Sms, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        sender.send(sms)
    assert (refused.value.code, refused.value.never_left) == (code, True)
    assert NUMBER not in str(refused.value)


def test_an_account_without_a_bind_is_refused() -> None:
    with pytest.raises(Refused, match="bad_account"):
        SmppSender(Account("piga", "pw"))


def test_many_at_once_are_all_sent_once_through_kills(
    centre: Centre, start: Start, sender: SmppSender
) -> None:
    """Forty texts by four workers, each again where it provably has not left, while the process is
    killed again and again: each is on the handset once, or unknown and there at most once."""
    stop = threading.Event()
    process = start("window=2", "messages_a_second=0")
    centre.misbehave(answer_delay_s=0.03)

    def one(number: int) -> str:
        for _ in range(200):
            try:
                sender.send(Sms(NUMBER, f"text {number}", "8100"))
                return "sent"
            except NotSent:
                time.sleep(0.05)
            except OutcomeUnknown:
                return "unknown"
        return "given up"

    def kill() -> None:
        nonlocal process
        while not stop.wait(0.4):
            process.kill()
            process.wait()
            process = start("window=2", "messages_a_second=0")

    killer = threading.Thread(target=kill)
    killer.start()
    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(one, range(40)))
    stop.set()
    killer.join()
    there = centre.handset.texts(NUMBER)
    assert len(there) == len(set(there))
    assert "given up" not in outcomes
    for number, outcome in enumerate(outcomes):
        if outcome == "sent":
            assert f"text {number}" in there
