"""What the loop before the server does with connections: whole callbacks, parts, and its end."""

import contextlib
import signal
import socket
import threading
import time
from functools import partial
from pathlib import Path

import psycopg
import pytest

from tests.app.webhooks.conftest import Fragile
from tests.support.population import PIN
from tests.support.servers import DatabaseUrls
from tests.support.waiting import at_once, until
from tests.support.web import ANSWERED_WITHIN_S, FORM, Phone, Web


def request(web: Web, phone: Phone, *headers: str) -> bytes:
    body = phone.body()
    head = [f"POST {web.hook()} HTTP/1.1", "Host: x", f"Content-Type: {FORM}", *headers]
    return "\r\n".join([*head, f"Content-Length: {len(body)}", "", ""]).encode() + body


def answer(line: socket.socket) -> bytes:
    """One answer's body."""
    told = b""
    while b"\r\n\r\n" not in told:
        part = line.recv(65_536)
        assert part, f"closed after {told!r}"
        told += part
    head, _, body = told.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    while len(body) < length:
        part = line.recv(65_536)
        assert part, f"closed after {body!r}"
        body += part
    assert len(body) == length
    return body


def dialled(web: Web) -> Phone:
    phone = Phone(web)
    phone.dial()
    return phone


def test_hops_follow_each_other_on_one_connection(web: Web) -> None:
    phone = dialled(web)
    with socket.create_connection(("127.0.0.1", web.port), ANSWERED_WITHIN_S) as line:
        for text, expected in (("1", b"which group"), ("1*1", b"How much"), ("1*1*500", b"500")):
            phone.text = text
            line.sendall(request(web, phone))
            assert expected in answer(line)


def test_the_next_request_may_come_before_the_answer(web: Web) -> None:
    """At once with the first, or while that is worked: each is answered, in order."""
    for pause_s in (0.0, 0.001):
        phone = dialled(web)
        with socket.create_connection(("127.0.0.1", web.port), ANSWERED_WITHIN_S) as line:
            phone.text = "1"
            first = request(web, phone)
            phone.text = "1*1"
            second = request(web, phone)
            if pause_s:
                line.sendall(first)
                time.sleep(pause_s)
                line.sendall(second)
            else:
                line.sendall(first + second)
            told = b""
            with contextlib.suppress(TimeoutError):
                while told.count(b"HTTP/1.1 200") < 2 or b"How much" not in told:
                    told += line.recv(65_536)
        assert told.index(b"which group") < told.index(b"How much")


def test_other_pages_are_served_on_the_connection_of_a_hop(web: Web) -> None:
    phone = dialled(web)
    phone.text = "1"
    with socket.create_connection(("127.0.0.1", web.port), ANSWERED_WITHIN_S) as line:
        line.sendall(request(web, phone))
        assert b"which group" in answer(line)
        for _ in range(2):
            line.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            assert b"alive" in answer(line)
        phone.text = "1*1"
        line.sendall(request(web, phone))
        assert b"How much" in answer(line)


def test_who_wants_the_connection_closed_finds_its_end(web: Web) -> None:
    phone = dialled(web)
    phone.text = "1"
    with socket.create_connection(("127.0.0.1", web.port), ANSWERED_WITHIN_S) as line:
        line.sendall(request(web, phone, "Connection: close"))
        told = b""
        while part := line.recv(65_536):
            told += part
    assert b"which group" in told
    assert b"\r\nconnection: close\r\n" in told


def test_who_says_no_more_is_answered_all_the_same(web: Web) -> None:
    phone = dialled(web)
    phone.text = "1"
    with socket.create_connection(("127.0.0.1", web.port), ANSWERED_WITHIN_S) as line:
        line.sendall(request(web, phone))
        line.shutdown(socket.SHUT_WR)
        assert b"which group" in answer(line)


def test_menus_are_read_while_many_people_pay(web: Web) -> None:
    """Hashing keeps the processors busy, and rows are waited for; neither stops the loop."""
    payers = [dialled(web) for _ in range(12)]
    for phone in payers:
        phone.type("1", "1", "500", "1")
    reader = dialled(web)
    paying = threading.Thread(
        target=lambda: at_once([partial(phone.type, PIN) for phone in payers])
    )
    paying.start()
    took_s = []
    while paying.is_alive():
        reader.dial()
        took_s.append(reader.took_s)
    paying.join()
    assert len(took_s) > 1
    assert max(took_s) < ANSWERED_WITHIN_S / 2
    assert all(len(web.paid_by(phone.number)) == 1 for phone in payers)


def test_hops_that_wait_for_a_row_stop_nobody(web: Web) -> None:
    """More of them than a process has connections to Postgres."""
    phones = [dialled(web) for _ in range(24)]
    for phone in phones:
        phone.type("1", "1", "500", "1")
    others = [dialled(web) for _ in range(4)]
    with psycopg.connect(web.urls.admin_url) as holding:
        holding.execute("LOCK TABLE account IN ACCESS EXCLUSIVE MODE")
        paying = threading.Thread(
            target=lambda: at_once([partial(phone.type, PIN) for phone in phones])
        )
        paying.start()
        time.sleep(0.3)
        for phone in others:
            assert "PIN" in phone.type("8")
            assert phone.took_s < ANSWERED_WITHIN_S / 2
        assert web.ask("GET", "/healthz").took_s < ANSWERED_WITHIN_S / 2
        holding.rollback()
        paying.join()
    until(lambda: Phone(web).dial().startswith("CON "))


def test_what_is_being_worked_when_the_server_is_told_to_stop_is_answered(
    web_database: DatabaseUrls, sessions_url: str, tmp_path: Path
) -> None:
    with Web(web_database, sessions_url, tmp_path / "web.log") as web:
        phone = dialled(web)
        phone.type("1", "1", "500", "1")
        phone.text += f"*{PIN}"
        with (
            psycopg.connect(web.urls.admin_url) as holding,
            socket.create_connection(("127.0.0.1", web.port), ANSWERED_WITHIN_S) as line,
        ):
            holding.execute("LOCK TABLE account IN ACCESS EXCLUSIVE MODE")
            line.sendall(request(web, phone))
            time.sleep(0.3)
            web.process.send_signal(signal.SIGTERM)
            time.sleep(0.3)
            holding.rollback()
            assert b"Saved 500" in answer(line)
        web.process.wait(10)
        assert len(web.paid_by(phone.number)) == 1
        assert "Traceback" not in web.said()


@pytest.mark.long
def test_a_frozen_redis_stops_no_hop_for_good(fragile: Fragile) -> None:
    """All hops share a connection to it: once it goes on, a new one is there."""
    web = fragile.web
    phones = [dialled(web) for _ in range(6)]
    with fragile.frozen("valkey"):
        shown = at_once([partial(phone.type, "1") for phone in phones])
    assert all("which group" in str(text) for text in shown)
    until(lambda: Phone(web).dial().startswith("CON "))
    assert "which group" in dialled(web).type("1")
