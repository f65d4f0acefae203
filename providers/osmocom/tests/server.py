"""The other side of a connection, which a test plays."""

import socket
from typing import Self

from providers.lines.address import Address
from providers.osmocom import ipa


class Server:
    """Listens, and takes one connection at a time."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.settimeout(5)
        self.address = Address(*self._listening.getsockname())
        self.line = self._listening  # until somebody is taken
        self._frames = ipa.Frames()
        self._read: list[tuple[int, bytes]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *fault: object) -> None:
        self.line.close()
        self._listening.close()

    def accept(self) -> None:
        if self.line is not self._listening:
            self.line.close()
        self.line, _ = self._listening.accept()
        self.line.settimeout(5)
        self._frames, self._read = ipa.Frames(), []

    def hang_up(self) -> None:
        self.line.close()

    def say(self, protocol: int, payload: bytes) -> None:
        self.line.sendall(ipa.frame(protocol, payload))

    def hear(self) -> tuple[int, bytes]:
        """The next frame. Raises TimeoutError, and ConnectionError when they hang up."""
        while not self._read:
            received = self.line.recv(4096)
            if not received:
                raise ConnectionResetError
            self._read += self._frames.take(received)
        return self._read.pop(0)
