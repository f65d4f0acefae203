"""SSMI's messages, table by table, and a whole connection with a fake of TruTeq."""

import threading
from dataclasses import replace

import pytest

from providers.contracts.errors import BadPayload
from providers.lines.connection import Connection, NotLetIn, Owner, Timing, Told
from providers.lines.ussd import LineEnded, LineEvent, LineHop
from providers.truteq import ssmi
from providers.truteq.adapter import Line, Talk
from providers.truteq.fake import Truteq

NUMBER = "27820001234"
QUICK = Timing(1.0, 1.0, 0.2, 0.3, 0.02, 0.1, 0.02)


def talk() -> Talk:
    return Talk("piga", "word")


def event(line: bytes) -> LineEvent | None:
    [told] = talk().take(line)
    assert isinstance(told, Told)
    return told.item


@pytest.mark.parametrize(
    ("line", "read"),
    [
        (
            b"SSMI,110,27820001234,1,0,*120*384#\r",
            LineHop(NUMBER, f"+{NUMBER}", True, dialled="*120*384#"),
        ),
        (
            b"SSMI,110,27820001234,1,2,*120*384*1*500#\r",
            LineHop(NUMBER, f"+{NUMBER}", True, dialled="*120*384*1*500#"),
        ),
        (
            b"SSMI,110,+27820001234,2,1,Uwera, Ana\r",
            LineHop("+27820001234", f"+{NUMBER}", False, text="Uwera, Ana"),
        ),
        (b"SSMI,110,27820001234,2,1,\r", LineHop(NUMBER, f"+{NUMBER}", False)),
        (
            b"SSMI,110,27820001234,2,1,Mus\xe9e\r",
            LineHop(NUMBER, f"+{NUMBER}", False, text="Musée"),
        ),
        (
            b"\nSSMI,111,0820001234,2,2,655:01::,7\r",
            LineHop("0820001234", "0820001234", False, text="7"),
        ),
        (b"SSMI,110,27820001234,3,0,\r", LineEnded(NUMBER, "left")),
        (b"SSMI,110,27820001234,4,0,Session timed out\r", LineEnded(NUMBER, "timed_out")),
        (b"SSMI,101,2\r", None),
        (b"SSMI,102,3\r", None),
        (b"SSMI,103,27820001234,0,an SMS, which is nobody's here\r", None),
        (b"SSMI,104,27820001234,7,0\r", None),
    ],
)
def test_messages(line: bytes, read: LineEvent | None) -> None:
    assert event(line) == read


@pytest.mark.parametrize(
    "line",
    [
        b"SSMI,110,27820001234,5,0,*120*99#\r",  # a redirect
        b"SSMI,110,27820001234,6,0,network\r",
        b"SSMI,110,nobody,1,0,*120*384#\r",
        b"SSMI,110,27820001234\r",
    ],
)
def test_what_is_no_hop_is_passed_over(line: bytes, caplog: pytest.LogCaptureFixture) -> None:
    found = list(talk().take(line + b"SSMI,110,27820001234,2,1,7\r"))
    assert [told.item for told in found if told.item] == [
        LineHop(NUMBER, f"+{NUMBER}", False, text="7")
    ]
    assert caplog.records
    assert NUMBER not in caplog.text


@pytest.mark.parametrize("stream", [b"HTTP/1.1 400 Bad Request\r\n", b"x" * 5_000, b"SSMI,x,1\r"])
def test_another_stream_is_given_up(stream: bytes) -> None:
    with pytest.raises(BadPayload):
        list(talk().take(stream))


def test_pieces_and_several_at_once() -> None:
    stream = b"SSMI,101,1\rSSMI,110,27820001234,2,1,1\rSSMI,110,27820001235,2,1,2\r"
    for at in range(len(stream)):
        one = talk()
        found = [*one.take(stream[:at]), *one.take(stream[at:])]
        assert [told.is_known for told in found] == [True, False, False]
        items = [told.item for told in found if isinstance(told.item, LineHop)]
        assert [item.text for item in items] == ["1", "2"]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"SSMI,102,1\r", "wrong_password"),
        (b"SSMI,102,4\r", "account_suspended"),
        (b"SSMI,199,10.0.0.7\r", "logged_in_elsewhere"),
    ],
)
def test_not_let_in(line: bytes, code: str) -> None:
    with pytest.raises(NotLetIn, match=code):
        list(talk().take(line))


def test_screens() -> None:
    hop = LineHop(NUMBER, f"+{NUMBER}", False, text="1")
    line = Line()
    assert line.screen(hop, "A, b\n1 C", ends=False) == b"SSMI,110,27820001234,2,A, b\n1 C\r"
    assert line.screen(hop, "Musée €", ends=True) == b"SSMI,110,27820001234,3,Mus\xe9e ?\r"
    # What ends a line would begin a message of somebody's own.
    forged = line.screen(hop, "a\rSSMI,110,27820009999,3,b", ends=True)
    assert forged.count(b"\r") == 1
    with pytest.raises(ValueError, match="empty"):
        line.screen(hop, " \n", ends=True)
    assert talk().opening() == b"SSMI,1,piga,word\r"
    assert NUMBER not in repr(replace(hop, text="2748"))
    assert "2748" not in repr(replace(hop, text="2748"))


def test_a_connection_with_the_fake() -> None:
    stop, taken, refused = threading.Event(), list[LineEvent](), list[str]()
    with Truteq("piga", "word") as truteq:
        connection = Connection(truteq.address, talk, name="truteq", timing=QUICK)
        owner: Owner[LineEvent] = Owner(taken.append, refused=refused.append)
        thread = threading.Thread(target=connection.run, args=(stop, owner))
        thread.start()
        truteq.until_logins(1)
        truteq.send(NUMBER, 1, "*120*384#")
        truteq.hang_up()
        truteq.until_logins(2)
        truteq.is_mute = True  # a link check that nobody answers
        truteq.hang_up()
        truteq.is_mute = False
        truteq.until_logins(3)
        truteq.refuses_with = "4"
        truteq.hang_up()
        for _ in range(200):
            if refused:
                break
            stop.wait(0.02)
        truteq.refuses_with = ""
        truteq.until_logins(4)
        stop.set()
        thread.join(5)
    assert refused[0] == "account_suspended"
    assert [type(one) for one in taken] == [LineHop]


def test_numbers_of_messages_are_those_of_ssmi() -> None:
    assert (ssmi.LOGIN, ssmi.LINK_CHECK, ssmi.ACK, ssmi.NACK) == ("1", "3", "101", "102")
