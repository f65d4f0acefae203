"""Between the web server and Postgres: loses or holds what one moment of a conversation needs."""

import contextlib
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

Way = Literal["cut", "lose", "hold"]


class Door:
    """Passes connections to one Unix socket on to another."""

    def __init__(self, address: Path, server: Path) -> None:
        self._server = str(server)
        self._wanted: tuple[bytes, Way] | None = None
        self._came = threading.Event()
        self._goes_on = threading.Event()
        self._sockets: list[socket.socket] = []
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(address))
        os.chmod(address, 0o777)
        self._listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    @contextmanager
    def watching_for(self, request: bytes, way: Way) -> Iterator[threading.Event]:
        """What becomes of the next request with these bytes: `cut` before it arrives, its answer
        `lose`d, or its answer `hold` until the end of the block. The event says that it came."""
        self._came.clear()
        self._goes_on.clear()
        self._wanted = (request, way)
        try:
            yield self._came
        finally:
            self._wanted = None
            self._goes_on.set()

    def close(self) -> None:
        self._goes_on.set()
        for one in (self._listener, *self._sockets):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(self._server)
                self._sockets += [client, server]
                held: list[Way] = []
                for pass_on in (self._pass_requests, self._pass_answers):
                    threading.Thread(
                        target=self._until_closed, args=(pass_on, client, server, held), daemon=True
                    ).start()

    def _until_closed(
        self,
        pass_on: Callable[[socket.socket, socket.socket, list[Way]], None],
        client: socket.socket,
        server: socket.socket,
        held: list[Way],
    ) -> None:
        with contextlib.suppress(OSError):
            pass_on(client, server, held)
        for one in (client, server):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _pass_requests(self, client: socket.socket, server: socket.socket, held: list[Way]) -> None:
        while data := client.recv(65536):
            wanted = self._wanted
            if wanted is not None and wanted[0] in data:
                self._wanted = None
                if wanted[1] == "cut":
                    self._came.set()
                    return
                held.append(wanted[1])
            server.sendall(data)

    def _pass_answers(self, client: socket.socket, server: socket.socket, held: list[Way]) -> None:
        while data := server.recv(65536):
            if held:
                self._came.set()  # it was carried out
                if held.pop() == "lose":
                    return
                self._goes_on.wait()
            client.sendall(data)
