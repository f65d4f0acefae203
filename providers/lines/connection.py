"""A connection that we make and keep: who we are, whether the other side is still there, and
another try when it is not. What is said on it is a provider's dialect."""

import contextlib
import logging
import random
import select
import socket
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar

from providers.contracts.errors import BadPayload
from providers.lines.address import Address

log = logging.getLogger(__name__)

RECEIVED_OCTETS: Final = 65_536
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Timing:
    """How long what may take. The tests have shorter ones."""

    connect_s: float = 3.0
    send_s: float = 2.0
    silence_s: float = 20.0  # then we ask whether the other side is there
    answer_s: float = 5.0  # to that, and until we are known
    again_first_s: float = 0.5
    again_longest_s: float = 10.0
    tick_s: float = 0.25


class LineDown(Exception):
    """There is no connection to send on; or it was lost, and nobody knows what has left."""


class NotLetIn(Exception):
    """The other side refuses who we say we are. `code` is a word for the log."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Told(Generic[T]):
    """What a piece of the stream comes to: octets to say at once, that we are known now, or
    something for the owner."""

    say: bytes = b""
    is_known: bool = False
    item: T | None = None


class Dialect(Protocol[T]):
    """What is said on one connection; each connection has one of its own, from its first octet."""

    def opening(self) -> bytes:
        """What we say first; b"" where the other side begins."""

    def take(self, received: bytes) -> Iterable[Told[T]]:
        """What these octets come to, with those that waited for their rest. Raises BadPayload where
        nothing that follows can be read, and NotLetIn."""

    def ask(self) -> bytes:
        """The question whether the other side is there; whatever it says then is an answer."""


@dataclass(frozen=True, slots=True)
class Owner(Generic[T]):
    """Who has a connection: what is called, on the thread of `run`, and must not wait long.

    `take(item)`: something came. `up()`: connected, and we are known. `down(seconds)`: a try has
    failed, and for so long there has been no connection. `finish()`: a connection that is there is
    about to be given up, because of `stop`. `refused(code)`: we are not let in.
    """

    take: Callable[[T], None]
    up: Callable[[], None] = lambda: None
    down: Callable[[float], None] = lambda _: None
    finish: Callable[[], None] = lambda: None
    refused: Callable[[str], None] = lambda _: None


class Connection(Generic[T]):
    """One connection at a time, made again for as long as `run` runs. `write` may be called from
    any thread."""

    def __init__(
        self,
        address: Address,
        dialect: Callable[[], Dialect[T]],
        *,
        name: str,
        timing: Timing | None = None,
    ) -> None:
        """`name` is what the log calls the other side."""
        self._address = address
        self._dialect = dialect
        self._name = name
        self._timing = timing or Timing()
        self._socket: socket.socket | None = None
        self._sending = threading.Lock()
        self._is_known = False

    def run(self, stop: threading.Event, owner: Owner[T]) -> None:
        """Connect, and again whenever the connection is lost, until `stop` is set."""
        pause_s = self._timing.again_first_s
        down_since_s = time.monotonic()
        while not stop.is_set():
            try:
                with socket.create_connection(self._address, self._timing.connect_s) as line:
                    self._use(line, stop, owner)
            except OSError as fault:
                log.info("%s: no connection: %s", self._name, type(fault).__name__)
            except BadPayload as fault:
                log.warning("%s: the stream cannot be read: %s", self._name, fault)
            except NotLetIn as why:
                owner.refused(why.code)
                pause_s = self._timing.again_longest_s
            if self._is_known:
                self._is_known = False
                pause_s = self._timing.again_first_s
                down_since_s = time.monotonic()
            if stop.is_set():
                return
            owner.down(time.monotonic() - down_since_s)
            # Not all at once after an outage of the other side.
            stop.wait(pause_s * random.uniform(0.5, 1.0))  # noqa: S311
            pause_s = min(pause_s * 2, self._timing.again_longest_s)

    def write(self, octets: bytes) -> None:
        """Raises LineDown."""
        with self._sending:
            line = self._socket
            if line is None:
                raise LineDown
            try:
                line.sendall(octets)
            except OSError:
                # A part may have left: what follows would be read as its rest.
                self._socket = None
                with contextlib.suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)
                raise LineDown from None

    def _use(self, line: socket.socket, stop: threading.Event, owner: Owner[T]) -> None:
        """Read until the other side goes, is silent, or `stop` is set."""
        timing, dialect = self._timing, self._dialect()
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.settimeout(timing.send_s)
        with self._sending:
            self._socket = line
        # At first we wait to be known; later it is we who ask, after a silence.
        until_s, asked = time.monotonic() + timing.answer_s, True
        try:
            if opening := dialect.opening():
                self.write(opening)
            while not stop.is_set():
                if time.monotonic() > until_s:
                    if asked:
                        log.warning("%s: silent; connecting again", self._name)
                        return
                    until_s, asked = time.monotonic() + timing.answer_s, True
                    self.write(dialect.ask())
                if not select.select([line], [], [], timing.tick_s)[0]:
                    continue
                received = line.recv(RECEIVED_OCTETS)
                if not received:
                    return
                until_s, asked = time.monotonic() + timing.silence_s, False
                for told in dialect.take(received):
                    self._on(told, owner)
            owner.finish()
        except LineDown:
            pass
        finally:
            with self._sending:
                self._socket = None

    def _on(self, told: Told[T], owner: Owner[T]) -> None:
        if told.say:
            self.write(told.say)
        if told.is_known and not self._is_known:
            self._is_known = True
            owner.up()
        if told.item is not None:
            owner.take(told.item)
