"""A door in front of a real server: it can be shut, stuck, or lose an answer."""

import contextlib
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path


class Proxy:
    """Passes a Unix socket on to another one. `address` is where to connect to."""

    def __init__(self, address: Path, server: str) -> None:
        self.address = address
        self._server = server
        self._passes = threading.Event()
        self._lost_answer_to: bytes | None = None
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._listener: socket.socket | None = None
        self.open()

    def open(self) -> None:
        """Let everybody through."""
        self._passes.set()
        if self._listener is not None:
            return
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.address)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self.address))
        self._listener.listen(64)
        self._start(self._accept, self._listener)

    def shut(self) -> None:
        """The server is gone: connections break, and new ones are refused."""
        if self._listener is not None:
            # Closing alone would not wake who waits in accept().
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        self._break_all()

    def stick(self) -> None:
        """The server is stopped: it takes connections and bytes, and answers nothing."""
        self._passes.clear()

    def lose_answer_to(self, request: bytes) -> None:
        """The next request with these bytes is carried out, and its answer is lost."""
        self._lost_answer_to = request

    def close(self) -> None:
        self._passes.set()
        self.shut()
        for thread in self._threads:
            thread.join()
        for one in self._sockets:
            one.close()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(self._server)
            self._sockets += [client, server]
            is_lost = threading.Event()
            self._start(self._ask, client, server, is_lost)
            self._start(self._answer, server, client, is_lost)

    def _ask(self, client: socket.socket, server: socket.socket, is_lost: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while data := client.recv(65536):
                self._passes.wait()
                if self._lost_answer_to is not None and self._lost_answer_to in data:
                    self._lost_answer_to = None
                    is_lost.set()
                server.sendall(data)
        _break(client, server)

    def _answer(
        self, server: socket.socket, client: socket.socket, is_lost: threading.Event
    ) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(65536):
                self._passes.wait()
                if is_lost.is_set():
                    break
                client.sendall(data)
        _break(client, server)

    def _break_all(self) -> None:
        _break(*self._sockets)

    def _start(self, work: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=work, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()


def _break(*sockets: socket.socket) -> None:
    for one in sockets:
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
