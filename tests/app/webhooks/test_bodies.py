"""Bodies of callbacks: of a length or in chunks, cut off, stalled, and without end."""

import contextlib
import socket
import threading
import time

import pytest

from app.webhooks.body_limit import BODY_TIMEOUT_S, READING_PER_SERVICE_MAXIMUM
from menus import sentences
from menus.texts import say
from providers.contracts.webhooks import BODY_BYTES_MAXIMUM
from tests.app.webhooks.test_http import last_changed
from tests.support.waiting import until
from tests.support.web import (
    ANSWERED_WITHIN_S,
    CHUNKED,
    CODE,
    OTHER_CODE,
    Phone,
    Web,
    chunks,
    head_of,
    screen,
)

ALIVE_WITHIN_S = 2.0
FLOOD_BYTES = 1_000_000_000
MEMORY_BYTES_MAXIMUM = 100_000_000  # for all bodies of a process together
HUNG_UP_WITHIN_S = BODY_TIMEOUT_S + 10.0


def test_a_body_has_its_limit(web: Web) -> None:
    phone = Phone(web)
    phone.dial()
    phone.text = "1"
    body = phone.body() + b"&padding="
    body += b"9" * (BODY_BYTES_MAXIMUM - len(body))
    assert "which group" in screen(web.post(body))
    for size in (len(body) + 1, 1_000_000, 10**12):
        told = web.raw(head_of(web, f"Content-Length: {size}") + body + b"9")
        assert told.startswith(b"HTTP/1.1 413 ")
        assert told.endswith(b"\r\n\r\n")


def test_a_body_says_where_it_ends(web: Web) -> None:
    phone = Phone(web)
    phone.dial()
    assert web.raw(head_of(web, "Connection: close")).startswith(b"HTTP/1.1 411 ")
    phone.text = "1"
    assert "which group" in phone.post()


@pytest.mark.parametrize("chunk_bytes", [1, 7, 1_000])
@pytest.mark.parametrize("piece_bytes", [0, 50])
def test_a_body_in_chunks(web: Web, chunk_bytes: int, piece_bytes: int) -> None:
    phone = Phone(web)
    phone.dial()
    phone.text = "1"
    whole = head_of(web, CHUNKED) + chunks(phone.body(), chunk_bytes)
    first = web.raw(whole, piece_bytes=piece_bytes)
    assert b"which group" in first
    assert web.raw(whole).partition(b"\r\n\r\n")[2] == first.partition(b"\r\n\r\n")[2]


def test_a_body_in_chunks_with_all_that_may_be_in_it(web: Web) -> None:
    phone = Phone(web)
    phone.dial()
    phone.text = "1"
    body = phone.body()
    half = len(body) // 2
    told = web.raw(
        head_of(web, "Transfer-Encoding: Chunked", "Trailer: X-Sum")
        + b"%X;name=value\r\n%s\r\n" % (half, body[:half])
        + b'00%x;a="b c"\r\n%s\r\n' % (len(body) - half, body[half:])
        + b"000\r\nX-Sum: 1\r\n\r\n"
    )
    assert told.startswith(b"HTTP/1.1 200 ")
    assert b"which group" in told


def test_chunks_that_say_nothing_are_half_a_body(web: Web) -> None:
    """The server gives what was cut off as an empty body, so that one is never believed."""
    for empty in (b"0\r\n\r\n", b"zz\r\n", b"4\r\ntext\r\nzz\r\n", b"4\r\ntext!!\r\n0\r\n\r\n"):
        told = web.raw(head_of(web, CHUNKED) + empty)
        assert told.startswith(b"HTTP/1.1 400 ")
        assert told.endswith(b"\r\n\r\n")


def test_a_length_beside_chunks_is_not_believed(web: Web) -> None:
    phone = Phone(web)
    phone.dial()
    before = web.books()
    phone.text = "1"
    body = phone.body()
    told = web.raw(head_of(web, CHUNKED, f"Content-Length: {len(body)}") + chunks(body))
    assert told == b"" or told.split()[1] in (b"200", b"400", b"411")
    told = web.raw(head_of(web, "Transfer-Encoding: gzip, chunked") + chunks(body))
    assert told == b"" or told.split()[1] in (b"400", b"411", b"501")
    assert web.books() == before


def test_a_body_in_chunks_has_its_limit(web: Web) -> None:
    phone = Phone(web)
    phone.dial()
    phone.text = "1"
    body = phone.body() + b"&padding="
    body += b"9" * (BODY_BYTES_MAXIMUM - len(body))
    for chunk_bytes in (8, 4_096, len(body)):
        assert b"which group" in web.raw(head_of(web, CHUNKED) + chunks(body, chunk_bytes))
        told = web.raw(head_of(web, CHUNKED) + chunks(body + b"9", chunk_bytes))
        assert told.startswith(b"HTTP/1.1 413 ")
        assert told.endswith(b"\r\n\r\n")


def test_a_body_in_chunks_without_end_takes_little_memory(web: Web) -> None:
    """It is hung up on after a few megabytes, and everybody else is served meanwhile."""
    before = max(worker.memory_info().rss for worker in web.workers())
    chunk = b"%x\r\n%s\r\n" % (100_000, b"9" * 100_000)
    sent = []

    def flood() -> None:
        with socket.create_connection(("127.0.0.1", web.port), timeout=HUNG_UP_WITHIN_S) as line:
            line.sendall(head_of(web, CHUNKED))
            count = 0
            with contextlib.suppress(ConnectionError):
                while count < FLOOD_BYTES:
                    line.sendall(chunk)
                    count += len(chunk)
            sent.append(count)

    floods = [threading.Thread(target=flood) for _ in range(READING_PER_SERVICE_MAXIMUM)]
    for thread in floods:
        thread.start()
    phone = Phone(web, "+233240000999", OTHER_CODE)
    assert phone.dial()
    assert phone.took_s < ANSWERED_WITHIN_S
    for thread in floods:
        thread.join()
    assert len(sent) == len(floods)
    assert max(sent) < FLOOD_BYTES
    assert max(worker.memory_info().rss for worker in web.workers()) - before < MEMORY_BYTES_MAXIMUM
    until(lambda: Phone(web).dial().startswith("CON "))


@pytest.mark.long
def test_a_body_in_chunks_that_stalls_is_hung_up_on(web: Web) -> None:
    phone = Phone(web)
    phone.dial()
    phone.text = "1"
    whole = chunks(phone.body())
    for rest in (whole[:30], whole[:-2], whole.removesuffix(b"0\r\n\r\n")):
        with socket.create_connection(("127.0.0.1", web.port), timeout=HUNG_UP_WITHIN_S) as line:
            line.sendall(head_of(web, CHUNKED) + rest)
            started = time.monotonic()
            assert line.recv(1_000).startswith(b"HTTP/1.1 400 ")
            assert time.monotonic() - started >= BODY_TIMEOUT_S - 0.5
    assert "which group" in phone.post()


def test_half_a_hop_is_not_a_shorter_answer(web: Web) -> None:
    phone = Phone(web)
    phone.dial()
    phone.type("1", "1")
    phone.text += "*5000"
    body = phone.body()
    cut = body[:-3]
    assert cut.endswith(b"1%2A1%2A5")
    for how, rest in (
        (f"Content-Length: {len(body)}", cut),
        (CHUNKED, chunks(cut).removesuffix(b"0\r\n\r\n")),
        (CHUNKED, chunks(cut).removesuffix(b"\r\n")),
        ("Transfer-Encoding: chunked", b"%x\r\n%s" % (len(body), cut)),
        ("Transfer-Encoding: chunked", b"%x\r\n%s\r\n" % (len(cut), cut)),
        (
            f"Transfer-Encoding: chunked\r\nContent-Length: {len(cut)}",
            b"%x\r\n%s\r\n" % (len(cut), cut),
        ),
    ):
        with socket.create_connection(("127.0.0.1", web.port)) as line:
            line.sendall(head_of(web, how) + rest)
        time.sleep(0.2)  # for the server to notice that nobody is there any more
    assert "5,000 RWF" in phone.post()


def test_a_hop_that_comes_in_pieces(web: Web) -> None:
    phone = Phone(web)
    phone.dial()
    phone.text = "1"
    body = phone.body()
    whole = head_of(web, f"Content-Length: {len(body)}", "Connection: close") + body
    assert b"which group" in web.raw(whole, piece_bytes=60)


def test_strangers_who_never_finish_keep_nobody_waiting(web: Web) -> None:
    """More of them than there are threads: without the secret nobody waits for their body."""
    lines = [socket.create_connection(("127.0.0.1", web.port)) for _ in range(30)]
    for number, line in enumerate(lines):
        wrong = last_changed(web.hook()) if number % 2 else "/hooks/africastalking/ussd/x"
        head = head_of(web, "Content-Length: 500").replace(web.hook().encode(), wrong.encode())
        line.sendall(head + b"sessionId=")
    phone = Phone(web)
    assert phone.dial().startswith("CON ")
    assert phone.took_s < ANSWERED_WITHIN_S
    for line in lines:
        line.close()


def test_a_gateway_that_never_finishes_stops_its_own_service_only(web: Web) -> None:
    """More half bodies than there are threads, all with one service's secret: it is refused at
    once, and everybody else is served."""
    lines = [socket.create_connection(("127.0.0.1", web.port)) for _ in range(30)]
    for line in lines:
        line.sendall(head_of(web, "Content-Length: 500") + b"sessionId=")
    others = Phone(web, "+233240000999", OTHER_CODE)
    assert others.dial()
    assert others.took_s < ANSWERED_WITHIN_S
    assert web.ask("GET", "/healthz").took_s < ANSWERED_WITHIN_S
    own = Phone(web)
    own.dial()
    assert own.took_s < ANSWERED_WITHIN_S
    for line in lines:
        line.close()
    until(lambda: own.dial().startswith("CON "))


def test_the_server_starts_without_a_word_about_its_threads(web: Web) -> None:
    assert "Python threads" not in web.said()


@pytest.mark.long
def test_half_bodies_for_two_services_stop_nobody(web: Web) -> None:
    """More half bodies than threads, with two services' secrets: whether the process is alive is
    answered meanwhile, they are hung up on after a while, and both services are served again."""
    lines = []
    for code in (CODE, OTHER_CODE) * 40:
        line = socket.create_connection(("127.0.0.1", web.port), timeout=HUNG_UP_WITHIN_S)
        head = head_of(web, "Content-Length: 500").replace(
            web.hook().encode(), web.hook(code=code).encode()
        )
        line.sendall(head + b"sessionId=")
        lines.append(line)
    for _ in range(8):  # whichever process answers
        alive = web.ask("GET", "/healthz")
        assert alive.status == 200
        assert alive.took_s < ALIVE_WITHIN_S
    told = [line.recv(1_000) for line in lines]
    assert {answer[:12] for answer in told} <= {b"HTTP/1.1 400", b"HTTP/1.1 200"}
    assert sum(answer.startswith(b"HTTP/1.1 400") for answer in told) >= READING_PER_SERVICE_MAXIMUM
    for code, number in ((CODE, ""), (OTHER_CODE, "+233240000999")):
        phone = Phone(web, number, code)
        not_now = say(sentences.NOT_NOW, web.services[code].tenant.languages[0])
        assert phone.dial() not in (f"END {not_now}", "")
        assert phone.took_s < ANSWERED_WITHIN_S
    for line in lines:
        line.close()
