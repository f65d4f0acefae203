"""Numbers by CTRL: what is answered, what is not, and other people's messages in between."""

import threading
from collections.abc import Callable, Iterator

import pytest

from providers.osmocom import ipa
from providers.osmocom.numbers import Numbers, NumbersDown
from providers.osmocom.tests.server import Server

IMSI = "901700000000001"
NODE = f"subscriber.by-imsi-{IMSI}.msisdn"


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as made:
        yield made


def asked(server: Server, numbers: Numbers, play: Callable[[], None]) -> str:
    """The answer, while the other side plays its part on a thread."""
    thread = threading.Thread(target=play)
    thread.start()
    try:
        return numbers.number_of(IMSI)
    finally:
        thread.join(5)


def says(server: Server, *answers: str) -> Callable[[], None]:
    """Take a connection, hear the question, answer."""

    def play() -> None:
        server.accept()
        protocol, payload = server.hear()
        assert (protocol, payload) == (ipa.OSMO, f"\0GET 1 {NODE}".encode())
        for answer in answers:
            server.say(ipa.OSMO, f"\0{answer}".encode())

    return play


@pytest.mark.parametrize(
    ("answers", "number"),
    [
        ((f"GET_REPLY 1 {NODE} 250788000101",), "250788000101"),
        ((f"GET_REPLY 1 {NODE} 1001",), "1001"),
        ((f"GET_REPLY 1 {NODE} none",), ""),
        (("ERROR 1 No such subscriber.",), ""),
        (
            ("TRAP 0 something 1", "ERROR 7 other", f"GET_REPLY 1 {NODE} 250788000101"),
            "250788000101",
        ),
    ],
)
def test_answers(server: Server, answers: tuple[str, ...], number: str) -> None:
    numbers = Numbers(server.address)
    assert asked(server, numbers, says(server, *answers)) == number
    numbers.close()


def test_a_connection_that_was_closed_is_made_again(server: Server) -> None:
    numbers = Numbers(server.address)
    asked(server, numbers, says(server, "ERROR 1 No such subscriber."))
    server.hang_up()

    def play() -> None:
        server.accept()
        number = server.hear()[1].decode().split()[1]
        server.say(ipa.OSMO, f"\0GET_REPLY {number} {NODE} 250788000101".encode())

    assert asked(server, numbers, play) == "250788000101"
    numbers.close()


def test_nobody_answers(server: Server) -> None:
    numbers = Numbers(server.address, timeout_s=0.1)
    with pytest.raises(NumbersDown):
        asked(server, numbers, says(server))
    server.__exit__()
    with pytest.raises(NumbersDown) as down:
        numbers.number_of(IMSI)
    assert IMSI not in repr(down.value)
    numbers.close()
