"""The other side of such a connection, as fakes of companies share it: listens on loopback, reads
what a client says, and keeps one client at a time."""

import contextlib
import socket
import threading
from abc import ABC, abstractmethod
from typing import Final, Self

from providers.lines.address import Address

PATIENCE_S: Final = 10.0


class FakeServer(ABC):
    """Serves on a thread of its own. `hang_up` cuts the client off, `mute` answers nothing more."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        host, port = self._listening.getsockname()
        self.address = Address(host, port)
        self.url = f"tcp://{host}:{port}"
        self.logins = 0
        self.is_mute = False
        self._line: socket.socket | None = None
        self._changed = threading.Condition()
        self._is_closing = False
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *fault: object) -> None:
        self._is_closing = True
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self.hang_up()
        self._thread.join(PATIENCE_S)

    @abstractmethod
    def begin(self) -> None:
        """A client has connected: nothing is held of the one before."""

    @abstractmethod
    def hear(self, received: bytes) -> None:
        """What the client says."""

    def say(self, octets: bytes) -> None:
        """Raises OSError without a client."""
        with self._changed:
            line = self._line
        if line is None:
            raise ConnectionResetError
        if not self.is_mute:
            line.sendall(octets)

    def hang_up(self) -> None:
        with self._changed:
            if self._line is not None:
                with contextlib.suppress(OSError):
                    self._line.shutdown(socket.SHUT_RDWR)

    def note(self) -> None:
        """Something was heard: whoever waits looks again."""
        with self._changed:
            self._changed.notify_all()

    def until_logins(self, count: int) -> None:
        """Wait until so many clients were let in. Raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: self.logins >= count, PATIENCE_S):
                raise TimeoutError(f"{self.logins} logins, {count} wanted")

    def _serve(self) -> None:
        while not self._is_closing:
            try:
                line, _ = self._listening.accept()
            except OSError:
                return
            with line:
                with self._changed:
                    self._line = line
                self.begin()
                with contextlib.suppress(OSError):
                    while received := line.recv(65_536):
                        self.hear(received)
                with self._changed:
                    self._line = None
                    self._changed.notify_all()
