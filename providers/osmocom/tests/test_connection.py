"""The connection: who we are, whether they are there, and again when they are not."""

import threading
from collections.abc import Iterator

import pytest

from providers.osmocom import ipa
from providers.osmocom.connection import Connection, LineDown, Owner, Timing
from providers.osmocom.gsup import Kind, Message, State
from providers.osmocom.tests.server import Server

QUICK = Timing(
    connect_s=1.0,
    send_s=1.0,
    silence_s=0.2,
    answer_s=0.2,
    again_first_s=0.02,
    again_longest_s=0.1,
    tick_s=0.02,
)
ASKED = bytes.fromhex("0401080107010201030104010501010100")
MESSAGE = Message(Kind.REQUEST, "901700000000001", 7, State.BEGIN, b"\xa2\x03\x02\x01\x07")


class Running:
    """A connection on a thread of its own, and what it has said."""

    def __init__(self, server: Server) -> None:
        self.connection = Connection(server.address, "piga", QUICK)
        self.taken: list[Message] = []
        self.downs: list[float] = []
        self.known = threading.Event()
        self.finished = threading.Event()
        self.is_down = threading.Event()
        self.stop = threading.Event()
        owner = Owner(self.taken.append, self.known.set, self._down, self.finished.set)
        self.thread = threading.Thread(target=self.connection.run, args=(self.stop, owner))
        self.thread.start()

    def _down(self, seconds: float) -> None:
        self.downs.append(seconds)
        self.is_down.set()

    def end(self) -> None:
        self.stop.set()
        self.thread.join(5)
        assert not self.thread.is_alive()


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as made:
        yield made


@pytest.fixture
def running(server: Server) -> Iterator[Running]:
    made = Running(server)
    yield made
    made.end()


def greet(server: Server, running: Running) -> None:
    """Take the connection, and ask who it is."""
    server.accept()
    server.say(ipa.CCM, ASKED)
    assert server.hear() == (ipa.CCM, ipa.identity("EUSE-piga")[3:])
    assert running.known.wait(5)


def test_says_who_we_are_and_carries_messages(server: Server, running: Running) -> None:
    with pytest.raises(LineDown):
        Connection(server.address, "piga").send(MESSAGE)
    greet(server, running)
    octets = ipa.extended(ipa.GSUP, MESSAGE.encode())
    server.line.sendall(octets[:5])
    server.line.sendall(octets[5:])
    running.connection.send(MESSAGE)
    assert server.hear() == (ipa.OSMO, b"\x05" + MESSAGE.encode())
    running.end()
    assert running.taken == [MESSAGE]
    assert running.finished.is_set(), "what was taken is answered before the connection closes"


def test_answers_a_ping(server: Server, running: Running) -> None:
    greet(server, running)
    server.say(ipa.CCM, ipa.PING)
    assert server.hear() == (ipa.CCM, ipa.PONG)


def test_asks_after_a_silence_and_stays_while_it_is_answered(
    server: Server, running: Running
) -> None:
    greet(server, running)
    for _ in range(3):
        assert server.hear() == (ipa.CCM, ipa.PING)
        server.say(ipa.CCM, ipa.PONG)
    assert running.downs == []


def test_a_silent_side_is_given_up(server: Server, running: Running) -> None:
    greet(server, running)
    assert server.hear() == (ipa.CCM, ipa.PING)
    server.accept()  # the next one; nobody asks who it is
    server.accept()
    assert running.is_down.is_set()


def test_connects_again(server: Server, running: Running) -> None:
    for _ in range(3):
        running.known.clear()
        greet(server, running)
        server.hang_up()
    assert running.is_down.wait(5)
    running.known.clear()
    greet(server, running)


def test_what_cannot_be_read_is_passed_over_and_what_is_out_of_step_ends_it(
    server: Server, running: Running
) -> None:
    greet(server, running)
    server.say(ipa.OSMO, b"\x05\x20\x01")  # half a message
    server.say(ipa.OSMO, b"\x05\x06\x01\x01")  # of a location update
    server.say(ipa.OSMO, b"\x06\x01")  # another protocol
    server.say(0x00, b"\x01")
    server.say(ipa.OSMO, b"\x05" + MESSAGE.encode())
    server.say(ipa.CCM, ipa.PING)
    assert server.hear() == (ipa.CCM, ipa.PONG)
    assert running.taken == [MESSAGE]
    server.line.sendall(b"\x00\x00\xee")
    with pytest.raises(ConnectionError):
        server.hear()
    running.known.clear()
    greet(server, running)


def test_counts_how_long_there_has_been_nobody(server: Server) -> None:
    server.__exit__()  # nobody listens
    running = Running(server)
    assert running.is_down.wait(5)
    while len(running.downs) < 4:
        assert running.thread.is_alive()
        running.is_down.clear()
        assert running.is_down.wait(5)
    running.end()
    assert running.downs == sorted(running.downs)
    assert not running.known.is_set()
