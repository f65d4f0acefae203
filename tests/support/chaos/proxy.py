"""A proxy in front of a real server's Unix socket: it can be shut, stall, or do harm to one
request."""

import contextlib
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

# What becomes of one request: it never arrives; its answer is lost; its answer is held back.
Harm = Literal["cut", "lose", "hold"]


class SocketProxy:
    """Passes connections to the Unix socket `address` on to the one of `server`."""

    def __init__(self, address: Path, server: Path) -> None:
        self.address = address
        self._server = str(server)
        self._passes = threading.Event()
        self._harm: tuple[bytes, Harm] | None = None
        self._came = threading.Event()
        self._goes_on = threading.Event()
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._listener: socket.socket | None = None
        self.open()

    def open(self) -> None:
        """Let everybody through."""
        self._passes.set()
        if self._listener is not None:
            return
        self.address.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self.address))
        os.chmod(self.address, 0o777)  # whoever runs the tests as root has servers that are not
        self._listener.listen(64)
        self._start(self._accept, self._listener)

    def shut(self) -> None:
        """The server is gone: connections break, and new ones are refused."""
        if self._listener is not None:
            # Closing alone would not wake who waits in accept().
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        _break(*self._sockets)

    def stall(self) -> None:
        """The server is stopped: it takes connections and bytes, and answers nothing."""
        self._passes.clear()

    def lose_answer_to(self, request: bytes) -> None:
        """The next request with these bytes is carried out, and its answer is lost."""
        self._harm = (request, "lose")

    @contextmanager
    def harming(self, request: bytes, harm: Harm) -> Iterator[threading.Event]:
        """Do harm to the next request with these bytes; an answer is held until the block ends.
        The event says that it was carried out (`cut`: that it came)."""
        self._came.clear()
        self._goes_on.clear()
        self._harm = (request, harm)
        try:
            yield self._came
        finally:
            self._harm = None
            self._goes_on.set()

    def close(self) -> None:
        self._passes.set()
        self._goes_on.set()
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
            harmed: list[Harm] = []
            self._start(self._pass_requests, client, server, harmed)
            self._start(self._pass_answers, client, server, harmed)

    def _pass_requests(
        self, client: socket.socket, server: socket.socket, harmed: list[Harm]
    ) -> None:
        with contextlib.suppress(OSError):
            while data := client.recv(65536):
                self._passes.wait()
                wanted = self._harm
                if wanted is not None and wanted[0] in data:
                    self._harm = None
                    if wanted[1] == "cut":
                        self._came.set()
                        break
                    harmed.append(wanted[1])
                server.sendall(data)
        _break(client, server)

    def _pass_answers(
        self, client: socket.socket, server: socket.socket, harmed: list[Harm]
    ) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(65536):
                self._passes.wait()
                if harmed:
                    self._came.set()
                    if harmed.pop() == "lose":
                        break
                    self._goes_on.wait()
                client.sendall(data)
        _break(client, server)

    def _start(self, work: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=work, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()


def _break(*sockets: socket.socket) -> None:
    for one in sockets:
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
