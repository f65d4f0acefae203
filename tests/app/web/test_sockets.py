"""Connections that have fallen silent are ended, others are not."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from app.web.sockets import hang_up_silent

Line = tuple[socket.socket, socket.socket]  # as the client has it, and as we do

SILENT_S = 0.6


@pytest.fixture
def server() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def opened(server: socket.socket, stack: ExitStack) -> Line:
    client = stack.enter_context(socket.create_connection(server.getsockname()))
    ours = stack.enter_context(server.accept()[0])
    client.sendall(b"half")
    assert ours.recv(4) == b"half"
    ours.settimeout(0.05)
    return client, ours


def is_ended(line: Line) -> bool:
    try:
        return line[1].recv(1) == b""
    except TimeoutError:
        return False


def test_what_was_silent_for_so_long_and_no_longer(server: socket.socket) -> None:
    port = server.getsockname()[1]
    with ExitStack() as stack:
        idle = opened(server, stack)
        time.sleep(3 * SILENT_S)
        stalled = opened(server, stack)
        time.sleep(SILENT_S)
        fresh = opened(server, stack)
        assert hang_up_silent(port + 1, 0, 60) == 0
        assert hang_up_silent(port, SILENT_S / 2, 2 * SILENT_S) == 1
        assert [is_ended(line) for line in (idle, stalled, fresh)] == [False, True, False]
        stalled[1].sendall(b"an answer")
        assert stalled[0].recv(9) == b"an answer"
        assert hang_up_silent(port, 0, 60) >= 2
        assert all(is_ended(line) for line in (idle, stalled, fresh))


def test_clients_of_the_same_process_are_left_alone(server: socket.socket) -> None:
    """Only what came to the port is ended: not what this process has opened itself."""
    with ExitStack() as stack:
        client, _ = opened(server, stack)
        client.settimeout(0.05)
        assert hang_up_silent(server.getsockname()[1], 0, 60) == 1
        with pytest.raises(TimeoutError):
            client.recv(1)
